package dev.holdfast.wire;

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

  private RecordType() {}

  /**
   * Returns the mnemonic of a type that names are looked up by, else TYPE and the number (RFC 3597
   * §5).
   */
  public static String toText(int type) {
    return switch (type) {
      case A -> "A";
      case NS -> "NS";
      case CNAME -> "CNAME";
      case SOA -> "SOA";
      case PTR -> "PTR";
      case MX -> "MX";
      case TXT -> "TXT";
      case AAAA -> "AAAA";
      case SRV -> "SRV";
      case DS -> "DS";
      case DNSKEY -> "DNSKEY";
      case SVCB -> "SVCB";
      case HTTPS -> "HTTPS";
      case ANY -> "ANY";
      case CAA -> "CAA";
      default -> "TYPE" + type;
    };
  }
}
