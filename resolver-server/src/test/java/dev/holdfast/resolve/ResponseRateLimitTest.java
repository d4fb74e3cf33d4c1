package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;

/** Responses to addresses that may be forged: how many there are, and what becomes of the rest. */
@Attack(Threat.REFLECTION)
final class ResponseRateLimitTest {

  private static final int FLOOD = 1100;
  private static final int RATE = 100;
  private static final MessageBytes QUERY =
      MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0);

  @Test
  void resolve_floodFromOneNetwork_getsItsRateAndSlips() {
    ResolverFixture fixture = learnt(ResolverFixture.with().open());

    List<Asked> flood = flood(fixture, "10.0.7.", /* stream= */ false);

    List<Asked> full = flood.subList(0, RATE);
    List<Asked> rest = flood.subList(RATE, FLOOD);
    assertThat(full).allMatch(asked -> asked.answers().size() == 1);
    assertThat(rest.stream().filter(Asked::isDropped)).hasSize(500);
    assertThat(rest.stream().filter(asked -> !asked.isDropped()))
        .allMatch(asked -> asked.flag(Flags.TC) && asked.rcode() == Rcode.NOERROR)
        .allMatch(asked -> asked.bytes().length == QUERY.toBytes().length);
    assertThat(fixture.count(Counter.DROPPED_RATE)).isEqualTo(500);
    assertThat(fixture.count(Counter.SLIPPED_RATE)).isEqualTo(500);
  }

  @Test
  void resolve_clientThatIsTold_isServedOverTcp() {
    ResolverFixture fixture = learnt(ResolverFixture.with().open());
    flood(fixture, "10.0.7.", /* stream= */ false);

    List<Asked> overTcp = flood(fixture, "10.0.7.", /* stream= */ true);

    assertThat(overTcp).allMatch(asked -> asked.answers().size() == 1);
  }

  @Test
  void resolve_floodFromOneNetwork_takesNothingFromOthers() {
    ResolverFixture fixture = learnt(ResolverFixture.with().open());
    flood(fixture, "10.0.7.", /* stream= */ false);

    assertThat(ask(fixture, "10.0.8.1", false).answers()).hasSize(1);
    fixture.advanceSeconds(1);
    assertThat(ask(fixture, "10.0.7.1", false).answers()).hasSize(1);
  }

  @Test
  void resolve_errorsAndMisses_countToo() {
    ResolverFixture fixture = ResolverFixture.with().open().start();
    for (int i = 0; i < RATE; i++) {
      fixture.ask(
          MessageBytes.query("n" + i + ".example.org", i % 2 == 0 ? RecordType.A : RecordType.OPT),
          "10.0.7.1",
          4000 + i,
          /* stream= */ false);
    }
    int sent = fixture.sent();

    Asked limited = fixture.ask(QUERY, "10.0.7.1", 4000, /* stream= */ false);

    assertThat(limited.flag(Flags.TC)).isTrue();
    assertThat(fixture.sent()).isEqualTo(sent);
  }

  @Test
  void resolve_thisHost_isExempt() {
    ResolverFixture fixture = learnt(ResolverFixture.with().open());
    for (int i = 0; i < FLOOD; i++) {
      assertThat(ask(fixture, i % 2 == 0 ? "127.0.0.1" : "::1", false).answers()).hasSize(1);
    }
  }

  @Test
  void resolve_clientWithACookie_isExempt() {
    ResolverFixture fixture = learnt(ResolverFixture.with().open());
    MessageBytes www = MessageBytes.query("www.example.org", RecordType.A);
    Asked first = fixture.ask(www.opt(1232, 0, MessageBytes.option(10, new byte[8])));
    byte[] cookie = first.response().getOPT().getOptions(10).getFirst().toWire();
    MessageBytes query = MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0, cookie);

    for (int i = 0; i < FLOOD; i++) {
      assertThat(fixture.ask(query).answers()).hasSize(1);
    }
    assertThat(fixture.count(Counter.DROPPED_RATE)).isZero();
  }

  @Test
  void resolve_serverThatIsNotOpen_limitsNobody() {
    ResolverFixture fixture = learnt(ResolverFixture.with());

    assertThat(flood(fixture, "10.0.7.", false)).allMatch(asked -> asked.answers().size() == 1);
  }

  private static ResolverFixture learnt(ResolverFixture.Options options) {
    ResolverFixture fixture = options.start();
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    return fixture;
  }

  private static List<Asked> flood(ResolverFixture fixture, String network, boolean stream) {
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      all.add(ask(fixture, network + i % 256, stream));
    }
    return all;
  }

  private static Asked ask(ResolverFixture fixture, String address, boolean stream) {
    return fixture.ask(QUERY, address, 4000, stream);
  }
}
