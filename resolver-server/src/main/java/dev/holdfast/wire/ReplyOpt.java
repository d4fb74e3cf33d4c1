package dev.holdfast.wire;

/**
 * The OPT record of a reply, as far as an exchange is interested: the whole rcode and the cookie.
 * Reused; confined to one event loop.
 */
public final class ReplyOpt {

  /** Type, class, TTL and rdlength that follow a record's owner. */
  private static final int RECORD_FIXED_LENGTH = 10;

  private static final int QUESTION_FIXED_LENGTH = 4;

  private byte[] message = new byte[0];
  private int rcode;
  private int cookieOffset;
  private int cookieLength;

  /** Looks for the record; what cannot be walked has none. */
  public void read(byte[] reply, int length) {
    message = reply;
    rcode = Header.uint16(reply, Header.FLAGS_OFFSET) & Header.RCODE_MASK;
    cookieLength = 0;
    int position = skipQuestions(length);
    int records =
        Header.uint16(reply, Header.ANCOUNT_OFFSET)
            + Header.uint16(reply, Header.NSCOUNT_OFFSET)
            + Header.uint16(reply, Header.ARCOUNT_OFFSET);
    for (int i = 0; i < records && position >= 0; i++) {
      int fixed = CompressedNames.skip(reply, position, length);
      if (fixed < 0 || fixed + RECORD_FIXED_LENGTH > length) {
        return;
      }
      int rdata = fixed + RECORD_FIXED_LENGTH;
      int end = rdata + Header.uint16(reply, fixed + 8);
      if (end > length) {
        return;
      }
      if (Header.uint16(reply, fixed) == RecordType.OPT) {
        rcode |= Edns.upperRcode(Header.uint32(reply, fixed + 4));
        findCookie(rdata, end);
        return;
      }
      position = end;
    }
  }

  private int skipQuestions(int length) {
    int position = Header.LENGTH;
    int questions = Header.uint16(message, Header.QDCOUNT_OFFSET);
    for (int i = 0; i < questions && position >= 0; i++) {
      int end = CompressedNames.skip(message, position, length);
      position = end < 0 ? -1 : end + QUESTION_FIXED_LENGTH;
    }
    return position;
  }

  private void findCookie(int rdata, int end) {
    int position = rdata;
    for (int i = 0; i < Edns.MAX_OPTIONS && position + Edns.OPTION_HEADER_LENGTH <= end; i++) {
      int data = position + Edns.OPTION_HEADER_LENGTH;
      int dataLength = Header.uint16(message, position + 2);
      if (Header.uint16(message, position) == Edns.OPTION_COOKIE && data + dataLength <= end) {
        cookieOffset = data;
        cookieLength = dataLength;
        return;
      }
      position = data + dataLength;
    }
  }

  /** The rcode with the upper bits of the record. */
  public int rcode() {
    return rcode;
  }

  /** Where the cookie begins in the reply; valid when there is one. */
  public int cookieOffset() {
    return cookieOffset;
  }

  /** Bytes of the first cookie, of whatever length; 0 without one. */
  public int cookieLength() {
    return cookieLength;
  }
}
