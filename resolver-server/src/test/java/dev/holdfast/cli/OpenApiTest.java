package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.json.JsonReader;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The description of the admin address against a server that runs the demo. */
class OpenApiTest {

  private static final String NAME = "short.example.org";

  @TempDir Path folder;

  private final HttpClient http = HttpClient.newHttpClient();
  private final Set<String> called = new TreeSet<>();
  private OpenApi description;
  private Server server;
  private InetSocketAddress dns;
  private String admin;

  @BeforeEach
  void start() throws Exception {
    description = OpenApi.read();
    HoldfastConfig config =
        new ConfigReader(Machine.local())
            .read(
                null,
                List.of(
                    OptionSetting.set("listen=127.0.0.1:0"),
                    OptionSetting.set("admin.listen=127.0.0.1:0"),
                    OptionSetting.set("state-dir=" + folder)));
    server =
        RunningServer.start(new Server.Start(() -> config, /* demo= */ true, /* replace= */ false));
    dns = SocketAddresses.parse(word("listening on "), 0);
    admin = word("look at ").replaceFirst("/$", "");
  }

  @AfterEach
  void stop() {
    server.close();
    http.close();
  }

  private String word(String before) {
    return server.greeting().stream()
        .filter(line -> line.startsWith(before))
        .map(line -> line.substring(before.length()).split(" ", -1)[0])
        .findFirst()
        .orElseThrow();
  }

  @Test
  void operations_described_areThoseThatAreServed() throws Exception {
    Set<String> served = new TreeSet<>();
    String paths = text(ask("GET", "/nowhere"), "try");
    for (String path : paths.substring("one of ".length()).split(" ", -1)) {
      if (path.equals("/") || path.startsWith("/page/")) {
        continue;
      }
      String methods = text(ask("DELETE", path), "try");
      for (String method : methods.split(" or ", -1)) {
        served.add(method + " " + path);
      }
    }

    assertThat(description.operations()).isEqualTo(served);
    assertThat(description.root().get("openapi")).isEqualTo("3.1.0");
  }

  @Test
  void responses_ofEveryOperation_areAsDescribed() throws Exception {
    query(NAME, Type.A);
    check("GET", "/health", "", 200);
    check("GET", "/ready", "", 200);
    check("GET", "/metrics", "", 200);
    check("GET", "/openapi.yaml", "", 200);
    check("GET", "/status", "", 200);
    check("GET", "/live", "", 200);
    check("GET", "/upstreams", "", 200);
    check("GET", "/config", "", 200);
    check("GET", "/config", "?format=json", 200);
    check("GET", "/config", "?format=xml", 400);
    check("GET", "/cache", "?suffix=example.org&limit=1", 200);
    check("GET", "/cache", "?limit=1001", 400);
    check("GET", "/cache", "?after=AAAA", 400);
    check("GET", "/explain", "?name=" + NAME, 200);
    check("GET", "/explain", "", 400);
    check("POST", "/pin", "?name=" + NAME + "&until=" + Instant.now().plusSeconds(600), 200);
    check("POST", "/pin", "?name=" + NAME, 400);
    check("POST", "/pin", "?name=never.example.org&until=" + Instant.now().plusSeconds(600), 409);
    check("GET", "/live", "", 200);
    check("GET", "/explain", "?name=" + NAME, 200);
    check("POST", "/unpin", "?name=" + NAME, 200);
    check("POST", "/unpin", "?name=" + NAME, 409);
    check("POST", "/rollback", "?name=" + NAME, 409);
    check("GET", "/demo", "", 200);
    holdName();
    check("GET", "/live", "", 200);
    check("GET", "/status", "", 200);
    check("GET", "/explain", "?name=" + NAME, 200);
    check("GET", "/cache", "?suffix=example.org", 200);
    check("POST", "/release", "?name=" + NAME, 200);
    check("POST", "/release", "?name=" + NAME, 409);
    check("POST", "/demo/heal", "", 200);
    check("POST", "/demo/break", "?kind=nonsense", 400);
    check("POST", "/flush", "?part=all", 200);
    check("POST", "/flush", "?part=some", 400);
    query(NAME, Type.A);
    check("POST", "/flush", "?name=" + NAME, 200);
    check("POST", "/reload", "", 200);

    assertThat(called).as("operations that were called").isEqualTo(description.operations());
  }

  private void holdName() throws Exception {
    query(NAME, Type.A);
    check("POST", "/demo/break", "?kind=empty", 200);
    Await.until(
        "a held name",
        () -> {
          query(NAME, Type.A);
          return isHeld();
        });
  }

  private boolean isHeld() throws Exception {
    Object names = json(ask("GET", "/live")).get("names");
    return names instanceof Map<?, ?> map && !Long.valueOf(0).equals(map.get("held"));
  }

  private void check(String method, String path, String parameters, int status) throws Exception {
    HttpResponse<String> response = ask(method, path + parameters);
    String what = method + " " + path + parameters;
    String type = response.headers().firstValue("content-type").orElse("").split(";", -1)[0];

    assertThat(response.statusCode()).as(what + ": " + response.body()).isEqualTo(status);
    Map<?, ?> schema = description.schema(method, path, status, type);
    assertThat(schema).as("%s: schema of %d with %s", what, status, type).isNotNull();
    if (type.equals("application/json")) {
      assertThat(description.faults(Objects.requireNonNull(schema), json(response)))
          .as(what)
          .isEmpty();
    }
    called.add(method + " " + path);
  }

  private static Map<?, ?> json(HttpResponse<String> response) {
    return JsonReader.readObject(response.body());
  }

  private static String text(HttpResponse<String> response, String key) {
    return String.valueOf(json(response).get(key));
  }

  private HttpResponse<String> ask(String method, String pathAndQuery)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(admin + pathAndQuery))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private void query(String name, int type) throws Exception {
    SimpleResolver resolver = new SimpleResolver(dns);
    Message query =
        Message.newQuery(Record.newRecord(Name.fromString(name + "."), type, DClass.IN));
    assertThat(resolver.send(query).getQuestion()).isEqualTo(query.getQuestion());
  }
}
