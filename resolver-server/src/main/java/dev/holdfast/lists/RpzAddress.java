package dev.holdfast.lists;

import dev.holdfast.lists.ZoneReader.BadRecordException;
import dev.holdfast.policy.Cidr;
import dev.holdfast.wire.Names;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Address blocks as policy zones write them: prefix length, then the address backwards, {@code
 * 24.0.2.0.192.rpz-ip} or {@code 48.zz.1.db8.2001.rpz-ip} with {@code zz} for {@code ::}.
 */
final class RpzAddress {

  private static final int IPV4_LABELS = 4;

  private RpzAddress() {}

  /** Reads the name of a trigger that ends in rpz-ip. */
  static Cidr parse(byte[] trigger) throws BadRecordException {
    List<String> labels = new ArrayList<>(List.of(Names.toText(trigger).split("\\.", -1)));
    labels.removeLast(); // the root
    labels.removeLast(); // rpz-ip
    String length = labels.isEmpty() ? "" : labels.removeFirst();
    Collections.reverse(labels);
    boolean ipv4 =
        labels.size() == IPV4_LABELS && labels.stream().allMatch(each -> each.matches("\\d{1,3}"));
    String address = String.join(ipv4 ? "." : ":", labels);
    if (!ipv4) {
      address = address.replaceFirst("(^|:)zz(:|$)", "::");
    }
    try {
      return Cidr.parse(address + "/" + length);
    } catch (IllegalArgumentException e) {
      throw new BadRecordException(
          Names.toText(trigger)
              + " (expected an address block such as 24.0.2.0.192.rpz-ip or"
              + " 48.zz.1.db8.2001.rpz-ip)");
    }
  }
}
