package dev.holdfast.benchmarks;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.History;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Holds;
import dev.holdfast.hold.Verdict;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
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

/** Whether to believe that a name is gone: of a name without a history, and of a proven one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class HoldBenchmark {

  private static final byte[] KNOWN = Names.parse("known.service.example.org");
  private static final byte[] UNKNOWN = Names.parse("unknown.service.example.org");
  private static final HoldConfig ENFORCE =
      new HoldConfig(HoldMode.ENFORCE, Duration.ZERO, 0, Duration.ofHours(6), List.of());

  private final Holds holds = new Holds(ENFORCE, InstantSource.system(), new AnswerCache(1 << 20));
  private final LoopCounters counters = new LoopCounters();
  private final CacheKey known = Questions.key(KNOWN);
  private final CacheKey unknown = Questions.key(UNKNOWN);
  private final Answer absent = Answers.absent();

  /** Proves one of the names, which vanishes at once. */
  public HoldBenchmark() {
    holds.answered(known, Answers.addresses(KNOWN, 1, 2), /* cached= */ false, 0, counters);
    holds.judge(known, absent, 0, counters);
  }

  /** The check that every negative answer passes: nothing is known of the name. */
  @Benchmark
  public @Nullable History provenUnknown() {
    return holds.proven(unknown, 1);
  }

  /** The same of a name that is. */
  @Benchmark
  public @Nullable History provenKnown() {
    return holds.proven(known, 1);
  }

  /** The verdict on a name that is gone. */
  @Benchmark
  public Verdict judge() {
    return holds.judge(known, absent, 1, counters);
  }
}
