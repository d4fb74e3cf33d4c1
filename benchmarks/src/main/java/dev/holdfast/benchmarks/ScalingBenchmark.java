package dev.holdfast.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What two threads can reach here at all: each on its own numbers, they share nothing but the
 * machine. One chain of multiplications leaves most of a core idle, six sums at a time fill it, and
 * each step through the memory waits for the one before.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class ScalingBenchmark {

  private static final int STEPS = 100;
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private static final int WIDTH = 6;
  private static final int MEMORY = 1 << 18;

  private long seed = 1;
  private final long[] sums = new long[WIDTH];
  private final int[] memory = new int[MEMORY];
  private int position;

  /** Makes one circle of all of the memory. */
  @Setup
  public void link() {
    int at = 0;
    for (int i = 0; i < MEMORY; i++) {
      int following = (at * 5 + 1) & (MEMORY - 1);
      memory[at] = following;
      at = following;
    }
  }

  private long calculate() {
    long value = seed;
    for (int i = 0; i < STEPS; i++) {
      value = value * MULTIPLIER + i;
    }
    seed = value;
    return value;
  }

  private long add() {
    long a = sums[0];
    long b = sums[1];
    long c = sums[2];
    long d = sums[3];
    long e = sums[4];
    long f = sums[5];
    for (int i = 0; i < STEPS; i++) {
      a += b ^ i;
      b += c ^ i;
      c += d ^ i;
      d += e ^ i;
      e += f ^ i;
      f += a ^ i;
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = d;
    sums[4] = e;
    sums[5] = f;
    return f;
  }

  private int walk() {
    int at = position;
    for (int i = 0; i < STEPS; i++) {
      at = memory[at];
    }
    position = at;
    return at;
  }

  /** Six sums at a time on one thread. */
  @Benchmark
  public long additions() {
    return add();
  }

  /** On two at once. */
  @Benchmark
  @Threads(2)
  public long additionsOnTwoThreads() {
    return add();
  }

  /** Steps through a megabyte on one thread. */
  @Benchmark
  public int steps() {
    return walk();
  }

  /** On two at once. */
  @Benchmark
  @Threads(2)
  public int stepsOnTwoThreads() {
    return walk();
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
