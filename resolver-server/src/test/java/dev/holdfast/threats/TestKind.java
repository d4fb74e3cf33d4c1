package dev.holdfast.threats;

/** What a test of an attack is made of. */
public enum TestKind {
  PROCESS("J", "in-process, with scripted upstreams and a clock that the test moves"),
  SOCKETS("S", "real sockets on loopback"),
  NAMESPACE("N", "a network of its own with a raw socket"),
  FUZZ("F", "fuzzing, here its kept inputs"),
  LOAD("L", "a bounded load");

  private final String letter;
  private final String title;

  TestKind(String letter, String title) {
    this.letter = letter;
    this.title = title;
  }

  /** Returns how the page writes it. */
  String letter() {
    return letter;
  }

  /** Returns what the page says about it. */
  String title() {
    return title;
  }

  /** Whether such a test shows all that one of {@code other} would. */
  boolean covers(TestKind other) {
    return this == other || (other == PROCESS && this != FUZZ);
  }
}
