package dev.holdfast.wire;

/**
 * Walks an upstream's reply once, with bounds, and makes an {@link Answer} of what belongs to the
 * question: the chain of aliases from the question's name, the records it ends in, and for a
 * negative answer the SOA. Everything else is cut. Reused; confined to one thread.
 */
public final class ReplyReader {

  /** Aliases followed from the question's name. */
  public static final int MAX_CHAIN_LENGTH = 11;

  /** Records walked in one message; a message with more is malformed. */
  public static final int MAX_RECORDS = 1024;

  /** Records looked at for the names of servers whose addresses are kept. */
  private static final int MAX_SERVER_REFERENCES = 32;

  /** Type, class, TTL and rdlength that follow a record's owner. */
  private static final int RECORD_FIXED_LENGTH = 10;

  private final TtlLimits limits;
  private final boolean minimalResponses;
  private final AnswerBuilder builder = new AnswerBuilder();
  private final int[] owners = new int[MAX_RECORDS];
  private final int[] fixedParts = new int[MAX_RECORDS];
  private final int[] chain = new int[MAX_CHAIN_LENGTH + 1];
  private byte[] message = new byte[0];
  private int length;
  private int qtype;
  private int qclass;
  private boolean dnssecOk;
  private int chainLength;
  private int answerEnd;
  private int authorityEnd;
  private int recordCount;
  private int optRecord;
  private int rcode;
  private boolean soaFound;
  private boolean answered;
  private int setEnd;
  private long setTtlSeconds;

  /**
   * @param minimalResponses leave out the name servers of a positive answer and their addresses
   */
  public ReplyReader(TtlLimits limits, boolean minimalResponses) {
    this.limits = limits;
    this.minimalResponses = minimalResponses;
  }

