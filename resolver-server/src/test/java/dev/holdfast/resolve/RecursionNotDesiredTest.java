package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;

/** Who wants no recursion gets what is there, and no upstream is ever asked for it. */
final class RecursionNotDesiredTest {

  private static final MessageBytes QUERY =
      MessageBytes.query("www.example.org", RecordType.A).flags(0).opt(1232, 0);

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void resolve_unknown_isRefused() {
    Asked asked = fixture.ask(QUERY);

    assertThat(asked.rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NOT_AUTHORITATIVE);
    assertThat(fixture.sent()).isZero();
    assertThat(fixture.count(Counter.REJECTED_REFUSED)).isEqualTo(1);
  }

  @Test
  void resolve_known_isAnswered() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");

    Asked asked = fixture.ask(QUERY);

    assertThat(asked.answers()).contains("www.example.org. 300 A 192.0.2.1");
    assertThat(asked.flag(Flags.RD)).isFalse();
    assertThat(asked.flag(Flags.RA)).isTrue();
    assertThat(fixture.sent()).isEqualTo(1);
  }

  @Test
  void resolve_stale_isServedWithoutAsking() {
    for (Duration clientTimeout : new Duration[] {Duration.ZERO, Duration.ofSeconds(1)}) {
      ResolverFixture own = ResolverFixture.with().stale(Duration.ofDays(1), clientTimeout).start();
      own.learn("www.example.org. 300 A 192.0.2.1");
      own.advanceSeconds(400);

      Asked asked = own.ask(QUERY);

      assertThat(asked.isAnsweredAtOnce()).isTrue();
      assertThat(asked.answers()).contains("www.example.org. 30 A 192.0.2.1");
      own.advanceSeconds(5);
      assertThat(own.sent()).isEqualTo(1);
    }
  }

  @Test
  void resolve_inFlightForSomebodyElse_doesNotWait() {
    fixture.ask("www.example.org", RecordType.A);

    assertThat(fixture.ask(QUERY).rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(fixture.sent()).isEqualTo(1);
  }

  @Test
  void resolve_failureRemembered_isRefusedAllTheSame() {
    fixture.ask("www.example.org", RecordType.A);
    fixture.deliver(fixture.reply().rcode(Rcode.SERVFAIL));

    assertThat(fixture.ask(QUERY).rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(fixture.sent()).isEqualTo(1);
  }
}
