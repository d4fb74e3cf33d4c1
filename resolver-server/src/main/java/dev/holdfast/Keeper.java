package dev.holdfast;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.FailureMemory;
import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.cache.Histories;
import dev.holdfast.cache.History;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.hold.Pin;
import dev.holdfast.hold.PinCodec;
import dev.holdfast.hold.Pins;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.JournalView;
import dev.holdfast.resolve.Recorder;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.store.FailureCodec;
import dev.holdfast.store.HistoryCodec;
import dev.holdfast.store.Journal;
import dev.holdfast.store.QuestionKeys;
import dev.holdfast.store.Recall;
import dev.holdfast.store.RouteNames;
import dev.holdfast.store.Table;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what resolvers learn to the journal, and back after a restart or when this process takes
 * over from another on the same folder. Thread-safe.
 */
final class Keeper
    implements Recorder,
        Histories.Listener,
        FailureMemory.Listener,
        Pins.Listener,
        Recall,
        AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(Keeper.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
  private static final long NOTE_SECONDS = 1;

  /** A full queue is tried again after this, and so often. */
  private static final long OFFER_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final int OFFERS = 500;

  private final Resolvers resolvers;
  private final Duration maxStale;
  private final Journal journal;
  private final QuestionKeys keys;
  private final HistoryCodec histories = new HistoryCodec();
  private final DownUpstreams downUpstreams;
  private final long startedAtNanos;
  private volatile long loadingSinceNanos;

  private Keeper(Resolvers resolvers, Duration maxStale, Journal journal, RouteNames names) {
    this.resolvers = resolvers;
    this.maxStale = maxStale;
    this.journal = journal;
    this.keys = new QuestionKeys(names);
    this.downUpstreams = new DownUpstreams(journal);
    this.startedAtNanos = System.nanoTime();
  }

  /** Opens the journal of the configured state folder, whatever is there, and listens. */
  static Keeper open(HoldfastConfig config, Resolvers resolvers) {
    RouteNames names = new NamesOfRoutes(resolvers::routes);
    Journal journal = Journal.open(config.stateDir(), config.journal(), names);
    Keeper keeper = new Keeper(resolvers, config.stale().maxAge(), journal, names);
    resolvers.record(keeper);
    resolvers.failures().listen(keeper);
    resolvers.holds().histories().listen(keeper);
    resolvers.holds().pins().listen(keeper);
    journal.onTakeOver(
        () -> {
          var _ = background("holdfast-take-over", keeper::takeOver);
        });
    return keeper;
  }

  /** Brings back what was kept, while queries are answered already; tells when it is there. */
  CompletableFuture<Void> start(ScheduledExecutorService scheduler) {
    if (!journal.isEnabled()) {
      return CompletableFuture.completedFuture(null);
    }
    var _ =
        scheduler.scheduleWithFixedDelay(
            () -> downUpstreams.note(resolvers.routes()),
            NOTE_SECONDS,
            NOTE_SECONDS,
            TimeUnit.SECONDS);
    return background("holdfast-load", this::load);
  }

  private static CompletableFuture<Void> background(String name, Runnable task) {
    return CompletableFuture.runAsync(
        task, job -> Thread.ofPlatform().daemon().name(name).start(job));
  }

  @Override
  public void learnt(CacheKey key, CacheEntry entry) {
    journal.offer(key, entry);
  }

  @Override
  public void forgotten(CacheKey key) {
    journal.remove(key);
  }

  @Override
  public void flushing(Predicate<CacheKey> questions) {
    if (journal.isEnabled() && !journal.flush(questions)) {
      logger.warn("journal: what was flushed may be back after a restart");
    }
  }

  @Override
  public void changed(CacheKey question, @Nullable History history) {
    byte[] key = keys.key(question);
    if (key == null) {
      return;
    }
    if (history == null) {
      journal.remove(Table.HISTORIES, key);
    } else {
      journal.put(Table.HISTORIES, key, encode(history));
    }
  }

  private static byte[] encode(History history) {
    return HistoryCodec.encode(history, System.currentTimeMillis(), System.nanoTime());
  }

  @Override
  public void failed(CacheKey question, @Nullable Failure failure) {
    byte[] key = keys.key(question);
    if (key == null) {
      return;
    }
    if (failure == null) {
      journal.remove(Table.FAILURES, key);
    } else {
      long wallMillis = System.currentTimeMillis();
      long nowNanos = System.nanoTime();
      journal.put(
          Table.FAILURES,
          key,
          FailureCodec.encode(failure, wallMillis, nowNanos),
          FailureCodec.endsAtMillis(failure, wallMillis, nowNanos));
    }
  }

  @Override
  public void pinned(CacheKey question, @Nullable Pin pin) {
    byte[] key = new byte[question.encodedLength()];
    question.encode(key, 0);
    byte[] value = pin == null ? null : PinCodec.encode(pin);
    if (value == null) {
      journal.remove(Table.PINS, key);
    } else {
      journal.put(Table.PINS, key, value);
    }
  }

  private void load() {
    loadingSinceNanos = System.nanoTime();
    journal.load(maxStale, this);
  }

  /*
   * The process before wrote on after this one had loaded what there was, and what this one learnt
   * meanwhile was kept by nobody.
   */
  private void takeOver() {
    load();
    keepOwn(
        resolvers.cache().keys((key, entry) -> !entry.isHeld() && isOwn(entry.storedAtNanos())),
        key -> {
          CacheEntry entry = resolvers.cache().lookup(key);
          return entry == null || entry.isHeld() || journal.offer(key, entry);
        });
    Histories known = resolvers.holds().histories();
    keepOwn(
        known.keys(
            (key, history) ->
                isOwn(history.lastPositiveNanos())
                    || (history.vanished() && isOwn(history.vanishedAtNanos()))),
        question -> {
          byte[] key = keys.key(question);
          History history = known.find(question);
          return key == null
              || history == null
              || journal.put(Table.HISTORIES, key, encode(history));
        });
    resolvers.holds().pins().all().forEach(each -> pinned(each.question(), each.pin()));
  }

  private boolean isOwn(long atNanos) {
    return atNanos - startedAtNanos > 0;
  }

  /* Faster than the journal writes, and yet without losing any. */
  private static void keepOwn(List<CacheKey> questions, Predicate<CacheKey> keep) {
    int offersLeft = OFFERS;
    for (CacheKey question : questions) {
      while (!keep.test(question) && offersLeft-- > 0) {
        LockSupport.parkNanos(OFFER_PAUSE_NANOS);
      }
    }
  }

  @Override
  public void answersAreBack(long count) {
    long millis = Duration.ofNanos(System.nanoTime() - loadingSinceNanos).toMillis();
    if (count > 0) {
      logger.info("{} answers are back from the journal after {} ms", count, millis);
    }
  }

  @Override
  public void answer(CacheKey key, CacheEntry entry) {
    resolvers.recall(key, entry);
  }

  @Override
  public void value(Table table, byte[] key, byte[] value) {
    switch (table) {
      case PINS -> recallPin(key, value);
      case UPSTREAMS -> DownUpstreams.recall(resolvers.routes(), key, value);
      case FAILURES -> recallFailure(key, value);
      case HISTORIES -> recallHistory(key, value);
      case ANSWERS -> throw new IllegalArgumentException("table: ANSWERS (expected one of values)");
    }
  }

  private void recallFailure(byte[] key, byte[] value) {
    CacheKey question = keys.question(key);
    Failure failure = FailureCodec.decode(value, System.currentTimeMillis(), System.nanoTime());
    if (question != null && failure != null) {
      resolvers.failures().restore(question, failure);
    }
  }

  private void recallHistory(byte[] key, byte[] value) {
    CacheKey question = keys.question(key);
    if (question == null) {
      return;
    }
    History history =
        histories.decode(question, value, System.currentTimeMillis(), System.nanoTime());
    if (history != null) {
      resolvers.recall(question, history);
      if (!history.vanished() && history.equals(resolvers.holds().histories().find(question))) {
        forgetHastyDenial(question);
      }
    }
  }

  /* Believed since the start because its history was not back yet: to be asked again, with it. */
  private void forgetHastyDenial(CacheKey question) {
    CacheEntry known = resolvers.cache().lookup(question);
    if (known != null && known.kind() != ReplyKind.POSITIVE && isOwn(known.storedAtNanos())) {
      resolvers.cache().remove(question);
    }
  }

  private void recallPin(byte[] key, byte[] value) {
    CacheKey question = CacheKey.decode(0, key, 0, key.length);
    Pin pin = question == null ? null : new PinCodec().decode(question, value);
    if (question == null || pin == null) {
      return;
    }
    resolvers.holds().pins().recall(question, pin);
    byte[] qname = question.qname();
    resolvers
        .cache()
        .keys((known, entry) -> known.qtype() == question.qtype() && known.isAbout(qname))
        .forEach(resolvers.cache()::remove); // learnt since the start
  }

  /** The journal's own counters. */
  LoopCounters counters() {
    return journal.counters();
  }

  /** How the journal is doing, and how far it is behind. */
  JournalView status() {
    return new JournalView(
        journal.isEnabled(),
        journal.isWriting(),
        journal.lagChanges(),
        journal.lagMillis(),
        journal.sizeBytes(),
        journal.maxSizeBytes(),
        journal.lastError());
  }

  @Override
  public void close() {
    journal.close(CLOSE_WITHIN);
  }

  /** The numbers of the routes in use at the moment. */
  private record NamesOfRoutes(Supplier<Routes> routes) implements RouteNames {

    @Override
    public byte @Nullable [] suffixOf(int route) {
      for (Route each : routes.get().all()) {
        if (each.id() == route) {
          return each.suffix();
        }
      }
      return null;
    }

    @Override
    public int routeOf(byte[] suffix) {
      for (Route each : routes.get().all()) {
        if (Arrays.equals(each.suffix(), suffix)) {
          return each.id();
        }
      }
      return NONE;
    }
  }
}
