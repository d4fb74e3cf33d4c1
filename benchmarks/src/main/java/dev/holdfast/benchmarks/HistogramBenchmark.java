package dev.holdfast.benchmarks;

import dev.holdfast.metrics.LatencyHistogram;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Recording a time in a histogram of latencies, as every batch of hits and every miss does. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class HistogramBenchmark {

  private static final int TIMES = 1024;

  private final LatencyHistogram histogram = new LatencyHistogram();
  private final long[] nanos = new long[TIMES];
  private int next;

  /** Draws times from 1 µs to 1 s, small ones more often. */
  public HistogramBenchmark() {
    SplittableRandom random = new SplittableRandom(1);
    Arrays.setAll(nanos, i -> (long) Math.pow(10, 3 + 6 * random.nextDouble()));
  }

  /** Records one time. */
  @Benchmark
  public void record() {
    histogram.record(nanos[next++ & (TIMES - 1)], 1);
  }
}
