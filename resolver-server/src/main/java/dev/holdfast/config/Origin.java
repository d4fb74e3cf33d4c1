package dev.holdfast.config;

import java.util.Comparator;

/** Where a setting was written. */
public sealed interface Origin {

  /** The order in which people read: files by line, then options. */
  Comparator<Origin> READING_ORDER =
      Comparator.<Origin>comparingInt(origin -> origin instanceof InFile ? 0 : 1)
          .thenComparingInt(origin -> origin instanceof InFile place ? place.line() : 0)
          .thenComparingInt(origin -> origin instanceof InFile place ? place.column() : 0);

  /** A place in the file, counted from 1; line 0 is the file as a whole. */
  record InFile(String file, int line, int column) implements Origin {
    @Override
    public String toString() {
      return line == 0 ? file : file + ":" + line + ":" + column;
    }
  }

  /** An option of the command line, such as {@code --listen} or {@code --set cache.max-size}. */
  record InOption(String option) implements Origin {
    @Override
    public String toString() {
      return option;
    }
  }
}
