package dev.holdfast.config;

/**
 * One reason why a configuration is refused. Shown on one line of printable text, whatever was
 * written.
 *
 * @param key the path of the key, such as {@code cache.max-size}; empty where there is none
 * @param detail the value, what was expected and perhaps a suggestion
 */
public record Problem(Origin origin, String key, String detail) {

  private static final int MAX_PART_LENGTH = 400;

  @Override
  public String toString() {
    boolean keyShown = origin instanceof Origin.InFile && !key.isEmpty();
    return printable(origin.toString())
        + ": "
        + (keyShown ? printable(key) + ": " : "")
        + printable(detail);
  }

  private static String printable(String text) {
    StringBuilder printable = new StringBuilder();
    text.codePoints()
        .limit(MAX_PART_LENGTH)
        .forEach(
            character -> {
              if (isPrintable(character)) {
                printable.appendCodePoint(character);
              } else {
                printable.append(String.format("\\u%04x", character));
              }
            });
    return text.codePointCount(0, text.length()) > MAX_PART_LENGTH
        ? printable + "..."
        : printable.toString();
  }

  private static boolean isPrintable(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
