package dev.holdfast.wire;

/**
 * The OPT pseudo-record (RFC 6891 §6.1).
 *
 * <pre>
 * root name | type 41 | class = UDP payload | TTL = ext-rcode, version, DO, zero | rdlength | options
 *     1          2              2                    1         1       2               2
 * </pre>
 */
public final class Edns {

  /** Length of an OPT record without options. */
  public static final int RECORD_LENGTH = 11;

  /** Largest datagram this server sends or asks for (RFC 9715 §3). */
  public static final int MAX_PAYLOAD = 1232;

  /**
   * Largest datagram to a client that says nothing, and the least that counts (RFC 6891 §6.2.3).
   */
  public static final int MIN_PAYLOAD = 512;

  /** The one version there is. */
  public static final int VERSION = 0;

  /** Options looked at in one message; a longer list is a format error. */
  public static final int MAX_OPTIONS = 32;

  /** DNSSEC OK, in the lower half of the TTL field (RFC 3225 §3). */
  public static final int DO = 0x8000;

  /** The edns-tcp-keepalive option (RFC 7828 §3.1). */
  public static final int OPTION_TCP_KEEPALIVE = 11;

  /** The COOKIE option (RFC 7873 §4). */
  public static final int OPTION_COOKIE = 10;

  /** Bytes of the client's half of a cookie. */
  public static final int CLIENT_COOKIE_LENGTH = 8;

  /** Bytes of the server's half of a cookie, at least and at most. */
  public static final int MIN_SERVER_COOKIE_LENGTH = 8;

  public static final int MAX_SERVER_COOKIE_LENGTH = 32;

  /** Code and length that open every option. */
  public static final int OPTION_HEADER_LENGTH = 4;

  private static final int EXTENDED_RCODE_SHIFT = 4;

  /** Type and class of every OPT record written here. */
  private static final long OPT_AND_PAYLOAD = (long) RecordType.OPT << 16 | MAX_PAYLOAD;

  private Edns() {}

  /** Whether a cookie may be as long: the client's half alone, or both. */
  public static boolean isCookieLength(int length) {
    return length == CLIENT_COOKIE_LENGTH
        || (length >= CLIENT_COOKIE_LENGTH + MIN_SERVER_COOKIE_LENGTH
            && length <= CLIENT_COOKIE_LENGTH + MAX_SERVER_COOKIE_LENGTH);
  }

  /** Returns the bits of the rcode that an OPT record's TTL field holds, in their place. */
  static int upperRcode(long ttl) {
    return (int) (ttl >>> 24) << EXTENDED_RCODE_SHIFT;
  }

  /**
   * Writes an OPT record and returns the offset behind it.
   *
   * @param optionsLength bytes of options that the caller writes next
   */
  public static int write(byte[] out, int offset, int rcode, boolean dnssecOk, int optionsLength) {
    int extendedRcode = rcode >>> EXTENDED_RCODE_SHIFT;
    out[offset] = 0;
    Header.putUint32(out, offset + 1, OPT_AND_PAYLOAD);
    Header.putUint32(out, offset + 5, extendedRcode << 24 | VERSION << 16 | (dnssecOk ? DO : 0));
    Header.putUint16(out, offset + 9, optionsLength);
    return offset + RECORD_LENGTH;
  }
}
