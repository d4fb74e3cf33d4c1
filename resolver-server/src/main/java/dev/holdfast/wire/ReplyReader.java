package dev.holdfast.wire;

import java.util.Arrays;

/**
 * Reads an upstream's reply and makes an {@link Answer} of what belongs to the question: the chain
 * of aliases from the question's name, the records it ends in, and for a negative answer the SOA.
 * Everything else is cut. Reused; confined to one thread.
 */
public final class ReplyReader {

  /** Most aliases that a reader can be told to follow from the question's name. */
  public static final int MAX_CHAIN_LENGTH = 32;

  /** Names of servers in kept records for which addresses are kept too. */
  private static final int MAX_SERVERS = 32;

  /**
   * Records looked at in the authority and the additional section, and aliases of whole trees in
   * the answer: each is compared with the whole chain.
   */
  private static final int MAX_OTHER_RECORDS = 64;

  /**
   * Bytes of names, pointers followed, that are walked, hashed, compared and written for one
   * message; one that would take more is malformed. Hundreds of records with long names stay below.
   */
  static final int MAX_NAME_BYTES = 1 << 18;

  /** In {@link #chainPositions}: the owner is none of the chain's names. */
  private static final byte OFF_CHAIN = -1;

  /** In {@link #setTtls}. */
  private static final long UNKNOWN = -1;

  private final TtlLimits limits;
  private final boolean minimalResponses;
  private final AnswerBuilder builder = new AnswerBuilder();
  private final RecordWalk records = new RecordWalk();
  private final StrayRecords strays = new StrayRecords(records);

  /** Where the names of the chain stand: the question's own, then what each alias points to. */
  private final int[] chain;

  /** Their lengths without compression. */
  private final int[] chainLengths;

  /** Which name of the chain owns each record of the answer section. */
  private final byte[] chainPositions = new byte[RecordWalk.MAX_RECORDS];

  /** Which records belong to the answer. */
  private final boolean[] kept = new boolean[RecordWalk.MAX_RECORDS];

  /** Hashes of the owners of the answer section. */
  private final int[] ownerHashes = new int[RecordWalk.MAX_RECORDS];

  /**
   * The TTL of the set that each record of the answer section belongs to, as far as it is known.
   */
  private final long[] setTtls = new long[RecordWalk.MAX_RECORDS];

  /** Where the names of servers stand for which addresses are kept. */
  private final int[] servers = new int[MAX_SERVERS];

  private byte[] message = new byte[0];
  private int qtype;
  private int qclass;
  private boolean dnssecOk;
  private int chainLength;
  private int nameBytes;
  private int serverCount;
  private int redirectCount;
  private int rcode;
  private int subnetOffset;
  private int subnetLength;
  private boolean soaFound;
  private boolean answered;
  private int setEnd;
  private long setTtlSeconds;
  private boolean chainTooLong;

  /** A reader that follows as many aliases as there may ever be. */
  public ReplyReader(TtlLimits limits, boolean minimalResponses) {
    this(limits, minimalResponses, MAX_CHAIN_LENGTH);
  }

  /**
   * @param minimalResponses leave out the name servers of a positive answer and their addresses
   * @param maxChainLength aliases followed from the question's name; a reply with more is no answer
   */
  public ReplyReader(TtlLimits limits, boolean minimalResponses, int maxChainLength) {
    if (maxChainLength < 1 || maxChainLength > MAX_CHAIN_LENGTH) {
      throw new IllegalArgumentException(
          "chain length: " + maxChainLength + " (expected 1.." + MAX_CHAIN_LENGTH + ")");
    }
    this.limits = limits;
    this.minimalResponses = minimalResponses;
    this.chain = new int[maxChainLength + 1];
    this.chainLengths = new int[maxChainLength + 1];
  }

