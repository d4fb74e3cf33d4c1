package dev.holdfast.wire;

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

/** Reading an upstream's reply: the walk over its records alone, and all of it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@State(Scope.Thread)
public class ReplyBenchmark {

  private static final int TTL_SECONDS = 300;

  /** Records of the reply. */
  @Param({"1", "4", "16"})
  public int records;

  private final RecordWalk walk = new RecordWalk();
  private final ReplyReader reader =
      new ReplyReader(new TtlLimits(0, TTL_SECONDS, TTL_SECONDS), /* minimalResponses= */ true);
  private final byte[] message = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
  private int length;

  /** Writes the reply. */
  @Setup
  public void write() {
    byte[] name = Names.parse("host.service.example.org");
    byte[] question = new byte[name.length + 2 * Short.BYTES];
    System.arraycopy(name, 0, question, 0, name.length);
    Header.putUint16(question, name.length, RecordType.A);
    Header.putUint16(question, name.length + Short.BYTES, RecordClass.IN);
    AnswerBuilder answer = new AnswerBuilder().begin(question, 0, question.length);
    for (int i = 0; i < records; i++) {
      byte[] address = {(byte) 192, 0, 2, (byte) i};
      answer.record(Section.ANSWER, name, RecordType.A, RecordClass.IN, TTL_SECONDS, address);
    }
    length =
        answer.build(Rcode.NOERROR, /* authenticData= */ false).writeMessage(question, message);
  }

  /** Finds and checks every record. */
  @Benchmark
  public boolean walk() {
    return walk.walk(message, length);
  }

  /** Walks, follows aliases and writes what belongs to the question anew. */
  @Benchmark
  public ReplyKind read() {
    return reader.read(message, length, /* dnssecOk= */ false);
  }

  /** The same, and makes the answer that is kept. */
  @Benchmark
  public Answer readAndKeep() {
    reader.read(message, length, /* dnssecOk= */ false);
    return reader.answer();
  }
}
