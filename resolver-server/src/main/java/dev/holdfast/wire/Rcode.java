package dev.holdfast.wire;

/** Response codes (RFC 6895 §2.3). */
public final class Rcode {

  public static final int NOERROR = 0;
  public static final int FORMERR = 1;
  public static final int SERVFAIL = 2;
  public static final int NXDOMAIN = 3;
  public static final int NOTIMP = 4;
  public static final int REFUSED = 5;

  /** Extended: its upper bits travel in the OPT record (RFC 6891 §6.1.3). */
  public static final int BADVERS = 16;

  /** Extended: the server cookie of a query is not ours or too old (RFC 7873 §5.2.4). */
  public static final int BADCOOKIE = 23;

  private static final String[] MNEMONICS = {
    "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"
  };

  private Rcode() {}

  /** Returns the mnemonic of a code, or {@code RCODE9}. */
  public static String toText(int rcode) {
    return rcode >= 0 && rcode < MNEMONICS.length ? MNEMONICS[rcode] : "RCODE" + rcode;
  }
}
