package dev.holdfast.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What two threads can reach here at all: arithmetic in registers, which shares nothing but the
 * machine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Thread)
public class ScalingBenchmark {

  private static final int STEPS = 100;
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private long seed = 1;

  private long calculate() {
    long value = seed;
    for (int i = 0; i < STEPS; i++) {
      value = value * MULTIPLIER + i;
    }
    seed = value;
    return value;
  }

  /** On one thread. */
  @Benchmark
  public long arithmetic() {
    return calculate();
  }

  /** On two at once. */
  @Benchmark
  @Threads(2)
  public long arithmeticOnTwoThreads() {
    return calculate();
  }
}
