package dev.holdfast;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A process without memory ends, so that its supervisor starts another. */
class OutOfMemoryTest {

  /** What the launcher gives to every server. */
  static final String OPTION = "-XX:+ExitOnOutOfMemoryError";

  /** How Java ends then. */
  private static final int STATUS = 3;

  private static final int MAX_SECONDS = 60;

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void process_withoutMemory_endsThoughItsLoopCatchesEverything() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx16m",
                "-XX:+UseSerialGC",
                OPTION,
                "-cp",
                System.getProperty("java.class.path"),
                Hungry.class.getName())
            .redirectErrorStream(true)
            .start();
    try {
      assertThat(process.waitFor(MAX_SECONDS, TimeUnit.SECONDS)).isTrue();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(output).contains("java.lang.OutOfMemoryError").doesNotContain(Hungry.LINGERS);
      assertThat(process.exitValue()).isEqualTo(STATUS);
    } finally {
      process.destroyForcibly();
    }
  }

  /** A loop that takes memory for ever and goes on whatever happens. */
  static final class Hungry {

    static final String LINGERS = "still here";

    private static final int MEGABYTE = 1 << 20;

    private Hungry() {}

    /** Takes nothing. */
    public static void main(String[] arguments) {
      List<byte[]> taken = new ArrayList<>();
      while (taken.size() < Runtime.getRuntime().maxMemory()) {
        try {
          taken.add(new byte[MEGABYTE]);
        } catch (Throwable barrier) {
          System.out.println(LINGERS);
          return;
        }
      }
    }
  }
}
