package dev.holdfast.admin;

import static dev.holdfast.admin.AdminFixture.connect;
import static dev.holdfast.admin.AdminFixture.endOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.admin.AdminFixture.Reply;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest extends AdminTests {

  @Test
  void open_overGet_isOkWithHarmlessHeaders() throws IOException {
    Reply reply = fixture.get("/health");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.head())
        .contains("content-type: application/json")
        .contains("cache-control: no-store")
        .doesNotContainIgnoringCase("access-control");
    assertThat(reply.json()).isEqualTo(Map.of("status", "ok"));
  }

  @Test
  void status_addsTheLoopsUp() throws IOException {
    fixture.otherLoop.add(Counter.QUERIES_UDP, 40);
    fixture.counters.add(Counter.QUERIES_UDP, 2);

    assertThat(fixture.get("/status").json().get("counters"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("queries_udp", 42L)
        .hasSize(Counter.values().length);
  }

  @Test
  void post_passesParametersAndBody() throws IOException {
    Reply reply =
        fixture.send(
            "POST /change?a=1%202&b= HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nbody");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json())
        .isEqualTo(Map.of("parameters", Map.of("a", "1 2", "b", ""), "body", "body"));
    assertThat(fixture.changes).hasValue(1);
  }

  @Test
  void expectContinue_isAnsweredFirst() throws IOException {
    Reply reply =
        fixture.send(
            "POST /change HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n"
                + "Expect: 100-continue\r\n\r\nbody");

    assertThat(reply.status()).isEqualTo(100);
    assertThat(reply.body()).contains("HTTP/1.1 200 OK");
  }

  @Test
  void unknownPath_is404_namingWhatThereIs() throws IOException {
    Reply reply = fixture.get("/nonsense<b>");

    assertThat(reply.status()).isEqualTo(404);
    assertThat(reply.body()).doesNotContain("<b>");
    assertThat(reply.json().get("error")).isEqualTo("nothing is at /nonsense<b>");
    assertThat((String) reply.json().get("try")).contains("/health", "/status", "/change");
  }

  @Attack(Threat.ADMIN_ABUSE)
  @ParameterizedTest
  @ValueSource(strings = {"GET /change", "POST /health", "DELETE /change", "OPTIONS /change"})
  void otherMethod_is405_andChangesNothing(String requestLine) throws IOException {
    Reply reply = fixture.send(requestLine + " HTTP/1.1\r\nHost: localhost\r\n\r\n");

    assertThat(reply.status()).isEqualTo(405);
    assertThat(fixture.changes).hasValue(0);
  }

  @Test
  void noHttp_is400() throws IOException {
    assertThat(fixture.send("\u0000\u0001\u0002 hello\r\n\r\n").status()).isEqualTo(400);
  }

  @Test
  void handlerThrows_is500_andTheServerGoesOn() throws IOException {
    Reply reply = fixture.get("/broken");

    assertThat(reply.status()).isEqualTo(500);
    assertThat((String) reply.json().get("error")).contains("on purpose");
    assertThat(fixture.get("/health").status()).isEqualTo(200);
  }

  @Test
  void close_endsConnections_andTheListening() throws IOException {
    try (Socket idle = connect(fixture.server)) {
      fixture.server.close();

      assertThat(endOf(idle)).isTrue();
      assertThatThrownBy(() -> connect(fixture.server)).isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void start_portTaken_saysWhichAndWhy() {
    assertThatThrownBy(
            () ->
                AdminServer.start(
                    fixture.server.address(), fixture.routes(), null, fixture.counters))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("admin")
        .hasMessageContaining(Integer.toString(fixture.server.address().getPort()))
        .hasMessageContaining("in use");
  }

  @Test
  void route_twice_isRefused() {
    AdminRoute route = new AdminRoute("GET", "/x", request -> AdminResponse.ok(Map.of()));

    assertThatThrownBy(
            () ->
                AdminServer.start(
                    AdminFixture.LOOPBACK, List.of(route, route), null, fixture.counters))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("GET /x");
  }
}