  /**
   * Reads a reply whose header and question the caller has matched with its query; a failure may
   * come without a question. Letters in it may change their case.
   *
   * @param dnssecOk keep signatures and proofs
   */
  public ReplyKind read(byte[] message, int length, boolean dnssecOk) {
    chainTooLong = false;
    if (length < Header.LENGTH) {
      return ReplyKind.MALFORMED;
    }
    this.message = message;
    this.dnssecOk = dnssecOk;
    subnetLength = 0;
    int flags = Header.uint16(message, Header.FLAGS_OFFSET);
    rcode = flags & Header.RCODE_MASK;
    if ((flags & Header.TC) != 0) {
      return ReplyKind.TRUNCATED;
    }
    if (!records.walk(message, length)) {
      return ReplyKind.MALFORMED;
    }
    builder.begin(message, Header.LENGTH, records.questionLength());
    readExtendedRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return ReplyKind.FAILURE;
    }
    if (!records.hasQuestion()) {
      return ReplyKind.MALFORMED;
    }
    qtype = records.qtype();
    qclass = records.qclass();
    nameBytes = records.nameBytes();
    chainTooLong = !followChain();
    if (!chainTooLong) {
      writeRecords();
    }
    if (exhausted()) {
      return ReplyKind.MALFORMED;
    }
    return chainTooLong ? ReplyKind.FAILURE : classify(flags);
  }

  /* Whether enough is known: the message says too much, or takes too long. */
  private boolean exhausted() {
    return builder.overflowed() || nameBytes() > MAX_NAME_BYTES;
  }

  /** Bytes of names that reading the last reply took. */
  int nameBytes() {
    return nameBytes + builder.nameBytes();
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

  /** Returns the reply's extended errors as EDNS options, empty without any (RFC 8914 §2). */
  public byte[] extendedErrors() {
    return builder.copyEdnsOptions();
  }

  /**
   * Whether the reply is to a question from this network; one that names none is to any (RFC 7871
   * §7.3).
   */
  public boolean isFor(ClientSubnet subnet) {
    return subnetLength == 0
        || subnet.equals(ClientSubnet.parse(message, subnetOffset, subnetLength));
  }

  /** Returns the network that the answer to a question from {@code subnet} is for (§7.3.1). */
  public ClientSubnet network(ClientSubnet subnet) {
    if (subnet.prefixLength() == 0) {
      return subnet;
    }
    int scope = subnetLength == 0 ? 0 : ClientSubnet.scope(message, subnetOffset);
    return scope == 0 ? ClientSubnet.EVERYBODY : subnet.cut(scope);
  }

  /**
   * Whether a negative answer said how long it holds; without that it is not kept (RFC 2308 §5).
   */
  public boolean soaFound() {
    return soaFound;
  }

  /**
   * Whether records were cut from the last reply, an answer, that nobody asked for; what many
   * answers come with is no such record. To be asked before its message changes.
   */
  public boolean cutUnsolicited() {
    return strays.present(message, kept, chain, chainLength);
  }

  /** Whether the last reply is a failure for having more aliases than are followed. */
  public boolean chainIsTooLong() {
    return chainTooLong;
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

  private void readExtendedRcode() {
    int opt = records.opt();
    if (opt == RecordWalk.NONE) {
      return;
    }
    rcode |= Edns.upperRcode(records.ttl(opt));
    int position = records.rdata(opt);
    int end = records.rdataEnd(opt);
    for (int i = 0; i < Edns.MAX_OPTIONS && position + Edns.OPTION_HEADER_LENGTH <= end; i++) {
      int next = position + Edns.OPTION_HEADER_LENGTH + Header.uint16(message, position + 2);
      int code = Header.uint16(message, position);
      if (code == ExtendedError.OPTION_CODE
          && next <= end
          && next - position >= ExtendedError.OPTION_HEADER_LENGTH) {
        builder.ednsOption(message, position, next - position);
      }
      if (code == ClientSubnet.OPTION_CODE && next <= end) {
        subnetOffset = position + Edns.OPTION_HEADER_LENGTH;
        subnetLength = next - subnetOffset;
      }
      position = next;
    }
  }

  /*
   * Aliases may come in any order, so each hop looks through the whole section. False for a chain
   * that bites its tail or is too long.
   */
  private boolean followChain() {
    for (int i = 0; i < records.answerEnd() && !exhausted(); i++) {
      chainPositions[i] = OFF_CHAIN;
      setTtls[i] = UNKNOWN;
      ownerHashes[i] = CompressedNames.hash(message, records.owner(i));
      nameBytes += records.ownerLength(i);
    }
    chainLength = 0;
    link(Header.LENGTH);
    boolean redirected = isRedirected();
    int alias = findOwned(0);
    while (alias >= 0 && !isAliasAsked() && !exhausted()) {
      if (redirected) {
        CompressedNames.copyCase(message, chain[chainLength - 1], alias);
      }
      if (chainLength == chain.length || isOnChain(alias)) {
        return false;
      }
      link(alias);
      alias = findOwned(chainLength - 1);
    }
    return true;
  }

  /*
   * The alias that a DNAME makes begins with labels of the question (RFC 6672 §3.1), and so in the
   * case that the upstream was asked in, which is nobody else's business.
   */
  private boolean isRedirected() {
    for (int i = 0; i < records.answerEnd(); i++) {
      if (records.type(i) == RecordType.DNAME) {
        return true;
      }
    }
    return false;
  }

  private void link(int name) {
    chain[chainLength] = name;
    chainLengths[chainLength] = CompressedNames.length(message, name);
    nameBytes += chainLengths[chainLength++];
  }

  /** Compares two names that are {@code length} bytes long, or less. */
  private boolean equal(int a, int b, int length) {
    nameBytes += length;
    return CompressedNames.equal(message, a, message, b);
  }

  /* Marks the records that a name of the chain owns; returns the target of an alias, or -1. */
  private int findOwned(int position) {
    int alias = -1;
    int hash = CompressedNames.hash(message, chain[position]);
    for (int i = 0; i < records.answerEnd() && !exhausted(); i++) {
      if (ownerHashes[i] == hash
          && chainPositions[i] == OFF_CHAIN
          && records.recordClass(i) == qclass
          && equal(records.owner(i), chain[position], records.ownerLength(i))) {
        chainPositions[i] = (byte) position;
        if (alias < 0 && records.type(i) == RecordType.CNAME) {
          alias = records.rdata(i);
        }
      }
    }
    return alias;
  }

  private boolean isOnChain(int name) {
    for (int i = 0; i < chainLength; i++) {
      if (equal(chain[i], name, chainLengths[i])) {
        return true;
      }
    }
    return false;
  }

  /** Whether the question is for an alias itself, so that its target is of no interest. */
  private boolean isAliasAsked() {
    return qtype == RecordType.CNAME || qtype == RecordType.ANY;
  }

  private void writeRecords() {
    Arrays.fill(kept, 0, records.end(), false);
    soaFound = false;
    answered = false;
    serverCount = 0;
    redirectCount = 0;
    setEnd = 0;
    for (int i = 0; i < records.answerEnd() && !exhausted(); i++) {
      if (belongsToAnswer(i)) {
        write(Section.ANSWER, i, limits.clamp(ttlOfAnswer(i)));
      }
    }
    boolean negative = !answered || rcode == Rcode.NXDOMAIN;
    int authorityEnd = Math.min(records.authorityEnd(), records.answerEnd() + MAX_OTHER_RECORDS);
    for (int i = records.answerEnd(); i < authorityEnd && !exhausted(); i++) {
      if (belongsToAuthority(i, negative)) {
        soaFound |= records.type(i) == RecordType.SOA;
        long ttl = ttlOfNeighbours(i, authorityEnd);
        write(Section.AUTHORITY, i, negative ? negativeTtl(i, ttl) : limits.clamp(ttl));
      }
    }
    if (minimalResponses || negative) {
      return;
    }
    int end = Math.min(records.end(), records.authorityEnd() + MAX_OTHER_RECORDS);
    for (int i = records.authorityEnd(); i < end && !exhausted(); i++) {
      if (belongsToAdditional(i)) {
        write(Section.ADDITIONAL, i, limits.clamp(ttlOfNeighbours(i, end)));
      }
    }
  }

  private boolean belongsToAnswer(int record) {
    int type = records.type(record);
    int position = chainPositions[record];
    boolean last = position == chainLength - 1;
    if (last && (type == qtype || qtype == RecordType.ANY)) {
      answered = true;
      return true;
    }
    if (position != OFF_CHAIN) {
      return (type == RecordType.CNAME && !last) || (type == RecordType.RRSIG && dnssecOk);
    }
    boolean redirects =
        type == RecordType.DNAME
            || (type == RecordType.RRSIG
                && dnssecOk
                && records.covered(record) == RecordType.DNAME);
    return redirects
        && records.recordClass(record) == qclass
        && redirectCount++ < MAX_OTHER_RECORDS
        && isAboveAlias(record);
  }

  private boolean belongsToAuthority(int record, boolean negative) {
    if (records.recordClass(record) != qclass) {
      return false;
    }
    int type = records.type(record);
    if (type != RecordType.RRSIG) {
      return isAuthorityType(type, record, negative);
    }
    return dnssecOk && isAuthorityType(records.covered(record), record, negative);
  }

  private boolean isAuthorityType(int type, int record, boolean negative) {
    return switch (type) {
      case RecordType.SOA -> negative && isAtOrAbove(chainLength - 1, record);
      case RecordType.NS -> !minimalResponses && !negative && isAtOrAboveAny(chainLength, record);
      case RecordType.NSEC, RecordType.NSEC3 -> dnssecOk;
      default -> false;
    };
  }

  /* Only addresses of servers that a kept record names. */
  private boolean belongsToAdditional(int record) {
    int type = records.type(record);
    if ((type != RecordType.A && type != RecordType.AAAA)
        || records.recordClass(record) != qclass) {
      return false;
    }
    for (int i = 0; i < serverCount; i++) {
      if (equal(servers[i], records.owner(record), records.ownerLength(record))) {
        return true;
      }
    }
    return false;
  }

  static boolean namesServer(int type) {
    return switch (type) {
      case RecordType.NS, RecordType.MX, RecordType.SRV, RecordType.SVCB, RecordType.HTTPS -> true;
      default -> false;
    };
  }

  /* A DNAME stands above the name that it makes an alias of (RFC 6672 §3.1). */
  private boolean isAboveAlias(int record) {
    return isAtOrAboveAny(isAliasAsked() ? 1 : chainLength - 1, record);
  }

  /* Whether its owner is at or above one of the chain's first names. */
  private boolean isAtOrAboveAny(int names, int record) {
    for (int i = 0; i < names; i++) {
      if (isAtOrAbove(i, record)) {
        return true;
      }
    }
    return false;
  }

  private boolean isAtOrAbove(int chainPosition, int record) {
    int excess = chainLengths[chainPosition] - records.ownerLength(record);
    if (excess < 0) {
      return false;
    }
    nameBytes += chainLengths[chainPosition];
    return CompressedNames.endsWith(message, chain[chainPosition], excess, records.owner(record));
  }

  /*
   * A set has one TTL, the smallest of its records (RFC 2181 §5.2), wherever they stand: signatures
   * may stand between them.
   */
  private long ttlOfAnswer(int record) {
    if (chainPositions[record] == OFF_CHAIN) {
      return ttlOfNeighbours(record, records.answerEnd());
    }
    if (setTtls[record] == UNKNOWN) {
      long ttl = records.ttl(record);
      for (int i = record; i < records.answerEnd(); i++) {
        ttl = isSameSet(i, record) ? Math.min(ttl, records.ttl(i)) : ttl;
      }
      for (int i = record; i < records.answerEnd(); i++) {
        setTtls[i] = isSameSet(i, record) ? ttl : setTtls[i];
      }
    }
    return setTtls[record];
  }

  private boolean isSameSet(int a, int b) {
    return chainPositions[a] == chainPositions[b] && records.sameSetType(a, b);
  }

  /* As above for sets of other names, as far as their records stand side by side. */
  private long ttlOfNeighbours(int record, int sectionEnd) {
    if (record >= setEnd) {
      int owner = records.owner(record);
      setEnd = record;
      setTtlSeconds = Long.MAX_VALUE;
      while (setEnd < sectionEnd
          && !exhausted()
          && records.sameSetType(setEnd, record)
          && equal(records.owner(setEnd), owner, records.ownerLength(setEnd))) {
        setTtlSeconds = Math.min(setTtlSeconds, records.ttl(setEnd++));
      }
    }
    return setTtlSeconds;
  }

  /* RFC 2308 §5: the lesser of the SOA's own TTL and its MINIMUM, the last of its numbers. */
  private long negativeTtl(int record, long ttlSeconds) {
    long ttl = limits.clampNegative(ttlSeconds);
    if (records.type(record) != RecordType.SOA) {
      return ttl;
    }
    return Math.min(ttl, Header.uint32(message, records.rdataEnd(record) - Integer.BYTES));
  }

  private void write(Section section, int record, long ttlSeconds) {
    kept[record] = true;
    int type = records.type(record);
    int rdata = records.rdata(record);
    builder.startRecord(section, message, records.owner(record), type, qclass, ttlSeconds);
    builder.rdata(type, message, rdata, records.rdlength(record));
    if (namesServer(type) && serverCount < servers.length) {
      servers[serverCount++] =
          RdataLayout.of(type).firstName(message, rdata, records.rdataEnd(record));
    }
  }
}
