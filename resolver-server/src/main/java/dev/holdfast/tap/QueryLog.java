package dev.holdfast.tap;

import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.UnexpectedFailures;
import dev.holdfast.resolve.QueryTap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Answered queries on their way to a file, standard output or a dnstap reader: each loop puts them
 * into a ring of its own, one thread takes them out, which gives way to the loops. Thread-safe.
 */
public final class QueryLog implements AutoCloseable {

  private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");
  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
  private static final long COMPARE_CLOCKS_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long CLOSE_WITHIN_MILLIS = 3000;

  /** Queries taken from one ring before the next one has its turn. */
  private static final int BATCH = 1024;

  private final List<RecordRing> rings = new ArrayList<>();
  private final List<QueryTap> taps = new ArrayList<>();
  private final List<Sink> sinks = new ArrayList<>();
  private final UnexpectedFailures failures;
  private final WallTime time = new WallTime(InstantSource.system());
  private final Thread writer;
  private volatile boolean closed;
  private volatile boolean reopening;

  /**
   * Opens a log.
   *
   * @param loops the counters of each loop whose queries are logged
   * @param counters written by the log's own thread alone
   * @param version what this server is, for a dnstap reader
   */
  public QueryLog(
      QueryLogConfig config, List<LoopCounters> loops, LoopCounters counters, String version) {
    failures = new UnexpectedFailures(counters);
    for (LoopCounters loop : loops) {
      RecordRing ring = new RecordRing(config.bufferBytes());
      rings.add(ring);
      taps.add(new LoopTap(ring, config.oneIn(), loop));
    }
    if (!config.output().equals(QueryLogConfig.OFF)) {
      Path file = config.output().equals(QueryLogConfig.STDOUT) ? null : Path.of(config.output());
      sinks.add(new LogFile(file, config.maxSizeBytes(), new JsonLines(time), counters));
    }
    if (!config.dnstap().equals(QueryLogConfig.OFF)) {
      DnstapMessage messages = new DnstapMessage(hostName(), version, time);
      sinks.add(new DnstapSocket(Path.of(config.dnstap()), messages, counters));
    }
    writer = Thread.ofPlatform().daemon().name("holdfast-query-log").start(this::write);
  }

  /** Returns what the given loop shows its answered queries to. */
  public QueryTap tap(int loop) {
    return taps.get(loop);
  }

  /** Opens the file anew, after it was moved away. */
  public void reopen() {
    reopening = true;
  }

  /** Writes what waits, and ends; takes 3 s at most. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join(CLOSE_WITHIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the name of this machine without asking anybody for it. */
  private static String hostName() {
    try {
      return Files.readString(HOST_NAME).strip();
    } catch (IOException e) {
      return "holdfast";
    }
  }

  private void write() {
    LowPriority.take();
    long comparedAtNanos = System.nanoTime();
    boolean open = true;
    while (open) {
      open = !closed;
      if (reopening) {
        reopening = false;
        sinks.forEach(Sink::reopen);
      }
      if (!drain()) {
        sinks.forEach(Sink::flush);
        if (open) {
          LockSupport.parkNanos(IDLE_NANOS);
        }
      } else {
        open = true;
      }
      if (System.nanoTime() - comparedAtNanos > COMPARE_CLOCKS_NANOS) {
        comparedAtNanos = System.nanoTime();
        time.compare();
      }
    }
    sinks.forEach(Sink::close);
  }

  private void write(TappedQuery query) {
    try {
      sinks.forEach(sink -> sink.write(query));
    } catch (RuntimeException e) {
      failures.record(e);
    }
  }

  /** Writes a batch of every ring; false if there was nothing. */
  private boolean drain() {
    boolean any = false;
    for (RecordRing ring : rings) {
      int place = ring.take();
      for (int i = 0; i < BATCH && place != RecordRing.NONE; i++) {
        TappedQuery query = TappedQuery.read(ring.bytes(), place, ring.length(place));
        ring.release();
        write(query);
        any = true;
        place = ring.take();
      }
    }
    return any;
  }
}
