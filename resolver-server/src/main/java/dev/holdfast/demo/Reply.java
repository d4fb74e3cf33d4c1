package dev.holdfast.demo;

import java.util.Arrays;

/**
 * A response under construction: the question's header and question, then a prepared body, then an
 * OPT if the question had one. Reused for every message. Confined to the upstream's thread.
 */
final class Reply {

  static final int QR = 0x8000;

  private static final int TC = 0x0200;
  private static final int RA = 0x0080;

  /** Opcode, RD and CD go back as they came. */
  private static final int ECHOED_FLAGS = 0x7910;

  private static final int MAX_LENGTH = 65_535;
  private static final int OPT_LENGTH = 11;
  private static final int OPT_PAYLOAD_BYTES = 1232;

  final byte[] bytes = new byte[MAX_LENGTH];
  int length;

  /** A response without records. */
  void status(Query query, int rcode) {
    open(query, rcode);
    appendOpt(query);
  }

  /** The prepared answer, or TC and nothing else when it is longer than {@code limitBytes}. */
  void answer(Query query, PreparedAnswer answer, int limitBytes) {
    open(query, answer.rcode);
    int optLength = query.edns ? OPT_LENGTH : 0;
    if (length + answer.body.length + optLength > Math.min(limitBytes, MAX_LENGTH)) {
      truncated(query, answer.rcode);
      return;
    }
    System.arraycopy(answer.body, 0, bytes, length, answer.body.length);
    length += answer.body.length;
    putUint16(6, answer.answerCount);
    putUint16(8, answer.authorityCount);
    appendOpt(query);
  }

  /** TC and no records: ask again over TCP. */
  void truncated(Query query, int rcode) {
    open(query, rcode);
    bytes[2] |= (byte) (TC >> 8);
    appendOpt(query);
  }

  /** Takes away the second half of what follows the question; the counts stay, and so lie. */
  void cutShort(Query query) {
    int end = query.questionEnd;
    if (length == end) {
      putUint16(6, 1);
    }
    length = end + (length - end) / 2;
  }

  /** Puts the answer to another question behind this question's id. */
  void replaceQuestion(byte[] question, PreparedAnswer answer) {
    System.arraycopy(question, 0, bytes, Query.HEADER_LENGTH, question.length);
    length = Query.HEADER_LENGTH + question.length;
    System.arraycopy(answer.body, 0, bytes, length, answer.body.length);
    length += answer.body.length;
    putUint16(2, (uint16(2) & ~0xf) | answer.rcode);
    putUint16(4, 1);
    putUint16(6, answer.answerCount);
    putUint16(8, answer.authorityCount);
    putUint16(10, 0);
  }

  /** Appends raw bytes where records would be. */
  void appendRaw(byte[] raw) {
    System.arraycopy(raw, 0, bytes, length, raw.length);
    length += raw.length;
    putUint16(6, 1);
  }

  /** Replaces everything. */
  void raw(byte[] raw) {
    System.arraycopy(raw, 0, bytes, 0, raw.length);
    length = raw.length;
  }

  /** Header and question of a response without records, OPT excluded. */
  void open(Query query, int rcode) {
    length = query.questionEnd;
    System.arraycopy(query.bytes, 0, bytes, 0, length);
    putUint16(2, QR | RA | (query.flags() & ECHOED_FLAGS) | rcode);
    putUint16(4, query.hasQuestion() ? 1 : 0);
    putUint16(6, 0);
    putUint16(8, 0);
    putUint16(10, 0);
  }

  void flipId(int mask) {
    putUint16(0, uint16(0) ^ mask);
  }

  /**
   * OPT with root owner, payload size, no extended rcode, version 0, DO as asked (RFC 6891 §6.1).
   */
  private void appendOpt(Query query) {
    if (!query.edns) {
      return;
    }
    Arrays.fill(bytes, length, length + OPT_LENGTH, (byte) 0);
    bytes[length + 2] = 41;
    putUint16(length + 3, OPT_PAYLOAD_BYTES);
    bytes[length + 7] = (byte) (query.dnssecOk ? 0x80 : 0);
    length += OPT_LENGTH;
    putUint16(10, 1);
  }

  private int uint16(int offset) {
    return (bytes[offset] & 0xff) << 8 | (bytes[offset + 1] & 0xff);
  }

  private void putUint16(int offset, int value) {
    bytes[offset] = (byte) (value >>> 8);
    bytes[offset + 1] = (byte) value;
  }
}
