package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldMode;
import dev.holdfast.json.JsonReader;
import dev.holdfast.operate.FastResolver;
import dev.holdfast.operate.JournalView;
import dev.holdfast.operate.LoopWatch;
import dev.holdfast.operate.Phase;
import dev.holdfast.operate.StatusReader;
import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Upstream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProbeRoutesTest {

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 2);
  private final StatusReader status =
      new StatusReader(resolver.resolvers(), resolver.wallClock(), () -> JournalView.NONE);

  @Test
  void health_loopTurns_isOkAndSaysWhy() {
    AdminResponse response = health(resolver.loop());

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body()).contains("\"status\": \"ok\"", "every event loop turns");
  }

  @Test
  void health_loopDoesNotTurn_is503AndSaysWhich() {
    AdminResponse response = health(new VirtualLoop());

    assertThat(response.status()).isEqualTo(503);
    assertThat(JsonReader.readObject(response.body()).get("reason"))
        .isEqualTo("1 of 2 event loops left no sign of life for 5000 ms");
  }

  private AdminResponse health(VirtualLoop second) {
    LoopWatch watch = LoopWatch.start(List.of(resolver.loop(), second), resolver.loop().clock());
    resolver.pass(Duration.ofSeconds(20));
    return ask(ProbeRoutes.health(watch, status::uptime));
  }

  @Test
  void ready_everyUpstreamDown_isStillReadyAndSaysSo() {
    Upstream[] all =
        resolver.resolvers().routes().all().getFirst().upstreams().toArray(Upstream[]::new);
    for (Upstream upstream : all) {
      for (int i = 0; i < 3; i++) {
        upstream.health().failed(FailureKind.TIMEOUT);
      }
    }

    AdminResponse response = ready(Phase.SERVING);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.body())
        .contains("\"ready\"", "answered from what is known", "\"routes_down\": 1");
  }

  @ParameterizedTest
  @EnumSource(
      value = Phase.class,
      names = {"STARTING", "DRAINING"})
  void ready_beforeAndAfterServing_is503(Phase phase) {
    AdminResponse response = ready(phase);

    assertThat(response.status()).isEqualTo(503);
    assertThat(response.body()).containsIgnoringCase("\"status\": \"" + phase + "\"");
  }

  private AdminResponse ready(Phase phase) {
    return ask(ProbeRoutes.ready(() -> phase, status::routes));
  }

  private static AdminResponse ask(AdminRoute route) {
    return route.handler().handle(new AdminRequest("GET", route.path(), Map.of(), ""));
  }
}
