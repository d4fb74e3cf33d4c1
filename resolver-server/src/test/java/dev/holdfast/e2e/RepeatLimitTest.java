package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** Questions that a silent upstream was asked already, and places for new ones. */
@EnabledOnOs(OS.LINUX) // where all of 127.0.0.0/8 is the machine's own
class RepeatLimitTest {

  private static final int PLACES = 20;

  @TempDir Path folder;

  @Test
  @Attack(Threat.TABLE_JAMMING)
  void repeats_whileHalfOfThePlacesAreTaken_areLeftOut() throws Exception {
    try (ScriptedUpstream upstream = ScriptedUpstream.start(new Zone());
        TestServer server =
            TestServer.asking(
                upstream.address(), folder, "limits.in-flight-per-upstream=" + PLACES)) {
      upstream.breakWith(Breakage.SILENCE);
      for (int i = 0; i < PLACES / 2; i++) {
        try (Stub stub = Stub.at("127.0.3." + (i + 1), server.address())) {
          stub.send(false, QueryBytes.of("n" + i + ".example.org", Type.A).build());
        }
      }
      Await.until("a repeat that is due", () -> server.count(Counter.LIMIT_REPEATS) > 0);

      assertThat(server.count(Counter.UPSTREAM_QUERIES)).isBetween(PLACES / 2L, PLACES - 1L);
      assertThat(server.count(Counter.LIMIT_IN_FLIGHT_PER_UPSTREAM)).isZero();
    }
  }
}
