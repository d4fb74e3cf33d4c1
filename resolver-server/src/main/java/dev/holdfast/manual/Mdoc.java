package dev.holdfast.manual;

import java.util.regex.Pattern;

/** Escapes of mdoc(7), the language of the manual pages. Stateless. */
final class Mdoc {

  private static final Pattern SENTENCE_END =
      Pattern.compile("(?<=[A-Za-z0-9)\"\\]][.!?]) +(?=[A-Z0-9-])");

  private Mdoc() {}

  /** Returns prose for lines of its own, each sentence on one. */
  static String prose(String text) {
    StringBuilder lines = new StringBuilder();
    for (String sentence : SENTENCE_END.splitAsStream(text.strip()).toList()) {
      String escaped = escape(sentence);
      boolean looksLikeMacro = escaped.startsWith(".") || escaped.startsWith("'");
      lines.append(looksLikeMacro ? "\\&" : "").append(escaped).append('\n');
    }
    return lines.toString();
  }

  /** Returns one argument of a macro. */
  static String argument(String text) {
    return '"' + escape(text).replace("\"", "\\(dq") + '"';
  }

  private static String escape(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
