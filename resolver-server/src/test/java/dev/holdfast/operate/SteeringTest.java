package dev.holdfast.operate;

import static dev.holdfast.operate.FastResolver.data;
import static dev.holdfast.operate.FastResolver.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Pins;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class SteeringTest {

  private static final String NAME = "www.example.org.";
  private static final byte[] QNAME = Names.parse(NAME);
  private static final int TTL_SECONDS = 10;

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 2);
  private final LoopCounters counters = new LoopCounters();
  private final Steering steering =
      new Steering(resolver.resolvers(), resolver.wallClock(), counters);

  SteeringTest() {
    var _ = resolver.loop().scheduleWithFixedDelay(steering::endPins, 1, 1, TimeUnit.SECONDS);
  }

  @Test
  void pin_whateverUpstreamsSay_lastGoodRecordsAreServed() {
    learn("192.0.2.80");
    Instant until = FastResolver.BEGIN.plus(Duration.ofHours(1));

    Steered steered = steering.pin(QNAME, RecordType.ANY, until);

    assertThat(steered.refusal()).isNull();
    assertThat(steered.questions())
        .containsExactly(new Steered.Question("A", List.of("www.example.org. 10 A 192.0.2.80")));
    for (FastResolver.Rule rule :
        List.of(
            addresses("198.51.100.1"),
            Rules.empty(),
            Rules.nxdomain(),
            Rules.emptyWith(15),
            Rules.failure(Rcode.SERVFAIL),
            (FastResolver.Rule) (query, reply) -> false)) {
      resolver.upstreams(rule);
      for (int i = 0; i < 10; i++) {
        Message answer = resolver.ask(NAME, Type.A);
        assertThat(data(answer)).containsExactly("192.0.2.80");
        assertThat(errors(answer)).containsExactly("3 pinned by operator until " + until);
        assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isBetween(1L, 30L);
        resolver.pass(Duration.ofSeconds(TTL_SECONDS / 2));
      }
    }
  }

  @Test
  void pin_timeCome_upstreamsAreBelievedAgain() {
    learn("192.0.2.80");
    steering.pin(QNAME, RecordType.A, FastResolver.BEGIN.plus(Duration.ofMinutes(10)));
    resolver.upstreams(addresses("192.0.2.81"));
    resolver.pass(Duration.ofMinutes(9));
    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.80");
    resolver.pass(Duration.ofMinutes(1));

    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
    assertThat(errors(resolver.ask(NAME, Type.A))).isEmpty();
  }

  @Test
  void pin_timeComeWhileUpstreamsAreSilent_lastGoodRecordsAreStale() {
    learn("192.0.2.80");
    resolver.silence();
    steering.pin(QNAME, RecordType.A, FastResolver.BEGIN.plus(Duration.ofMinutes(10)));
    resolver.ask(NAME, Type.A);
    resolver.pass(Duration.ofMinutes(10).plusSeconds(2));

    Message answer = resolver.ask(NAME, Type.A);

    assertThat(data(answer)).containsExactly("192.0.2.80");
    assertThat(errors(answer)).containsExactly("3");
  }

  @Test
  void pin_clientsWithDnssec_getTheSignaturesThatBelongToIt() {
    resolver.upstreams(Rules.signed(addresses("192.0.2.80")));
    resolver.ask(NAME, Type.A, true);
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    resolver.ask(NAME, Type.A, false);

    steering.pin(QNAME, RecordType.A, FastResolver.BEGIN.plus(Duration.ofHours(1)));
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofMinutes(1));

    assertThat(data(resolver.ask(NAME, Type.A, false))).containsExactly("192.0.2.80");
    assertThat(data(resolver.ask(NAME, Type.A, true))).hasSize(2).contains("192.0.2.80");
  }

  @Test
  void pin_variantNeverAskedFor_isPinnedAsWell() {
    learn("192.0.2.80");
    steering.pin(QNAME, RecordType.A, FastResolver.BEGIN.plus(Duration.ofHours(1)));
    resolver.upstreams(Rules.nxdomain());

    assertThat(data(resolver.ask(NAME, Type.A, true))).containsExactly("192.0.2.80");
  }

  @Test
  void pin_typeWithoutHistory_takesTheCachedAnswer() {
    resolver.upstreams(Rules.records(Type.TXT, TTL_SECONDS, "one"));
    resolver.ask(NAME, Type.TXT);

    steering.pin(QNAME, RecordType.TXT, FastResolver.BEGIN.plus(Duration.ofHours(1)));
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofMinutes(1));

    assertThat(data(resolver.ask(NAME, Type.TXT))).containsExactly("one");
    Instant later = FastResolver.BEGIN.plus(Duration.ofHours(2));
    assertThat(steering.pin(QNAME, RecordType.ANY, later).refusal()).as("for longer").isNull();
    assertThat(data(resolver.ask(NAME, Type.TXT))).containsExactly("one");
  }

  @Test
  void pin_refusals_sayWhy() {
    Instant hour = FastResolver.BEGIN.plus(Duration.ofHours(1));
    assertThat(refusal(steering.pin(QNAME, RecordType.ANY, hour)))
        .isEqualTo("no good answer to www.example.org. is known");

    learn("192.0.2.80");
    assertThat(refusal(steering.pin(QNAME, RecordType.A, FastResolver.BEGIN)))
        .startsWith("until: 2025-10-20T06:00:00Z");
    assertThat(refusal(steering.pin(QNAME, RecordType.A, hour.plus(Steering.MAX_PIN))))
        .endsWith("(expected a time within the next 30d)");
    assertThat(refusal(steering.pin(QNAME, RecordType.AAAA, hour))).startsWith("no good answer");
  }

  @Test
  void pin_tooMany_isRefusedAndCounted() {
    learn("192.0.2.80");
    Pins pins = resolver.resolvers().holds().pins();
    steering.pin(QNAME, RecordType.A, null);
    var pin = Objects.requireNonNull(pins.find(Pins.question(QNAME, RecordType.A)));
    for (int i = 1; i < Pins.MAX_PINS; i++) {
      pins.set(Pins.question(Names.parse("host" + i + ".example.org"), RecordType.A), pin);
    }
    resolver.upstreams(Rules.records(Type.AAAA, 10, "2001:db8::1"));
    resolver.ask(NAME, Type.AAAA);

    assertThat(refusal(steering.pin(QNAME, RecordType.AAAA, null))).startsWith("1000 questions");
    assertThat(counters.get(Counter.LIMIT_PINS)).isOne();
    assertThat(steering.pin(QNAME, RecordType.A, null).refusal()).isNull();
  }

  @Test
  void unpin_pinned_upstreamsAreAskedAtOnce() {
    learn("192.0.2.80");
    steering.pin(QNAME, RecordType.A, FastResolver.BEGIN.plus(Duration.ofHours(1)));
    resolver.upstreams(addresses("192.0.2.81"));
    resolver.pass(Duration.ofSeconds(TTL_SECONDS + 1));
    resolver.ask(NAME, Type.A);

    assertThat(steering.unpin(QNAME, RecordType.ANY).questions())
        .containsExactly(new Steered.Question("A", List.of()));

    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
    assertThat(refusal(steering.unpin(QNAME, RecordType.ANY)))
        .isEqualTo("www.example.org. is not pinned");
  }

  @Test
  void unpin_goneMeanwhile_isHeldAgain() {
    learn("192.0.2.80");
    steering.pin(QNAME, RecordType.A, FastResolver.BEGIN.plus(Duration.ofHours(1)));
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofMinutes(1));
    resolver.ask(NAME, Type.A);
    resolver.pass(Duration.ofMinutes(1));

    steering.unpin(QNAME, RecordType.A);

    Message answer = resolver.ask(NAME, Type.A);
    assertThat(data(answer)).containsExactly("192.0.2.80");
    assertThat(errors(answer)).containsExactly("3 held: vanished at 2025-10-20T06:01:00Z");
  }

  @Test
  void rollback_twoRecordSetsKnown_theEarlierIsServedUntilUnpinned() {
    learn("192.0.2.80");
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    learn("192.0.2.81");

    Steered steered = steering.rollback(QNAME, RecordType.ANY, null);

    assertThat(steered.questions())
        .containsExactly(new Steered.Question("A", List.of("www.example.org. 10 A 192.0.2.80")));
    for (int i = 0; i < 100; i++) {
      Message answer = resolver.ask(NAME, Type.A);
      assertThat(data(answer)).containsExactly("192.0.2.80");
      assertThat(errors(answer)).containsExactly("3 rolled back by operator");
      resolver.pass(Duration.ofMinutes(30));
    }
    steering.unpin(QNAME, RecordType.A);
    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
  }

  @Test
  void rollback_untilATime_endsThen() {
    learn("192.0.2.80");
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    learn("192.0.2.81");
    Instant until = FastResolver.BEGIN.plus(Duration.ofMinutes(5));

    steering.rollback(QNAME, RecordType.A, until);

    assertThat(errors(resolver.ask(NAME, Type.A)))
        .containsExactly("3 rolled back by operator until " + until);
    resolver.pass(Duration.ofMinutes(5));
    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
  }

  @Test
  void rollback_signedAnew_isNotAnEarlierRecordSet() {
    resolver.upstreams(Rules.signed(addresses("192.0.2.80")));
    resolver.ask(NAME, Type.A, true);
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    resolver.upstreams(addresses("192.0.2.80"));
    resolver.ask(NAME, Type.A, true);

    assertThat(refusal(steering.rollback(QNAME, RecordType.A, null)))
        .isEqualTo("no earlier record set of www.example.org. is known");
  }

  @Test
  void release_held_upstreamsAreBelievedUntilItIsBack() {
    learn("192.0.2.80");
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.80");

    assertThat(steering.release(QNAME, RecordType.ANY).questions())
        .containsExactly(new Steered.Question("A", List.of()));

    for (int i = 0; i < 10; i++) {
      assertThat(data(resolver.ask(NAME, Type.A))).isEmpty();
      resolver.pass(Duration.ofSeconds(31));
    }
    learn("192.0.2.81");
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    assertThat(data(resolver.ask(NAME, Type.A))).as("held anew").containsExactly("192.0.2.81");
  }

  @Test
  void release_upstreamsSilentAfterwards_isStale() {
    learn("192.0.2.80");
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    resolver.ask(NAME, Type.A);

    steering.release(QNAME, RecordType.A);
    resolver.silence();

    Message answer = resolver.ask(NAME, Type.A);
    assertThat(data(answer)).containsExactly("192.0.2.80");
    assertThat(errors(answer)).containsExactly("3");
  }

  @Test
  void release_notGone_isRefused() {
    learn("192.0.2.80");

    assertThat(refusal(steering.release(QNAME, RecordType.ANY)))
        .isEqualTo("no upstream says at present that www.example.org. is gone");
  }

  private void learn(String address) {
    resolver.upstreams(addresses(address));
    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly(address);
  }

  private static FastResolver.Rule addresses(String... addresses) {
    return Rules.records(Type.A, TTL_SECONDS, addresses);
  }

  private static String refusal(Steered steered) {
    return Objects.requireNonNull(steered.refusal()).reason();
  }
}
