package dev.holdfast.store;

import java.util.Locale;

/**
 * The kinds of things kept, each in files of its own. They are recalled in this order (most
 * histories after the answers, see {@link Recall}), and given up in the reverse order when the
 * journal is full.
 */
public enum Table {
  /** What operators decided about names. */
  PINS,
  /** Which upstreams were down. */
  UPSTREAMS,
  /** Questions that failed again and again. */
  FAILURES,
  /** What names used to look like; which of them vanished, when, and what was decided about it. */
  HISTORIES,
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
      case FAILURES -> 3;
      case ANSWERS -> 4;
      case PINS -> 5;
      case UPSTREAMS -> 6;
    };
  }
}
