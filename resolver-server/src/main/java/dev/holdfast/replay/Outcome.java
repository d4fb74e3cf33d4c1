package dev.holdfast.replay;

/** What became of a question, from best to worst. */
public enum Outcome {
  FRESH("fresh", "the right address, with nothing said about its age"),
  STALE("stale", "the right address past its TTL, or after healing the former one"),
  HELD("held", "the right address of a name that is said to have vanished"),
  LATE("late", "the right address when its client has given up"),
  FAILED("failed", "an rcode that says that there is no answer"),
  SILENT("silent", "nothing at all"),
  WRONG("wrong", "another address, or that the name or its address does not exist"),
  MALFORMED("malformed", "a message that cannot be read, or belongs to another question");

  private final String label;
  private final String sentence;

  Outcome(String label, String sentence) {
    this.label = label;
    this.sentence = sentence;
  }

  /** One word. */
  public String label() {
    return label;
  }

  /** What it means. */
  public String sentence() {
    return sentence;
  }

  /** Whether the client got what it needed. */
  public boolean isGood() {
    return this == FRESH || this == STALE || this == HELD;
  }
}
