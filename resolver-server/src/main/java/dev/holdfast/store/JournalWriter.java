package dev.holdfast.store;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.MemoryExhaustion;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
 * The one thread that writes the journal: it gathers changes for half a second, writes them in
 * their order, and keeps the files in order. Confined to its thread but for the gauges.
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

  /** The shortest pause; the system makes some 50 us of it. */
  private static final long SHORTEST_PAUSE_NANOS = 1;

  /** Changes behind from which on catching up comes before giving way. */
  private static final int FAR_BEHIND = ChangeQueue.CAPACITY / 16;

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
  private final Set<String> kindsLogged = new HashSet<>();
  private final Pause writing;
  private final Pause tidying;
  private final Pause owning;
  private volatile @Nullable SegmentLogs logs;
  private volatile long writtenUpToNanos;
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
    this.writtenUpToNanos = startedAtNanos;
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

  /** Everything that was offered before this moment is written. */
  long writtenUpToNanos() {
    return writtenUpToNanos;
  }

  /** Writes and tidies once; failures are counted and tried again later. */
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
    if (!writing.isOver() && !closing) {
      return;
    }
    try {
      writeAll(current);
      if (writing.isOn()) {
        writing.end();
        log.info("journal: {} can be written again", files.directory());
      }
    } catch (IOException e) {
      queue.rewind();
      counters.increment(Counter.JOURNAL_WRITE_FAILURES);
      if (!writing.isOn()) {
        log.warn("journal: cannot write to {}: {}", files.directory(), describe(e));
      }
      note(e);
      writing.lengthen();
    }
  }

  /* What is offered meanwhile waits for the next turn: else every pause ended with a few changes. */
  private void writeAll(SegmentLogs current) throws IOException {
    AnswerRecords.Moment now =
        new AnswerRecords.Moment(wallMillis.getAsLong(), nanoClock.getAsLong());
    long end = queue.end();
    while (writeBatch(current, end, now) > 0) {
      giveWay();
    }
    if (queue.isFree(end)) {
      writtenUpToNanos = now.nanos();
    }
  }

  /* Places are freed when what they held is written, so a write that fails is tried again. */
  private int writeBatch(SegmentLogs current, long end, AnswerRecords.Moment now)
      throws IOException {
    makeRoom(current);
    int bytes = 0;
    while (bytes < config.batchBytes()) {
      Change change = queue.read(end);
      if (change == null) {
        break;
      }
      bytes += put(current, change, now);
    }
    current.write();
    int count = queue.free();
    counters.add(Counter.JOURNAL_WRITTEN, count);
    return count;
  }

  /* Returns how many bytes more there are to be written. */
  private int put(SegmentLogs current, Change change, AnswerRecords.Moment now) throws IOException {
    return switch (change) {
      case Change.OfAnswer answer -> {
        RecordBuffer batch = current.of(Table.ANSWERS).batch();
        int before = batch.length();
        answers.put(answer.key(), answer.entry(), now, batch);
        yield batch.length() - before;
      }
      case Change.OfValue value -> {
        RecordBuffer batch = current.of(value.table()).batch();
        byte[] bytes = value.value();
        int start =
            bytes == null
                ? batch.remove(value.key())
                : batch.put(value.key(), bytes, value.endsAtMillis());
        yield batch.length() - start;
      }
      case Change.Flush flush -> {
        flush(current, flush.keys());
        yield 0;
      }
    };
  }

  /* What was offered before the flush is written first, so it is found with the rest. */
  private void flush(SegmentLogs current, Predicate<CacheKey> keys) throws IOException {
    current.write();
    SegmentLog log = current.of(Table.ANSWERS);
    List<byte[]> found = new ArrayList<>();
    log.scan(
        record -> {
          CacheKey key = answers.key(record);
          if (key == null || keys.test(key)) {
            found.add(record.key());
          }
        });
    makeRoom(current);
    for (byte[] key : found) {
      log.batch().remove(key);
      if (log.batch().length() >= config.batchBytes()) {
        current.write();
        makeRoom(current);
      }
    }
    current.write();
    makeRoom(current);
  }

  private void makeRoom(SegmentLogs current) throws IOException {
    counters.add(Counter.JOURNAL_FILES_DROPPED, current.makeRoom());
  }

  /* Else queries of a loop on the same core wait until half a second's changes are written. */
  private void giveWay() {
    if (queue.size() < FAR_BEHIND) {
      LockSupport.parkNanos(this, SHORTEST_PAUSE_NANOS);
    }
  }

  private void tidy(SegmentLogs current) {
    if (closing || !tidying.isOver()) {
      return;
    }
    boolean trusted = nanoClock.getAsLong() - startedAtNanos > CLOCK_TRUSTED_NANOS;
    long nowMillis = trusted ? wallMillis.getAsLong() : 0;
    try {
      makeRoom(current);
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
    int lost = queue.free();
    counters.add(Counter.JOURNAL_DROPPED, lost);
    if (kindsLogged.add(e.getClass().getName())) {
      log.error("journal: {} changes lost to an error in this server", lost, e);
    }
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
