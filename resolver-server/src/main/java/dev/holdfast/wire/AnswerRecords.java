package dev.holdfast.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A look at the records of an answer, whole as a message would have them. Reused; confined to one
 * thread.
 */
public final class AnswerRecords {

  private final RecordWalk walk = new RecordWalk();
  private final byte[] message = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
  private @Nullable AnswerBuilder builder;
  private int count;

  /**
   * Looks at an answer.
   *
   * @param question its name, type and class
   */
  public AnswerRecords read(byte[] question, Answer answer) {
    int length = answer.writeMessage(question, message);
    count = walk.walk(message, length) ? walk.answerEnd() : 0;
    return this;
  }

  /** Number of records in the answer section. */
  public int count() {
    return count;
  }

  public int type(int record) {
    return walk.type(record);
  }

  /** The bytes that {@link #rdata} points into. */
  public byte[] bytes() {
    return message;
  }

  /** Where a record's data begins. */
  public int rdata(int record) {
    return walk.rdata(record);
  }

  /** Where a record's data ends. */
  public int rdataEnd(int record) {
    return walk.rdataEnd(record);
  }

  /** Returns the name, without compression, that a record's data begins with. */
  public byte[] rdataName(int record) {
    return CompressedNames.expand(message, walk.rdata(record));
  }

  /**
   * Returns an answer to another question: aliases that lead from its name to that of the answer
   * read, and behind them the records of that answer; a failure when they do not fit into a
   * message.
   *
   * @param targets the names that the aliases lead to, one after the other
   */
  public Answer behindAliases(byte[] question, List<byte[]> targets, int ttlSeconds, Answer read) {
    if (builder == null) {
      builder = new AnswerBuilder();
    }
    AnswerBuilder into = builder;
    into.begin(question, 0, question.length);
    byte[] owner = question;
    for (byte[] target : targets) {
      into.startRecord(Section.ANSWER, owner, 0, RecordType.CNAME, RecordClass.IN, ttlSeconds);
      into.rdata(RecordType.CNAME, target, 0, target.length);
      owner = target;
    }
    for (int i = 0; i < walk.end(); i++) {
      int type = walk.type(i);
      into.startRecord(section(i), message, walk.owner(i), type, walk.recordClass(i), walk.ttl(i));
      into.rdata(type, message, walk.rdata(i), walk.rdlength(i));
    }
    return into.overflowed()
        ? into.begin(question, 0, question.length).build(Rcode.SERVFAIL, false)
        : into.build(read.rcode(), /* authenticData= */ false).withExtendedErrorsOf(read);
  }

  private Section section(int record) {
    if (record < walk.answerEnd()) {
      return Section.ANSWER;
    }
    return record < walk.authorityEnd() ? Section.AUTHORITY : Section.ADDITIONAL;
  }
}
