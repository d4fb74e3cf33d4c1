package dev.holdfast.policy;

import dev.holdfast.policy.Rule.Action;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerRecords;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.RecordType;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a policy has to say, of questions and of the answers to them. Reused; confined to
 * one thread.
 */
public final class PolicyLookup {

  private static final long MAPPED_IPV4 = 0xffff_0000_0000L;

  private final NameProbe probe = new NameProbe();
  private @Nullable AnswerRecords records;

  /** Returns what decides about the name at {@code offset}, in any case, or null. */
  public @Nullable Ruling ofName(LocalPolicy policy, byte[] bytes, int offset, int length) {
    return policy.isEmpty() ? null : policy.find(probe.set(bytes, offset, length));
  }

  /**
   * Returns what decides about an answer for the names that its aliases lead to, or for the
   * addresses in it; null for nothing. A name that passes is not looked at any further.
   *
   * @param question name, type and class
   */
  public @Nullable Ruling ofAnswer(LocalPolicy policy, byte[] question, Answer answer) {
    if (policy.isEmpty() || answer.answerCount() == 0) {
      return null;
    }
    if (records == null) {
      records = new AnswerRecords();
    }
    AnswerRecords read = records.read(question, answer);
    Ruling ruling = null;
    for (int i = 0; i < read.count() && !decides(ruling); i++) {
      if (read.type(i) == RecordType.CNAME) {
        ruling = policy.find(probe.set(read.rdataName(i)));
      }
    }
    for (int i = 0; i < read.count() && !decides(ruling) && policy.hasAddresses(); i++) {
      ruling = ofAddress(policy, read, i);
    }
    return decides(ruling) ? ruling : null;
  }

  private static boolean decides(@Nullable Ruling ruling) {
    return ruling != null && ruling.rule().action() != Action.PASS;
  }

  private static @Nullable Ruling ofAddress(LocalPolicy policy, AnswerRecords records, int record) {
    byte[] bytes = records.bytes();
    int rdata = records.rdata(record);
    return switch (records.type(record)) {
      case RecordType.A -> policy.find(0, MAPPED_IPV4 | Header.uint32(bytes, rdata));
      case RecordType.AAAA -> policy.find(uint64(bytes, rdata), uint64(bytes, rdata + Long.BYTES));
      default -> null;
    };
  }

  private static long uint64(byte[] bytes, int offset) {
    return (Header.uint32(bytes, offset) << Integer.SIZE) | Header.uint32(bytes, offset + 4);
  }
}
