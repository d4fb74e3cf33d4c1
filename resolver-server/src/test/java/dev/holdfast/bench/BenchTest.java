package dev.holdfast.bench;

import static dev.holdfast.bench.ScriptedServer.answer;
import static dev.holdfast.bench.ScriptedServer.withId;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.wire.Query;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

  private static final Zipf NAMES = new Zipf(20, 1, List.of(1, 28), "example.org");

  private final List<String> events = new ArrayList<>();
  private final Set<Long> questions = ConcurrentHashMap.newKeySet();
  private @TempDir Path folder;

  @Test
  void run_everyName_isAskedOnceBefore() throws IOException {
    ScriptedServer.Script script =
        (number, query) -> {
          questions.add(ByteBuffer.wrap(query).getLong(12));
          return List.of(answer(query, 0));
        };

    try (ScriptedServer server = new ScriptedServer(script)) {
      Result result = run(server, false, 1000, true).getFirst();

      assertThat(questions).hasSizeGreaterThanOrEqualTo(10);
      assertThat(result.answered()).isPositive().isEqualTo(result.sent());
      assertThat(result.lost()).isZero();
      assertThat(result.rcodes()).containsOnlyKeys(0);
    }
    assertThat(events).startsWith("begins asking for each of 20 names");
  }

  @Test
  void run_queriesAreWellFormed_withEdnsAndRecursionDesired() throws IOException {
    List<Integer> gates = new ArrayList<>();
    List<Boolean> edns = new ArrayList<>();
    ScriptedServer.Script script =
        (number, bytes) -> {
          Query query = new Query();
          gates.add(query.parse(bytes, 0, bytes.length));
          edns.add(query.edns() && query.recursionDesired());
          return List.of(answer(bytes, 0));
        };

    try (ScriptedServer server = new ScriptedServer(script)) {
      run(server, false, 1000, false);
    }
    assertThat(gates).isNotEmpty().containsOnly(Query.ACCEPTED);
    assertThat(edns).containsOnly(true);
  }

  @Test
  void run_everyThirdAnswerMissing_isLost() throws IOException {
    try (ScriptedServer server =
        new ScriptedServer(
            (number, query) -> number % 3 == 0 ? List.of() : List.of(answer(query, 0)))) {
      Result result = run(server, false, 1000, false).getFirst();

      assertThat(result.lost()).isPositive();
      assertThat(result.answered() + result.lost()).isEqualTo(result.sent());
      assertThat(result.lostPercent()).isBetween(20.0, 50.0);
    }
  }

  @Test
  void run_wrongIdsRepeatsAndQueries_areNoAnswers() throws IOException {
    ScriptedServer.Script script =
        (number, query) ->
            List.of(
                query,
                withId(answer(query, 0), ByteBuffer.wrap(query).getShort() + 30_000),
                answer(query, 3),
                answer(query, 3));

    try (ScriptedServer server = new ScriptedServer(script)) {
      Result result = run(server, false, 500, false).getFirst();

      assertThat(result.answered()).isPositive().isEqualTo(result.sent());
      assertThat(result.rcodes()).containsOnlyKeys(3);
      assertThat(result.duplicate()).isPositive();
      assertThat(result.unknown()).isGreaterThan(result.duplicate());
    }
  }

  @Test
  void run_answersBehindTheirTime_areLostAndLate() throws IOException {
    List<byte[]> earlier = new ArrayList<>();
    ScriptedServer.Script script =
        (number, query) -> {
          earlier.add(answer(query, 0));
          return number < 150 ? List.of() : List.of(earlier.get(number - 150));
        };

    try (ScriptedServer server = new ScriptedServer(script)) {
      Result result = run(server, false, 500, false).getFirst();

      assertThat(result.late()).isPositive();
      assertThat(result.lost()).isGreaterThanOrEqualTo(result.late());
    }
  }

  @Test
  void run_withoutRate_keepsTheWindowFull() throws IOException {
    try (ScriptedServer server = new ScriptedServer((number, query) -> List.of(answer(query, 0)))) {
      Result result = run(server, false, 0, false).getFirst();

      assertThat(result.answered()).isGreaterThan(20).isEqualTo(result.sent());
      assertThat(result.ratePerSecond()).isZero();
    }
  }

  @Test
  void run_tcp_matchesPipelinedAnswersInAnyOrder() throws IOException {
    Map<Thread, byte[]> held = new HashMap<>();
    ScriptedServer.Script script =
        (number, query) -> {
          Thread connection = Thread.currentThread();
          byte[] earlier = held.remove(connection);
          if (earlier == null) {
            held.put(connection, answer(query, 0));
            return List.of();
          }
          return List.of(answer(query, 0), earlier);
        };

    try (ScriptedServer server = new ScriptedServer(script)) {
      Result result = run(server, true, 1000, false).getFirst();

      assertThat(result.answered()).isGreaterThan(20);
      assertThat(result.lost()).isLessThanOrEqualTo(2);
      assertThat(result.unknown() + result.duplicate()).isZero();
    }
  }

  @Test
  void run_nobodyThere_isRefused() throws IOException {
    InetSocketAddress closed;
    try (ScriptedServer server = new ScriptedServer((number, query) -> List.of())) {
      closed = server.address();
    }

    Result result = Bench.run(load(closed, false, 200, false, null), listener()).getFirst();

    assertThat(result.answered()).isZero();
    assertThat(result.refused()).isPositive();
    assertThatThrownBy(() -> Bench.run(load(closed, true, 200, false, null), listener()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void run_nobodyAnswersTheFirstNames_saysSoInsteadOfAskingForAll() throws IOException {
    try (ScriptedServer server = new ScriptedServer((number, query) -> List.of())) {
      assertThatThrownBy(
              () -> Bench.run(load(server.address(), false, 200, true, null), listener()))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("no answer from 127.0.0.1, port " + server.address().getPort());
    }
  }

  @Test
  void run_serverOfThisMachine_itsTimeAndMemoryAreKnown() throws IOException {
    try (ScriptedServer server = new ScriptedServer((number, query) -> List.of(answer(query, 0)))) {
      Result result =
          Bench.run(
                  load(server.address(), false, 500, false, null, ProcessHandle.current().pid()),
                  listener())
              .getFirst();

      assertThat(result.serverBytes()).isGreaterThan(1 << 20);
      assertThat(result.serverCpuMicros()).isNotNegative();
      assertThat(result.toMap()).containsKeys("serverCpuMicros", "latencyMillis", "rcodes");
    }
  }

  @Test
  void run_file_asksWhatItSays() throws IOException {
    Path file = folder.resolve("queries");
    Files.writeString(file, "; comment\n\nwww.example.org A\nexample.org.\tTYPE65\n");
    Set<Integer> types = ConcurrentHashMap.newKeySet();
    ScriptedServer.Script script =
        (number, bytes) -> {
          Query query = new Query();
          query.parse(bytes, 0, bytes.length);
          types.add(query.qtype());
          return List.of(answer(bytes, 0));
        };

    try (ScriptedServer server = new ScriptedServer(script)) {
      Bench.run(load(server.address(), false, 100, true, file), listener());
    }
    assertThat(types).containsExactlyInAnyOrder(1, 65);
    Files.writeString(file, "www.example.org A\nwww.example.org\n");
    assertThatThrownBy(
            () -> Bench.run(load(new InetSocketAddress(1), false, 1, false, file), listener()))
        .hasMessageContaining(
            "queries:2: www.example.org (expected a name and a type, such as A or TYPE65)");
  }

  private List<Result> run(ScriptedServer server, boolean tcp, double rate, boolean askAllFirst)
      throws IOException {
    return Bench.run(load(server.address(), tcp, rate, askAllFirst, null), listener());
  }

  private static Load load(
      InetSocketAddress server,
      boolean tcp,
      double rate,
      boolean askAllFirst,
      @Nullable Path file) {
    return load(server, tcp, rate, askAllFirst, file, 0);
  }

  private static Load load(
      InetSocketAddress server,
      boolean tcp,
      double rate,
      boolean askAllFirst,
      @Nullable Path file,
      long pid) {
    return new Load(
        server,
        tcp,
        2,
        List.of(InetAddress.ofLiteral("127.0.1.1"), InetAddress.ofLiteral("127.0.1.2")),
        rate == 0 ? 10 : 1000,
        Duration.ofMillis(200),
        /* edns= */ true,
        /* dnssecOk= */ false,
        file,
        NAMES,
        rate == 0 ? List.of() : List.of(rate),
        Duration.ofMillis(500),
        file == null ? 0 : 5,
        Duration.ZERO,
        askAllFirst,
        pid);
  }

  private Bench.Listener listener() {
    return new Bench.Listener() {
      @Override
      public void begins(String what) {
        events.add("begins " + what);
      }

      @Override
      public void second(long second, long sent, long answered, long lost, int outstanding) {
        events.add("second");
      }

      @Override
      public void ends(Result result) {
        events.add("ends");
      }
    };
  }
}
