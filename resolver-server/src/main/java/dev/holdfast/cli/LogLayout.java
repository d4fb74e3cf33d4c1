package dev.holdfast.cli;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One line per event: time, level, message. An exception follows on the same line with the top of
 * its stack, and control characters become spaces, so that nobody can fake a line. Thread-safe.
 */
final class LogLayout extends LayoutBase<ILoggingEvent> {

  private static final int SHOWN_FRAMES = 8;
  private static final int SHOWN_CAUSES = 4;

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(128);
    line.append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS));
    line.append(' ').append(event.getLevel()).append(' ');
    int start = line.length();
    line.append(event.getFormattedMessage());
    IThrowableProxy thrown = event.getThrowableProxy();
    for (int i = 0; thrown != null && i < SHOWN_CAUSES; i++) {
      appendThrown(line, thrown, i == 0 ? ": " : ", caused by ");
      thrown = thrown.getCause();
    }
    for (int i = start; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.append(System.lineSeparator()).toString();
  }

  private static void appendThrown(StringBuilder line, IThrowableProxy thrown, String link) {
    line.append(link).append(thrown.getClassName());
    if (thrown.getMessage() != null) {
      line.append(": ").append(thrown.getMessage());
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    for (int i = 0; i < frames.length && i < SHOWN_FRAMES; i++) {
      line.append(' ').append(frames[i].getSTEAsString());
    }
  }
}
