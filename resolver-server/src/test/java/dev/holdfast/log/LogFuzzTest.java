package dev.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.json.JsonReader;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Names;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.event.KeyValuePair;

/**
 * What strangers say, on its way into the log: one line each, without control characters, and names
 * as letters, digits and {@code \DDD} that read back as the same name.
 */
final class LogFuzzTest {

  private static final int MAX_LENGTH = 2048;
  private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
  private static final Pattern PLAIN = Pattern.compile("[!-~]*");

  private final LoggerContext context = new LoggerContext();

  static Stream<byte[]> seeds() {
    return Seeds.of(LogFuzzTest.class);
  }

  @Attack(Threat.INJECTION)
  @MethodSource("seeds")
  @FuzzTest
  void write_anyBytes_areOneHarmlessLine(byte[] input) {
    if (input.length > MAX_LENGTH) {
      return;
    }
    assertLines(new String(input, StandardCharsets.UTF_8));
    assertLines(new String(input, StandardCharsets.ISO_8859_1));
    int length = Names.length(input, 0, input.length);
    if (length > 0) {
      byte[] name = Arrays.copyOf(input, length);
      String text = Names.toText(name);
      assertThat(text).matches(PLAIN).hasSizeLessThanOrEqualTo(4 * length);
      assertThat(Names.parse(text)).isEqualTo(name);
      assertThat(text).doesNotContain("\"", "<", ">", "&", "'", "$");
      assertLines(text);
    }
  }

  private void assertLines(String text) {
    LoggingEvent event = event(text);

    String line = new TextLayout().doLayout(event);
    assertThat(line).endsWith("\n");
    assertThat(line.strip()).doesNotContainPattern(CONTROL);

    String json = new JsonLayout().doLayout(event);
    assertThat(json.strip()).doesNotContainPattern(CONTROL);
    Map<?, ?> fields = JsonReader.readObject(json);
    assertThat(fields.get("name")).isEqualTo(text);
    assertThat(fields.get("message")).isEqualTo(text + " vanished");
    assertThat((String) fields.get("exception")).contains(text);
  }

  private LoggingEvent event(String text) {
    LoggingEvent event =
        new LoggingEvent(
            LogFuzzTest.class.getName(),
            context.getLogger(LogFuzzTest.class),
            Level.WARN,
            "{} vanished",
            new IllegalStateException(text),
            new Object[] {text});
    event.setKeyValuePairs(List.of(new KeyValuePair("name", text)));
    return event;
  }
}
