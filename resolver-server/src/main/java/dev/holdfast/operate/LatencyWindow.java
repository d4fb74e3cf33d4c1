package dev.holdfast.operate;

import dev.holdfast.metrics.LatencySnapshot;
import dev.holdfast.metrics.LoopCounters;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long queries took during the last seconds. Nothing is sampled while nobody looks: the first
 * look tells of the time since the start. Confined to one thread.
 */
public final class LatencyWindow {

  /** The window of whoever looks every second. */
  public static final long WINDOW_SECONDS = 10;

  private static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(WINDOW_SECONDS);
  private static final long SAMPLE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final List<LoopCounters> loops;
  private final LongSupplier nanoClock;
  private final ArrayDeque<Sample> samples = new ArrayDeque<>();

  private record Sample(long atNanos, LatencySnapshot hits, LatencySnapshot misses) {}

  /**
   * How long queries took.
   *
   * @param nanos the time that was looked at
   */
  public record Latencies(long nanos, LatencySnapshot hits, LatencySnapshot misses) {}

  /** A window of what these loops record from now on. */
  public LatencyWindow(List<LoopCounters> loops, LongSupplier nanoClock) {
    this.loops = List.copyOf(loops);
    this.nanoClock = nanoClock;
    samples.add(sample());
  }

  private Sample sample() {
    return new Sample(
        nanoClock.getAsLong(),
        LatencySnapshot.sum(loops.stream().map(LoopCounters::hits).toList()),
        LatencySnapshot.sum(loops.stream().map(LoopCounters::misses).toList()));
  }

  /** Returns what was recorded in the window that ends now. */
  public Latencies read() {
    Sample now = sample();
    while (samples.size() > 1 && now.atNanos - second().atNanos >= WINDOW_NANOS) {
      samples.removeFirst();
    }
    Sample begin = samples.getFirst();
    if (now.atNanos - samples.getLast().atNanos >= SAMPLE_NANOS) {
      samples.addLast(now);
    }
    return new Latencies(
        now.atNanos - begin.atNanos, now.hits.since(begin.hits), now.misses.since(begin.misses));
  }

  private Sample second() {
    var iterator = samples.iterator();
    iterator.next();
    return iterator.next();
  }
}
