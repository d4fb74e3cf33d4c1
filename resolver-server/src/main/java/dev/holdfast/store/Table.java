package dev.holdfast.store;

import java.util.Locale;

/**
 * The kinds of things kept, each in files of its own. They are recalled in this order, and given up
 * in the reverse order when the journal is full.
 */
public enum Table {
  /** What operators decided about names. */
  PINS,
  /** What names used to look like. */
  HISTORIES,
  /** Names that vanished and are held or doubted. */
  DISPUTES,
  /** What is known of upstreams that failed. */
  FAILURES,
  /** Answers, fresh and stale. */
  ANSWERS;

  /** How the files of this table begin. */
  String filePrefix() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The number that stands for this table in files. */
  int code() {
    return switch (this) {
      case HISTORIES -> 1;
      case DISPUTES -> 2;
      case FAILURES -> 3;
      case ANSWERS -> 4;
      case PINS -> 5;
    };
  }
}
