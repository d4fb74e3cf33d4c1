package dev.holdfast.operate;

import static dev.holdfast.operate.FastResolver.data;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Recorder;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

class FlusherTest {

  private static final String WWW = "www.example.org.";
  private static final String MAIL = "mail.example.org.";
  private static final String OTHER = "www.example.net.";
  private static final int TTL_SECONDS = 10;
  private static final FastResolver.Rule GOOD = Rules.records(Type.A, TTL_SECONDS, "192.0.2.80");

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 2);
  private final Flusher flusher = new Flusher(resolver.resolvers());

  @Test
  void name_held_absenceIsBelievedFromThenOn() {
    learn(WWW, MAIL);
    vanish(WWW, MAIL);

    Flushed flushed = flusher.flush(new Flush.Name(Names.parse(WWW)));

    assertThat(flushed).isEqualTo(new Flushed(1, 0, 1, List.of("www.example.org. A"), List.of()));
    assertThat(data(resolver.ask(WWW, Type.A))).isEmpty();
    resolver.pass(Duration.ofMinutes(10));
    assertThat(data(resolver.ask(WWW, Type.A))).isEmpty();
    assertThat(data(resolver.ask(MAIL, Type.A))).containsExactly("192.0.2.80");
  }

  @Test
  void name_everyTypeAndVariant_isForgotten() {
    learn(WWW);
    resolver.ask(WWW, Type.A, true);
    resolver.ask(WWW, Type.AAAA);
    resolver.upstreams(Rules.failure(Rcode.SERVFAIL));
    resolver.ask(WWW, Type.TXT);
    resolver.ask("below." + WWW, Type.TXT);

    Flushed flushed = flusher.flush(new Flush.Name(Names.parse(WWW)));

    assertThat(flushed)
        .isEqualTo(
            new Flushed(
                3,
                1,
                2,
                List.of("www.example.org. A", "www.example.org. AAAA", "www.example.org. TXT"),
                List.of()));
    resolver.upstreams(GOOD);
    int sent = resolver.sent();
    assertThat(data(resolver.ask(WWW, Type.A))).hasSize(1);
    assertThat(resolver.sent()).isEqualTo(sent + 1);
  }

  @Test
  void name_pinned_staysPinnedAndSaysSo() {
    learn(WWW);
    new Steering(resolver.resolvers(), resolver.wallClock(), new LoopCounters())
        .pin(Names.parse(WWW), RecordType.A, null);
    resolver.upstreams(Rules.empty());

    Flushed flushed = flusher.flush(new Flush.Name(Names.parse(WWW)));

    assertThat(flushed.stillPinned()).containsExactly("www.example.org. A");
    assertThat(data(resolver.ask(WWW, Type.A))).containsExactly("192.0.2.80");
  }

  @Test
  void subtree_namesAtAndBelow_areForgotten() {
    learn(WWW, MAIL, OTHER, "example.org.", "badexample.org.");

    Flushed flushed = flusher.flush(new Flush.Subtree(Names.parse("example.org")));

    assertThat(flushed.answers()).isEqualTo(3);
    assertThat(flushed.questions())
        .containsExactly("example.org. A", "mail.example.org. A", "www.example.org. A");
    assertThat(isCached(OTHER)).isTrue();
    assertThat(isCached("badexample.org.")).isTrue();
  }

  @Test
  void negative_onlyAbsences_areForgotten() {
    learn(WWW);
    resolver.ask(WWW, Type.AAAA);
    resolver.upstreams(Rules.nxdomain());
    resolver.ask("nowhere.example.org.", Type.A);

    Flushed flushed = flusher.flush(Flush.Part.NEGATIVE);

    assertThat(flushed)
        .isEqualTo(
            new Flushed(
                2, 0, 0, List.of("nowhere.example.org. A", "www.example.org. AAAA"), List.of()));
    assertThat(isCached(WWW)).isTrue();
  }

  @Test
  void stale_onlyExpired_areForgottenButNotTheirHistories() {
    learn(WWW);
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    learn(MAIL);

    assertThat(flusher.flush(Flush.Part.STALE).questions()).containsExactly("www.example.org. A");

    assertThat(isCached(MAIL)).isTrue();
    resolver.upstreams(Rules.empty());
    assertThat(data(resolver.ask(WWW, Type.A))).as("held by its history").hasSize(1);
  }

  @Test
  void held_allHolds_endAndNothingElse() {
    learn(WWW, MAIL, OTHER);
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    vanish(WWW, MAIL);
    learn(OTHER);

    Flushed flushed = flusher.flush(Flush.Part.HELD);

    assertThat(flushed)
        .isEqualTo(
            new Flushed(2, 0, 2, List.of("mail.example.org. A", "www.example.org. A"), List.of()));
    resolver.upstreams(Rules.empty());
    assertThat(data(resolver.ask(WWW, Type.A))).isEmpty();
    assertThat(data(resolver.ask(MAIL, Type.A))).isEmpty();
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    assertThat(data(resolver.ask(OTHER, Type.A))).as("vanished later").hasSize(1);
  }

  @Test
  void all_everything_isForgotten() {
    learn(WWW, MAIL);
    resolver.upstreams(Rules.failure(Rcode.SERVFAIL));
    resolver.ask(OTHER, Type.A);

    Flushed flushed = flusher.flush(Flush.Part.ALL);

    assertThat(flushed.answers()).isEqualTo(2);
    assertThat(flushed.failures()).isOne();
    assertThat(flushed.histories()).isEqualTo(2);
    assertThat(resolver.resolvers().cache().size()).isZero();
    resolver.upstreams(Rules.empty());
    assertThat(data(resolver.ask(WWW, Type.A))).isEmpty();
  }

  @Test
  void flush_manyQuestions_namesSome() {
    for (int i = 0; i < Flusher.MAX_NAMED + 10; i++) {
      learn("host" + i + ".example.org.");
    }

    Flushed flushed = flusher.flush(Flush.Part.ALL);

    assertThat(flushed.answers()).isEqualTo(Flusher.MAX_NAMED + 10);
    assertThat(flushed.questions()).hasSize(Flusher.MAX_NAMED);
  }

  @Test
  void flush_recorder_hearsOfItFirst() {
    learn(WWW, MAIL);
    List<String> heard = new ArrayList<>();
    resolver
        .resolvers()
        .record(
            new Recorder() {
              @Override
              public void learnt(CacheKey key, CacheEntry entry) {}

              @Override
              public void forgotten(CacheKey key) {}

              @Override
              public void flushing(Predicate<CacheKey> questions) {
                for (String name : List.of(WWW, MAIL)) {
                  if (questions.test(key(name)) && isCached(name)) {
                    heard.add(name);
                  }
                }
              }
            });

    flusher.flush(new Flush.Name(Names.parse(MAIL)));

    assertThat(heard).containsExactly(MAIL);
  }

  private void learn(String... names) {
    resolver.upstreams(GOOD);
    for (String name : names) {
      assertThat(data(resolver.ask(name, Type.A))).hasSize(1);
    }
  }

  private void vanish(String... names) {
    resolver.pass(Duration.ofSeconds(TTL_SECONDS));
    resolver.upstreams(Rules.empty());
    for (String name : names) {
      assertThat(data(resolver.ask(name, Type.A))).as("held").hasSize(1);
    }
  }

  private boolean isCached(String name) {
    return resolver.resolvers().cache().lookup(key(name)) != null;
  }

  private static CacheKey key(String name) {
    return CacheKey.of(0, Names.parse(name), RecordType.A, false, false);
  }
}
