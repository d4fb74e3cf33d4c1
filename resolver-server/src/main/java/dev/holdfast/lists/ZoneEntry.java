package dev.holdfast.lists;

import dev.holdfast.lists.ZoneReader.BadRecordException;
import java.util.ArrayList;
import java.util.List;

/**
 * The lines of one record or directive of a zone file as one text, without comments and parentheses
 * (RFC 1035 §5.1). Confined to one thread.
 */
final class ZoneEntry {

  /** Records may go on over lines in parentheses, but not for ever. */
  static final int MAX_LENGTH = 1 << 16;

  private static final char NOT_UTF8 = '\ufffd';

  private final StringBuilder text = new StringBuilder();
  private int depth;

  /** Adds a line, which is the last one unless the entry {@link #isOpen}. */
  void add(String line) throws BadRecordException {
    boolean quoted = false;
    for (int i = 0, next; i < line.length(); i = next) {
      char character = line.charAt(i);
      if (character == ';' && !quoted) {
        break;
      }
      next = next(line, i);
      if (next > line.length()) {
        throw new BadRecordException("a backslash at the end of a line");
      }
      if (!isText(line.charAt(next - 1))) {
        throw new BadRecordException("a character that is no text (expected \\DDD in its place)");
      }
      quoted ^= character == '"';
      if (!quoted && (character == '(' || character == ')')) {
        addParenthesis(character);
      } else {
        text.append(line, i, next);
      }
    }
    if (quoted) {
      throw new BadRecordException("a quote that is never closed");
    }
    text.append(' ');
    if (text.length() > MAX_LENGTH) {
      throw new BadRecordException("a record longer than " + MAX_LENGTH + " characters");
    }
  }

  private void addParenthesis(char parenthesis) throws BadRecordException {
    depth += parenthesis == '(' ? 1 : -1;
    if (depth < 0) {
      throw new BadRecordException("a parenthesis that was never opened");
    }
    if (text.isEmpty()) {
      throw new BadRecordException("a parenthesis at the beginning (expected a name or a blank)");
    }
    text.append(' ');
  }

  private static boolean isText(char character) {
    return character == '\t' || (!Character.isISOControl(character) && character != NOT_UTF8);
  }

  /** Whether a parenthesis is to be closed on a line to come. */
  boolean isOpen() {
    return depth > 0;
  }

  /** Whether it begins with a blank, which stands for the name of the record before. */
  boolean beginsBlank() {
    return isBlank(text.charAt(0));
  }

  /** What stands between blanks. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    int start = wordStart(0);
    while (start < text.length()) {
      int end = wordEnd(start);
      words.add(text.substring(start, end));
      start = wordStart(end);
    }
    return words;
  }

  /** The text behind the first {@code count} words. */
  String behind(int count) {
    int i = 0;
    for (int word = 0; word < count; word++) {
      i = wordEnd(wordStart(i));
    }
    return text.substring(i);
  }

  private int wordStart(int from) {
    int i = from;
    while (i < text.length() && isBlank(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private int wordEnd(int from) {
    int i = from;
    while (i < text.length() && !isBlank(text.charAt(i))) {
      i = next(text, i);
    }
    return i;
  }

  private static boolean isBlank(char character) {
    return character == ' ' || character == '\t';
  }

  /** Whether a name ends with the root: with a dot that is no part of its last label. */
  static boolean isAbsolute(String name) {
    int last = 0;
    for (int i = 0; i < name.length(); i = next(name, i)) {
      last = i;
    }
    return name.charAt(last) == '.';
  }

  /* Where the next character stands: a backslash is one with what it escapes. */
  private static int next(CharSequence text, int i) {
    return i + (text.charAt(i) == '\\' ? 2 : 1);
  }
}
