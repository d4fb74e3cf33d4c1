package dev.holdfast.log;

/**
 * How the log is written.
 *
 * @param format what a line looks like
 * @param level what is worth a line
 */
public record LogConfig(Format format, Level level) {

  public static final LogConfig DEFAULTS = new LogConfig(Format.TEXT, Level.INFO);

  /** What a line looks like. */
  public enum Format {
    /** Time, level and message. */
    TEXT,
    /** A JSON object with the same, the kind of event and its particulars. */
    JSON
  }

  /** What is worth a line; each level takes in those after it. */
  public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR
  }
}
