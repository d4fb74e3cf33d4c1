package dev.holdfast.hold;

import static dev.holdfast.operate.FastResolver.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.operate.FastResolver;
import dev.holdfast.operate.Rules;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** A name that its owner took back, asked for every second for days to keep it alive. */
class GhostTest {

  private static final String NAME = "www.example.org.";
  private static final int TTL_SECONDS = 10;
  private static final int DAY_SECONDS = 86_400;
  private static final FastResolver.Rule SIGNED =
      (query, reply) -> {
        reply.getHeader().setFlag(Flags.AD);
        return Rules.records(Type.A, TTL_SECONDS, "192.0.2.80").reply(query, reply);
      };

  @Test
  @Attack({Threat.GHOST_DOMAIN, Threat.STALE_AUTHENTICITY})
  void stale_askedEverySecondForTenDays_endsAfterADay() {
    FastResolver resolver = learnt(HoldMode.OFF);
    resolver.silence();

    int servedSeconds = secondsServed(resolver, 10);

    assertThat(servedSeconds).isBetween(DAY_SECONDS - 60, DAY_SECONDS);
    assertThat(resolver.count(Counter.ANSWERS_STALE)).isEqualTo(servedSeconds);
  }

  @Test
  @Attack({Threat.GHOST_DOMAIN, Threat.STALE_AUTHENTICITY})
  void held_askedEverySecondForTwoDays_endsAfterTheWindow() {
    FastResolver resolver = learnt(HoldMode.ENFORCE);
    resolver.upstreams(Rules.empty());

    int servedSeconds = secondsServed(resolver, 2);

    assertThat(servedSeconds).isBetween(6 * 3_600 - 60, 6 * 3_600);
    assertThat(resolver.count(Counter.ANSWERS_HELD)).isEqualTo(servedSeconds);
  }

  /** A resolver that knows the name, at the end of its TTL. */
  private static FastResolver learnt(HoldMode mode) {
    FastResolver resolver = new FastResolver(mode, 2);
    resolver.upstreams(SIGNED);
    assertThat(ask(resolver).getHeader().getFlag(Flags.AD)).isTrue();
    resolver.pass(Duration.ofSeconds(TTL_SECONDS + 1));
    return resolver;
  }

  private static int secondsServed(FastResolver resolver, int days) {
    int served = 0;
    for (int second = 0; second < days * DAY_SECONDS; second++) {
      Message answer = ask(resolver);
      if (!data(answer).isEmpty()) {
        assertThat(served).as("once gone it stays gone").isEqualTo(second);
        assertThat(answer.getHeader().getFlag(Flags.AD)).isFalse();
        served++;
      }
      resolver.pass(Duration.ofSeconds(1));
    }
    return served;
  }

  /** With DO, which asks for AD as well (RFC 6840 §5.7). */
  private static Message ask(FastResolver resolver) {
    return resolver.ask(NAME, Type.A, /* dnssecOk= */ true);
  }
}
