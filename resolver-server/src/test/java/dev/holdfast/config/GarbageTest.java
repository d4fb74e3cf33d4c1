package dev.holdfast.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a file holds, the outcome is a configuration or problems, never another exception. */
class GarbageTest {

  private static final String[] FRAGMENTS = {
    "listen",
    "cache",
    "zones",
    ".",
    "a.example",
    "upstreams",
    "threads",
    ": ",
    ":",
    "\n",
    "\n  ",
    "\n    ",
    "- ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "'",
    "\"",
    "&a ",
    "*a",
    "!!str ",
    "!x ",
    "|\n",
    ">\n",
    "? ",
    "#",
    "%YAML 1.2\n",
    "---\n",
    "...\n",
    "\t",
    "\\",
    "<<",
    "~",
    "null",
    "true",
    "0x10",
    "1e9",
    "-1",
    "5s",
    "64MiB",
    "::1",
    "10.0.0.0/8",
    "\u0000",
    "\u0007",
    "\ud800",
    "\u202e",
    "é",
    "😀"
  };

  private final ConfigReader reader = new ConfigReader(new FakeMachine("127.0.0.1"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a: &x [*x]",
        "&a a: *a",
        "a: *nowhere",
        "? {a: 1}\n: 2",
        "? [a]\n: 2",
        "a: 1\n---\nb: 2",
        "%YAML 9.9\n---\na: 1",
        "%TAG ! x\n---\na: !y z",
        "!!set {a, b}",
        "!!binary x",
        "\ud800",
        "a: \"\\ud800\"",
        "a:\n\tb: 1",
        "zones: { \"\": { upstreams: 192.0.2.1 } }",
        "zones: { \"\\\\\": { upstreams: 192.0.2.1 } }",
        "zones: { \"a\\\\25\": { upstreams: 192.0.2.1 } }",
        "zones: { \"a\\\\999\": { upstreams: 192.0.2.1 } }",
        "zones: { \"xn--\\u00fc.\\u3002\": { upstreams: 192.0.2.1 } }",
        "zones: { ~: { upstreams: 192.0.2.1 } }",
        "state-dir: \"\\0\"",
        "'': 1",
        "listen: ['', ':', '[', ']', '[]', '[]:1', '[:]:1', '%', '1%1', '::%', '::%x', ':0:', '/']",
        "access: { allow: ['', '/', '::/', '/1', '1.2.3.4/', '%/1', '::%1/1', '1/1/1'] }",
      })
  void readText_hostileText_givesProblems(String text) {
    assertThat(outcome(text)).isNotEqualTo("accepted");
  }

  @Test
  void readText_deepNesting_givesProblems() {
    assertThat(outcome("a: " + "[".repeat(200_000))).contains("nested too deeply");
    assertThat(outcome("{a: ".repeat(200_000))).contains("nested too deeply");
    assertThat(outcome("- ".repeat(200_000))).contains("nested too deeply");
  }

  @Test
  void readText_longKeysAndValues_areShownShortened() {
    String longText = "x".repeat(500_000);

    assertThat(outcome(longText + ": 1").length()).isLessThan(2000);
    assertThat(outcome("threads: " + longText).length()).isLessThan(2000);
    assertThat(outcome("zones: { \"" + longText + "\": { upstreams: 192.0.2.1 } }").length())
        .isLessThan(2000);
  }

  @Test
  void readText_randomFragments_neverThrowsAnythingElse() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(1, 25); length > 0; length--) {
        text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
      }
      assertThat(outcome(text.toString())).as(text.toString()).isNotNull();
    }
  }

  @Test
  void readText_damagedShippedFile_neverThrowsAnythingElse() throws IOException {
    byte[] shipped =
        Files.readString(Path.of("../conf/holdfast.yaml"))
            .replaceAll("(?m)^#(?! \\S|$)", "")
            .getBytes(StandardCharsets.ISO_8859_1);
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = shipped.clone();
      for (int changes = random.nextInt(1, 10); changes > 0; changes--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      String text = new String(damaged, StandardCharsets.ISO_8859_1);
      assertThat(outcome(text)).as(text).isNotNull();
    }
  }

  @Test
  void set_randomAssignments_neverThrowsAnythingElse() {
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder text = new StringBuilder("listen");
      for (int length = random.nextInt(1, 8); length > 0; length--) {
        text.append(random.nextInt(5) == 0 ? "=" : FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
      }
      assertThat(outcome("", OptionSetting.set(text.toString()))).as(text.toString()).isNotNull();
    }
  }

  private String outcome(String text, OptionSetting... options) {
    try {
      reader.readText("f.yaml", text, List.of(options));
      return "accepted";
    } catch (InvalidConfigException refused) {
      assertThat(refused.problems()).isNotEmpty();
      String message = String.valueOf(refused.getMessage());
      assertThat(message).doesNotContainPattern("[\\x00-\\x09\\x0b-\\x1f\\x7f\\u202e]");
      return message;
    }
  }
}
