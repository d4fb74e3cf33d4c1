package dev.holdfast.wire;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Record types that a forwarder treats in some special way; all others pass untouched (RFC 3597).
 */
public final class RecordType {

  public static final int A = 1;
  public static final int NS = 2;
  public static final int MD = 3;
  public static final int MF = 4;
  public static final int CNAME = 5;
  public static final int SOA = 6;
  public static final int MB = 7;
  public static final int MG = 8;
  public static final int MR = 9;
  public static final int PTR = 12;
  public static final int HINFO = 13;
  public static final int MINFO = 14;
  public static final int MX = 15;
  public static final int TXT = 16;
  public static final int RP = 17;
  public static final int AFSDB = 18;
  public static final int RT = 21;
  public static final int SIG = 24;
  public static final int PX = 26;
  public static final int AAAA = 28;
  public static final int NXT = 30;
  public static final int SRV = 33;
  public static final int NAPTR = 35;
  public static final int KX = 36;
  public static final int DNAME = 39;

  /** The EDNS pseudo-record (RFC 6891). */
  public static final int OPT = 41;

  public static final int DS = 43;
  public static final int RRSIG = 46;
  public static final int NSEC = 47;
  public static final int DNSKEY = 48;
  public static final int NSEC3 = 50;
  public static final int NSEC3PARAM = 51;
  public static final int TLSA = 52;
  public static final int SVCB = 64;
  public static final int HTTPS = 65;

  /** Marks a name that does not exist inside an NSEC record; never a question (RFC 9824 §3.4). */
  public static final int NXNAME = 128;

  public static final int TKEY = 249;
  public static final int TSIG = 250;
  public static final int IXFR = 251;
  public static final int AXFR = 252;
  public static final int MAILB = 253;
  public static final int MAILA = 254;
  public static final int ANY = 255;
  public static final int CAA = 257;

  private static final Map<Integer, String> MNEMONICS =
      Map.ofEntries(
          Map.entry(A, "A"),
          Map.entry(NS, "NS"),
          Map.entry(MD, "MD"),
          Map.entry(MF, "MF"),
          Map.entry(CNAME, "CNAME"),
          Map.entry(SOA, "SOA"),
          Map.entry(MB, "MB"),
          Map.entry(MG, "MG"),
          Map.entry(MR, "MR"),
          Map.entry(PTR, "PTR"),
          Map.entry(HINFO, "HINFO"),
          Map.entry(MINFO, "MINFO"),
          Map.entry(MX, "MX"),
          Map.entry(TXT, "TXT"),
          Map.entry(RP, "RP"),
          Map.entry(AFSDB, "AFSDB"),
          Map.entry(RT, "RT"),
          Map.entry(SIG, "SIG"),
          Map.entry(PX, "PX"),
          Map.entry(AAAA, "AAAA"),
          Map.entry(NXT, "NXT"),
          Map.entry(SRV, "SRV"),
          Map.entry(NAPTR, "NAPTR"),
          Map.entry(KX, "KX"),
          Map.entry(DNAME, "DNAME"),
          Map.entry(OPT, "OPT"),
          Map.entry(DS, "DS"),
          Map.entry(RRSIG, "RRSIG"),
          Map.entry(NSEC, "NSEC"),
          Map.entry(DNSKEY, "DNSKEY"),
          Map.entry(NSEC3, "NSEC3"),
          Map.entry(NSEC3PARAM, "NSEC3PARAM"),
          Map.entry(TLSA, "TLSA"),
          Map.entry(SVCB, "SVCB"),
          Map.entry(HTTPS, "HTTPS"),
          Map.entry(NXNAME, "NXNAME"),
          Map.entry(TKEY, "TKEY"),
          Map.entry(TSIG, "TSIG"),
          Map.entry(IXFR, "IXFR"),
          Map.entry(AXFR, "AXFR"),
          Map.entry(MAILB, "MAILB"),
          Map.entry(MAILA, "MAILA"),
          Map.entry(ANY, "ANY"),
          Map.entry(CAA, "CAA"));

  /** How types without a mnemonic are written (RFC 3597 §5). */
  private static final Pattern NUMBERED = Pattern.compile("TYPE(\\d{1,5})");

  private static final int MAX_TYPE = 0xffff;

  private RecordType() {}

  /** Returns the mnemonic of a type, or {@code TYPE65280}. */
  public static String toText(int type) {
    String mnemonic = MNEMONICS.get(type);
    return mnemonic == null ? "TYPE" + type : mnemonic;
  }

  /**
   * Reads what {@link #toText} writes, in any case.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static int parse(String text) {
    String upper = text.toUpperCase(Locale.ROOT);
    Matcher numbered = NUMBERED.matcher(upper);
    if (numbered.matches()) {
      int type = Integer.parseInt(numbered.group(1));
      if (type <= MAX_TYPE) {
        return type;
      }
    }
    for (Map.Entry<Integer, String> each : MNEMONICS.entrySet()) {
      if (each.getValue().equals(upper)) {
        return each.getKey();
      }
    }
    throw new IllegalArgumentException(
        text + " (expected a record type such as A, AAAA, HTTPS or TYPE65)");
  }
}
