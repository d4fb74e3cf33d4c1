package dev.holdfast.policy;

import dev.holdfast.policy.Rule.Action;
import dev.holdfast.wire.AddressScan;
import dev.holdfast.wire.AddressScan.AddressTest;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerRecords;
import dev.holdfast.wire.RecordType;
import org.jspecify.annotations.Nullable;

/**
 * Looks for what a policy has to say, of questions and of the answers to them. Reused; confined to
 * one thread.
 */
public final class PolicyLookup {

  private final NameProbe probe = new NameProbe();
  private @Nullable AnswerRecords records;

  /** What the last address that was looked at is ruled by; a field for the test to set. */
  private @Nullable Ruling lastAddress;

  /** Returns what decides about the name at {@code offset}, in any case, or null. */
  public @Nullable Ruling ofName(LocalPolicy policy, byte[] bytes, int offset, int length) {
    return policy.isEmpty() ? null : policy.find(probe.set(bytes, offset, length));
  }

  /**
   * Returns what decides about an answer for the names that its aliases lead to, or for the
   * addresses in it, hints of SVCB and HTTPS records too; null for nothing. A name that passes is
   * not looked at any further.
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
    if (!decides(ruling) && policy.hasAddresses()) {
      ruling = ofAddresses(policy, read);
    }
    return decides(ruling) ? ruling : null;
  }

  private static boolean decides(@Nullable Ruling ruling) {
    return ruling != null && ruling.rule().action() != Action.PASS;
  }

  private @Nullable Ruling ofAddresses(LocalPolicy policy, AnswerRecords read) {
    lastAddress = null;
    AddressTest decides =
        (high, low) -> {
          lastAddress = policy.find(high, low);
          return decides(lastAddress);
        };
    for (int i = 0; i < read.count() && !decides(lastAddress); i++) {
      AddressScan.anyOfRecord(read.type(i), read.bytes(), read.rdata(i), read.rdataEnd(i), decides);
    }
    return lastAddress;
  }
}
