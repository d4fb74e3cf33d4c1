package dev.holdfast.wire;

import org.jspecify.annotations.Nullable;

/**
 * Makes answers about IPv6 of answers about IPv4 (RFC 6147 §5). Signatures do not fit what is made
 * and are left out. Reused; confined to one thread.
 */
public final class Translation {

  private final AnswerBuilder builder = new AnswerBuilder();
  private final RecordWalk records = new RecordWalk();
  private final byte[] message = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];

  /**
   * Returns an answer with an AAAA record for every A record, behind the same aliases; null when
   * there is none or it does not fit into a message.
   *
   * @param question name, type AAAA and class
   * @param ipv4Question the one that {@code ipv4} answers
   * @param ageSeconds to be taken off the TTLs
   * @param maxTtlSeconds to which they are cut then
   * @param option an EDNS option that travels with the answer
   */
  public @Nullable Answer addresses(
      TranslationPrefix prefix,
      byte[] question,
      byte[] ipv4Question,
      Answer ipv4,
      int ageSeconds,
      long maxTtlSeconds,
      byte[] option) {
    begin(question, ipv4Question, ipv4, option);
    int translated = 0;
    for (int i = 0; i < records.answerEnd(); i++) {
      long ttlSeconds = Math.min(Math.max(0, records.ttl(i) - ageSeconds), maxTtlSeconds);
      if (records.type(i) == RecordType.A) {
        start(i, RecordType.AAAA, ttlSeconds);
        builder.rdata(RecordType.AAAA, prefix.ipv6(message, records.rdata(i)), 0, 16);
        translated++;
      } else if (isAlias(records.type(i))) {
        copy(i, ttlSeconds);
      }
    }
    return translated == 0 || builder.overflowed()
        ? null
        : builder.build(Rcode.NOERROR, /* authenticData= */ false);
  }

  /**
   * Returns an answer that makes the question's name an alias of the one that {@code answer} is
   * about (RFC 6147 §5.3.1); null when it does not fit into a message.
   */
  public @Nullable Answer alias(
      byte[] question, byte[] targetQuestion, Answer answer, int ageSeconds, byte[] option) {
    begin(question, targetQuestion, answer, option);
    byte[] target = nameOf(targetQuestion);
    long aliasTtlSeconds = Math.max(0, answer.minTtlSeconds() - ageSeconds);
    builder.record(
        Section.ANSWER,
        nameOf(question),
        RecordType.CNAME,
        RecordClass.IN,
        aliasTtlSeconds,
        target);
    for (int i = 0; i < records.answerEnd(); i++) {
      if (records.type(i) != RecordType.RRSIG) {
        copy(i, Math.max(0, records.ttl(i) - ageSeconds));
      }
    }
    return builder.overflowed() ? null : builder.build(Rcode.NOERROR, /* authenticData= */ false);
  }

  /**
   * Returns an answer without the AAAA records that stand for IPv4 addresses on no wire,
   * ::ffff:0:0/96 (RFC 6147 §5.1.4); null when there is no AAAA record besides.
   */
  public @Nullable Answer withoutMapped(byte[] question, Answer answer) {
    begin(question, question, answer, new byte[0]);
    int kept = 0;
    for (int i = 0; i < records.answerEnd(); i++) {
      boolean isAddress = records.type(i) == RecordType.AAAA;
      if ((isAddress && !isMapped(records.rdata(i))) || isAlias(records.type(i))) {
        copy(i, records.ttl(i));
        kept += isAddress ? 1 : 0;
      }
    }
    return kept == 0 ? null : builder.build(Rcode.NOERROR, /* authenticData= */ false);
  }

  private void begin(byte[] question, byte[] ownQuestion, Answer answer, byte[] option) {
    int length = answer.writeMessage(ownQuestion, message);
    if (!records.walk(message, length)) {
      throw new IllegalStateException("an answer that cannot be walked");
    }
    builder.begin(question, 0, question.length);
    builder.ednsOption(option, 0, option.length);
  }

  private void start(int record, int type, long ttlSeconds) {
    builder.startRecord(
        Section.ANSWER, message, records.owner(record), type, RecordClass.IN, ttlSeconds);
  }

  private void copy(int record, long ttlSeconds) {
    int type = records.type(record);
    start(record, type, ttlSeconds);
    builder.rdata(type, message, records.rdata(record), records.rdlength(record));
  }

  private static boolean isAlias(int type) {
    return type == RecordType.CNAME || type == RecordType.DNAME;
  }

  private boolean isMapped(int rdata) {
    return Header.uint32(message, rdata) == 0
        && Header.uint32(message, rdata + 4) == 0
        && Header.uint32(message, rdata + 8) == 0xffff;
  }

  private static byte[] nameOf(byte[] question) {
    return Names.folded(question, 0, question.length - 4);
  }
}
