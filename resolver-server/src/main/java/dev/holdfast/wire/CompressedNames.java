package dev.holdfast.wire;

/**
 * Names inside a message that may use compression pointers (RFC 1035 §4.1.4). Every walk is
 * bounded: pointers go backwards only, at most {@link #MAX_POINTER_HOPS} of them.
 */
final class CompressedNames {

  /** Pointers followed in one name. */
  static final int MAX_POINTER_HOPS = 16;

  private static final int POINTER = 0xc0;
  private static final int HASH_MULTIPLIER = 0x9e3779b1;

  private CompressedNames() {}

  /** Returns the offset behind the name at {@code offset}, or -1 when the name is malformed. */
  static int skip(byte[] message, int offset, int limit) {
    return end(measure(message, offset, limit));
  }

  /** What {@link #measure} says of where the name ends: as {@link #skip}. */
  static int end(long measured) {
    return (int) measured;
  }

  /** What {@link #measure} says of the name's length without pointers. */
  static int lengthOf(long measured) {
    return (int) (measured >> Integer.SIZE);
  }

  /** Walks the name at {@code offset}; returns its end and its length, or -1. */
  static long measure(byte[] message, int offset, int limit) {
    int position = offset;
    int lowest = offset;
    int end = -1;
    int length = 0;
    int hops = 0;
    while (position < limit) {
      int label = message[position] & 0xff;
      if ((label & POINTER) == POINTER) {
        if (position + 1 >= limit || ++hops > MAX_POINTER_HOPS) {
          return -1;
        }
        if (end < 0) {
          end = position + 2;
        }
        position = pointerTarget(message, position);
        if (position >= lowest || position < Header.LENGTH) {
          return -1;
        }
        lowest = position;
        continue;
      }
      length += label + 1;
      if (label > Names.MAX_LABEL_LENGTH || length > Names.MAX_LENGTH) {
        return -1;
      }
      position += label + 1;
      if (label == 0) {
        return (long) length << Integer.SIZE | (end < 0 ? position : end);
      }
    }
    return -1;
  }

  /**
   * Returns where the label at {@code offset} really is, after any pointers; the name is
   * well-formed.
   */
  static int resolve(byte[] message, int offset) {
    int position = offset;
    while ((message[position] & POINTER) == POINTER) {
      position = pointerTarget(message, position);
    }
    return position;
  }

  /** Returns the length that a well-formed name has without pointers. */
  static int length(byte[] message, int offset) {
    int length = 1;
    int label = resolve(message, offset);
    while (message[label] != 0) {
      length += message[label] + 1;
      label = resolve(message, label + message[label] + 1);
    }
    return length;
  }

  /** Returns a copy of a well-formed name without pointers. */
  static byte[] expand(byte[] message, int offset) {
    byte[] name = new byte[length(message, offset)];
    int position = 0;
    int label = resolve(message, offset);
    while (message[label] != 0) {
      System.arraycopy(message, label, name, position, message[label] + 1);
      position += message[label] + 1;
      label = resolve(message, label + message[label] + 1);
    }
    return name;
  }

  /** Compares two well-formed names without regard to case. */
  static boolean equal(byte[] a, int aOffset, byte[] b, int bOffset) {
    int i = resolve(a, aOffset);
    int j = resolve(b, bOffset);
    while (true) {
      int label = a[i];
      if (label != b[j] || !Names.equalsIgnoreCase(a, i + 1, b, j + 1, label)) {
        return false;
      }
      if (label == 0) {
        return true;
      }
      i = resolve(a, i + label + 1);
      j = resolve(b, j + label + 1);
    }
  }

  /**
   * Writes the first labels of {@code to} in the case they have in {@code from}, as far as they are
   * the same, stand there themselves and are ASCII. A pointer may lead to bytes that say something
   * else too, and other bytes may be taken for a pointer by another name.
   */
  static void copyCase(byte[] message, int from, int to) {
    int source = resolve(message, from);
    int target = to;
    int label = message[target];
    while (label > 0
        && label == message[source]
        && Names.equalsIgnoreCase(message, source + 1, message, target + 1, label)
        && isAscii(message, target + 1, label)) {
      System.arraycopy(message, source + 1, message, target + 1, label);
      source = resolve(message, source + label + 1);
      target += label + 1;
      label = message[target];
    }
  }

  private static boolean isAscii(byte[] bytes, int offset, int length) {
    int all = 0;
    for (int i = offset; i < offset + length; i++) {
      all |= bytes[i];
    }
    return all >= 0;
  }

  /** Returns a hash of a well-formed name that is the same in any case and compression. */
  static int hash(byte[] message, int offset) {
    int hash = 0;
    int label = resolve(message, offset);
    while (message[label] != 0) {
      hash = hashLabel(hash, message, label);
      label = resolve(message, label + message[label] + 1);
    }
    return hash;
  }

  /** Mixes the label at {@code offset} into {@code hash}. */
  static int hashLabel(int hash, byte[] message, int offset) {
    int result = hash;
    for (int i = offset; i <= offset + message[offset]; i++) {
      result = (result ^ Names.fold(message[i])) * HASH_MULTIPLIER;
    }
    return result ^ result >>> 15;
  }

  /** Whether {@code name} without its first {@code excess} bytes is {@code ancestor}. */
  static boolean endsWith(byte[] message, int name, int excess, int ancestor) {
    int left = excess;
    int label = resolve(message, name);
    while (left > 0) {
      left -= message[label] + 1;
      label = resolve(message, label + message[label] + 1);
    }
    return left == 0 && equal(message, label, message, ancestor);
  }

  private static int pointerTarget(byte[] message, int position) {
    return (message[position] & 0x3f) << 8 | (message[position + 1] & 0xff);
  }
}
