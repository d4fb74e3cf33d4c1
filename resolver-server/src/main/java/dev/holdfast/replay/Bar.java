package dev.holdfast.replay;

/** What a scenario demands of one measure. */
public record Bar(Measure measure, double limit) {

  /** Whether the result is as good as demanded; a measure that was not taken is not judged. */
  public boolean isMet(Result result) {
    double value = measure.of(result);
    return Double.isNaN(value) || (measure.moreIsBetter() ? value >= limit : value <= limit);
  }

  /** What is demanded: {@code p99 <= 50 ms}. */
  @Override
  public String toString() {
    return measure.label() + (measure.moreIsBetter() ? " >= " : " <= ") + measure.format(limit);
  }

  /** What was found, beside what is demanded. */
  public String describe(Result result) {
    return "%s %s (must be %s %s)"
        .formatted(
            measure.label(),
            measure.format(measure.of(result)),
            measure.moreIsBetter() ? ">=" : "<=",
            measure.format(limit));
  }
}
