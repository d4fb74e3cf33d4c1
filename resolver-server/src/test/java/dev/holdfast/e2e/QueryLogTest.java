package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.holdfast.Await;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.json.JsonReader;
import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** What the whole server writes of the queries it answered. */
class QueryLogTest {

  /** Counted from the state, the first field behind the name (proc_pid_stat(5)). */
  private static final int NICE_FIELD = 16;

  @TempDir Path folder;

  private ScriptedUpstream upstream;
  private Path file;

  @BeforeEach
  void start() throws Exception {
    upstream =
        ScriptedUpstream.start(
            new Zone()
                .apex("example.org", 300)
                .set("www.example.org", "A", 300, "192.0.2.80")
                .set("*.wild.example.org", "A", 300, "192.0.2.81"));
    file = folder.resolve("queries.log");
  }

  @AfterEach
  void stop() {
    upstream.close();
  }

  @Test
  void log_missHitAndRefusal_areLinesOfJson() throws Exception {
    try (TestServer server = server("query-log.to=" + file, "threads=1")) {
      Stub stub = server.stub();
      stub.ask("www.example.org");
      stub.ask("WWW.example.org");
      Record question = Record.newRecord(Name.fromString("www.example.org."), Type.AAAA, DClass.IN);
      stub.ask(/* stream= */ true, Message.newQuery(question).toWire());
      stub.ask("localhost");
    }

    List<Map<String, Object>> lines = lines(file);
    assertThat(lines)
        .extracting(line -> line.get("source"))
        .containsExactly("upstream", "fresh", "upstream", "local");
    assertThat(lines.get(1))
        .containsEntry("client", "127.0.0.1")
        .containsEntry("name", "WWW.example.org.")
        .containsEntry("type", "A")
        .containsEntry("rcode", "NOERROR")
        .containsEntry("answers", 1L)
        .containsEntry("transport", "udp")
        .containsKeys("time", "port", "bytes", "latency_us");
    assertThat(lines.get(2)).containsEntry("transport", "tcp").containsEntry("answers", 0L);
  }

  @Test
  void log_oneInTen_writesEveryTenth() throws Exception {
    try (TestServer server = server("query-log.to=" + file, "query-log.one-in=10", "threads=1")) {
      Stub stub = server.stub();
      for (int i = 0; i < 40; i++) {
        stub.ask("www.example.org");
      }
    }

    assertThat(lines(file)).hasSize(4);
  }

  @Test
  void log_writingThread_givesWayToTheLoops() throws Exception {
    assumeTrue(Files.exists(Path.of("/proc/self/task")), "threads are told by Linux only");
    try (TestServer server = server("query-log.to=" + file)) {
      server.stub().ask("www.example.org");
      Await.until("the thread is nice", () -> nice("holdfast-query-").contains("19"));
    }
  }

  @Test
  void log_fileThatCannotBeWritten_isCountedAndQueriesAreAnswered() throws Exception {
    Path missing = folder.resolve("missing").resolve("queries.log");
    try (TestServer server = server("query-log.to=" + missing)) {
      Stub stub = server.stub();
      assertThat(stub.ask("www.example.org").getRcode()).isZero();
      Await.until(
          "the failure is counted", () -> server.count(Counter.QUERY_LOG_WRITE_FAILURES) > 0);
      Files.createDirectory(missing.getParent());
      stub.ask("www.example.org");
    }

    assertThat(lines(missing)).hasSize(1);
  }

  @Test
  void dnstap_realReader_sawQueryAndResponse() throws Exception {
    Tools.assumeInstalled("fstrm_capture", "dnstap-ldns");
    Path socket = folder.resolve("dnstap.sock");
    Path capture = folder.resolve("capture.fstrm");
    Process reader =
        new ProcessBuilder(
                Tools.path("fstrm_capture"),
                "-t",
                "protobuf:dnstap.Dnstap",
                "-u",
                socket.toString(),
                "-w",
                capture.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("reader.log").toFile())
            .start();
    try {
      Await.until("the reader listens", () -> Files.exists(socket));
      try (TestServer server = server("query-log.dnstap=" + socket)) {
        server.stub().ask("www.example.org");
        server.stub().ask("a.wild.example.org");
        assertThat(server.count(Counter.DNSTAP_DROPPED)).isZero();
      }
    } finally {
      reader.destroy();
      assertThat(reader.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    String text = output(Tools.path("dnstap-ldns"), "-r", capture.toString());
    assertThat(text.lines().filter(line -> line.contains(" CQ "))).hasSize(2);
    assertThat(text.lines().filter(line -> line.contains(" CR ")))
        .hasSize(2)
        .allMatch(line -> line.contains("127.0.0.1"))
        .anyMatch(line -> line.contains("www.example.org"));
  }

  @Test
  void dnstap_noReader_dropsAreCountedAndQueriesAreAnswered() throws Exception {
    try (TestServer server = server("query-log.dnstap=" + folder.resolve("nobody.sock"))) {
      assertThat(server.stub().ask("www.example.org").getRcode()).isZero();
      Await.until("the drop is counted", () -> server.count(Counter.DNSTAP_DROPPED) == 1);
    }
  }

  /** Returns the nice values of this process's threads whose name begins so. */
  private static List<String> nice(String thread) throws IOException {
    List<String> values = new ArrayList<>();
    try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
      for (Path task : tasks.toList()) {
        String stat = Files.readString(task.resolve("stat"));
        int end = stat.lastIndexOf(')');
        if (stat.substring(stat.indexOf('(') + 1, end).startsWith(thread)) {
          values.add(stat.substring(end + 2).split(" ", -1)[NICE_FIELD]);
        }
      }
    }
    return values;
  }

  private TestServer server(String... settings) throws Exception {
    return TestServer.asking(upstream.address(), folder.resolve("state"), settings);
  }

  private static List<Map<String, Object>> lines(Path file) throws IOException {
    List<Map<String, Object>> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      Map<String, Object> fields = new HashMap<>();
      JsonReader.readObject(line).forEach((key, value) -> fields.put((String) key, value));
      lines.add(fields);
    }
    return lines;
  }

  private static String output(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return text;
  }
}
