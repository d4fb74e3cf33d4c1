package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients that people run get a cookie and show it again (RFC 7873 §5.2). */
@Attack(Threat.REFLECTION)
class CookieClientsTest {

  /** dig has one semicolon and small letters, kdig two and capitals. */
  private static final Pattern COOKIE = Pattern.compile(";+ COOKIE: ([0-9A-Fa-f]+)");

  private static final int COOKIE_DIGITS = 48;
  private static final int CLIENT_DIGITS = 16;
  private static final String NAME = "localhost";

  @TempDir Path folder;

  private TestServer server;

  @BeforeEach
  void startServer() throws Exception {
    server = TestServer.start(folder, "upstreams=192.0.2.1");
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"dig", "kdig"})
  void client_withACookie_getsItsServerHalfAndShowsIt(String client) throws Exception {
    String given = ask(client, "+cookie");

    assertThat(given).hasSize(COOKIE_DIGITS);
    assertThat(server.count(Counter.COOKIES_NEW)).isEqualTo(1);
    assertThat(ask(client, "+cookie=" + given)).as("reused").isEqualTo(given);
    assertThat(server.count(Counter.COOKIES_VALID)).isEqualTo(1);

    String forged = given.substring(0, CLIENT_DIGITS) + "0".repeat(COOKIE_DIGITS - CLIENT_DIGITS);
    assertThat(ask(client, "+cookie=" + forged))
        .hasSize(COOKIE_DIGITS)
        .startsWith(given.substring(0, CLIENT_DIGITS))
        .isNotEqualTo(forged);
    assertThat(server.count(Counter.COOKIES_INVALID)).isEqualTo(1);
    assertThat(server.count(Counter.COOKIES_VALID)).isEqualTo(1);
  }

  /** Returns the cookie of the answer, which is there whatever the cookie of the query. */
  private String ask(String client, String option) throws Exception {
    Tools.assumeInstalled(client);
    List<String> command = new ArrayList<>(List.of(Tools.path(client), option));
    command.addAll(List.of("-p", "" + server.address().getPort(), "@127.0.0.1", NAME, "A"));
    ChildProcess.Ended ended = ChildProcess.run(folder, command);
    assertThat(ended.out()).as(ended.err()).contains("status: NOERROR", "127.0.0.1");
    Matcher cookie = COOKIE.matcher(ended.out());
    assertThat(cookie.find()).as(ended.out()).isTrue();
    return cookie.group(1).toLowerCase(Locale.ROOT);
  }
}
