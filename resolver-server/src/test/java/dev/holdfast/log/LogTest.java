package dev.holdfast.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import dev.holdfast.json.JsonReader;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.event.KeyValuePair;

class LogTest {

  private final LoggerContext context = new LoggerContext();

  @Test
  void doLayout_message_isOneLineWithTimeAndLevel() {
    assertThat(line("listening on {}", null, "127.0.0.1:53"))
        .isEqualToIgnoringNewLines("2026-01-02T03:04:05.006Z WARN listening on 127.0.0.1:53");
  }

  @Attack(Threat.INJECTION)
  @Test
  void doLayout_controlCharacters_cannotFakeALine() {
    assertThat(line("bad name {}", null, "a\n2026-01-01T00:00:00Z ERROR fake\u001b[31m\r").strip())
        .doesNotContainPattern("\\p{Cntrl}");
  }

  @Test
  void doLayout_exception_staysOnTheLine() {
    Exception thrown = new IllegalStateException("outer\nline", new IOException("inner"));

    assertThat(line("failed", thrown).lines())
        .singleElement()
        .asString()
        .contains(
            "WARN failed: java.lang.IllegalStateException: outer line at dev.holdfast.log.LogTest",
            ", caused by java.io.IOException: inner ");
  }

  @Test
  void configure_asAService_logsHoldfastAtInfoAndLibrariesAtWarn() {
    ServiceLoader.load(ch.qos.logback.classic.spi.Configurator.class).stream()
        .filter(provider -> provider.type() == LogSetup.class)
        .findFirst()
        .orElseThrow()
        .get()
        .configure(context);

    assertThat(context.getLogger("io.netty").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(context.getLogger("org.xbill.DNS").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(context.getLogger("dev.holdfast.cli").getEffectiveLevel()).isEqualTo(Level.INFO);
    assertThat(queue().iteratorForAppenders().next())
        .isInstanceOfSatisfying(
            ConsoleAppender.class,
            console -> assertThat(console.getTarget()).isEqualTo("System.err"));
  }

  @Test
  void apply_level_holdsForHoldfastOnly() {
    LogSetup.apply(context, new LogConfig(LogConfig.Format.TEXT, LogConfig.Level.ERROR));

    assertThat(context.getLogger("dev.holdfast.hold").isWarnEnabled()).isFalse();
    assertThat(context.getLogger("io.netty").isWarnEnabled()).isTrue();
  }

  @Test
  void doLayout_json_carriesTheEventAndItsParticulars() {
    LoggingEvent event = event("{} is back", null, "www.example.org. A");
    event.addKeyValuePair(new KeyValuePair("event", "name-back"));
    event.addKeyValuePair(new KeyValuePair("gone_seconds", 315L));

    assertThat(JsonReader.readObject(new JsonLayout().doLayout(event)))
        .isEqualTo(
            Map.of(
                "time", "2026-01-02T03:04:05.006Z",
                "level", "WARN",
                "event", "name-back",
                "gone_seconds", 315L,
                "message", "www.example.org. A is back"));
  }

  @Attack(Threat.INJECTION)
  @Test
  void doLayout_jsonOfHostileNameAndException_staysOneLine() {
    Exception thrown = new IllegalStateException("a\"b\nc");

    String line = new JsonLayout().doLayout(event("bad \n{}", thrown, "\"}\u001b"));

    assertThat(line.lines()).hasSize(1);
    assertThat((String) JsonReader.readObject(line).get("exception")).contains("a\"b\nc");
  }

  @Test
  void append_manyOfOneStatement_areCut() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    ListAppender<ILoggingEvent> written = new ListAppender<>();
    LogQueue queue = new LogQueue();
    queue.setContext(context);
    queue.addAppender(written);
    written.start();
    queue.start();

    for (int i = 0; i < 1000; i++) {
      queue.doAppend(event("{} vanished", null, i));
    }
    queue.doAppend(event("something else", null));
    queue.stop();

    assertThat(written.list).hasSize(LogQueue.BURST + 1);
    assertThat(written.list.getLast().getMessage()).isEqualTo("something else");
  }

  private LogQueue queue() {
    return (LogQueue) context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().next();
  }

  private String line(String format, @Nullable Throwable thrown, Object... arguments) {
    return new TextLayout().doLayout(event(format, thrown, arguments));
  }

  private LoggingEvent event(String format, @Nullable Throwable thrown, Object... arguments) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("dev.holdfast.Example"), Level.WARN, format, thrown, arguments);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.006Z"));
    return event;
  }
}
