package dev.holdfast.store;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.MemoryExhaustion;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the journal: it gathers changes for half a second, writes the last of
 * each subject, and keeps the files in order. Confined to its thread but for the gauges.
 */
final class JournalWriter implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

  /** How long changes are gathered. */
  private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long at most the disk is left alone after failures. */
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** How long at most after the end of another process this one takes its place. */
  private static final long LONGEST_OWNING_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * By when a machine that started with a wrong clock has it set; before, nothing is thrown away
   * for being old.
   */
  private static final long CLOCK_TRUSTED_NANOS = TimeUnit.HOURS.toNanos(1);

  /** Changes taken from the queue before a loop on the same core gets its turn. */
  private static final int TAKEN_PER_TURN = 64;

  /** The shortest pause; the system makes some 50 us of it. */
  private static final long SHORTEST_PAUSE_NANOS = 1;

  /** Changes behind from which on catching up comes before giving way. */
  private static final int FAR_BEHIND = ChangeQueue.CAPACITY / 8;

  /** Removals written at once. */
  private static final int MAX_REMOVALS = 1024;

  /** Files written anew between two gatherings. */
  private static final int MAX_TIDYING = 4;

  private final JournalFiles files;
  private final JournalConfig config;
  private final ChangeQueue queue;
  private final LoopCounters counters;
  private final AtomicLong dropped;
  private final LongSupplier wallMillis;
  private final LongSupplier nanoClock;
  private final AnswerRecords answers;
  private final long startedAtNanos;
  private final LinkedHashMap<Object, Change> pending = new LinkedHashMap<>();
  private final List<Predicate<CacheKey>> flushes = new ArrayList<>();
  private final Set<String> kindsLogged = new HashSet<>();
  private final Pause writing;
  private final Pause tidying;
  private final Pause owning;
  private volatile @Nullable SegmentLogs logs;
  private volatile @Nullable Change oldestPending;
  private volatile int pendingCount;
  private volatile boolean closing;
  private volatile @Nullable JournalError lastError;
  private volatile Runnable takenOver = () -> {};
  private String problem = "";
  private int setAsideCounted;

  JournalWriter(
      JournalFiles files,
      JournalConfig config,
      RouteNames routes,
      ChangeQueue queue,
      LoopCounters counters,
      AtomicLong dropped,
      LongSupplier wallMillis,
      LongSupplier nanoClock) {
    this.files = files;
    this.config = config;
    this.queue = queue;
    this.counters = counters;
    this.dropped = dropped;
    this.wallMillis = wallMillis;
    this.nanoClock = nanoClock;
    this.answers = new AnswerRecords(routes);
    this.writing = new Pause(LONGEST_PAUSE_NANOS, nanoClock);
    this.tidying = new Pause(LONGEST_PAUSE_NANOS, nanoClock);
    this.owning = new Pause(LONGEST_OWNING_PAUSE_NANOS, nanoClock);
    this.startedAtNanos = nanoClock.getAsLong();
  }

  @Override
  public void run() {
    while (!closing) {
      LockSupport.parkNanos(this, GATHER_NANOS);
      turn();
    }
    finish();
  }

  /** Asks the thread to write what it has and to end. */
  void close() {
    closing = true;
  }

  /** Returns the logs, or null while this process may not write them. */
  @Nullable SegmentLogs logs() {
    return logs;
  }

  /** Tells {@code listener} when this process takes over from another. */
  void onTakeOver(Runnable listener) {
    takenOver = listener;
  }

  /** Returns what went wrong last, or null. */
  @Nullable JournalError lastError() {
    return lastError;
  }

  /** Changes taken but not yet written. */
  int pendingCount() {
    return pendingCount;
  }

  /** Returns the oldest change taken but not yet written, or null. */
  @Nullable Change oldestPending() {
    return oldestPending;
  }

  /** Takes, writes and tidies once; failures are counted and tried again later. */
  void turn() {
    try {
      counters.add(Counter.JOURNAL_DROPPED, dropped.getAndSet(0));
      SegmentLogs current = logs;
      if (current != null) {
        write(current);
        tidy(current);
      } else if (owning.isOver()) {
        own(true);
      }
    } catch (RuntimeException | Error e) {
      giveUp(e);
    }
    notePending();
  }

  private void finish() {
    turn();
    try {
      SegmentLogs current = logs;
      if (current != null) {
        logs = null;
        current.close();
      }
      files.disown();
    } catch (IOException e) {
      log.warn("journal: {} was not closed in order: {}", files.directory(), describe(e));
    }
  }

  /**
   * Tries to become the process that writes.
   *
   * @param later whether another process wrote until now, so that what is there must be looked at
   */
  void own(boolean later) {
    try {
      files.own();
      SegmentLogs opened = new SegmentLogs(files, config, true);
      if (later) {
        opened.scan((table, record) -> {});
        log.info("journal: {} is written by this process now", files.directory());
      }
      logs = opened;
      countSetAside(opened);
      if (later) {
        takenOver.run();
      }
    } catch (IOException | RuntimeException e) {
      owning.lengthen();
      disownQuietly();
      if (!describe(e).equals(problem)) {
        problem = note(e);
        log.warn(
            "journal: {} cannot be written, what is learnt is not kept: {}",
            files.directory(),
            problem);
      }
    }
  }

  private void disownQuietly() {
    try {
      files.disown();
    } catch (IOException e) {
      log.debug("journal: cannot unlock {}", files.directory(), e);
    }
  }

  private void write(SegmentLogs current) {
    drain();
    if (!writing.isOver() && !closing) {
      return;
    }
    try {
      flush(current);
      commit(current);
      if (writing.isOn()) {
        writing.end();
        log.info("journal: {} can be written again", files.directory());
      }
    } catch (IOException e) {
      counters.increment(Counter.JOURNAL_WRITE_FAILURES);
      if (!writing.isOn()) {
        log.warn("journal: cannot write to {}: {}", files.directory(), describe(e));
      }
      note(e);
      writing.lengthen();
    }
  }

  private void drain() {
    while (pending.size() < ChangeQueue.CAPACITY) {
      if (pending.size() % TAKEN_PER_TURN == 0) {
        giveWay();
      }
      Change change = queue.poll();
      if (change == null) {
        break;
      }
      if (change instanceof Change.Flush flush) {
        forgetPending(flush.keys());
        flushes.add(flush.keys());
        queue.release(change);
        continue;
      }
      Change before = pending.putLast(change.subject(), change);
      if (before != null) {
        queue.release(before);
      }
    }
    notePending();
  }

  private void forgetPending(Predicate<CacheKey> keys) {
    for (Iterator<Change> each = pending.values().iterator(); each.hasNext(); ) {
      Change change = each.next();
      if (change instanceof Change.OfAnswer answer && keys.test(answer.key())) {
        each.remove();
        queue.release(change);
      }
    }
  }

  /* What is pending was offered after the flush, so the removals are written before it. */
  private void flush(SegmentLogs current) throws IOException {
    while (!flushes.isEmpty()) {
      SegmentLog log = current.of(Table.ANSWERS);
      List<JournalRecord> removals = new ArrayList<>();
      log.scan(
          record -> {
            CacheKey key = answers.key(record);
            if (key == null || flushes.getFirst().test(key)) {
              removals.add(new JournalRecord(record.key(), null, 0));
            }
          });
      for (int i = 0; i < removals.size(); i += MAX_REMOVALS) {
        append(
            current,
            Map.of(
                Table.ANSWERS, removals.subList(i, Math.min(i + MAX_REMOVALS, removals.size()))));
      }
      flushes.removeFirst();
    }
  }

  private void commit(SegmentLogs current) throws IOException {
    AnswerRecords.Moment now =
        new AnswerRecords.Moment(wallMillis.getAsLong(), nanoClock.getAsLong());
    while (!pending.isEmpty()) {
      Map<Table, List<JournalRecord>> batch = new EnumMap<>(Table.class);
      int bytes = 0;
      int count = 0;
      for (Change change : pending.values()) {
        if (bytes >= config.batchBytes()) {
          break;
        }
        count++;
        JournalRecord record = record(change, now);
        if (record != null) {
          batch.computeIfAbsent(table(change), table -> new ArrayList<>()).add(record);
          bytes += record.sizeBytes();
        }
      }
      append(current, batch);
      counters.add(Counter.JOURNAL_WRITTEN, count);
      for (int i = 0; i < count; i++) {
        queue.release(pending.pollFirstEntry().getValue());
      }
      giveWay();
    }
  }

  /* Else queries of a loop on the same core wait until half a second's changes are written. */
  private void giveWay() {
    if (pending.size() + queue.size() < FAR_BEHIND) {
      LockSupport.parkNanos(this, SHORTEST_PAUSE_NANOS);
    }
  }

  private void append(SegmentLogs current, Map<Table, List<JournalRecord>> batch)
      throws IOException {
    long bytes = 0;
    for (List<JournalRecord> records : batch.values()) {
      bytes += SegmentHeader.LENGTH;
      for (JournalRecord record : records) {
        bytes += record.sizeBytes();
      }
    }
    counters.add(Counter.JOURNAL_FILES_DROPPED, current.makeRoom(bytes));
    for (Map.Entry<Table, List<JournalRecord>> each : batch.entrySet()) {
      current.of(each.getKey()).append(each.getValue());
    }
  }

  private @Nullable JournalRecord record(Change change, AnswerRecords.Moment now) {
    return switch (change) {
      case Change.OfAnswer answer -> answers.record(answer, now);
      case Change.OfValue value ->
          new JournalRecord(value.key().bytes(), value.value(), value.endsAtMillis());
      case Change.Flush flush -> null;
    };
  }

  private static Table table(Change change) {
    return change instanceof Change.OfValue value ? value.key().table() : Table.ANSWERS;
  }

  private void tidy(SegmentLogs current) {
    if (closing || !tidying.isOver()) {
      return;
    }
    boolean trusted = nanoClock.getAsLong() - startedAtNanos > CLOCK_TRUSTED_NANOS;
    long nowMillis = trusted ? wallMillis.getAsLong() : 0;
    try {
      counters.add(Counter.JOURNAL_FILES_DROPPED, current.makeRoom(0));
      for (int i = 0; i < MAX_TIDYING && current.tidy(nowMillis); i++) {
        countSetAside(current);
      }
      tidying.end();
    } catch (IOException e) {
      counters.increment(Counter.JOURNAL_WRITE_FAILURES);
      if (!tidying.isOn()) {
        log.warn("journal: cannot tidy up {}: {}", files.directory(), describe(e));
      }
      note(e);
      tidying.lengthen();
    }
  }

  private void countSetAside(SegmentLogs current) {
    int count = current.setAside();
    counters.add(Counter.JOURNAL_SET_ASIDE, count - setAsideCounted);
    setAsideCounted = count;
  }

  /* An error in this server: what it came from must not be tried for ever. */
  private void giveUp(Throwable e) {
    MemoryExhaustion.check(e);
    counters.increment(Counter.JOURNAL_WRITE_FAILURES);
    note(e);
    if (kindsLogged.add(e.getClass().getName())) {
      log.error("journal: {} changes lost to an error in this server", pending.size(), e);
    }
    counters.add(Counter.JOURNAL_DROPPED, pending.size());
    pending.values().forEach(queue::release);
    pending.clear();
    flushes.clear();
  }

  private void notePending() {
    oldestPending = pending.isEmpty() ? null : pending.firstEntry().getValue();
    pendingCount = pending.size();
  }

  private String note(Throwable e) {
    String text = describe(e);
    lastError = new JournalError(Instant.ofEpochMilli(wallMillis.getAsLong()), text);
    return text;
  }

  private static String describe(Throwable e) {
    return e.getClass() == IOException.class
        ? String.valueOf(e.getMessage())
        : e.getClass().getSimpleName() + ": " + e.getMessage();
  }
}
