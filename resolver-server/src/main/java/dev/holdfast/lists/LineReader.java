package dev.holdfast.lists;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * Reads a file line by line without making anything of it: the line at hand stands in a buffer.
 * Confined to one thread.
 */
final class LineReader {

  /** Longer lines are empty and {@link #isTooLong}. */
  static final int MAX_LINE_LENGTH = 8192;

  private static final int BUFFER_LENGTH = 1 << 16;
  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final InputStream in;
  private final byte[] buffer = new byte[BUFFER_LENGTH];
  private int position;
  private int limit;
  private boolean ended;
  private int start;
  private int end;
  private int number;
  private boolean tooLong;

  LineReader(InputStream in) {
    this.in = in;
  }

  /** Takes the next line; false when there is none. */
  boolean next() throws IOException {
    tooLong = false;
    int newline = find();
    while (newline < 0 && limit - position > MAX_LINE_LENGTH) {
      tooLong = true;
      position = limit;
      newline = find();
    }
    if (newline < 0 && position == limit && !tooLong) {
      return false;
    }
    start = position;
    end = newline < 0 ? limit : newline;
    position = newline < 0 ? limit : newline + 1;
    if (end > start && buffer[end - 1] == '\r') {
      end--;
    }
    if (number++ == 0 && startsWithMark()) {
      start += BYTE_ORDER_MARK.length;
    }
    if (tooLong || end - start > MAX_LINE_LENGTH) {
      tooLong = true;
      start = end;
    }
    return true;
  }

  /* Returns where the line ends, reading on as long as it does not; -1 at the end of the file, or
   * when the line is too long. */
  private int find() throws IOException {
    int looked = position;
    while (true) {
      for (int i = looked; i < limit; i++) {
        if (buffer[i] == '\n') {
          return i;
        }
      }
      if (ended || limit - position > MAX_LINE_LENGTH) {
        return -1;
      }
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
      looked = limit;
      int read = in.read(buffer, limit, buffer.length - limit);
      ended = read < 0;
      limit += Math.max(0, read);
    }
  }

  private boolean startsWithMark() {
    for (int i = 0; i < BYTE_ORDER_MARK.length; i++) {
      if (start + i >= end || buffer[start + i] != BYTE_ORDER_MARK[i]) {
        return false;
      }
    }
    return true;
  }

  /** The bytes that hold the line from {@link #start} to {@link #end}. */
  byte[] bytes() {
    return buffer;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** Number of the line, from 1. */
  int number() {
    return number;
  }

  boolean isTooLong() {
    return tooLong;
  }

  /** Returns the line as text. */
  String text() {
    return new String(buffer, start, end - start, StandardCharsets.UTF_8);
  }
}
