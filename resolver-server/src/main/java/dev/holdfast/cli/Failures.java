package dev.holdfast.cli;

import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;

/** Puts exceptions into words for whoever called the program. */
final class Failures {

  private Failures() {}

  /** Says what went wrong, each line with the program's name. */
  static void print(Throwable problem, PrintWriter err) {
    describe(problem).lines().forEach(line -> err.println("holdfast: " + line));
  }

  /** A message that was written for people, or what went wrong where for a report. */
  static String describe(Throwable problem) {
    String message = problem.getMessage();
    if (problem instanceof NoSuchFileException) {
      return message + ": there is no such file";
    }
    if (problem instanceof AccessDeniedException) {
      return message + ": there is no permission for that";
    }
    if (message != null && !(problem instanceof RuntimeException)) {
      return message;
    }
    StackTraceElement[] trace = problem.getStackTrace();
    return "internal error, please report it: "
        + problem
        + (trace.length > 0 ? " at " + trace[0] : "");
  }
}
