package dev.holdfast.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.LayoutBase;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log: one line per event on standard error; from Holdfast what an operator wants to know, from
 * libraries warnings. Found by logback as a service, which starts several times faster than reading
 * XML. {@code -Dlogback.configurationFile} puts a file in its place.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

  static final String FILE_PROPERTY = "logback.configurationFile";

  private static final String OWN_LOGGERS = "dev.holdfast";

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(FILE_PROPERTY) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    apply(context, LogConfig.DEFAULTS);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /** Writes the log as configured from now on; nothing changes where a file decides. */
  public static void use(LogConfig config) {
    if (System.getProperty(FILE_PROPERTY) == null
        && LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      apply(context, config);
    }
  }

  /** Says nothing any more but errors, for commands that run servers to look at them. */
  public static void onlyErrors() {
    if (LoggerFactory.getLogger(OWN_LOGGERS) instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(Level.ERROR);
    }
  }

  /** Writes what is still on its way; nothing is logged after that. Takes a second at most. */
  public static void close() {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.stop();
    }
  }

  static void apply(LoggerContext context, LogConfig config) {
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.setLevel(Level.WARN);
    root.addAppender(queue(context, config.format()));
    context.getLogger(OWN_LOGGERS).setLevel(Level.valueOf(config.level().name()));
  }

  private static LogQueue queue(LoggerContext context, LogConfig.Format format) {
    LayoutBase<ILoggingEvent> layout =
        switch (format) {
          case TEXT -> new TextLayout();
          case JSON -> new JsonLayout();
        };
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget(ConsoleTarget.SystemErr.getName());
    console.setEncoder(encoder);
    console.start();
    LogQueue queue = new LogQueue();
    queue.setContext(context);
    queue.addAppender(console);
    queue.start();
    return queue;
  }
}
