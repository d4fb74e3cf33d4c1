package dev.holdfast.operate;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Pin;
import dev.holdfast.hold.Pins;
import dev.holdfast.operate.NameStory.State;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.resolve.StaleSighting;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordText;
import dev.holdfast.wire.RecordType;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The questions that are not answered as usual at present, and why: a bounded number of each kind.
 * Confined to one thread.
 */
public final class NameStories {

  /** Questions told of each kind. */
  public static final int MAX_PER_STATE = 20;

  private static final int MAX_RECORDS = 4;

  private final Resolvers resolvers;
  private final Holds holds;
  private final InstantSource wallClock;
  private final RecordText text = new RecordText();

  NameStories(Resolvers resolvers, InstantSource wallClock) {
    this.resolvers = resolvers;
    this.holds = resolvers.holds();
    this.wallClock = wallClock;
  }

  /**
   * How many there are, and the stories of some.
   *
   * @param counts of the stale ones those that were asked for in the last half minute, as far as
   *     they were noted
   */
  public record Told(Map<State, Integer> counts, List<NameStory> stories) {}

  /** Tells what is to be told now. */
  public Told read() {
    Telling telling = new Telling(new Moment(wallClock.instant(), resolvers.nowNanos()));
    holds.histories().forEachVanished(telling::vanished);
    holds.pins().all().forEach(telling::pinned);
    Map<CacheKey, StaleSighting> sightings = new LinkedHashMap<>();
    resolvers.forEachStale(each -> sightings.merge(each.key(), each, NameStories::together));
    sightings.values().forEach(telling::stale);
    return new Told(telling.counts, telling.stories);
  }

  private static StaleSighting together(StaleSighting a, StaleSighting b) {
    long lastNanos = a.lastNanos() - b.lastNanos() > 0 ? a.lastNanos() : b.lastNanos();
    return new StaleSighting(a.key(), a.answers() + b.answers(), lastNanos);
  }

  /** One reading. */
  private final class Telling {

    private final Moment now;
    private final Map<State, Integer> counts = new EnumMap<>(State.class);
    private final List<NameStory> stories = new ArrayList<>();

    Telling(Moment now) {
      this.now = now;
      for (State state : State.values()) {
        counts.put(state, 0);
      }
    }

    void vanished(CacheKey key, History history) {
      State state = state(key, history);
      if (state == null || !isToBeTold(state)) {
        return;
      }
      Instant vanished = now.at(history.vanishedAtNanos());
      Instant end = vanished.plus(holds.config().window());
      String known =
          "known since %s, confirmed %s"
              .formatted(
                  seconds(now.at(history.firstSeenNanos())),
                  history.refreshes() == 1 ? "once" : history.refreshes() + " times");
      String why =
          switch (state) {
            case HELD -> "upstreams say that it is gone; " + known;
            case WOULD_HAVE_HELD ->
                "upstreams say that it is gone, and are believed here; " + known;
            default -> "an operator believes upstreams that it is gone; " + known;
          };
      boolean served = state == State.HELD;
      Instant until = state == State.RELEASED ? null : end;
      add(key, state, vanished, until, why, 0, served ? history.lastGood() : null);
    }

    private @Nullable State state(CacheKey key, History history) {
      if (history.released()) {
        return State.RELEASED;
      }
      if (holds.isHolding(key, history, now.nanos())) {
        return State.HELD;
      }
      boolean observed =
          holds.wouldHold(history, now.nanos()) && holds.mode(key.qname()) == HoldMode.OBSERVE;
      return observed ? State.WOULD_HAVE_HELD : null;
    }

    void pinned(Pins.Pinned pinned) {
      Pin pin = pinned.pin();
      if (isToBeTold(State.PINNED)) {
        String why =
            pin.kind() == Pin.Kind.PINNED
                ? "an operator pinned its last good records"
                : "an operator rolled it back to its earlier records";
        add(pinned.question(), State.PINNED, pin.since(), pin.until(), why, 0, pin.records());
      }
    }

    void stale(StaleSighting sighting) {
      CacheKey key = sighting.key();
      CacheEntry entry = resolvers.cache().lookup(key);
      if (entry == null || entry.isHeld() || !entry.isStale(now.nanos())) {
        return; // refreshed, forgotten or told of already
      }
      if (isToBeTold(State.STALE)) {
        long expiredNanos = entry.storedAtNanos() + entry.lifeNanos();
        Instant until = now.at(expiredNanos + entry.staleNanos());
        add(
            key,
            State.STALE,
            now.at(expiredNanos),
            until,
            whyStale(key),
            sighting.answers(),
            entry.answer());
      }
    }

    private String whyStale(CacheKey key) {
      byte[] qname = key.qname();
      Route route = resolvers.routes().match(qname, 0, qname.length);
      if (route.isDown()) {
        return "no upstream answers";
      }
      return resolvers.failures().recall(key, now.nanos()) == null
          ? "upstreams did not answer in time"
          : "upstreams failed to answer it";
    }

    private boolean isToBeTold(State state) {
      return counts.merge(state, 1, Integer::sum) <= MAX_PER_STATE;
    }

    private void add(
        CacheKey key,
        State state,
        Instant since,
        @Nullable Instant until,
        String why,
        long answers,
        @Nullable Answer served) {
      List<String> records =
          served == null
              ? List.of()
              : text.answers(key.question(), served).stream().limit(MAX_RECORDS).toList();
      stories.add(
          new NameStory(
              Names.toText(key.qname()),
              RecordType.toText(key.qtype()),
              state,
              since,
              until,
              why,
              answers,
              records));
    }
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }
}
