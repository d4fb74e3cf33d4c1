package dev.holdfast.store;

import java.io.IOException;

/** A file that has the name of a journal's file but cannot be read as one; the message says why. */
final class ForeignFileException extends IOException {

  ForeignFileException(String message) {
    super(message);
  }
}
