package dev.holdfast.json;

import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Maps, iterables, strings, numbers and booleans as JSON (RFC 8259). The output is plain ASCII and
 * harmless inside HTML, whatever names from the network it carries.
 */
public final class Json {

  /** Whole numbers below this are exact, and written without a fraction. */
  private static final double MAX_WHOLE = 1L << 53;

  private Json() {}

  /** Returns the JSON text of a value. */
  public static String write(@Nullable Object value) {
    StringBuilder text = new StringBuilder();
    append(text, value);
    return text.toString();
  }

  private static void append(StringBuilder text, @Nullable Object value) {
    switch (value) {
      case null -> text.append("null");
      case Boolean truth -> text.append(truth.booleanValue());
      case Double number when number.isNaN() || number.isInfinite() -> text.append("null");
      case Double number when isWhole(number) -> text.append(number.longValue());
      case Number number -> text.append(number);
      case Map<?, ?> map -> appendObject(text, map);
      case Iterable<?> values -> appendArray(text, values);
      default -> appendString(text, value.toString());
    }
  }

  private static boolean isWhole(double number) {
    return number == Math.rint(number) && Math.abs(number) < MAX_WHOLE;
  }

  private static void appendObject(StringBuilder text, Map<?, ?> map) {
    text.append('{');
    String separator = "";
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      text.append(separator);
      appendString(text, String.valueOf(entry.getKey()));
      text.append(": ");
      append(text, entry.getValue());
      separator = ", ";
    }
    text.append('}');
  }

  private static void appendArray(StringBuilder text, Iterable<?> values) {
    text.append('[');
    for (Iterator<?> iterator = values.iterator(); iterator.hasNext(); ) {
      append(text, iterator.next());
      text.append(iterator.hasNext() ? ", " : "");
    }
    text.append(']');
  }

  /** Returns the name of a constant as JSON has it, in lower case. */
  public static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** Appends {@code value} as a JSON string. */
  public static void appendString(StringBuilder text, String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (c < ' ' || c > '~' || c == '<' || c == '>' || c == '&') {
        text.append("\\u").append(String.format("%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }
}
