package dev.holdfast.hold;

import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Which mode applies to a name, and which names and types are never held. Immutable. */
public final class HoldRules {

  /**
   * Names whose absence is an everyday answer: reverse zones, service discovery inside a cluster,
   * and lists that answer by existing.
   */
  private static final List<byte[]> NEVER_HELD =
      List.of(
          Names.parse("arpa"),
          Names.parse("cluster.local"),
          Names.parse("consul"),
          Names.parse("spamhaus.org"),
          Names.parse("spamcop.net"),
          Names.parse("dnsbl.sorbs.net"),
          Names.parse("barracudacentral.org"),
          Names.parse("surbl.org"),
          Names.parse("uribl.com"));

  /** Opens names that exist for the minutes of a certificate's issuance (RFC 8555 §8.4). */
  private static final byte[] ACME_CHALLENGE = {
    15, '_', 'a', 'c', 'm', 'e', '-', 'c', 'h', 'a', 'l', 'l', 'e', 'n', 'g', 'e'
  };

  /** Labels of an address in the name of a list that answers by existing (RFC 5782 §2.1, §2.4). */
  private static final int IPV4_LABELS = 4;

  private static final int IPV6_LABELS = 32;
  private static final int DECIMAL = 10;
  private static final int HEXADECIMAL = 16;

  /** The types that services are found by. */
  static final int[] HISTORY_TYPES = {
    RecordType.A,
    RecordType.AAAA,
    RecordType.CNAME,
    RecordType.HTTPS,
    RecordType.SVCB,
    RecordType.SRV
  };

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Zone(byte[] suffix, HoldMode mode) {}

  private final HoldMode defaultMode;
  private final List<Zone> zonesLongestFirst = new ArrayList<>();

  public HoldRules(HoldConfig config) {
    this.defaultMode = config.defaultMode();
    for (HoldConfig.Zone zone : config.zones()) {
      zonesLongestFirst.add(new Zone(Names.parse(zone.suffix()), zone.mode()));
    }
    zonesLongestFirst.sort(Comparator.comparingInt(zone -> -zone.suffix.length));
  }

  /** Whether a history is kept of names of this type. */
  public static boolean keepsHistory(int qtype) {
    for (int type : HISTORY_TYPES) {
      if (type == qtype) {
        return true;
      }
    }
    return false;
  }

  /** Whether the absence of a name, folded, may be disputed at all. */
  public static boolean isDisputable(byte[] qname) {
    return NEVER_HELD.stream().noneMatch(suffix -> Names.endsWith(qname, suffix))
        && !startsWith(qname, ACME_CHALLENGE)
        && !looksLikeListedAddress(qname);
  }

  /** Returns the mode of a name, folded: that of the longest configured suffix. */
  public HoldMode mode(byte[] qname) {
    for (Zone zone : zonesLongestFirst) {
      if (Names.endsWith(qname, zone.suffix)) {
        return zone.mode;
      }
    }
    return defaultMode;
  }

  private static boolean startsWith(byte[] qname, byte[] label) {
    if (qname.length <= label.length) {
      return false;
    }
    for (int i = 0; i < label.length; i++) {
      if (qname[i] != label[i]) {
        return false;
      }
    }
    return true;
  }

  private static boolean looksLikeListedAddress(byte[] qname) {
    return opensWithDigits(qname, IPV4_LABELS, /* longest= */ 3, DECIMAL)
        || opensWithDigits(qname, IPV6_LABELS, /* longest= */ 1, HEXADECIMAL);
  }

  private static boolean opensWithDigits(byte[] qname, int labels, int longest, int radix) {
    int position = 0;
    for (int i = 0; i < labels; i++) {
      int length = qname[position];
      if (length < 1 || length > longest) {
        return false;
      }
      for (int j = position + 1; j <= position + length; j++) {
        if (Character.digit(qname[j], radix) < 0) {
          return false;
        }
      }
      position += length + 1;
    }
    return true;
  }
}
