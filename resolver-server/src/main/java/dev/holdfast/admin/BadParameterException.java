package dev.holdfast.admin;

import java.io.Serial;

/** A parameter that cannot be read; the message says what was expected. */
final class BadParameterException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1;

  BadParameterException(String message) {
    super(message);
  }
}
