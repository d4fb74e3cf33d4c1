package dev.holdfast.log;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;

/** Exceptions in a few words: each cause with the top of its stack, on one line. Stateless. */
final class Throwables {

  private static final int SHOWN_FRAMES = 8;
  private static final int SHOWN_CAUSES = 4;

  private Throwables() {}

  static String text(IThrowableProxy first) {
    StringBuilder text = new StringBuilder();
    IThrowableProxy thrown = first;
    for (int i = 0; thrown != null && i < SHOWN_CAUSES; i++) {
      append(text, thrown, i == 0 ? "" : ", caused by ");
      thrown = thrown.getCause();
    }
    return text.toString();
  }

  private static void append(StringBuilder text, IThrowableProxy thrown, String link) {
    text.append(link).append(thrown.getClassName());
    if (thrown.getMessage() != null) {
      text.append(": ").append(thrown.getMessage());
    }
    StackTraceElementProxy[] frames = thrown.getStackTraceElementProxyArray();
    for (int i = 0; i < frames.length && i < SHOWN_FRAMES; i++) {
      text.append(' ').append(frames[i].getSTEAsString());
    }
  }
}
