package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import java.io.IOException;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class LogTest {

  private final LoggerContext context = new LoggerContext();

  @Test
  void doLayout_message_isOneLineWithTimeAndLevel() {
    assertThat(line("listening on {}", null, "127.0.0.1:53"))
        .isEqualToIgnoringNewLines("2026-01-02T03:04:05.006Z WARN listening on 127.0.0.1:53");
  }

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
            "WARN failed: java.lang.IllegalStateException: outer line at dev.holdfast.cli.LogTest",
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
    Appender<ILoggingEvent> appender =
        context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders().next();
    assertThat(appender)
        .isInstanceOfSatisfying(
            ConsoleAppender.class,
            console -> assertThat(console.getTarget()).isEqualTo("System.err"));
  }

  private String line(String format, @Nullable Throwable thrown, Object... arguments) {
    LoggingEvent event =
        new LoggingEvent(
            "", context.getLogger("dev.holdfast.Example"), Level.WARN, format, thrown, arguments);
    event.setInstant(java.time.Instant.parse("2026-01-02T03:04:05.006789Z"));
    return new LogLayout().doLayout(event);
  }
}
