package dev.holdfast.lists;

import java.util.ArrayList;
import java.util.List;

/** What was left out of a file while it was read: how much, and some of the places. */
final class Notes {

  /** Places that are told of. */
  static final int MAX_PLACES = 5;

  private static final int MAX_SHOWN_LENGTH = 80;

  private final String file;
  private final List<String> places = new ArrayList<>();
  private long ignored;
  private long cut;

  Notes(String file) {
    this.file = file;
  }

  /** Notes that a line means nothing here. */
  void ignored(int line, String reason, String text) {
    if (ignored++ < MAX_PLACES) {
      places.add(file + ":" + line + ": " + reason + ": " + shown(text));
    }
  }

  /** Notes that there was no room for an entry. */
  void cut() {
    cut++;
  }

  /** Lines that mean nothing. */
  long ignored() {
    return ignored;
  }

  /** Entries beyond the bound. */
  long cutEntries() {
    return cut;
  }

  /** The first lines that mean nothing, as in {@code "ads.txt:7: no name: example.org##.ad"}. */
  List<String> places() {
    return List.copyOf(places);
  }

  /** Returns what stands in a file as it may be shown: short, and without control characters. */
  static String shown(String text) {
    int length = Math.min(MAX_SHOWN_LENGTH, text.length());
    StringBuilder shown = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      char character = text.charAt(i);
      shown.append(character >= ' ' && character < 0x7f ? character : '?');
    }
    return length < text.length() ? shown + "..." : shown.toString();
  }
}
