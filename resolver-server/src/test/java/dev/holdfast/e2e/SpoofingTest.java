package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Main;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.TestKind;
import dev.holdfast.threats.Threat;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * A raw socket forges 50,000 replies a second while one question is outstanding; {@code
 * -Dholdfast.spoofing-seconds=30} does so for longer than 5 s.
 */
@EnabledOnOs(OS.LINUX)
class SpoofingTest {

  private static final int SECONDS = Integer.getInteger("holdfast.spoofing-seconds", 5);
  private static final int PACKETS_PER_SECOND = 50_000;

  @TempDir Path folder;

  @Test
  @Attack(
      value = {Threat.OFF_PATH_SPOOFING, Threat.NEAR_MISS_REPLIES},
      kind = TestKind.NAMESPACE)
  void flood_ofGuesses_poisonsNothingAndBlamesNobody() throws Exception {
    String out = flood("ID,PORT,SOURCE");

    assertThat(number(out, "sent id=(\\d+)")).isPositive();
    assertThat(number(out, "near_misses_total\\{kind=\"id\"\\} (\\d+)")).isPositive();
    assertThat(number(out, "near_miss_limit_total (\\d+)")).isPositive();
  }

  @Test
  @Attack(value = Threat.WRONG_SOURCE, kind = TestKind.NAMESPACE)
  void flood_fromElsewhere_neverArrives() throws Exception {
    String out = flood("SOURCE");

    assertThat(number(out, "source=(\\d+)")).isPositive();
    assertThat(number(out, "near_misses_total\\{kind=\"id\"\\} (\\d+)")).isZero();
    assertThat(number(out, "near_miss_limit_total (\\d+)")).isZero();
  }

  @Test
  @Attack(value = Threat.WRONG_SOURCE, kind = TestKind.NAMESPACE)
  void forgedIcmp_forEveryOpenPort_isAHintOnly() throws Exception {
    String out = flood(SpoofingField.ICMP);

    for (IcmpForger.Kind kind : IcmpForger.Kind.values()) {
      assertThat(number(out, kind + "=(\\d+)")).as(kind.name()).isPositive();
    }
    assertThat(number(out, "asked_again_total (\\d+)")).isPositive();
    assertThat(number(out, "refused_connection\": (\\d+)")).isZero();
    assertThat(number(out, "network_error\": (\\d+)")).isZero();
  }

  /** Returns what the flood and the server's counters came to; every answer was right. */
  private String flood(String kinds) throws Exception {
    try (Namespace machine = Namespace.open(folder, "nameserver 127.0.0.1\n")) {
      List<String> options =
          List.of(
              "run",
              "--listen=127.0.0.1:53",
              "--upstream=" + SpoofingField.UPSTREAM,
              "--state-dir=" + folder.resolve("state"));
      ChildProcess holdfast = machine.start(Tools.java(Main.class, options));
      holdfast.awaitOutput(Pattern.compile("listening on 127.0.0.1:53 "));
      List<String> field = List.of("" + SECONDS, "" + PACKETS_PER_SECOND, kinds);
      ChildProcess.Ended ended = machine.run(Tools.java(SpoofingField.class, field));

      String out = ended.out();
      assertThat(out).as(ended.err()).contains("done");
      assertThat(number(out, "right=(\\d+)")).isGreaterThan(10);
      assertThat(number(out, "wrong=(\\d+)")).isZero();
      assertThat(number(out, "failed=(\\d+)")).isZero();
      assertThat(number(out, "upstreams_went_down_total (\\d+)")).isZero();
      assertThat(out).contains("\"state\": \"up\"").doesNotContain("\"state\": \"down\"");
      return out;
    }
  }

  private static long number(String text, String pattern) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as("%s in %s", pattern, text).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
