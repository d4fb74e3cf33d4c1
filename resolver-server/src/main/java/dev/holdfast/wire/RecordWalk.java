package dev.holdfast.wire;

/**
 * Where the question and the records of one message stand, found by one walk that goes from end to
 * end and is bounded. Reused; confined to one thread.
 */
final class RecordWalk {

  /** Records walked in one message; a message with more is malformed. */
  static final int MAX_RECORDS = 1024;

  /**
   * Bytes of names, pointers followed, walked in one message; a message with more is malformed. A
   * thousand records with two names of 60 bytes fit.
   */
  static final int MAX_NAME_BYTES = 1 << 17;

  /** {@link #opt}: there is no OPT record. */
  static final int NONE = -1;

  /** Type, class, TTL and rdlength that follow a record's owner. */
  private static final int RECORD_FIXED_LENGTH = 10;

  /** Type and class that follow the question's name. */
  private static final int QUESTION_FIXED_LENGTH = 4;

  private final int[] owners = new int[MAX_RECORDS];
  private final short[] ownerLengths = new short[MAX_RECORDS];
  private final int[] fixedParts = new int[MAX_RECORDS];
  private byte[] message = new byte[0];
  private int length;
  private int questionEnd;
  private int answerEnd;
  private int authorityEnd;
  private int end;
  private int opt;
  private int nameBytes;

  /** Walks a message with one question or none; false when it is malformed. */
  boolean walk(byte[] message, int length) {
    this.message = message;
    this.length = length;
    opt = NONE;
    nameBytes = 0;
    questionEnd = questionEnd();
    if (questionEnd < 0 || questionEnd > length) {
      return false;
    }
    answerEnd = Header.uint16(message, Header.ANCOUNT_OFFSET);
    authorityEnd = answerEnd + Header.uint16(message, Header.NSCOUNT_OFFSET);
    end = authorityEnd + Header.uint16(message, Header.ARCOUNT_OFFSET);
    if (end > MAX_RECORDS) {
      return false;
    }
    int position = questionEnd;
    for (int i = 0; i < end && position >= 0; i++) {
      position = walkRecord(i, position);
    }
    return position == length;
  }

  private int questionEnd() {
    int questions = Header.uint16(message, Header.QDCOUNT_OFFSET);
    if (questions == 0) {
      return Header.LENGTH;
    }
    if (questions > 1) {
      return -1;
    }
    int nameLength = Names.length(message, Header.LENGTH, length);
    return nameLength < 0 ? -1 : Header.LENGTH + nameLength + QUESTION_FIXED_LENGTH;
  }

  private int walkRecord(int index, int owner) {
    long name = CompressedNames.measure(message, owner, length);
    int fixed = CompressedNames.end(name);
    if (fixed < 0 || fixed + RECORD_FIXED_LENGTH > length) {
      return -1;
    }
    owners[index] = owner;
    ownerLengths[index] = (short) CompressedNames.lengthOf(name);
    nameBytes += ownerLengths[index];
    fixedParts[index] = fixed;
    int rdataEnd = rdata(index) + rdlength(index);
    if (rdataEnd > length) {
      return -1;
    }
    int type = type(index);
    if (type != RecordType.OPT) {
      int names = RdataLayout.of(type).nameBytes(message, rdata(index), rdlength(index));
      nameBytes += names;
      return names < 0 || nameBytes > MAX_NAME_BYTES ? -1 : rdataEnd;
    }
    if (index < authorityEnd || opt != NONE || message[owner] != 0) {
      return -1;
    }
    opt = index;
    return rdataEnd;
  }

  /** Whether there is a question. */
  boolean hasQuestion() {
    return questionEnd > Header.LENGTH;
  }

  int qtype() {
    return Header.uint16(message, questionEnd - QUESTION_FIXED_LENGTH);
  }

  int qclass() {
    return Header.uint16(message, questionEnd - 2);
  }

  /** Length of the question: name, type and class. */
  int questionLength() {
    return questionEnd - Header.LENGTH;
  }

  /** Index behind the last record of the answer section. */
  int answerEnd() {
    return answerEnd;
  }

  /** Index behind the last record of the authority section. */
  int authorityEnd() {
    return authorityEnd;
  }

  /** Index behind the last record. */
  int end() {
    return end;
  }

  /** Index of the OPT record, or {@link #NONE}. */
  int opt() {
    return opt;
  }

  /** Where the record's owner stands. */
  int owner(int record) {
    return owners[record];
  }

  /** Bytes of names that the walk took. */
  int nameBytes() {
    return nameBytes;
  }

  /** How long the record's owner is without compression. */
  int ownerLength(int record) {
    return ownerLengths[record];
  }

  int type(int record) {
    return Header.uint16(message, fixedParts[record]);
  }

  int recordClass(int record) {
    return Header.uint16(message, fixedParts[record] + 2);
  }

  /** The record's TTL as 32 unsigned bits; in an OPT record, flags. */
  long ttl(int record) {
    return Header.uint32(message, fixedParts[record] + 4);
  }

  int rdlength(int record) {
    return Header.uint16(message, fixedParts[record] + 8);
  }

  /** Where the record's data begins. */
  int rdata(int record) {
    return fixedParts[record] + RECORD_FIXED_LENGTH;
  }

  /** Where the record's data ends. */
  int rdataEnd(int record) {
    return rdata(record) + rdlength(record);
  }

  /** The type that a signature is for (RFC 4034 §3.1.1). */
  int covered(int signature) {
    return Header.uint16(message, rdata(signature));
  }

  /** Whether two records of one owner belong to one set; signatures do by what they are for. */
  boolean sameSetType(int a, int b) {
    return type(a) == type(b)
        && recordClass(a) == recordClass(b)
        && (RdataLayout.of(type(a)) != RdataLayout.SIGNATURE || covered(a) == covered(b));
  }
}
