package dev.holdfast;

import java.io.Serial;

/** Why the server could not start, in words that say what to do. */
public final class StartException extends Exception {

  @Serial private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
