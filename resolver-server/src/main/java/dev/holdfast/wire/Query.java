package dev.holdfast.wire;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One query from a client as positions in the bytes it came in. {@link #parse} is the gate that
 * every transport shares: it never throws and never allocates. Confined to one event loop, reused
 * for every query.
 */
public final class Query {

  /** {@link #parse}: a well-formed query; every positive result is the rcode to answer with. */
  public static final int ACCEPTED = 0;

  /** {@link #parse}: shorter than a header; never answered. */
  public static final int TOO_SHORT = -1;

  /** {@link #parse}: a response; never answered, or two servers could talk for ever. */
  public static final int NOT_A_QUERY = -2;

  /** Additional records looked at before a query counts as malformed: OPT, TSIG and SIG(0) fit. */
  private static final int MAX_ADDITIONAL_RECORDS = 4;

  /** Type and class that follow the question's name. */
  private static final int QUESTION_FIXED_LENGTH = 4;

  /** Type, class, TTL and rdlength that follow a record's owner. */
  private static final int RECORD_FIXED_LENGTH = 10;

  /** A name that begins with such a byte is a pointer to another one (RFC 1035 §4.1.4). */
  private static final int POINTER = 0xc0;

  private static final int POINTER_LENGTH = 2;

  private static final byte[] NO_OPTION = {};

  /** In {@link #subnetOffset}. */
  private static final int NONE = -1;

  private byte[] bytes = NO_OPTION;
  private int offset;
  private int length;
  private int flags;
  private int questionLength;
  private int qtype;
  private int qclass;
  private boolean edns;
  private boolean dnssecOk;
  private boolean keepaliveRequested;
  private int payload;
  private int cookieOffset;
  private int cookieLength;
  private int subnetOffset;
  private int subnetLength;
  private boolean hasResponseOptions;
  private byte[] responseOptions = NO_OPTION;
  private boolean addressProven;

  /** Reads the message and returns {@link #ACCEPTED}, a negative reason to drop it, or an rcode. */
  public int parse(byte[] message, int start, int length) {
    if (length < Header.LENGTH) {
      return TOO_SHORT;
    }
    this.length = length;
    keep(message);
    offset = start;
    flags = Header.uint16(message, start + Header.FLAGS_OFFSET);
    questionLength = 0;
    qtype = 0;
    qclass = 0;
    edns = false;
    dnssecOk = false;
    keepaliveRequested = false;
    payload = Edns.MIN_PAYLOAD;
    cookieLength = 0;
    subnetOffset = NONE;
    hasResponseOptions = false;
    addressProven = false;
    if ((flags & Header.QR) != 0) {
      return NOT_A_QUERY;
    }
    int result = parseSections(start + length);
    return opcode() == Opcode.QUERY ? result : Rcode.NOTIMP;
  }

  /*
   * Mostly it is the array of the query before, and then nothing is written: each write of a
   * reference is followed by one to a table of the collector, whose lines all loops share.
   */
  @SuppressWarnings("ReferenceEquality") // the very same array is meant
  private void keep(byte[] message) {
    if (bytes != message) {
      bytes = message;
    }
  }

  private int parseSections(int limit) {
    int questions = Header.uint16(bytes, offset + Header.QDCOUNT_OFFSET);
    if (questions > 1) {
      return Rcode.FORMERR; // RFC 9619 §4
    }
    int position = offset + Header.LENGTH;
    if (questions == 1) {
      int nameLength = Names.length(bytes, position, limit);
      int end = position + nameLength + QUESTION_FIXED_LENGTH;
      if (nameLength < 0 || end > limit) {
        return Rcode.FORMERR;
      }
      qtype = Header.uint16(bytes, position + nameLength);
      qclass = Header.uint16(bytes, position + nameLength + 2);
      questionLength = nameLength + QUESTION_FIXED_LENGTH;
      position = end;
    }
    int answersAndAuthority =
        Header.uint16(bytes, offset + Header.ANCOUNT_OFFSET)
            | Header.uint16(bytes, offset + Header.NSCOUNT_OFFSET);
    if (answersAndAuthority != 0) {
      // An incremental transfer carries the client's SOA (RFC 1995 §3); it is refused for its type.
      position = answersAndAuthority == 1 ? endOfRecord(position, limit) : limit;
      if (qtype != RecordType.IXFR || position < 0) {
        return Rcode.FORMERR;
      }
    }
    int result = parseAdditional(position, limit);
    boolean asksNothing = questions == 0 && cookieLength == 0; // RFC 7873 §5.4
    return result == ACCEPTED && asksNothing ? Rcode.FORMERR : result;
  }

  /* The owner is the question's name, in full or as a pointer; -1 when the record is cut short. */
  private int endOfRecord(int start, int limit) {
    boolean pointer = start < limit && (bytes[start] & 0xff) >= POINTER;
    int nameLength = pointer ? POINTER_LENGTH : Names.length(bytes, start, limit);
    int rdata = start + nameLength + RECORD_FIXED_LENGTH;
    if (nameLength < 0 || rdata > limit) {
      return -1;
    }
    int end = rdata + Header.uint16(bytes, rdata - 2);
    return end > limit ? -1 : end;
  }

  private int parseAdditional(int start, int limit) {
    int records = Header.uint16(bytes, offset + Header.ARCOUNT_OFFSET);
    if (records > MAX_ADDITIONAL_RECORDS) {
      return Rcode.FORMERR;
    }
    int position = start;
    int result = ACCEPTED;
    for (int i = 0; i < records; i++) {
      int nameLength = Names.length(bytes, position, limit);
      int fixed = position + nameLength;
      if (nameLength < 0 || fixed + RECORD_FIXED_LENGTH > limit) {
        return Rcode.FORMERR;
      }
      int rdata = fixed + RECORD_FIXED_LENGTH;
      int end = rdata + Header.uint16(bytes, fixed + 8);
      if (end > limit) {
        return Rcode.FORMERR;
      }
      if (Header.uint16(bytes, fixed) == RecordType.OPT) {
        if (edns || nameLength != 1) {
          return Rcode.FORMERR; // RFC 6891 §6.1.1
        }
        result = parseOpt(fixed, rdata, end);
      }
      position = end;
    }
    return position == limit ? result : Rcode.FORMERR;
  }

  private int parseOpt(int fixed, int rdata, int end) {
    edns = true;
    payload = Math.clamp(Header.uint16(bytes, fixed + 2), Edns.MIN_PAYLOAD, Edns.MAX_PAYLOAD);
    dnssecOk = (Header.uint16(bytes, fixed + 6) & Edns.DO) != 0;
    if (bytes[fixed + 5] != Edns.VERSION) {
      return Rcode.BADVERS; // RFC 6891 §6.1.3
    }
    int position = rdata;
    for (int i = 0; position < end; i++) {
      if (i == Edns.MAX_OPTIONS || position + Edns.OPTION_HEADER_LENGTH > end) {
        return Rcode.FORMERR;
      }
      int code = Header.uint16(bytes, position);
      int length = Header.uint16(bytes, position + 2);
      position += Edns.OPTION_HEADER_LENGTH;
      keepaliveRequested |= code == Edns.OPTION_TCP_KEEPALIVE;
      if (code == Edns.OPTION_COOKIE && cookieLength == 0 && position + length <= end) {
        if (!Edns.isCookieLength(length)) {
          return Rcode.FORMERR; // RFC 7873 §5.2.2
        }
        cookieOffset = position;
        cookieLength = length;
      }
      if (code == ClientSubnet.OPTION_CODE) {
        subnetOffset = position;
        subnetLength = length;
      }
      position += length;
    }
    return position == end ? ACCEPTED : Rcode.FORMERR;
  }

  /** The bytes that hold the message. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where the message begins in {@link #bytes}. */
  public int offset() {
    return offset;
  }

  /** Length of the message. */
  public int length() {
    return length;
  }

  /** Returns a copy of the whole message, for an answer that comes later. */
  public byte[] copy() {
    return Arrays.copyOfRange(bytes, offset, offset + length);
  }

  public int id() {
    return Header.uint16(bytes, offset);
  }

  public int opcode() {
    return (flags & Header.OPCODE_MASK) >>> Header.OPCODE_SHIFT;
  }

  public boolean recursionDesired() {
    return (flags & Header.RD) != 0;
  }

  public boolean authenticDataWanted() {
    return (flags & Header.AD) != 0 || dnssecOk;
  }

  public boolean checkingDisabled() {
    return (flags & Header.CD) != 0;
  }

  /** The header's second 16 bits as they came. */
  public int flags() {
    return flags;
  }

  /** Where the question's name begins in {@link #bytes}. */
  public int qnameOffset() {
    return offset + Header.LENGTH;
  }

  /** Length of the question's name, root label included; valid when there is a question. */
  public int qnameLength() {
    return questionLength - QUESTION_FIXED_LENGTH;
  }

  /** Length of name, type and class together; 0 when the question is missing or malformed. */
  public int questionLength() {
    return questionLength;
  }

  public int qtype() {
    return qtype;
  }

  public int qclass() {
    return qclass;
  }

  /** Whether an OPT record came with the query, and so goes out with the response. */
  public boolean edns() {
    return edns;
  }

  public boolean dnssecOk() {
    return dnssecOk;
  }

  /** Whether the client asks how long its connection may stay idle (RFC 7828). */
  public boolean keepaliveRequested() {
    return keepaliveRequested;
  }

  /** Where the cookie begins in {@link #bytes}; valid when there is one. */
  public int cookieOffset() {
    return cookieOffset;
  }

  /** Bytes of the first cookie, 8 or 16..40; 0 without one (RFC 7873 §4, §5.2). */
  public int cookieLength() {
    return cookieLength;
  }

  /** Takes the COOKIE option of the response, and what the query's cookie was worth. */
  public void answerCookie(byte[] option, boolean proven) {
    respondWith(option);
    addressProven = proven;
  }

  /** Whether the client says which network the question is from (RFC 7871 §6). */
  public boolean hasSubnet() {
    return subnetOffset != NONE;
  }

  /** Returns what it says, or null when that is malformed; valid when it says something. */
  public @Nullable ClientSubnet subnet() {
    ClientSubnet subnet = ClientSubnet.parse(bytes, subnetOffset, subnetLength);
    return subnet == null || ClientSubnet.scope(bytes, subnetOffset) != 0 ? null : subnet;
  }

  /** Lets the response repeat it, with how many of its bits the answer depends on. */
  public void answerSubnet(int scope) {
    int start = subnetOffset - Edns.OPTION_HEADER_LENGTH;
    int length = subnetLength + Edns.OPTION_HEADER_LENGTH;
    byte[] before = responseOptions();
    byte[] options = Arrays.copyOf(before, before.length + length);
    System.arraycopy(bytes, start, options, before.length, length);
    options[before.length + ClientSubnet.SCOPE_IN_OPTION] = (byte) scope;
    respondWith(options);
  }

  @SuppressWarnings("ReferenceEquality") // written only when it changes, see keep
  private void respondWith(byte[] options) {
    hasResponseOptions = true;
    if (responseOptions != options) {
      responseOptions = options;
    }
  }

  /** The COOKIE and client subnet options that go out with the response, or an empty array. */
  byte[] responseOptions() {
    return hasResponseOptions ? responseOptions : NO_OPTION;
  }

  /**
   * Whether the query came with a cookie of this server's, so that its source address is no
   * forgery; known once the cookie was answered.
   */
  public boolean addressProven() {
    return addressProven;
  }

  /** Largest datagram for this client, 512..1232 bytes. */
  public int payload() {
    return payload;
  }
}
