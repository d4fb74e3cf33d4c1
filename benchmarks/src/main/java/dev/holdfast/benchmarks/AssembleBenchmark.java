package dev.holdfast.benchmarks;

import dev.holdfast.resolve.Resolver;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.ResponseAssembler;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Writing responses from stored records, by the number of records and what goes with them. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class AssembleBenchmark {

  private static final int AGE_SECONDS = 10;
  private static final int STALE_TTL_SECONDS = 30;
  private static final byte[] NOTICE = ExtendedError.option(ExtendedError.STALE_ANSWER, "");

  /** Records of the answer. */
  @Param({"1", "4", "16"})
  public int records;

  private final Query query = new Query();
  private final ResponseAssembler assembler = new ResponseAssembler(100);
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
  private Answer answer;

  /** Makes the answer. */
  @Setup
  public void learn() {
    byte[] name = Names.parse("host.service.example.org");
    answer = Answers.addresses(name, 1, records);
    byte[] message = Questions.query(name);
    query.parse(message, 0, message.length);
  }

  /** A fresh answer, TTLs counted down. */
  @Benchmark
  public int fresh() {
    return assembler.fresh(query, answer, AGE_SECONDS, /* stream= */ false, response);
  }

  /** A stale answer with its extended error. */
  @Benchmark
  public int stale() {
    return assembler.stale(query, answer, STALE_TTL_SECONDS, NOTICE, /* stream= */ false, response);
  }
}
