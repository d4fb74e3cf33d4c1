package dev.holdfast.scenario;

/** A scenario file that is not one; the message opens with file and line. */
final class ScenarioSyntaxException extends RuntimeException {

  ScenarioSyntaxException(String file, int line, String problem) {
    super(file + ":" + line + ": " + problem);
  }
}
