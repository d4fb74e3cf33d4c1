package dev.holdfast;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
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
import dev.holdfast.store.HistoryCodec;
import dev.holdfast.store.Journal;
import dev.holdfast.store.JournalConfig;
import dev.holdfast.store.Recall;
import dev.holdfast.store.RouteNames;
import dev.holdfast.store.Table;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries what resolvers learn to the journal, and back after a restart. Thread-safe. */
final class Keeper implements Recorder, Histories.Listener, Pins.Listener, AutoCloseable {

  private static final Logger logger = LoggerFactory.getLogger(Keeper.class);
  private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

  private final Journal journal;
  private final HistoryCodec histories;

  private Keeper(Journal journal, HistoryCodec histories) {
    this.journal = journal;
    this.histories = histories;
  }

  /** Opens the journal of the configured state folder, whatever is there. */
  static Keeper open(HoldfastConfig config, Supplier<Routes> routes) {
    RouteNames names = new NamesOfRoutes(routes);
    Journal journal = Journal.open(config.stateDir(), JournalConfig.DEFAULTS, names);
    return new Keeper(journal, new HistoryCodec(names));
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
    if (!journal.flush(questions)) {
      logger.warn("journal: what was flushed may be back after a restart");
    }
  }

  @Override
  public void changed(CacheKey question, @Nullable History history) {
    byte[] key = histories.key(question);
    if (key == null) {
      return;
    }
    if (history == null) {
      journal.remove(Table.HISTORIES, key);
    } else {
      byte[] value = HistoryCodec.encode(history, System.currentTimeMillis(), System.nanoTime());
      journal.put(Table.HISTORIES, key, value);
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

  /** Brings back what was kept, while queries are answered already. */
  void load(Resolvers resolvers, Duration maxStale) {
    long startNanos = System.nanoTime();
    long answers =
        journal.load(
            maxStale,
            new Recall() {
              @Override
              public void answer(CacheKey key, CacheEntry entry) {
                if (resolvers.holds().pins().find(key) == null) {
                  resolvers.cache().putIfAbsent(key, entry);
                }
              }

              @Override
              public void value(Table table, byte[] key, byte[] value) {
                if (table == Table.HISTORIES) {
                  recallHistory(resolvers.holds().histories(), key, value);
                } else if (table == Table.PINS) {
                  recallPin(resolvers, key, value);
                }
              }
            });
    long millis = Duration.ofNanos(System.nanoTime() - startNanos).toMillis();
    if (answers > 0) {
      logger.info("{} answers are back from the journal after {} ms", answers, millis);
    }
  }

  private void recallHistory(Histories known, byte[] key, byte[] value) {
    CacheKey question = histories.question(key);
    if (question == null) {
      return;
    }
    History history =
        histories.decode(question, value, System.currentTimeMillis(), System.nanoTime());
    if (history != null) {
      known.recall(question, history);
    }
  }

  private static void recallPin(Resolvers resolvers, byte[] key, byte[] value) {
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

  /** How far behind the journal is. */
  JournalView status() {
    return new JournalView(
        journal.isWriting(), journal.lagChanges(), journal.lagMillis(), journal.sizeBytes());
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
