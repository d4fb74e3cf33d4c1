package dev.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Pin;
import dev.holdfast.lists.ListAction;
import dev.holdfast.lists.ListReason;
import dev.holdfast.lists.LocalPolicies;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.Explanation.Cached;
import dev.holdfast.operate.Explanation.Decided;
import dev.holdfast.operate.Explanation.Failed;
import dev.holdfast.operate.Explanation.Known;
import dev.holdfast.operate.Explanation.Outcome;
import dev.holdfast.operate.Explanation.Question;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.Rule;
import dev.holdfast.upstream.Health;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

class ExplainerTest {

  private static final String NAME = "www.example.org.";
  private static final byte[] QNAME = Names.parse(NAME);
  private static final int TTL_SECONDS = 10;
  private static final FastResolver.Rule GOOD = Rules.records(Type.A, TTL_SECONDS, "192.0.2.80");
  private static final String RECORD = "www.example.org. 10 A 192.0.2.80";

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 2);
  private final Explainer explainer = new Explainer(resolver.resolvers(), resolver.wallClock());

  @Test
  void explain_neverSeen_saysWhoWouldBeAsked() {
    Explanation explanation = explainer.explain(QNAME, RecordType.ANY);

    assertThat(explanation.name()).isEqualTo(NAME);
    assertThat(explanation.local()).isNull();
    assertThat(explanation.route().suffix()).isEqualTo(".");
    assertThat(explanation.route().upstreams())
        .extracting(UpstreamView::address)
        .containsExactly("192.0.2.1:53", "192.0.2.2:53");
    assertThat(explanation.hold().mode()).isEqualTo(HoldMode.ENFORCE);
    assertThat(explanation.questions())
        .containsExactly(
            new Question("A", false, false, Outcome.ASK, null, null, null, null),
            new Question("AAAA", false, false, Outcome.ASK, null, null, null, null));
    assertThat(resolver.sent()).as("explaining asks nobody").isZero();
  }

  @Test
  void explain_blockedName_tellsWhichLineOfWhichListDoes() {
    var _ =
        resolver
            .resolvers()
            .setLocalPolicy(
                LocalPolicies.blocking(ListAction.NXDOMAIN, "# ads", "example.org"), Runnable::run);

    Explanation explanation = explainer.explain(QNAME, RecordType.A);

    assertThat(explanation.policy())
        .isEqualTo(new Decided(Rule.Action.NXDOMAIN, "ads (file:2)", null));
    assertThat(explanation.questions()).extracting(Question::outcome).containsOnly(Outcome.RULED);
  }

  @Test
  void explain_aliasOfABlockedName_tellsOfBothRules() {
    LocalPolicy policy =
        new LocalPolicies()
            .withRecords(NAME + " CNAME ads.example.net.")
            .withList(ListAction.NXDOMAIN, ListReason.BLOCKED, "ads.example.net")
            .policy();
    var _ = resolver.resolvers().setLocalPolicy(policy, Runnable::run);

    Decided decided = Objects.requireNonNull(explainer.explain(QNAME, RecordType.ANY).policy());

    assertThat(decided.action()).isEqualTo(Rule.Action.DATA);
    assertThat(decided.target()).isEqualTo(new Decided(Rule.Action.NXDOMAIN, "ads (file:1)", null));
  }

  @Test
  void explain_fresh_tellsAnswerAndHistory() {
    resolver.upstreams(GOOD);
    resolver.ask(NAME, Type.A);
    resolver.pass(Duration.ofSeconds(3));

    Question question = explain();

    assertThat(question.outcome()).isEqualTo(Outcome.FRESH);
    assertThat(question.cached())
        .isEqualTo(
            new Cached(
                ReplyKind.POSITIVE,
                false,
                at(0),
                at(TTL_SECONDS),
                at(TTL_SECONDS).plus(Duration.ofDays(1)),
                List.of(RECORD),
                List.of()));
    assertThat(question.known())
        .isEqualTo(new Known(at(0), at(0), 0, true, false, null, null, List.of(List.of(RECORD))));
    assertThat(question.failed()).isNull();
  }

  @Test
  void explain_expired_tellsWhatHappensNext() {
    resolver.upstreams(GOOD);
    resolver.ask(NAME, Type.A);
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));

    assertThat(explain().outcome()).isEqualTo(Outcome.ASK_OR_STALE);
    resolver.pass(Duration.ofDays(1));
    assertThat(explain().outcome()).isEqualTo(Outcome.ASK);
  }

  @Test
  void explain_failed_tellsUntilWhen() {
    resolver.upstreams(Rules.failure(Rcode.REFUSED));
    resolver.ask(NAME, Type.A);

    Question question = explain();

    assertThat(question.outcome()).isEqualTo(Outcome.FAILURE);
    Failed failed = Objects.requireNonNull(question.failed());
    assertThat(failed.rcode()).isEqualTo("REFUSED");
    assertThat(failed.failures()).isOne();
    assertThat(failed.until()).isBetween(now(), now().plusSeconds(1));
  }

  @Test
  void explain_allUpstreamsDown_staleAtOnce() {
    resolver.upstreams(GOOD);
    resolver.ask(NAME, Type.A);
    resolver.silence();
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    while (!resolver.resolvers().routes().root().isDown()) {
      resolver.ask("other" + resolver.sent() + ".example.org.", Type.A);
    }

    Explanation explanation = explainer.explain(QNAME, RecordType.A);

    assertThat(explanation.route().down()).isTrue();
    assertThat(explanation.route().upstreams())
        .allMatch(upstream -> upstream.current().state() == Health.State.DOWN)
        .allMatch(upstream -> upstream.current().failed() >= 3);
    assertThat(explanation.questions())
        .extracting(Question::outcome)
        .containsExactly(Outcome.STALE);
    assertThat(resolver.ask(NAME, Type.A).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void explain_held_tellsSinceWhenAndUntilWhen() {
    resolver.upstreams(GOOD);
    resolver.ask(NAME, Type.A);
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    resolver.upstreams(Rules.empty());
    resolver.ask(NAME, Type.A);
    resolver.pass(Duration.ofSeconds(2));

    Question question = explain();

    assertThat(question.outcome()).isEqualTo(Outcome.HELD);
    Cached cached = Objects.requireNonNull(question.cached());
    assertThat(cached.held()).isTrue();
    assertThat(cached.extendedErrors())
        .singleElement()
        .asString()
        .startsWith("EDE 3: held: vanished at ");
    assertThat(cached.expires()).as("asked again").isBetween(now(), now().plusSeconds(3));
    Known known = Objects.requireNonNull(question.known());
    assertThat(known.vanished()).isEqualTo(at(TTL_SECONDS));
    assertThat(known.windowEnds()).isEqualTo(at(TTL_SECONDS).plus(Duration.ofHours(6)));
    assertThat(known.recordSets()).containsExactly(List.of(RECORD));
  }

  @Test
  void explain_pinned_tellsWhatAndUntilWhen() {
    resolver.upstreams(GOOD);
    resolver.ask(NAME, Type.A);
    Instant until = at(3600);
    new Steering(resolver.resolvers(), resolver.wallClock(), new LoopCounters())
        .pin(QNAME, RecordType.A, until);

    Question question = explain();

    assertThat(question.outcome()).isEqualTo(Outcome.PINNED);
    assertThat(question.pinned())
        .isEqualTo(new Explanation.Pinned(Pin.Kind.PINNED, at(0), until, List.of(RECORD)));
  }

  @Test
  void explain_signedVariant_answersForTheOther() {
    resolver.upstreams(Rules.signed(GOOD));
    resolver.ask(NAME, Type.A, true);

    List<Question> questions = explainer.explain(QNAME, RecordType.A).questions();

    assertThat(questions).extracting(Question::dnssecOk).containsExactly(false, true);
    assertThat(questions).extracting(Question::outcome).containsOnly(Outcome.FRESH);
    int sent = resolver.sent();
    resolver.ask(NAME, Type.A, false);
    assertThat(resolver.sent()).isEqualTo(sent);
  }

  @Test
  void explain_absent_tellsTheKind() {
    resolver.upstreams(Rules.nxdomain());
    resolver.ask(NAME, Type.A);

    Question question = explain();

    assertThat(question.outcome()).isEqualTo(Outcome.FRESH);
    Cached cached = Objects.requireNonNull(question.cached());
    assertThat(cached.kind()).isEqualTo(ReplyKind.NXDOMAIN);
    assertThat(cached.staleUntil()).isNull();
    assertThat(question.known()).isNull();
  }

  @Test
  void explain_specialName_tellsTheRule() {
    Explanation explanation = explainer.explain(Names.parse("db.localhost"), RecordType.A);

    assertThat(explanation.local()).isEqualTo("localhost. (RFC 6761 §6.3)");
    assertThat(explanation.questions())
        .extracting(Question::outcome)
        .containsExactly(Outcome.LOCAL);
  }

  @Test
  void explain_neverHeldNames_areMarked() {
    assertThat(explainer.explain(Names.parse("1.2.0.192.in-addr.arpa"), RecordType.PTR).hold())
        .extracting(Explanation.HoldRule::neverHeld)
        .isEqualTo(true);
  }

  @Test
  void explain_youngName_isNotProven() {
    FastResolver strict =
        new FastResolver(HoldConfig.DEFAULTS, dev.holdfast.cache.StaleConfig.DEFAULTS, 1);
    strict.upstreams(GOOD);
    strict.ask(NAME, Type.A);

    Explanation explanation =
        new Explainer(strict.resolvers(), strict.wallClock()).explain(QNAME, RecordType.A);

    assertThat(Objects.requireNonNull(explanation.questions().getFirst().known()).proven())
        .isFalse();
    assertThat(explanation.hold())
        .isEqualTo(
            new Explanation.HoldRule(
                HoldMode.OBSERVE, false, Duration.ofHours(6), Duration.ofHours(24), 3));
  }

  private Question explain() {
    List<Question> questions = explainer.explain(QNAME, RecordType.A).questions();
    assertThat(questions).hasSize(1);
    return questions.getFirst();
  }

  private Instant now() {
    return resolver.wallClock().instant();
  }

  private static Instant at(long seconds) {
    return FastResolver.BEGIN.plusSeconds(seconds);
  }
}
