package dev.holdfast.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Logback as {@link LogSetup} sets it up, without searching every library for something else first:
 * that takes a tenth of a start. Not used where {@code -Dlogback.configurationFile} names a file.
 * Made by slf4j.
 */
public final class LogProvider implements SLF4JServiceProvider {

  private static final String PROVIDER_PROPERTY = "slf4j.provider";
  private static final String VERBOSITY_PROPERTY = "slf4j.internal.verbosity";

  private final LoggerContext context = new LoggerContext();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter diagnostics = new LogbackMDCAdapter();

  /** Makes this the provider of the process; to be called before anything logs. */
  public static void install() {
    if (System.getProperty(LogSetup.FILE_PROPERTY) == null
        && System.getProperty(PROVIDER_PROPERTY) == null) {
      System.setProperty(PROVIDER_PROPERTY, LogProvider.class.getName());
      System.setProperty(VERBOSITY_PROPERTY, "WARN"); // it would say on the terminal that it obeys
    }
  }

  @Override
  public void initialize() {
    context.setMDCAdapter(diagnostics);
    LogSetup.apply(context, LogConfig.DEFAULTS);
    context.start();
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return context;
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return diagnostics;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }
}
