package dev.holdfast.policy;

/**
 * The rule that decides about a question, and where it stands. Immutable.
 *
 * @param line of the list
 */
public record Ruling(PolicyList list, Rule rule, int line) {

  /** Where the rule stands, as in {@code "ads (/etc/holdfast/ads.txt:17)"}. */
  public String place() {
    return list.name() + " (" + list.place() + ":" + line + ")";
  }
}
