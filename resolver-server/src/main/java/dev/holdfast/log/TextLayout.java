package dev.holdfast.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.LayoutBase;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One line per event: time, level, message. An exception follows on the same line with the top of
 * its stack, and control characters become spaces, so that nobody can fake a line. Thread-safe.
 */
final class TextLayout extends LayoutBase<ILoggingEvent> {

  @Override
  public String doLayout(ILoggingEvent event) {
    StringBuilder line = new StringBuilder(128);
    line.append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS));
    line.append(' ').append(event.getLevel()).append(' ');
    int start = line.length();
    line.append(event.getFormattedMessage());
    if (event.getThrowableProxy() != null) {
      line.append(": ").append(Throwables.text(event.getThrowableProxy()));
    }
    for (int i = start; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.append(System.lineSeparator()).toString();
  }
}
