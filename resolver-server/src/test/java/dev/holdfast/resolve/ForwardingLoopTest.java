package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that this process sent itself and that come back. */
final class ForwardingLoopTest {

  private static final int OWN_PORT = 50_053;
  private static final MessageBytes QUERY =
      MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0);

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "10.77.0.7", "fd00::7"})
  void resolve_ownQuestion_isServfailAndGoesNoFurther(String address) {
    ResolverFixture fixture = sendingFrom(address);

    Asked asked = fixture.ask(QUERY, address, OWN_PORT, /* stream= */ false);

    assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NETWORK_ERROR);
    assertThat(fixture.count(Counter.FORWARDING_LOOPS)).isEqualTo(1);
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void resolve_ownQuestionThatIsCached_isAnswered() {
    ResolverFixture fixture = sendingFrom("127.0.0.1");
    fixture.learn("www.example.org. 300 A 192.0.2.1");

    Asked asked = fixture.ask(QUERY, "127.0.0.1", OWN_PORT, /* stream= */ false);

    assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void resolve_samePortOfAnotherAddressOrProtocol_isForwarded() {
    ResolverFixture fixture = sendingFrom("127.0.0.1");

    assertThat(fixture.ask(QUERY, "10.0.0.1", OWN_PORT, false).isWaiting()).isTrue();
    assertThat(fixture.ask(QUERY, "127.0.0.2", OWN_PORT, false).isWaiting()).isTrue();
    assertThat(fixture.ask(QUERY, "::1", OWN_PORT, false).isWaiting()).isTrue();
    assertThat(fixture.ask(QUERY, "127.0.0.1", OWN_PORT, true).isWaiting()).isTrue();
    assertThat(fixture.ask(QUERY, "127.0.0.1", OWN_PORT + 1, false).isWaiting()).isTrue();
    assertThat(fixture.count(Counter.FORWARDING_LOOPS)).isZero();
  }

  private static ResolverFixture sendingFrom(String address) {
    return ResolverFixture.with()
        .ownSocket(new InetSocketAddress(InetAddress.ofLiteral(address), OWN_PORT))
        .start();
  }
}
