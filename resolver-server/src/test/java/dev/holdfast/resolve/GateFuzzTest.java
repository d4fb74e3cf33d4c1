package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Choices;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;

/**
 * Any bytes as a query through the whole walk: runts and responses are dropped, everything else
 * gets one response to what it said, and only questions of class IN go on to upstreams. The first
 * byte of an input says who asks and how.
 */
final class GateFuzzTest {

  private static final int MAX_LENGTH = 4096;
  private static final int MAX_DATAGRAM = 1232;
  private static final int STREAM = 1;
  private static final int STRANGER = 2;

  private final ResolverFixture fixture = ResolverFixture.start();

  GateFuzzTest() {
    fixture.learn("www.example.org. 86400 A 192.0.2.1");
  }

  static Stream<byte[]> seeds() {
    return Seeds.of(GateFuzzTest.class);
  }

  @Attack({Threat.LYING_COUNTS, Threat.REFLECTION_LOOP, Threat.ODD_OPCODES})
  @MethodSource("seeds")
  @FuzzTest
  void resolve_anyBytes_getOneResponseThatBelongsToThem(byte[] input) {
    if (input.length > MAX_LENGTH) {
      return;
    }
    Choices choices = new Choices(input);
    int how = choices.next();
    boolean stream = (how & STREAM) != 0;
    boolean stranger = (how & STRANGER) != 0;
    byte[] message = choices.rest();
    int sent = fixture.sent();

    Asked asked =
        fixture.ask(MessageBytes.of(message), stranger ? "203.0.113.1" : "10.0.0.1", 4_000, stream);

    assertThat(asked.isDropped()).isEqualTo(isRuntOrResponse(message));
    if (asked.isDropped() || stranger) { // an answer at hand may be refreshed
      assertThat(fixture.sent()).as("queries to upstreams").isEqualTo(sent);
    }
    for (ScriptedExchange.Query query : fixture.pending()) {
      assertForwarded(query.message(), message);
    }
    while (!fixture.pending().isEmpty()) {
      fixture.pending().forEach(query -> fixture.fail(query, FailureKind.NETWORK_ERROR));
    }
    fixture.advanceSeconds(60);
    fixture.resolvers().failures().clear();
    fixture.heal();
    if (!asked.isDropped()) {
      assertResponse(asked, message, stream);
    }
  }

  private static boolean isRuntOrResponse(byte[] message) {
    return message.length < Header.LENGTH || (message[Header.FLAGS_OFFSET] & 0x80) != 0;
  }

  private static void assertForwarded(Message query, byte[] message) {
    assertThat(query.getHeader().getOpcode()).isEqualTo(Opcode.QUERY);
    assertThat(query.getQuestion().getDClass()).isEqualTo(DClass.IN);
    byte[] question = query.getQuestion().getName().toWireCanonical();
    for (int i = 0; i < question.length; i++) {
      int value = message[Header.LENGTH + i];
      assertThat(value >= 'A' && value <= 'Z' ? value | 0x20 : value).isEqualTo(question[i]);
    }
  }

  private static void assertResponse(Asked asked, byte[] message, boolean stream) {
    byte[] bytes = asked.bytes();
    Message response = asked.response();
    assertThat(bytes.length).isLessThanOrEqualTo(stream ? 65_535 : MAX_DATAGRAM);
    assertThat(response.getHeader().getID()).isEqualTo(Header.uint16(message, 0));
    assertThat(response.getHeader().getFlag(Flags.QR)).isTrue();
    assertThat(bytes[Header.FLAGS_OFFSET] & 0x78).isEqualTo(message[Header.FLAGS_OFFSET] & 0x78);
    assertThat(response.getSection(org.xbill.DNS.Section.QUESTION)).hasSizeLessThanOrEqualTo(1);
  }
}
