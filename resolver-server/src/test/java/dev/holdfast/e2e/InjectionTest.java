package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Main;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.json.JsonReader;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.wire.Names;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/**
 * Names and texts that strangers chose, wherever the server tells of them: they are escaped, and
 * what they stand in keeps its form.
 */
class InjectionTest {

  /** In every name, so that it is found wherever one of them is. */
  private static final String MARK = "xq7z";

  private static final List<String> LABELS =
      List.of(
          "<script>alert(1)</script>" + MARK,
          "\\\"\\\"onload='a()'" + MARK,
          "\\010\\0132026-01-01T00:00:00Z ERROR fake" + MARK,
          "\\000nul" + MARK,
          "\\\\backslash\\\\" + MARK,
          "\\027[31mred\\027]0;title\\007" + MARK,
          "\\127\\128\\155\\255" + MARK,
          "\\226\\128\\174txt.exe\\226\\129\\166" + MARK,
          "{} %s ${a} \\\"}#" + MARK,
          "\\.dot" + MARK);

  private static final String TEXT =
      "\"<script>alert(1)</script>\\027[31m\\010\\\"\\226\\128\\174\\255" + MARK + "\"";

  private static final Pattern METRIC =
      Pattern.compile(
          "# (HELP|TYPE|UNIT) .*|# EOF|[a-zA-Z_:][\\w:]*(\\{([a-zA-Z_]\\w*=\"[^\"\\\\]*\",?)*})?"
              + " [-+0-9.eEInfNa]+");

  private static final Pattern UNSAFE = Pattern.compile("[^ -~]|[<>&]");
  private static final Pattern UNSAFE_ON_A_TERMINAL = Pattern.compile("[^ -~\\n]");

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private ScriptedUpstream upstream;
  private TestServer server;
  private Path queryLog;
  private String admin;

  @BeforeEach
  void start() throws Exception {
    upstream = ScriptedUpstream.start(zone());
    queryLog = folder.resolve("queries.log");
    server =
        TestServer.asking(
            upstream.address(),
            folder.resolve("state"),
            "admin.listen=127.0.0.1:0",
            "query-log.to=" + queryLog);
    admin = SocketAddresses.format(server.adminAddress());
    try (Stub stub = server.stub()) {
      for (String label : LABELS) {
        stub.ask(name(label), Type.A);
        stub.ask(name(label), Type.TXT);
      }
    }
  }

  private static Zone zone() {
    return new Zone()
        .apex("example.org", 300)
        .set("*.example.org", "A", 300, "192.0.2.1")
        .set("*.example.org", "TXT", 300, TEXT);
  }

  @AfterEach
  void stop() {
    server.close();
    upstream.close();
  }

  @Attack(Threat.INJECTION)
  @Test
  void json_ofEveryRoute_isStrictAndHarmlessInHtml() throws Exception {
    for (String path :
        List.of("/status", "/upstreams", "/live", "/cache?suffix=example.org&limit=100")) {
      assertJson(path);
    }
    for (String label : LABELS) {
      assertThat(assertJson("/explain?name=" + encoded(name(label)))).contains(MARK);
    }
    assertThat(assertJson("/cache?suffix=example.org&limit=100").split(MARK, -1))
        .as("all of them are in the cache")
        .hasSizeGreaterThan(LABELS.size());
    assertThat(server.count(Counter.UNEXPECTED_FAILURES)).isZero();
  }

  @Attack(Threat.INJECTION)
  @Test
  void json_ofRequestsThatAreRefused_isStrictAndHarmlessInHtml() throws Exception {
    for (String raw : List.of("<script>", "a\u001b[31m\n", "\u202e", "..", "\\300.")) {
      HttpResponse<String> response = get("/explain?name=" + encoded(raw));
      assertThat(response.body().strip()).doesNotContainPattern(UNSAFE);
      assertThat(JsonReader.readObject(response.body())).isNotEmpty();
      assertThat(get("/" + encoded(raw)).body().strip()).doesNotContainPattern(UNSAFE);
    }
  }

  @Attack(Threat.INJECTION)
  @Test
  void metrics_ofHostileNames_holdNoneAndEveryLineIsOne() throws Exception {
    String metrics = get("/metrics").body();

    assertThat(metrics).doesNotContain(MARK);
    assertThat(metrics.lines())
        .hasSizeGreaterThan(100)
        .allSatisfy(line -> assertThat(line).matches(METRIC));
  }

  @Attack(Threat.INJECTION)
  @Test
  void queryLog_ofHostileNames_isOneLineOfJsonForEach() throws Exception {
    server.close();

    List<String> lines = Files.readAllLines(queryLog, StandardCharsets.ISO_8859_1);
    assertThat(lines).hasSize(2 * LABELS.size());
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).doesNotContainPattern(UNSAFE);
      Object name = JsonReader.readObject(lines.get(i)).get("name");
      assertThat(Names.parse(String.valueOf(name))).isEqualTo(wire(LABELS.get(i / 2)));
    }
  }

  @Attack(Threat.INJECTION)
  @Test
  void terminal_ofWhoAsksForThem_getsPlainLines() throws Exception {
    for (String label : List.of(LABELS.get(0), LABELS.get(5), LABELS.get(7))) {
      assertThat(holdfast("explain", Names.toText(wire(label)))).contains(MARK);
    }
    assertThat(holdfast("status")).contains("up ");
  }

  private String holdfast(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--admin", admin));
    ChildProcess.Ended ended = ChildProcess.run(folder, command);
    assertThat(ended.status()).as(ended.err()).isZero();
    assertThat(ended.out()).doesNotContainPattern(UNSAFE_ON_A_TERMINAL);
    return ended.out();
  }

  private String assertJson(String path) throws Exception {
    HttpResponse<String> response = get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("application/json"));
    assertThat(response.headers().firstValue("x-content-type-options")).hasValue("nosniff");
    assertThat(response.body().strip()).doesNotContainPattern(UNSAFE);
    assertThat(JsonReader.readObject(response.body())).isNotEmpty();
    return response.body();
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://" + admin + path);
    return http.send(
        HttpRequest.newBuilder(uri).build(),
        HttpResponse.BodyHandlers.ofString(StandardCharsets.ISO_8859_1));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String name(String label) {
    return label + ".example.org.";
  }

  private static byte[] wire(String label) {
    return Names.parse(name(label));
  }
}
