package dev.holdfast.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with all its problems. */
public final class InvalidConfigException extends Exception {

  private final transient List<Problem> problems;

  InvalidConfigException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** Everything that is wrong, in reading order. */
  public List<Problem> problems() {
    return problems;
  }
}
