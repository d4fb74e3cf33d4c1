package dev.holdfast.benchmarks;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Query;
import java.util.Arrays;
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

/** Making the key of a query: folding the name and hashing. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class KeyBenchmark {

  private static final int QUERIES = 1024;

  private final Query[] queries = new Query[QUERIES];
  private final CacheKey probe = CacheKey.probe();
  private int next;

  /** Parses the queries. */
  public KeyBenchmark() {
    Questions questions = Questions.of(Questions.Popularity.HOT);
    Arrays.setAll(queries, i -> new Query());
    for (int i = 0; i < QUERIES; i++) {
      queries[i].parse(questions.bytes(), questions.offset(i), questions.length(i));
    }
  }

  /** Fills a probe and returns its hash. */
  @Benchmark
  public int set() {
    probe.set(0, queries[next++ & (QUERIES - 1)]);
    return probe.hashCode();
  }
}
