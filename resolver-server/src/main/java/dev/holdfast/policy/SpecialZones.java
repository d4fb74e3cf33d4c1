package dev.holdfast.policy;

import dev.holdfast.policy.SpecialZone.Kind;
import dev.holdfast.wire.Names;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The table of special zones. Reverse zones are written as the addresses that they are for.
 * Immutable.
 */
final class SpecialZones {

  private static final int NIBBLES_OF_AN_ADDRESS = 32;

  static final List<SpecialZone> ALL = table();

  private static final Map<ByteBuffer, SpecialZone> BY_APEX = byApex();

  /** Which lengths and first letters the last labels of the zones have. */
  private static final BitSet LAST_LABELS = lastLabels();

  private SpecialZones() {}

  private static List<SpecialZone> table() {
    List<SpecialZone> zones = new ArrayList<>();

    String privateUse = "RFC 6303 §4.1";
    zones.add(reverse(privateUse, "10"));
    for (int second = 16; second <= 31; second++) {
      zones.add(reverse(privateUse, "172." + second));
    }
    zones.add(reverse(privateUse, "192.168"));

    String specialUse = "RFC 6303 §4.2";
    zones.add(reverse(specialUse, "0"));
    zones.add(reverse(specialUse, "127"));
    zones.add(reverse(specialUse, "169.254"));
    zones.add(reverse(specialUse, "192.0.2"));
    zones.add(reverse(specialUse, "198.51.100"));
    zones.add(reverse(specialUse, "203.0.113"));
    zones.add(reverse(specialUse, "255.255.255.255"));

    for (int second = 64; second <= 127; second++) {
      zones.add(reverse("RFC 7793", "100." + second));
    }

    zones.add(reverseNibbles("RFC 6303 §4.3", "0".repeat(NIBBLES_OF_AN_ADDRESS)));
    zones.add(reverseNibbles("RFC 6303 §4.3", "0".repeat(NIBBLES_OF_AN_ADDRESS - 1) + "1"));
    zones.add(reverseNibbles("RFC 6303 §4.4", "fd"));
    for (String linkLocal : List.of("fe8", "fe9", "fea", "feb")) {
      zones.add(reverseNibbles("RFC 6303 §4.5", linkLocal));
    }
    zones.add(reverseNibbles("RFC 6303 §4.6", "20010db8"));

    zones.add(new SpecialZone(Kind.LOCALLY_SERVED, "RFC 8375 §4", "home.arpa"));
    zones.add(new SpecialZone(Kind.NEVER_FORWARDED, "RFC 9462 §6.1", "resolver.arpa"));
    zones.add(new SpecialZone(Kind.LOOPBACK, "RFC 6761 §6.3", "localhost"));
    zones.add(new SpecialZone(Kind.NOT_IN_DNS, "RFC 6761 §6.2", "test"));
    zones.add(new SpecialZone(Kind.NOT_IN_DNS, "RFC 6761 §6.4", "invalid"));
    zones.add(new SpecialZone(Kind.NOT_IN_DNS, "RFC 6762 §22.1", "local"));
    zones.add(new SpecialZone(Kind.NOT_IN_DNS, "RFC 7686 §2", "onion"));
    zones.add(new SpecialZone(Kind.NOT_IN_DNS, "RFC 9476", "alt"));
    return List.copyOf(zones);
  }

  /**
   * Whether the name at {@code offset}, in any case, may belong to a zone: most names are told from
   * those by their last label, without a copy or a lookup.
   */
  static boolean mayCover(byte[] bytes, int offset) {
    return bytes[offset] != 0 && LAST_LABELS.get(shapeOfLast(bytes, offset));
  }

  private static int shapeOfLast(byte[] bytes, int offset) {
    int last = offset;
    for (int label = offset; bytes[label] != 0; label += bytes[label] + 1) {
      last = label;
    }
    return bytes[last] << Byte.SIZE | (Names.fold(bytes[last + 1]) & 0xff);
  }

  private static BitSet lastLabels() {
    BitSet shapes = new BitSet();
    for (SpecialZone zone : ALL) {
      shapes.set(shapeOfLast(zone.apex(), 0));
    }
    return shapes;
  }

  /** Returns the zone that a folded name belongs to, or null; the zones do not nest. */
  static @Nullable SpecialZone covering(byte[] qname) {
    for (int label = 0; qname[label] != 0; label += qname[label] + 1) {
      SpecialZone zone = BY_APEX.get(ByteBuffer.wrap(qname, label, qname.length - label));
      if (zone != null) {
        return zone;
      }
    }
    return null;
  }

  /** The reverse zone of the IPv4 addresses that begin so (RFC 1035 §3.5). */
  private static SpecialZone reverse(String rule, String octets) {
    String[] labels = octets.split("\\.", -1);
    StringBuilder apex = new StringBuilder();
    for (int i = labels.length - 1; i >= 0; i--) {
      apex.append(labels[i]).append('.');
    }
    return new SpecialZone(Kind.LOCALLY_SERVED, rule, apex + "in-addr.arpa");
  }

  /** The reverse zone of the IPv6 addresses that begin so (RFC 3596 §2.5). */
  private static SpecialZone reverseNibbles(String rule, String nibbles) {
    StringBuilder apex = new StringBuilder();
    for (int i = nibbles.length() - 1; i >= 0; i--) {
      apex.append(nibbles.charAt(i)).append('.');
    }
    return new SpecialZone(Kind.LOCALLY_SERVED, rule, apex + "ip6.arpa");
  }

  private static Map<ByteBuffer, SpecialZone> byApex() {
    Map<ByteBuffer, SpecialZone> zones = new HashMap<>();
    for (SpecialZone zone : ALL) {
      if (zones.put(ByteBuffer.wrap(zone.apex()), zone) != null) {
        throw new IllegalStateException("twice: " + Names.toText(zone.apex()));
      }
    }
    return Map.copyOf(zones);
  }
}
