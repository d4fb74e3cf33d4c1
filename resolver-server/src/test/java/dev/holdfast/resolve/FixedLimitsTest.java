package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Bounds of reading a message, which nobody has a reason to change. */
final class FixedLimitsTest {

  private static final String NAME = "www.example.org";
  private static final int NULL_TYPE = 10;
  private static final int POINTER = 0xc000;
  private static final byte[] TO_QUESTION = {(byte) 0xc0, 12};

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  @Attack(Threat.EDNS_GARBAGE)
  void resolve_moreOptionsThanAreWalked_isMalformed() {
    assertThat(fixture.ask(queryWithOptions(32)).isWaiting()).isTrue();

    assertThat(fixture.ask(queryWithOptions(33)).rcode()).isEqualTo(Rcode.FORMERR);
    assertThat(fixture.count(Counter.REJECTED_MALFORMED)).isEqualTo(1);
  }

  private static MessageBytes queryWithOptions(int count) {
    byte[][] options = new byte[count][];
    Arrays.fill(options, MessageBytes.option(65_001, new byte[1]));
    return MessageBytes.query(NAME, RecordType.A).opt(1232, 0, options);
  }

  @Test
  @Attack(Threat.NAME_COMPRESSION)
  void reply_moreHopsThanAreFollowed_isDroppedAndTheRealOneTaken() {
    Asked asked = fixture.ask(NAME, RecordType.A);
    ScriptedExchange.Query query = fixture.onlyPending();

    assertThat(query.reply(replyWithHops(query, 17))).isFalse();
    assertThat(asked.isWaiting()).isTrue();
    assertThat(fixture.count(Counter.UPSTREAM_MALFORMED)).isEqualTo(1);

    assertThat(query.reply(replyWithHops(query, 16))).isTrue();
    fixture.advanceMillis(0);
    assertThat(asked.answers()).containsExactly(NAME + ". 300 A 192.0.2.1");
  }

  /** An answer whose owner leads over this many pointers, which lie in the data of a record. */
  private static byte[] replyWithHops(ScriptedExchange.Query query, int hops) {
    int id = query.message().getHeader().getID();
    MessageBytes reply = MessageBytes.response(NAME, RecordType.A).id(id);
    int first = reply.toBytes().length + TO_QUESTION.length + 10;
    ByteBuffer pointers = ByteBuffer.allocate(2 * (hops - 1)).put(TO_QUESTION);
    while (pointers.hasRemaining()) {
      pointers.putShort((short) (POINTER + first + pointers.position() - 2));
    }
    int last = first + pointers.capacity() - 2;
    byte[] owner = {(byte) ((POINTER + last) >> 8), (byte) last};
    return reply
        .answer(TO_QUESTION, NULL_TYPE, 300, pointers.array())
        .answer(owner, RecordType.A, 300, new byte[] {(byte) 192, 0, 2, 1})
        .toBytes();
  }
}
