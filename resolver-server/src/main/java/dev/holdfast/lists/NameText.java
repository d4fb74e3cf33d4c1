package dev.holdfast.lists;

import dev.holdfast.wire.Names;
import java.net.IDN;
import java.nio.charset.StandardCharsets;

/**
 * Makes wire form of host names in lists without a String: letters, digits, hyphens and
 * underscores. Reused; confined to one thread.
 */
final class NameText {

  /** {@link #read}: not a name. */
  static final int NONE = -1;

  private final byte[] name = new byte[Names.MAX_LENGTH + 1];
  private int labels;

  /** Reads a name, a dot at its end allowed, and returns the length of its wire form. */
  int read(byte[] text, int start, int end) {
    for (int i = start; i < end; i++) {
      if (text[i] < 0) {
        return readInternational(text, start, end);
      }
    }
    return readAscii(text, start, end);
  }

  private int readAscii(byte[] text, int start, int end) {
    labels = 0;
    int label = 0;
    int length = 1;
    for (int i = start; i < end; i++) {
      if (text[i] == '.') {
        if (!close(label, length)) {
          return NONE;
        }
        label = length++;
      } else if (!isHostCharacter(text[i]) || length >= Names.MAX_LENGTH) {
        return NONE;
      } else {
        name[length++] = Names.fold(text[i]);
      }
      if (length > Names.MAX_LENGTH) {
        return NONE;
      }
    }
    if (length == label + 1) {
      name[label] = 0;
      return labels == 0 ? NONE : length; // the dot at the end
    }
    if (!close(label, length) || length == Names.MAX_LENGTH) {
      return NONE;
    }
    name[length] = 0;
    return length + 1;
  }

  private boolean close(int label, int end) {
    int length = end - label - 1;
    name[label] = (byte) length;
    labels++;
    return length > 0 && length <= Names.MAX_LABEL_LENGTH;
  }

  private int readInternational(byte[] text, int start, int end) {
    try {
      String ascii = IDN.toASCII(new String(text, start, end - start, StandardCharsets.UTF_8));
      byte[] bytes = ascii.getBytes(StandardCharsets.US_ASCII);
      return readAscii(bytes, 0, bytes.length);
    } catch (IllegalArgumentException notAName) {
      return NONE;
    }
  }

  private static boolean isHostCharacter(byte character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || character == '-'
        || character == '_';
  }

  /** The wire form of the last name read, folded. */
  byte[] bytes() {
    return name;
  }

  /** Number of its labels. */
  int labels() {
    return labels;
  }
}
