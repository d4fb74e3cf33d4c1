package dev.holdfast.fuzz;

import java.util.Arrays;

/** Reads an input as a row of choices; behind its end all are 0. Confined to one thread. */
public final class Choices {

  private final byte[] input;
  private int position;

  public Choices(byte[] input) {
    this.input = input;
  }

  /** Whether there is more. */
  public boolean hasNext() {
    return position < input.length;
  }

  /** Returns the next byte, 0..255. */
  public int next() {
    return position < input.length ? input[position++] & 0xff : 0;
  }

  /** Returns a number from the next two bytes. */
  public int next16() {
    return next() << 8 | next();
  }

  /** Returns one of {@code count}, as the next byte chooses. */
  public int next(int count) {
    return next() % count;
  }

  /** Returns all that is left. */
  public byte[] rest() {
    byte[] rest = Arrays.copyOfRange(input, position, input.length);
    position = input.length;
    return rest;
  }
}
