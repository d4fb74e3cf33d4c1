package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.admin.AdminFixture.Reply;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom the admin server listens to: hosts, origins and tokens. */
class AdminAccessTest extends AdminTests {

  @ParameterizedTest
  @ValueSource(
      strings = {"localhost", "LOCALHOST:9153", "127.0.0.1", "127.0.0.1:1", "[::1]:9153", "[::1]"})
  void host_ofThisMachine_isServed(String host) throws IOException {
    assertThat(fixture.send("GET /health HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status())
        .isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "localhost.evil.example:80",
        "192.0.2.1",
        "::1",
        "[::1",
        "[evil.example]",
        "a:b:c",
        "127.0.0.1.evil.example",
        "localhost:80:80",
        ""
      })
  void host_ofAnotherName_is403(String host) throws IOException {
    Reply reply = fixture.send("POST /change HTTP/1.1\r\nHost: " + host + "\r\n\r\n");

    fixture.assertRefused(reply, 403, Counter.ADMIN_REJECTED);
  }

  @Test
  void host_missingOrTwice_is400() throws IOException {
    assertThat(fixture.send("GET /health HTTP/1.1\r\n\r\n").status()).isEqualTo(400);
    assertThat(
            fixture
                .send("GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n")
                .status())
        .isEqualTo(400);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(strings = {"http://evil.example", "null", "http://localhost:1"})
  void origin_ofAPageFromElsewhere_is403(String origin) throws IOException {
    Reply reply =
        fixture.send("POST /change HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n\r\n");

    fixture.assertRefused(reply, 403, Counter.ADMIN_REJECTED);
  }

  @Test
  void origin_ofThisServer_isServed() throws IOException {
    String request = "POST /change HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\r\n";

    assertThat(fixture.send(request).status()).isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(
      strings = {"GET /status", "POST /change", "GET /nowhere", "POST /health", "GET /he%61lth"})
  void token_missingOrWrong_is401(String requestLine) throws IOException {
    fixture.serveWithToken();

    Reply without = fixture.send(requestLine + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    Reply wrong =
        fixture.send(
            requestLine + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer wrong\r\n\r\n");

    assertThat(without.status()).isEqualTo(401);
    assertThat(without.head()).containsIgnoringCase("www-authenticate: Bearer");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(fixture.changes).hasValue(0);
    assertThat(fixture.counters.get(Counter.ADMIN_UNAUTHORIZED)).isEqualTo(2);
  }

  @Test
  void token_right_letsInUnderAnyHost() throws IOException {
    fixture.serveWithToken();
    String authorized = "Authorization: Bearer " + AdminFixture.SECRET + "\r\n\r\n";

    assertThat(fixture.send("POST /change HTTP/1.1\r\nHost: localhost\r\n" + authorized).status())
        .isEqualTo(200);
    assertThat(
            fixture
                .send("GET /status HTTP/1.1\r\nHost: node7.example.org\r\n" + authorized)
                .status())
        .isEqualTo(200);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @Test
  void token_openRoute_needsNoneButTheRightHost() throws IOException {
    fixture.serveWithToken();

    assertThat(fixture.get("/health").status()).isEqualTo(200);
    assertThat(fixture.send("GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n").status())
        .isEqualTo(403);
    assertThat(fixture.counters.get(Counter.ADMIN_REJECTED)).isEqualTo(1);
  }
}
