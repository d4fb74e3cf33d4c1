package dev.holdfast.benchmarks;

import dev.holdfast.wire.Query;
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

/** The gate that every query passes: header, question, OPT. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class ParseBenchmark {

  private final Questions questions = Questions.of(Questions.Popularity.HOT);
  private final Query query = new Query();
  private int next;

  /** Reads one query. */
  @Benchmark
  public int parse() {
    int index = next++;
    return query.parse(questions.bytes(), questions.offset(index), questions.length(index));
  }
}
