package dev.holdfast.operate;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.Histories;
import dev.holdfast.cache.History;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Holds;
import dev.holdfast.lists.ListStatus;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Looks at how the server is doing. Thread-safe. */
public final class StatusReader {

  /** Held questions named. */
  public static final int MAX_EXAMPLES = 10;

  private final Resolvers resolvers;
  private final InstantSource wallClock;
  private final Supplier<JournalView> journal;
  private final Supplier<List<ListStatus>> lists;
  private final long startedAtNanos;

  /** Looks at a server that starts now and has no files of local policy. */
  public StatusReader(Resolvers resolvers, InstantSource wallClock, Supplier<JournalView> journal) {
    this(resolvers, wallClock, journal, List::of);
  }

  /** Looks at a server that starts now. */
  public StatusReader(
      Resolvers resolvers,
      InstantSource wallClock,
      Supplier<JournalView> journal,
      Supplier<List<ListStatus>> lists) {
    this.resolvers = resolvers;
    this.wallClock = wallClock;
    this.journal = journal;
    this.lists = lists;
    this.startedAtNanos = resolvers.nowNanos();
  }

  /** How long the server has been running. */
  public Duration uptime() {
    return Duration.ofNanos(resolvers.nowNanos() - startedAtNanos);
  }

  /** Returns whom the server asks. */
  public List<RouteView> routes() {
    return resolvers.routes().all().stream().map(RouteView::of).toList();
  }

  /** Returns what is to be seen now. */
  public ServerStatus read() {
    Moment now = new Moment(wallClock.instant(), resolvers.nowNanos());
    AnswerCache cache = resolvers.cache();
    return new ServerStatus(
        now.wall(),
        uptime(),
        resolvers.waiting(),
        resolvers.inFlight(),
        new ServerStatus.Cache(
            cache.size(),
            cache.sizeBytes(),
            resolvers.config().cache().maxSizeBytes(),
            cache.evictions()),
        resolvers.failures().size(),
        new Vanished(resolvers.holds(), now).count(),
        journal.get(),
        lists.get(),
        routes());
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
