package dev.holdfast.store;

import java.io.IOException;

/** Another process writes this journal, such as the one whose place this one takes. */
final class InUseException extends IOException {

  /**
   * @param holder the process that writes
   */
  InUseException(String holder) {
    super("in use by " + holder);
  }
}