  /**
   * Reads a reply whose header and question the caller has matched with its query.
   *
   * @param dnssecOk keep signatures and proofs
   */
  public ReplyKind read(byte[] message, int length, boolean dnssecOk) {
    this.message = message;
    this.length = length;
    this.dnssecOk = dnssecOk;
    int flags = Header.uint16(message, Header.FLAGS_OFFSET);
    rcode = flags & Header.RCODE_MASK;
    optRecord = -1;
    if ((flags & Header.TC) != 0) {
      return ReplyKind.TRUNCATED;
    }
    if (!walk()) {
      return ReplyKind.MALFORMED;
    }
    readExtendedRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return ReplyKind.FAILURE;
    }
    followChain();
    writeRecords();
    if (builder.overflowed()) {
      return ReplyKind.MALFORMED;
    }
    return classify(flags);
  }

  /** Returns the answer of the last reply read: positive, nodata or nxdomain. */
  public Answer answer() {
    boolean authenticData = (Header.uint16(message, Header.FLAGS_OFFSET) & Header.AD) != 0;
    return builder.build(rcode, authenticData);
  }

  /** The reply's rcode with the upper bits of its OPT record. */
  public int rcode() {
    return rcode;
  }

  /**
   * Whether a negative answer said how long it holds; without that it is not kept (RFC 2308 §5).
   */
  public boolean soaFound() {
    return soaFound;
  }

  private ReplyKind classify(int flags) {
    if (rcode == Rcode.NXDOMAIN) {
      return ReplyKind.NXDOMAIN;
    }
    if (answered) {
      return ReplyKind.POSITIVE;
    }
    boolean lame = (flags & (Header.RA | Header.AA)) == 0;
    return lame ? ReplyKind.FAILURE : ReplyKind.NODATA;
  }

  private boolean walk() {
    int nameLength = Names.length(message, Header.LENGTH, length);
    int position = Header.LENGTH + nameLength + 4;
    if (nameLength < 0 || position > length) {
      return false;
    }
    qtype = Header.uint16(message, position - 4);
    qclass = Header.uint16(message, position - 2);
    builder.begin(message, Header.LENGTH, nameLength + 4);
    int answers = Header.uint16(message, Header.ANCOUNT_OFFSET);
    int authority = Header.uint16(message, Header.NSCOUNT_OFFSET);
    recordCount = answers + authority + Header.uint16(message, Header.ARCOUNT_OFFSET);
    if (recordCount > MAX_RECORDS) {
      return false;
    }
    answerEnd = answers;
    authorityEnd = answers + authority;
    for (int i = 0; i < recordCount; i++) {
      position = walkRecord(i, position);
      if (position < 0) {
        return false;
      }
    }
    return position == length;
  }

  private int walkRecord(int index, int owner) {
    int fixed = CompressedNames.skip(message, owner, length);
    if (fixed < 0 || fixed + RECORD_FIXED_LENGTH > length) {
      return -1;
    }
    owners[index] = owner;
    fixedParts[index] = fixed;
    int rdata = fixed + RECORD_FIXED_LENGTH;
    int end = rdata + rdlength(index);
    if (end > length) {
      return -1;
    }
    int type = type(index);
    if (type == RecordType.OPT) {
      if (index < authorityEnd || optRecord >= 0 || message[owner] != 0) {
        return -1;
      }
      optRecord = index;
      return end;
    }
    return RdataLayout.of(type).accepts(message, rdata, rdlength(index)) ? end : -1;
  }

  private void readExtendedRcode() {
    if (optRecord < 0) {
      return;
    }
    int fixed = fixedParts[optRecord];
    rcode |= (message[fixed + 4] & 0xff) << 4;
    int position = fixed + RECORD_FIXED_LENGTH;
    int end = position + rdlength(optRecord);
    for (int i = 0; i < Edns.MAX_OPTIONS && position + Edns.OPTION_HEADER_LENGTH <= end; i++) {
      int next = position + Edns.OPTION_HEADER_LENGTH + Header.uint16(message, position + 2);
      int code = Header.uint16(message, position);
      if (code == ExtendedError.OPTION_CODE && next <= end && next - position >= 6) {
        builder.ednsOption(message, position, next - position);
      }
      position = next;
    }
  }

  /* Aliases may come in any order, so each hop looks through the whole section. */
  private void followChain() {
    chain[0] = Header.LENGTH;
    chainLength = 1;
    if (qtype == RecordType.CNAME || qtype == RecordType.ANY) {
      return;
    }
    for (int hop = 0; hop < MAX_CHAIN_LENGTH; hop++) {
      int alias = findAlias(chain[chainLength - 1]);
      if (alias < 0 || isOnChain(alias)) {
        return;
      }
      chain[chainLength++] = alias;
    }
  }

  private int findAlias(int name) {
    for (int i = 0; i < answerEnd; i++) {
      if (type(i) == RecordType.CNAME
          && recordClass(i) == qclass
          && CompressedNames.equal(message, owners[i], message, name)) {
        return fixedParts[i] + RECORD_FIXED_LENGTH;
      }
    }
    return -1;
  }

  private void writeRecords() {
    soaFound = false;
    answered = false;
    setEnd = 0;
    for (int i = 0; i < answerEnd; i++) {
      if (belongsToAnswer(i)) {
        write(Section.ANSWER, i, ttlOfSet(i, answerEnd));
      }
    }
    boolean negative = !answered || rcode == Rcode.NXDOMAIN;
    for (int i = answerEnd; i < authorityEnd; i++) {
      if (belongsToAuthority(i, negative)) {
        soaFound |= type(i) == RecordType.SOA;
        long ttl = ttlOfSet(i, authorityEnd);
        write(Section.AUTHORITY, i, negative ? negativeTtl(i, ttl) : ttl);
      }
    }
    if (minimalResponses || negative) {
      return;
    }
    for (int i = authorityEnd; i < recordCount; i++) {
      if (belongsToAdditional(i)) {
        write(Section.ADDITIONAL, i, ttlOfSet(i, recordCount));
      }
    }
  }

  private boolean belongsToAnswer(int record) {
    if (recordClass(record) != qclass) {
      return false;
    }
    int type = type(record);
    int name = owners[record];
    boolean last = CompressedNames.equal(message, name, message, chain[chainLength - 1]);
    if (last && (type == qtype || qtype == RecordType.ANY)) {
      answered = true;
      return true;
    }
    return switch (type) {
      case RecordType.CNAME -> qtype != RecordType.CNAME && isOnChain(name) && !last;
      case RecordType.RRSIG -> dnssecOk && (isOnChain(name) || isAboveChain(name));
      case RecordType.DNAME -> isAboveChain(name);
      default -> false;
    };
  }

  private boolean belongsToAuthority(int record, boolean negative) {
    if (recordClass(record) != qclass) {
      return false;
    }
    return switch (type(record)) {
      case RecordType.SOA -> negative && isAtOrAboveLast(owners[record]);
      case RecordType.NS -> !minimalResponses && !negative && isAboveOrOnChain(owners[record]);
      case RecordType.NSEC, RecordType.NSEC3 -> dnssecOk;
      case RecordType.RRSIG -> dnssecOk && coversKeptAuthority(record, negative);
      default -> false;
    };
  }

  private boolean coversKeptAuthority(int record, boolean negative) {
    int covered = Header.uint16(message, fixedParts[record] + RECORD_FIXED_LENGTH);
    return covered == RecordType.NSEC
        || covered == RecordType.NSEC3
        || (covered == RecordType.SOA && negative);
  }

  /* Only addresses of servers that a kept record names. */
  private boolean belongsToAdditional(int record) {
    int type = type(record);
    if ((type != RecordType.A && type != RecordType.AAAA) || recordClass(record) != qclass) {
      return false;
    }
    for (int i = 0; i < Math.min(authorityEnd, MAX_SERVER_REFERENCES); i++) {
      boolean kept = i < answerEnd ? belongsToAnswer(i) : belongsToAuthority(i, false);
      RdataLayout layout = RdataLayout.of(type(i));
      int rdata = fixedParts[i] + RECORD_FIXED_LENGTH;
      if (kept
          && isServerReference(type(i))
          && CompressedNames.equal(
              message,
              layout.firstName(message, rdata, rdata + rdlength(i)),
              message,
              owners[record])) {
        return true;
      }
    }
    return false;
  }

  private static boolean isServerReference(int type) {
    return switch (type) {
      case RecordType.NS, RecordType.MX, RecordType.SRV, RecordType.SVCB, RecordType.HTTPS -> true;
      default -> false;
    };
  }

  /* Records of one set stand side by side; the set's TTL is the smallest (RFC 2181 §5.2). */
  private long ttlOfSet(int record, int sectionEnd) {
    if (record >= setEnd) {
      setEnd = record;
      setTtlSeconds = Long.MAX_VALUE;
      while (setEnd < sectionEnd && sameSet(setEnd, record)) {
        long ttl = Header.uint32(message, fixedParts[setEnd++] + 4);
        setTtlSeconds = Math.min(setTtlSeconds, limits.clamp(ttl));
      }
    }
    return setTtlSeconds;
  }

  private boolean sameSet(int a, int b) {
    return type(a) == type(b) && CompressedNames.equal(message, owners[a], message, owners[b]);
  }

  /* RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM. */
  private long negativeTtl(int record, long ttlSeconds) {
    long ttl = Math.min(ttlSeconds, limits.maxNegativeSeconds());
    if (type(record) != RecordType.SOA) {
      return ttl;
    }
    int end = fixedParts[record] + RECORD_FIXED_LENGTH + rdlength(record);
    return Math.min(ttl, Header.uint32(message, end - 4));
  }

  private boolean isOnChain(int name) {
    for (int i = 0; i < chainLength; i++) {
      if (CompressedNames.equal(message, chain[i], message, name)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAboveChain(int name) {
    return !isOnChain(name) && isAboveOrOnChain(name);
  }

  private boolean isAboveOrOnChain(int name) {
    for (int i = 0; i < chainLength; i++) {
      if (CompressedNames.isAtOrBelow(message, chain[i], name)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAtOrAboveLast(int name) {
    return CompressedNames.isAtOrBelow(message, chain[chainLength - 1], name);
  }

  private void write(Section section, int record, long ttlSeconds) {
    int rdata = fixedParts[record] + RECORD_FIXED_LENGTH;
    int type = type(record);
    builder.startRecord(section, message, owners[record], type, qclass, ttlSeconds);
    builder.rdata(type, message, rdata, rdlength(record));
  }

  private int type(int record) {
    return Header.uint16(message, fixedParts[record]);
  }

  private int recordClass(int record) {
    return Header.uint16(message, fixedParts[record] + 2);
  }

  private int rdlength(int record) {
    return Header.uint16(message, fixedParts[record] + 8);
  }
}
