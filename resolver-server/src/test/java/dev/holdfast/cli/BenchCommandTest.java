package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {

  private final Program program = new Program();
  private @TempDir Path folder;

  @Test
  void call_risingRate_showsARowForEachAndWritesJson() throws IOException {
    Path json = folder.resolve("bench.json");
    int code;

    try (FakeDnsServer server = server()) {
      code =
          program.run(
              "bench",
              "-s",
              server.address(),
              "-Q",
              "100..300",
              "--step",
              "100",
              "-l",
              "0.2",
              "--names",
              "10",
              "--warm-up",
              "0",
              "--label",
              "scripted",
              "--json",
              json.toString());
    }

    assertThat(code).as(program.err()).isZero();
    List<String> lines = program.out().lines().toList();
    assertThat(lines.getFirst())
        .matches("scripted on .* over UDP, 8 clients, 10 names, Zipf 1.0, EDNS");
    assertThat(lines).anyMatch(line -> line.startsWith("       100 "));
    assertThat(lines).anyMatch(line -> line.startsWith("       300 "));
    assertThat(lines).anyMatch(line -> line.startsWith("answers: NOERROR "));
    assertThat(program.err()).contains("asking for each of 10 names", "200 q/s ...");
    assertThat(Files.readString(json))
        .contains("\"label\": \"scripted\"", "\"rate\": 300,", "\"lost\": 0", "\"99.9\": ");
  }

  @Test
  void call_noSuchFileOfQueries_saysSo() {
    assertThat(program.run("bench", "-s", "127.0.0.1:5353", "-d", "/nonexistent")).isOne();
    assertThat(program.err()).contains("holdfast: /nonexistent: there is no such file");
  }

  @Test
  void call_nothingAnswered_fails() throws IOException {
    Path queries = folder.resolve("queries");
    Path json = folder.resolve("bench.json");
    Files.writeString(queries, "www.example.org A\n");
    try (FakeDnsServer silent = new FakeDnsServer(query -> List.of(), query -> List.of())) {
      int code =
          program.run(
              "bench",
              "-s",
              silent.address(),
              "-Q",
              "10",
              "-l",
              "0.2",
              "-t",
              "0.1",
              "--cold",
              "--warm-up",
              "0",
              "--quiet",
              "-d",
              queries.toString(),
              "--json",
              json.toString());

      assertThat(code).isEqualTo(Main.FAILURE);
    }
    assertThat(program.out()).contains("100.000%");
    assertThat(Files.readString(json)).contains("\"queries\": \"" + queries + "\"");
    assertThat(program.err()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "-Q fast; --rate: fast (expected 1..100000000)",
        "--step 5; --step (expected with --rate FROM..TO)",
        "--mode quic; --mode: quic (expected udp or tcp)",
        "--types A,B; --types: B (expected a record type such as A, AAAA, HTTPS or TYPE65)",
        "-c 100 -q 50; --outstanding: 50 (expected one per client at least: 100..1048576)",
        "-s localhost; --server: localhost (expected an address"
      })
  void call_wrongOption_isRefusedWithWhatWasExpected(String arguments, String message) {
    assertThat(program.run(("bench " + arguments).split(" "))).isEqualTo(Main.USAGE);
    assertThat(program.err()).contains(message);
  }

  private static FakeDnsServer server() throws IOException {
    return new FakeDnsServer(
        query -> List.of(FakeDnsServer.response(query).toWire()), query -> List.of());
  }
}
