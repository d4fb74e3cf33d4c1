package dev.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.NameStory.State;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

class NameStoriesTest {

  private static final FastResolver.Rule GOOD = Rules.records(Type.A, 10, "192.0.2.80");

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 1);
  private final Operator operator =
      Operator.of(
          resolver.resolvers(),
          resolver.wallClock(),
          () -> JournalView.NONE,
          List::of,
          new LoopCounters());

  @Test
  void read_allIsWell_tellsNothing() {
    resolver.upstreams(GOOD);
    resolver.ask("www.example.org.", Type.A);

    assertThat(operator.names().read().stories()).isEmpty();
    assertThat(operator.names().read().counts()).hasSize(5).containsEntry(State.STALE, 0);
  }

  @Test
  void read_heldAndPinned_tellsSinceWhenAndUntil() {
    resolver.upstreams(GOOD);
    resolver.ask("gone.example.org.", Type.A);
    resolver.ask("pinned.example.org.", Type.A);
    operator.steering().pin(Names.parse("pinned.example.org"), RecordType.A, null);
    resolver.pass(Duration.ofSeconds(10));
    resolver.upstreams(Rules.empty());
    resolver.ask("gone.example.org.", Type.A);

    NameStories.Told told = operator.names().read();

    assertThat(told.counts()).containsEntry(State.HELD, 1).containsEntry(State.PINNED, 1);
    NameStory held = told.stories().getFirst();
    assertThat(held.name()).isEqualTo("gone.example.org.");
    assertThat(held.type()).isEqualTo("A");
    assertThat(held.since()).isEqualTo(FastResolver.BEGIN.plusSeconds(10));
    assertThat(held.until()).isEqualTo(held.since().plus(Duration.ofHours(6)));
    assertThat(held.why())
        .isEqualTo(
            "upstreams say that it is gone; known since 2025-10-20T06:00:00Z, confirmed 0 times");
    assertThat(held.records()).hasSize(1).first().asString().contains("192.0.2.80");
    assertThat(told.stories().getLast().until()).isNull();
  }

  @Test
  void read_silence_tellsWhatIsAnsweredStaleUntilItIsFreshAgain() {
    resolver.upstreams(GOOD);
    resolver.ask("www.example.org.", Type.A);
    resolver.pass(Duration.ofSeconds(15));
    resolver.silence();
    for (int i = 0; i < 5; i++) {
      resolver.ask("www.example.org.", Type.A);
    }

    NameStories.Told told = operator.names().read();

    assertThat(told.counts()).containsEntry(State.STALE, 1);
    NameStory stale = told.stories().getFirst();
    assertThat(stale.state()).isEqualTo(State.STALE);
    assertThat(stale.answers()).isEqualTo(5);
    assertThat(stale.since()).isEqualTo(FastResolver.BEGIN.plusSeconds(10));
    assertThat(stale.until()).isEqualTo(stale.since().plus(Duration.ofDays(1)));
    assertThat(stale.why()).isNotEmpty();
    resolver.pass(Duration.ofSeconds(31));
    assertThat(operator.names().read().stories()).as("when nobody asks any more").isEmpty();
  }

  @Test
  void read_manyNames_tellsAFewAndCountsAll() {
    resolver.upstreams(GOOD);
    for (int i = 0; i < 30; i++) {
      resolver.ask("n" + i + ".example.org.", Type.A);
    }
    resolver.pass(Duration.ofSeconds(10));
    resolver.upstreams(Rules.empty());
    for (int i = 0; i < 30; i++) {
      resolver.ask("n" + i + ".example.org.", Type.A);
    }

    NameStories.Told told = operator.names().read();

    assertThat(told.counts()).containsEntry(State.HELD, 30);
    assertThat(told.stories()).hasSize(NameStories.MAX_PER_STATE);
  }
}
