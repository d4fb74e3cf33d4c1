package dev.holdfast.wire;

/**
 * Tells the records of a reply that are cut because few need them, which many answers come with,
 * from those that nobody asked for. Confined to one thread.
 */
final class StrayRecords {

  /** Names compared for one reply; more of its records are not told apart. */
  private static final int MAX_COMPARISONS = 1024;

  private final RecordWalk records;
  private byte[] message = new byte[0];
  private int comparisons;

  StrayRecords(RecordWalk records) {
    this.records = records;
  }

  /**
   * Whether there are records that nobody asked for.
   *
   * @param kept those that belong to the answer
   * @param chain where the question's name and those that it is an alias of stand
   */
  boolean present(byte[] message, boolean[] kept, int[] chain, int chainLength) {
    this.message = message;
    comparisons = 0;
    for (int i = 0; i < records.end(); i++) {
      if (!kept[i] && !isUsual(i, chain, chainLength)) {
        return comparisons <= MAX_COMPARISONS;
      }
    }
    return false;
  }

  private boolean isUsual(int record, int[] chain, int chainLength) {
    int type = records.type(record);
    if (type == RecordType.OPT || type == RecordType.RRSIG) {
      return true;
    }
    if (record < records.answerEnd() || records.recordClass(record) != records.qclass()) {
      return false;
    }
    if (record >= records.authorityEnd()) {
      return isUsualAdditional(record, type);
    }
    return switch (type) {
      case RecordType.NSEC, RecordType.NSEC3 -> true;
      case RecordType.NS, RecordType.SOA, RecordType.DS -> isAbove(record, chain, chainLength);
      default -> false;
    };
  }

  private boolean isAbove(int record, int[] chain, int chainLength) {
    for (int i = 0; i < chainLength && comparisons++ < MAX_COMPARISONS; i++) {
      int excess = CompressedNames.length(message, chain[i]) - records.ownerLength(record);
      if (excess >= 0
          && CompressedNames.endsWith(message, chain[i], excess, records.owner(record))) {
        return true;
      }
    }
    return false;
  }

  /* Addresses of servers; who asks for services may be told more (RFC 3403 §4.1, RFC 9460 §4.2). */
  private boolean isUsualAdditional(int record, int type) {
    return switch (records.qtype()) {
      case RecordType.NAPTR, RecordType.SVCB, RecordType.HTTPS -> true;
      default -> (type == RecordType.A || type == RecordType.AAAA) && isOfServer(record);
    };
  }

  private boolean isOfServer(int record) {
    for (int i = 0; i < records.authorityEnd(); i++) {
      int type = records.type(i);
      if (ReplyReader.namesServer(type) && comparisons++ < MAX_COMPARISONS) {
        int server = RdataLayout.of(type).firstName(message, records.rdata(i), records.rdataEnd(i));
        if (CompressedNames.equal(message, server, message, records.owner(record))) {
          return true;
        }
      }
    }
    return false;
  }
}
