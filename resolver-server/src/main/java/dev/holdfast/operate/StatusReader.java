package dev.holdfast.operate;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.Histories;
import dev.holdfast.cache.History;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Holds;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Looks at how the server is doing. Thread-safe. */
public final class StatusReader {

  /** Held questions named. */
  public static final int MAX_EXAMPLES = 10;

  private final Resolvers resolvers;
  private final InstantSource wallClock;
  private final long startedAtNanos;

  /** Looks at a server that starts now. */
  public StatusReader(Resolvers resolvers, InstantSource wallClock) {
    this.resolvers = resolvers;
    this.wallClock = wallClock;
    this.startedAtNanos = resolvers.nowNanos();
  }

  /** Returns what is to be seen now. */
  public ServerStatus read() {
    Moment now = new Moment(wallClock.instant(), resolvers.nowNanos());
    AnswerCache cache = resolvers.cache();
    return new ServerStatus(
        now.wall(),
        Duration.ofNanos(now.nanos() - startedAtNanos),
        resolvers.waiting(),
        resolvers.inFlight(),
        new ServerStatus.Cache(
            cache.size(),
            cache.sizeBytes(),
            resolvers.config().cache().maxSizeBytes(),
            cache.evictions()),
        resolvers.failures().size(),
        new Vanished(resolvers.holds(), now).count(),
        resolvers.routes().all().stream().map(RouteView::of).toList());
  }

  /** One count of the names that vanished. */
  private static final class Vanished {

    private final Holds holds;
    private final Moment now;
    private final List<ServerStatus.Held> examples = new ArrayList<>();
    private int held;
    private int wouldHaveHeld;
    private int released;

    Vanished(Holds holds, Moment now) {
      this.holds = holds;
      this.now = now;
    }

    ServerStatus.Holding count() {
      Histories histories = holds.histories();
      histories.forEachVanished(this::count);
      return new ServerStatus.Holding(
          histories.size(),
          histories.evictions(),
          held,
          wouldHaveHeld,
          released,
          holds.pins().size(),
          List.copyOf(examples));
    }

    private void count(CacheKey key, History history) {
      if (history.released()) {
        released++;
      } else if (holds.isHolding(key, history, now.nanos())) {
        held++;
        if (examples.size() < MAX_EXAMPLES) {
          String question = Names.toText(key.qname()) + " " + RecordType.toText(key.qtype());
          Instant vanished = now.at(history.vanishedAtNanos());
          examples.add(new ServerStatus.Held(question, vanished));
        }
      } else if (holds.wouldHold(history, now.nanos())
          && holds.mode(key.qname()) == HoldMode.OBSERVE) {
        wouldHaveHeld++;
      }
    }
  }
}
