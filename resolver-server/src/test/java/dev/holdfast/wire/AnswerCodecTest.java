package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class AnswerCodecTest {

  private static final byte[] NAME = Names.parse("www.example.org");
  private static final byte[] ALIAS = Names.parse("edge.example.org");
  private static final byte[] QUESTION = question(NAME);

  private final AnswerCodec codec = new AnswerCodec();

  @Test
  void decode_encodedAnswer_givesTheSameMessage() {
    Answer answer = answer();

    Answer decoded = decode(encoded(answer), 0, encoded(answer).length);

    assertThat(message(decoded)).isEqualTo(message(answer));
    assertThat(decoded.ednsOptions()).isEqualTo(answer.ednsOptions());
    assertThat(decoded.minTtlSeconds()).isEqualTo(60);
    assertThat(decoded.withoutAdditionalLength()).isEqualTo(answer.withoutAdditionalLength());
    assertThat(decoded.authenticData()).isTrue();
  }

  @Test
  void decode_answerWithoutRecords_givesTheSameMessage() {
    Answer answer =
        new AnswerBuilder().begin(QUESTION, 0, QUESTION.length).build(Rcode.NXDOMAIN, false);

    Answer decoded = decode(encoded(answer), 0, encoded(answer).length);

    assertThat(message(decoded)).isEqualTo(message(answer));
    assertThat(decoded.rcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void decode_atOffset_readsOnlyItsOwnBytes() {
    byte[] encoded = encoded(answer());
    byte[] around = new byte[encoded.length + 20];
    Arrays.fill(around, (byte) 0xff);
    System.arraycopy(encoded, 0, around, 7, encoded.length);

    Answer decoded = decode(around, 7, 7 + encoded.length);

    assertThat(message(decoded)).isEqualTo(message(answer()));
  }

  @Test
  void decode_cutAnywhere_givesNothing() {
    byte[] encoded = encoded(answer());

    for (int length = 0; length < encoded.length; length++) {
      assertThat(codec.decode(QUESTION, encoded, 0, length)).as("%d bytes", length).isNull();
    }
  }

  @Test
  void decode_anyByteChanged_givesNothingOrSomethingThatCanBeSent() {
    byte[] encoded = encoded(answer());

    for (int i = 0; i < encoded.length; i++) {
      for (int bit = 0; bit < Byte.SIZE; bit++) {
        byte[] changed = encoded.clone();
        changed[i] ^= (byte) (1 << bit);
        Answer decoded = codec.decode(QUESTION, changed, 0, changed.length);
        if (decoded != null) {
          assertThat(message(decoded)).isNotEmpty();
        }
      }
    }
  }

  @Test
  void decode_optionWithoutACode_givesNothing() {
    AnswerBuilder builder = new AnswerBuilder().begin(QUESTION, 0, QUESTION.length);
    builder.ednsOption(new byte[] {0, 15, 0, 0}, 0, 4);
    byte[] encoded = encoded(builder.build(Rcode.NOERROR, /* authenticData= */ false));

    assertThat(codec.decode(QUESTION, encoded, 0, encoded.length)).isNull();
  }

  @Test
  void decode_otherVersion_givesNothing() {
    byte[] encoded = encoded(answer());
    encoded[0]++;

    assertThat(codec.decode(QUESTION, encoded, 0, encoded.length)).isNull();
  }

  private Answer decode(byte[] bytes, int offset, int limit) {
    return Objects.requireNonNull(codec.decode(QUESTION, bytes, offset, limit));
  }

  private static Answer answer() {
    AnswerBuilder builder =
        new AnswerBuilder()
            .begin(QUESTION, 0, QUESTION.length)
            .record(Section.ANSWER, NAME, RecordType.CNAME, RecordClass.IN, 300, ALIAS)
            .record(
                Section.ANSWER,
                ALIAS,
                RecordType.A,
                RecordClass.IN,
                60,
                new byte[] {(byte) 192, 0, 2, 1})
            .record(
                Section.AUTHORITY,
                Names.parse("example.org"),
                RecordType.NS,
                RecordClass.IN,
                900,
                Names.parse("ns.example.org"))
            .record(
                Section.ADDITIONAL,
                Names.parse("ns.example.org"),
                RecordType.A,
                RecordClass.IN,
                900,
                new byte[] {(byte) 192, 0, 2, 53});
    builder.ednsOption(new byte[] {0, 15, 0, 2, 0, 4}, 0, 6);
    return builder.build(Rcode.NOERROR, true);
  }

  private static byte[] encoded(Answer answer) {
    byte[] encoded = new byte[AnswerCodec.encodedLength(answer)];
    AnswerCodec.encode(answer, encoded, 0);
    return encoded;
  }

  private static byte[] message(Answer answer) {
    byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
    return Arrays.copyOf(out, answer.writeMessage(QUESTION, out));
  }

  private static byte[] question(byte[] name) {
    byte[] question = Arrays.copyOf(name, name.length + 4);
    Header.putUint16(question, name.length, RecordType.A);
    Header.putUint16(question, name.length + 2, RecordClass.IN);
    return question;
  }
}
