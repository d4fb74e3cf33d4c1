package dev.holdfast.metrics;

/** What is counted, one constant per event, with the sentence that explains it to an operator. */
public enum Counter {
  QUERIES_UDP("Queries received over UDP"),
  QUERIES_TCP("Queries received over TCP");

  private final String description;

  Counter(String description) {
    this.description = description;
  }

  /** One sentence for an operator. */
  public String description() {
    return description;
  }
}
