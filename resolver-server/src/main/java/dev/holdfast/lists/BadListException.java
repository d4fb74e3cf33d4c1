package dev.holdfast.lists;

/** A file that is no list at all; the message says where and why. */
final class BadListException extends Exception {

  private static final long serialVersionUID = 1;

  BadListException(String message) {
    super(message);
  }
}
