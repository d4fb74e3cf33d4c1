package dev.holdfast.bench;

import dev.holdfast.datagram.ClientSockets;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Runs a load from its warm-up to its last phase. Confined to the thread that calls it. */
public final class Bench {

  /** Queries on the way while every name is asked once: gentle, so that none is lost. */
  private static final int FILLING_OUTSTANDING = 256;

  /** Once to fill the cache, and again for what got lost. */
  private static final int FILLING_ROUNDS = 2;

  /** Queries that are asked to find out whether there is a server at all. */
  private static final int FIRST_QUESTIONS = 16;

  private final Load load;
  private final Listener listener;
  private final Questions questions;
  private final int[] order;

  /** Hears what goes on. */
  public interface Listener {

    /** A part of the run begins. */
    void begins(String what);

    /** Another second of a phase is over; the counts are those of this second. */
    void second(long second, long sent, long answered, long lost, int outstanding);

    /** A phase is over. */
    void ends(Result result);
  }

  private Bench(Load load, Listener listener) throws IOException {
    this.load = load;
    this.listener = listener;
    Questions.Builder builder = new Questions.Builder(load.edns(), load.dnssecOk());
    questions =
        load.file() == null
            ? load.names().questions(builder)
            : QueryFile.read(load.file(), builder);
    order =
        load.file() == null ? load.names().order() : IntStream.range(0, questions.size()).toArray();
  }

  /** Runs everything and returns what each phase measured. */
  public static List<Result> run(Load load, Listener listener) throws IOException {
    Bench bench = new Bench(load, listener);
    if (load.serverPid() != 0) {
      ProcessUsage.of(load.serverPid());
    }
    try (Transport transport = bench.connect()) {
      return bench.run(transport);
    }
  }

  private Transport connect() throws IOException {
    if (load.tcp()) {
      return TcpTransport.connect(load.server(), load.clients(), load.sources());
    }
    if (!ClientSockets.available()) {
      throw new IOException(
          "UDP needs recvmmsg and epoll of 64-bit Linux here; --mode tcp does not");
    }
    return new UdpTransport(ClientSockets.connect(load.server(), load.clients(), load.sources()));
  }

  private List<Result> run(Transport transport) throws IOException {
    if (load.askAllFirst()) {
      listener.begins("asking for each of " + questions.size() + " names");
      LoadLoop filling = loop(transport, Math.max(FILLING_OUTSTANDING, load.clients()));
      checkThatSomebodyAnswers(filling);
      for (int round = 0; round < FILLING_ROUNDS; round++) {
        filling.run(Phase.once(questions.size()));
      }
    }
    LoadLoop loop = loop(transport, load.outstanding());
    List<Double> rates = load.rates().isEmpty() ? List.of(0.0) : load.rates();
    if (!load.warmUp().isZero()) {
      listener.begins("warming up for " + load.warmUp().toMillis() / 1000.0 + " s");
      loop.run(new Phase(order, rates.getFirst(), load.warmUp().toNanos(), Long.MAX_VALUE));
    }
    long most = load.passes() == 0 ? Long.MAX_VALUE : (long) load.passes() * order.length;
    List<Result> results = new ArrayList<>();
    for (double rate : rates) {
      listener.begins(rate == 0 ? "asking as fast as answers come" : (long) rate + " q/s");
      Result result = measure(loop, new Phase(order, rate, load.time().toNanos(), most));
      listener.ends(result);
      results.add(result);
    }
    return results;
  }

  /* Or else each name would be waited for in vain. */
  private void checkThatSomebodyAnswers(LoadLoop loop) throws IOException {
    Phase few = Phase.once(Math.min(FIRST_QUESTIONS, questions.size()));
    if (loop.run(few).tally().answered == 0) {
      throw new IOException(
          "no answer from %s, port %d, within %.1f s: is a server running there?"
              .formatted(
                  load.server().getAddress().getHostAddress(),
                  load.server().getPort(),
                  load.timeout().toMillis() / 1000.0));
    }
  }

  private LoadLoop loop(Transport transport, int outstanding) {
    return new LoadLoop(
        transport,
        questions,
        System::nanoTime,
        load.timeout().toNanos(),
        outstanding,
        new EverySecond(listener));
  }

  private Result measure(LoadLoop loop, Phase phase) throws IOException {
    ProcessUsage before = usage();
    LoadLoop.Measured measured = loop.run(phase);
    return Result.of(phase, measured, before, usage());
  }

  private @Nullable ProcessUsage usage() throws IOException {
    return load.serverPid() == 0 ? null : ProcessUsage.of(load.serverPid());
  }

  /** Turns sums into the counts of each second. Confined to one thread. */
  private static final class EverySecond implements LoadLoop.Progress {

    private final Listener listener;
    private @Nullable Tally last;
    private long sent;
    private long answered;
    private long lost;

    EverySecond(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void second(long elapsedNanos, Tally tally, int outstanding) {
      if (last != tally) {
        last = tally;
        sent = 0;
        answered = 0;
        lost = 0;
      }
      listener.second(
          elapsedNanos / 1_000_000_000L,
          tally.sent - sent,
          tally.answered - answered,
          tally.lost - lost,
          outstanding);
      sent = tally.sent;
      answered = tally.answered;
      lost = tally.lost;
    }
  }
}
