package dev.holdfast.benchmarks;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.Histories;
import dev.holdfast.cache.History;
import dev.holdfast.hold.Holds;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Recording an answer in the history of its question, and finding it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class HistoryBenchmark {

  private static final int QUESTIONS = 1024;

  private final Histories histories =
      new Histories(Holds.MAX_HISTORIES_BYTES, new AnswerCache(1 << 20));
  private final CacheKey[] keys = new CacheKey[QUESTIONS];
  private final Answer[] answers = new Answer[QUESTIONS];
  private int next;

  /** Answers every question once. */
  public HistoryBenchmark() {
    for (int i = 0; i < QUESTIONS; i++) {
      byte[] name = Names.parse("host-" + i + ".example.org");
      keys[i] = Questions.key(name);
      answers[i] = Answers.addresses(name, i, 2);
      histories.answered(keys[i], answers[i], /* cached= */ false, 0);
    }
  }

  /** One more positive answer with the records that are known. */
  @Benchmark
  public @Nullable History answered() {
    int index = next++;
    int question = index & (QUESTIONS - 1);
    return histories.answered(keys[question], answers[question], /* cached= */ false, index);
  }

  /** Looks a history up. */
  @Benchmark
  public @Nullable History find() {
    return histories.find(keys[next++ & (QUESTIONS - 1)]);
  }
}
