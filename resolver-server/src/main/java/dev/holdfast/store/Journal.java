package dev.holdfast.store;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was learnt, on disk behind the hot path: it survives a restart, SIGKILL and bad disks, and
 * never keeps the server from starting. Thread-safe; nothing but {@link #load}, {@link #flush} and
 * {@link #close} waits for anything.
 *
 * <pre>{@code
 * Journal journal = Journal.open(stateDirectory, JournalConfig.DEFAULTS, routeNames);
 * // where answers are learnt, on an event loop:
 * cache.put(key, entry);
 * journal.offer(key, entry);
 * // once, on a thread of its own, while queries are answered already:
 * journal.load(stale.maxAge(), cache::putIfAbsent);
 * // when an operator flushes, before the cache does, so that loading brings nothing of it back:
 * journal.flush(keys);
 * // at the end:
 * journal.close(Duration.ofSeconds(2));
 * }</pre>
 *
 * <p>One process writes. A second one on the same directory says so, may load what is there, keeps
 * nothing of its own, and takes over within seconds after the first has ended. The same goes for a
 * directory that cannot be written: it is tried again.
 *
 * <p>Changes are gathered for half a second and written in their order, so SIGKILL costs about a
 * second of learning. Files are forced to the disk when they are full and at the end; after a power
 * cut what the kernel had not written yet is missing.
 */
public final class Journal {

  private static final Logger log = LoggerFactory.getLogger(Journal.class);

  /** Longest value of any table. */
  public static final int MAX_VALUE_LENGTH = 1 << 16;

  /** Longest key of any table. */
  public static final int MAX_KEY_LENGTH = RecordBuffer.MAX_KEY_LENGTH;

  /** When values end that stay of use until they are replaced. */
  private static final long NEVER = Long.MAX_VALUE;

  /** How long a flush tries to get into a full queue. */
  private static final long FLUSH_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long FLUSH_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  /** While the queue is half full, the writer is woken every so many changes. */
  private static final int WAKE_EVERY = 256;

  private final JournalConfig config;
  private final JournalFiles files;
  private final RouteNames routes;
  private final LongSupplier wallMillis;
  private final LongSupplier nanoClock;
  private final ChangeQueue queue = new ChangeQueue();
  private final LoopCounters counters = new LoopCounters();
  private final AtomicLong dropped = new AtomicLong();
  private final LoadGuard guard = new LoadGuard();
  private final AtomicBoolean loading = new AtomicBoolean();
  private final JournalWriter writer;
  private final Thread thread;

  /** Opens the journal below a directory, whatever is there, and starts its writer. */
  public static Journal open(Path stateDirectory, JournalConfig config, RouteNames routes) {
    Journal journal =
        new Journal(
            new JournalFiles(stateDirectory),
            config,
            routes,
            System::currentTimeMillis,
            System::nanoTime);
    if (config.enabled()) {
      journal.start();
    }
    return journal;
  }

  /** Opens a journal whose writer is not started: its turns are taken by hand. */
  Journal(
      JournalFiles files,
      JournalConfig config,
      RouteNames routes,
      LongSupplier wallMillis,
      LongSupplier nanoClock) {
    this.config = config;
    this.files = files;
    this.routes = routes;
    this.wallMillis = wallMillis;
    this.nanoClock = nanoClock;
    this.writer =
        new JournalWriter(files, config, routes, queue, counters, dropped, wallMillis, nanoClock);
    this.thread = Thread.ofPlatform().name("journal").daemon().unstarted(writer);
    if (config.enabled()) {
      writer.own(false);
    }
  }

  /**
   * Keeps an answer, soon; returns false when it will not be. A held one never is: what it stands
   * for is kept already. {@code key} must be a snapshot. Never waits.
   */
  public boolean offer(CacheKey key, CacheEntry entry) {
    return !entry.isHeld() && enqueue(key, entry);
  }

  /**
   * Forgets an answer, soon; returns false when it will not be. {@code key} must be a snapshot.
   * Waits for nothing but, while the journal is being loaded, the one answer that is handed over.
   */
  public boolean remove(CacheKey key) {
    guard.remove(key);
    return enqueue(key, null);
  }

  /** Keeps a value of a table other than that of answers, soon; returns false when it will not. */
  public boolean put(Table table, byte[] key, byte[] value) {
    return put(table, key, value, NEVER);
  }

  /**
   * Keeps a value of a table other than that of answers, soon; returns false when it will not.
   *
   * @param endsAtMillis from when on it is of no use, by the wall clock
   */
  public boolean put(Table table, byte[] key, byte[] value, long endsAtMillis) {
    if (value.length > MAX_VALUE_LENGTH) {
      throw new IllegalArgumentException(
          "value: " + value.length + " bytes (expected at most " + MAX_VALUE_LENGTH + ")");
    }
    return enqueue(valueChange(table, key, value, endsAtMillis));
  }

  /**
   * Forgets a value of a table other than that of answers, soon; returns false when it will not.
   */
  public boolean remove(Table table, byte[] key) {
    return enqueue(valueChange(table, key, null, 0));
  }

  /**
   * Forgets every answer kept so far whose key passes, those that are only on disk included; call
   * it before the cache forgets them. Returns false when the journal keeps them. May wait.
   */
  public boolean flush(Predicate<CacheKey> keys) {
    guard.flush(keys);
    Change change = new Change.Flush(keys);
    long deadline = System.nanoTime() + FLUSH_PATIENCE_NANOS;
    while (writer.logs() != null) {
      if (queue.offer(change)) {
        LockSupport.unpark(thread);
        return true;
      }
      if (System.nanoTime() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(this, FLUSH_RETRY_NANOS);
    }
    return false;
  }

  /**
   * Brings back what is kept, on the caller's thread, at the start and once more when this process
   * takes over from another. Answers get the times that they had, by the wall clock; those past
   * their stale time are left out.
   *
   * @param maxStale the longest stale time that the operator allows now
   * @return the number of answers
   */
  public long load(Duration maxStale, Recall recall) {
    if (!config.enabled()) {
      return 0;
    }
    if (!loading.compareAndSet(false, true)) {
      throw new IllegalStateException("the journal is being loaded already");
    }
    guard.begin();
    Loading run = new Loading(maxStale.toNanos(), recall);
    try {
      SegmentLogs own = writer.logs();
      SegmentLogs source = own != null ? own : new SegmentLogs(files, config, false);
      source.scan(run::take);
      recall.answersAreBack(run.answerCount);
      source.of(Table.HISTORIES).scan(run::takeUneventful);
    } catch (IOException e) {
      log.warn("journal: {} cannot be read: {}", files.directory(), e.toString());
    } finally {
      guard.end();
      loading.set(false);
    }
    return run.answerCount;
  }

  /** Whether anything is to be kept at all. */
  public boolean isEnabled() {
    return config.enabled();
  }

  /** Tells {@code listener}, on the writer's thread, when this process takes over from another. */
  public void onTakeOver(Runnable listener) {
    writer.onTakeOver(listener);
  }

  /** Returns what went wrong last, or null. */
  public @Nullable JournalError lastError() {
    return writer.lastError();
  }

  /** Bytes that all files together may take. */
  public long maxSizeBytes() {
    return config.maxSizeBytes();
  }

  /** Whether this process may write the journal. */
  public boolean isWriting() {
    return writer.logs() != null;
  }

  /** Changes that are not yet written. */
  public int lagChanges() {
    return queue.size();
  }

  /** How long at most the oldest change has been waiting to be written; 0 when there is none. */
  public long lagMillis() {
    long lagNanos = queue.size() == 0 ? 0 : nanoClock.getAsLong() - writer.writtenUpToNanos();
    return TimeUnit.NANOSECONDS.toMillis(Math.max(lagNanos, 0));
  }

  /** Bytes of all files, those set aside left out. */
  public long sizeBytes() {
    SegmentLogs logs = writer.logs();
    return logs == null ? 0 : logs.sizeBytes();
  }

  /** The journal's own counters, to be added up with those of the loops. */
  public LoopCounters counters() {
    return counters;
  }

  /** Writes what is waiting and closes the files; returns whether all was written in time. */
  public boolean close(Duration bound) {
    if (!config.enabled()) {
      return true;
    }
    writer.close();
    LockSupport.unpark(thread);
    boolean ended = false;
    try {
      ended = thread.join(bound);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    int unwritten = lagChanges();
    if (!ended || unwritten > 0) {
      log.warn(
          "journal: {} closed after at most {} with {} changes unwritten",
          files.directory(),
          bound,
          unwritten);
    }
    return ended && unwritten == 0;
  }

  /** Starts the writer. */
  void start() {
    thread.start();
  }

  /** Takes one turn of the writer on the caller's thread. */
  void turn() {
    writer.turn();
  }

  private Change.OfValue valueChange(
      Table table, byte[] key, byte @Nullable [] value, long endsAtMillis) {
    if (table == Table.ANSWERS) {
      throw new IllegalArgumentException("table: ANSWERS (expected one of values)");
    }
    if (key.length > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          "key: " + key.length + " bytes (expected at most " + MAX_KEY_LENGTH + ")");
    }
    return new Change.OfValue(table, key, value, endsAtMillis);
  }

  private boolean enqueue(CacheKey key, @Nullable CacheEntry entry) {
    return isWriting() && noteOffered(queue.offer(key, entry));
  }

  private boolean enqueue(Change change) {
    return isWriting() && noteOffered(queue.offer(change));
  }

  private boolean noteOffered(boolean taken) {
    if (!taken) {
      dropped.incrementAndGet();
      return false;
    }
    if (queue.size() % WAKE_EVERY == 0 && queue.isHalfFull()) {
      LockSupport.unpark(thread);
    }
    return true;
  }

  /** One run of {@link #load}. */
  private final class Loading {

    private final AnswerRecords answers = new AnswerRecords(routes);
    private final AnswerRecords.Moment now =
        new AnswerRecords.Moment(wallMillis.getAsLong(), nanoClock.getAsLong());
    private final long maxStaleNanos;
    private final Recall recall;
    private long answerCount;

    Loading(long maxStaleNanos, Recall recall) {
      this.maxStaleNanos = maxStaleNanos;
      this.recall = recall;
    }

    void take(Table table, RecordScanner record) {
      if (table == Table.ANSWERS) {
        takeAnswer(record);
      } else if (table != Table.HISTORIES || HistoryCodec.isVanished(record)) {
        recall.value(table, record.key(), record.value());
      }
    }

    void takeUneventful(RecordScanner history) {
      if (!HistoryCodec.isVanished(history)) {
        recall.value(Table.HISTORIES, history.key(), history.value());
      }
    }

    private void takeAnswer(RecordScanner record) {
      CacheKey key = answers.key(record);
      CacheEntry entry = key == null ? null : answers.entry(key, record, maxStaleNanos, now);
      if (key != null && entry != null && guard.deliver(key, entry, recall)) {
        counters.increment(Counter.JOURNAL_LOADED);
        answerCount++;
      }
    }
  }
}
