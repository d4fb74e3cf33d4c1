package dev.holdfast.report;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** JSON (RFC 8259) to and from maps, lists, numbers, texts and null. Stateless. */
final class Json {

  /** Largest text that is read. */
  static final int MAX_LENGTH = 256 << 20;

  private Json() {}

  /** Writes a value; numbers that JSON does not have become null. */
  static String write(@Nullable Object value) {
    StringBuilder json = new StringBuilder();
    append(json, value);
    return json.toString();
  }

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException saying where the text is no JSON
   */
  static @Nullable Object read(String text) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_LENGTH).build();
    try {
      return new Load(settings).loadFromString(text);
    } catch (YamlEngineException e) {
      throw new IllegalArgumentException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void append(StringBuilder json, @Nullable Object value) {
    switch (value) {
      case null -> json.append("null");
      case String text -> appendText(json, text);
      case Double number -> appendNumber(json, number);
      case Map<?, ?> map -> {
        String separator = "{";
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.append(separator);
          appendText(json, String.valueOf(entry.getKey()));
          json.append(':');
          append(json, entry.getValue());
          separator = ",\n";
        }
        json.append(map.isEmpty() ? "{}" : "}");
      }
      case List<?> list -> {
        json.append('[');
        for (int i = 0; i < list.size(); i++) {
          json.append(i == 0 ? "" : ",");
          append(json, list.get(i));
        }
        json.append(']');
      }
      default -> json.append(value);
    }
  }

  private static void appendNumber(StringBuilder json, double number) {
    if (Double.isNaN(number) || Double.isInfinite(number)) {
      json.append("null");
    } else if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      json.append((long) number);
    } else {
      json.append(number);
    }
  }

  private static void appendText(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character == '"' || character == '\\') {
        json.append('\\').append(character);
      } else if (character < ' ') {
        json.append(String.format("\\u%04x", (int) character));
      } else {
        json.append(character);
      }
    }
    json.append('"');
  }
}
