package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.lists.ListAction;
import dev.holdfast.lists.ListReason;
import dev.holdfast.lists.LocalPolicies;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import org.junit.jupiter.api.Test;

/** What another set of records and lists does to what is known and in flight. */
class LocalPolicyChangeTest {

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void setLocalPolicy_knownNameGetsARecord_isServedFromThenOn() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");

    fixture.use(LocalPolicies.records("www.example.org 300 A 192.0.2.7"));

    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 300 A 192.0.2.7");
  }

  @Test
  void setLocalPolicy_whileTheQuestionIsInFlight_theReplyIsNotKept() {
    Asked asked = fixture.ask("www.example.org", RecordType.A);
    fixture.use(LocalPolicies.records("www.example.org 300 A 192.0.2.7"));
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");

    assertThat(asked.answers()).containsExactly("www.example.org. 300 A 192.0.2.7");
    assertThat(fixture.ask("www.example.org", RecordType.A).answers())
        .containsExactly("www.example.org. 300 A 192.0.2.7");
    assertThat(fixture.resolvers().cache().size()).isZero();
  }

  @Test
  void setLocalPolicy_ruleGoes_theNameIsAskedForAgain() {
    fixture.use(LocalPolicies.records("www.example.org 300 A 192.0.2.7"));
    fixture.ask("www.example.org", RecordType.A);
    fixture.use(LocalPolicy.NONE);

    assertThat(fixture.ask("www.example.org", RecordType.A).isWaiting()).isTrue();
    assertThat(fixture.sent()).isOne();
  }

  @Test
  void setLocalPolicy_newBlocks_whatIsKnownIsNotServedAnyMore() {
    fixture.learn("ads.example.org. 300 A 192.0.2.1");
    fixture.learn("www.example.org. 300 A 192.0.2.2");
    fixture.ask("cloaked.example.org", RecordType.A);
    fixture.replyWith(
        "cloaked.example.org. 300 CNAME ads.example.org.", "ads.example.org. 300 A 192.0.2.1");
    fixture.learn("kept.example.org. 300 A 192.0.2.3");

    fixture.use(
        new LocalPolicies()
            .withRpz("32.2.2.0.192.rpz-ip CNAME .")
            .withList(ListAction.NXDOMAIN, ListReason.BLOCKED, "ads.example.org")
            .policy());

    assertThat(fixture.resolvers().cache().size()).isOne();
    assertThat(fixture.ask("ads.example.org", RecordType.A).rcode()).isEqualTo(Rcode.NXDOMAIN);
    fixture.takeDown();
    assertThat(fixture.ask("www.example.org", RecordType.A).rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.ask("cloaked.example.org", RecordType.A).rcode()).isEqualTo(Rcode.SERVFAIL);
    assertThat(fixture.ask("kept.example.org", RecordType.A).answers()).hasSize(1);
  }

  @Test
  void setLocalPolicy_blockGoes_whatItMadeOfRepliesGoesToo() {
    fixture.use(LocalPolicies.blocking(ListAction.NXDOMAIN, "tracker.example.net"));
    fixture.ask("www.example.org", RecordType.A);
    fixture.replyWith(
        "www.example.org. 300 CNAME tracker.example.net.", "tracker.example.net. 300 A 192.0.2.1");

    fixture.use(LocalPolicy.NONE);

    assertThat(fixture.ask("www.example.org", RecordType.A).isWaiting()).isTrue();
  }

  @Test
  void setLocalPolicy_whileAPrefetchIsUnderWay_itsReplyIsNotKept() {
    fixture.learn("ads.example.org. 100 A 192.0.2.1");
    fixture.advanceSeconds(95);
    fixture.ask("ads.example.org", RecordType.A);
    fixture.use(LocalPolicies.blocking(ListAction.REFUSED, "ads.example.org"));
    fixture.replyWith("ads.example.org. 100 A 192.0.2.1");

    assertThat(fixture.resolvers().cache().size()).isZero();
    assertThat(fixture.ask("ads.example.org", RecordType.A).rcode()).isEqualTo(Rcode.REFUSED);
  }

  @Test
  void setLocalPolicy_blockedForAWhile_keepsTheHistory() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    CacheKey key = CacheKey.of(0, Names.parse("www.example.org"), RecordType.A, false, false);
    fixture.use(LocalPolicies.blocking(ListAction.NXDOMAIN, "example.org"));
    fixture.use(LocalPolicy.NONE);

    assertThat(fixture.resolvers().holds().histories().find(key)).isNotNull();
  }
}
