package dev.holdfast.hold;

import static dev.holdfast.operate.FastResolver.data;
import static dev.holdfast.operate.FastResolver.errors;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.operate.FastResolver;
import dev.holdfast.operate.FastResolver.Rule;
import dev.holdfast.operate.Rules;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Names that vanish while clients ask, through the whole resolve path. */
class HoldWalkTest {

  private static final String NAME = "www.example.org.";
  private static final int TTL_SECONDS = 10;
  private static final Rule GOOD = Rules.records(Type.A, TTL_SECONDS, "192.0.2.80");
  private static final Rule MOVED = Rules.records(Type.A, TTL_SECONDS, "192.0.2.81");
  private static final int BLOCKED = 15;

  static Stream<Rule> absences() {
    return Stream.of(Rules.empty(), Rules.bareEmpty(), Rules.nxdomain());
  }

  @ParameterizedTest
  @MethodSource("absences")
  void enforce_allUpstreamsAgree_lastGoodRecordsUntilItIsBack(Rule absence) {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
    resolver.upstreams(absence);

    for (int i = 0; i < 300; i++) {
      Message answer = resolver.ask(NAME, Type.A);
      assertThat(data(answer)).containsExactly("192.0.2.80");
      assertThat(errors(answer)).containsExactly("3 held: vanished at 2025-10-20T06:00:11Z");
      assertThat(answer.getSection(Section.ANSWER).getFirst().getTTL()).isBetween(1L, 30L);
      resolver.pass(Duration.ofSeconds(1));
    }
    assertThat(resolver.count(Counter.ANSWERS_HELD)).isEqualTo(300);
    assertThat(resolver.sent()).as("one question every 4 to 15 s").isLessThan(2 * 300 / 5);

    resolver.upstreams(MOVED);
    resolver.pass(Duration.ofSeconds(15));

    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
    assertThat(resolver.count(Counter.NAMES_RETURNED)).isOne();
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void enforce_windowOver_absenceIsBelieved() {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
    resolver.upstreams(Rules.bareEmpty());
    assertThat(data(resolver.ask(NAME, Type.A))).hasSize(1);
    resolver.pass(Duration.ofHours(6));

    Message answer = resolver.ask(NAME, Type.A);
    assertThat(data(answer)).isEmpty();

    resolver.silence();
    assertThat(resolver.ask(NAME, Type.A).getRcode()).isEqualTo(Rcode.SERVFAIL);
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void enforce_upstreamsFallSilentDuringAHold_isStillHeldWithItsNotice() {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
    resolver.upstreams(Rules.empty());
    resolver.ask(NAME, Type.A);
    resolver.silence();

    for (int i = 0; i < 10; i++) {
      resolver.pass(Duration.ofSeconds(20));
      Message answer = resolver.ask(NAME, Type.A);
      assertThat(data(answer)).containsExactly("192.0.2.80");
      assertThat(errors(answer)).containsExactly("3 held: vanished at 2025-10-20T06:00:11Z");
    }
    resolver.pass(Duration.ofHours(6));
    assertThat(data(resolver.ask(NAME, Type.A))).isEmpty();
  }

  @Test
  void observe_allUpstreamsAgree_isBelievedForThirtySecondsAtMost() {
    FastResolver resolver = learnt(HoldMode.OBSERVE, 2);
    resolver.upstreams(Rules.empty());

    Message answer = resolver.ask(NAME, Type.A);
    assertThat(data(answer)).isEmpty();
    assertThat(resolver.count(Counter.ABSENCES_WOULD_HAVE_HELD)).isOne();
    assertThat(answer.getSection(Section.AUTHORITY).getFirst().getTTL()).isEqualTo(30);
    resolver.upstreams(MOVED);
    resolver.pass(Duration.ofSeconds(29));
    assertThat(data(resolver.ask(NAME, Type.A))).isEmpty();
    resolver.pass(Duration.ofSeconds(1));

    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
  }

  @Test
  void off_goneForLong_negativeTtlStaysCapped() {
    FastResolver resolver = learnt(HoldMode.OFF, 1);
    resolver.upstreams(Rules.empty());
    for (int i = 0; i < 10; i++) {
      assertThat(data(resolver.ask(NAME, Type.A))).isEmpty();
      resolver.pass(Duration.ofSeconds(30));
    }

    resolver.upstreams(MOVED);

    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
  }

  @Test
  void everyMode_oneUpstreamEmpty_theOtherIsUsed() {
    for (HoldMode mode : HoldMode.values()) {
      FastResolver resolver = learnt(mode, 2);
      resolver.upstream(0, Rules.empty());
      resolver.upstream(1, MOVED);
      for (int i = 0; i < 20; i++) {
        assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.81");
        resolver.pass(Duration.ofSeconds(TTL_SECONDS));
      }
      assertThat(resolver.count(Counter.UPSTREAMS_DISAGREE)).isPositive();
      assertThat(resolver.count(Counter.UPSTREAMS_DISAGREE))
          .isEqualTo(resolver.count(Counter.ANSWERS_DISPUTED));
    }
  }

  @Test
  void enforce_intentOfOneUpstreamWhileHeld_isBelievedOnceItIsAsked() {
    for (int blocking = 0; blocking < 2; blocking++) {
      FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
      resolver.upstreams(Rules.empty());
      assertThat(data(resolver.ask(NAME, Type.A))).hasSize(1);
      resolver.upstream(blocking, Rules.emptyWith(BLOCKED));
      for (int i = 0; i < 40 && !data(resolver.ask(NAME, Type.A)).isEmpty(); i++) {
        resolver.pass(Duration.ofSeconds(5));
      }

      assertThat(data(resolver.ask(NAME, Type.A))).isEmpty();
      resolver.upstreams(Rules.empty());
      assertThat(data(resolver.ask(NAME, Type.A))).isEmpty();
    }
  }

  @Test
  void enforce_recordsOfSignedVariantOnly_areLentWithoutSignatures() {
    FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 2);
    resolver.upstreams(Rules.signed(GOOD));
    assertThat(data(resolver.ask(NAME, Type.A, true))).hasSize(2);
    resolver.upstreams(Rules.empty());
    resolver.pass(Duration.ofSeconds(TTL_SECONDS + 1));

    assertThat(data(resolver.ask(NAME, Type.A, false))).containsExactly("192.0.2.80");
    Message signed = resolver.ask(NAME, Type.A, true);
    assertThat(data(signed)).hasSize(2);
    assertThat(signed.getHeader().getFlag(Flags.AD)).isFalse();
  }

  @Test
  void enforce_nameGoneAltogether_otherTypesHaveNoRecordsButExist() {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
    resolver.upstreams(Rules.nxdomain());

    for (String when : List.of("before A is asked", "while A is held")) {
      Message answer = resolver.ask(NAME, Type.AAAA);
      assertThat(answer.getRcode()).as(when).isEqualTo(Rcode.NOERROR);
      assertThat(data(answer)).isEmpty();
      assertThat(errors(answer)).containsExactly("3 held: the name has other records");
      assertThat(answer.getSection(Section.AUTHORITY).getFirst().getTTL()).isBetween(1L, 30L);
      assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.80");
      resolver.pass(Duration.ofSeconds(30));
    }
    resolver.pass(Duration.ofHours(6));
    assertThat(resolver.ask(NAME, Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(resolver.ask(NAME, Type.AAAA).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void enforce_onlyOtherTypesAskedFor_nameIsGoneAfterTheWindow() {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 1);
    resolver.upstreams(Rules.nxdomain());
    resolver.pass(Duration.ofHours(5));
    assertThat(resolver.ask(NAME, Type.AAAA).getRcode()).isEqualTo(Rcode.NOERROR);
    resolver.pass(Duration.ofHours(1));

    assertThat(resolver.ask(NAME, Type.AAAA).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void observe_nameGoneAltogether_isGoneForAllTypes() {
    FastResolver resolver = learnt(HoldMode.OBSERVE, 2);
    resolver.upstreams(Rules.nxdomain());

    assertThat(resolver.ask(NAME, Type.AAAA).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(resolver.ask(NAME, Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void enforce_namesNeverKnown_doNotExist() {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
    resolver.upstreams(Rules.nxdomain());

    assertThat(resolver.ask("never.example.org.", Type.A).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void enforce_upstreamsFailInsteadOfDenying_isStaleAndNotHeld() {
    FastResolver resolver = learnt(HoldMode.ENFORCE, 2);
    resolver.upstreams(Rules.failure(Rcode.SERVFAIL));

    Message answer = resolver.ask(NAME, Type.A);

    assertThat(data(answer)).containsExactly("192.0.2.80");
    assertThat(errors(answer)).isEqualTo(List.of("3"));
    assertThat(resolver.count(Counter.ABSENCES_HELD)).isZero();
  }

  /** A resolver that knows the name, at the end of its TTL. */
  private static FastResolver learnt(HoldMode mode, int upstreams) {
    FastResolver resolver = new FastResolver(mode, upstreams);
    resolver.upstreams(GOOD);
    assertThat(data(resolver.ask(NAME, Type.A))).containsExactly("192.0.2.80");
    resolver.pass(Duration.ofSeconds(TTL_SECONDS + 1));
    return resolver;
  }
}
