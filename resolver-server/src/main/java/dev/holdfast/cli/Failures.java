package dev.holdfast.cli;

/** Puts exceptions into words for whoever called the program. */
final class Failures {

  private Failures() {}

  /** A message that was written for people, or what went wrong where for a report. */
  static String describe(Throwable problem) {
    String message = problem.getMessage();
    if (message != null && !(problem instanceof RuntimeException)) {
      return message;
    }
    StackTraceElement[] trace = problem.getStackTrace();
    return "internal error, please report it: "
        + problem
        + (trace.length > 0 ? " at " + trace[0] : "");
  }
}
