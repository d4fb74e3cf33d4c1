package dev.holdfast.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link Json} writes, and any other JSON (RFC 8259): maps, lists, strings, numbers as
 * Long or Double, booleans and null. Confined to one thread.
 */
public final class JsonReader {

  static final int MAX_DEPTH = 32;

  private final String text;
  private int position;
  private int depth;

  private JsonReader(String text) {
    this.text = text;
  }

  /**
   * Returns the one value that {@code text} holds.
   *
   * @throws IllegalArgumentException if it is not JSON, or nested too deeply
   */
  public static @Nullable Object read(String text) {
    JsonReader reader = new JsonReader(text);
    Object value = reader.value();
    reader.skipSpace();
    if (reader.position < text.length()) {
      throw reader.unexpected("the end");
    }
    return value;
  }

  /** Returns the one object that {@code text} holds; other values are refused. */
  public static Map<?, ?> readObject(String text) {
    if (read(text) instanceof Map<?, ?> map) {
      return map;
    }
    throw new IllegalArgumentException("not a JSON object");
  }

  private @Nullable Object value() {
    skipSpace();
    if (++depth > MAX_DEPTH) {
      throw new IllegalArgumentException("JSON nested deeper than " + MAX_DEPTH);
    }
    char c = peek();
    Object value =
        switch (c) {
          case '{' -> object();
          case '[' -> array();
          case '"' -> string();
          case 't' -> literal("true", true);
          case 'f' -> literal("false", false);
          case 'n' -> literal("null", null);
          default -> number();
        };
    depth--;
    return value;
  }

  private Map<String, @Nullable Object> object() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    position++;
    if (skipSpaceThen('}')) {
      return map;
    }
    do {
      skipSpace();
      String key = string();
      if (!skipSpaceThen(':')) {
        throw unexpected("a colon");
      }
      map.put(key, value());
    } while (skipSpaceThen(','));
    if (!skipSpaceThen('}')) {
      throw unexpected("a comma or }");
    }
    return map;
  }

  private List<@Nullable Object> array() {
    List<@Nullable Object> list = new ArrayList<>();
    position++;
    if (skipSpaceThen(']')) {
      return list;
    }
    do {
      list.add(value());
    } while (skipSpaceThen(','));
    if (!skipSpaceThen(']')) {
      throw unexpected("a comma or ]");
    }
    return list;
  }

  private String string() {
    if (peek() != '"') {
      throw unexpected("a string");
    }
    StringBuilder value = new StringBuilder();
    for (position++; peek() != '"'; position++) {
      char c = peek();
      if (c < ' ') {
        throw unexpected("an escaped character");
      }
      value.append(c == '\\' ? escaped() : c);
    }
    position++;
    return value.toString();
  }

  private char escaped() {
    position++;
    char c = peek();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> codeUnit();
      default -> throw unexpected("an escape");
    };
  }

  private char codeUnit() {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      position++;
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw unexpected("four hexadecimal digits");
      }
      value = value * 16 + digit;
    }
    return (char) value;
  }

  private @Nullable Object literal(String word, @Nullable Object value) {
    if (!text.startsWith(word, position)) {
      throw unexpected(word);
    }
    position += word.length();
    return value;
  }

  private Object number() {
    int start = position;
    while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    String digits = text.substring(start, position);
    try {
      if (digits.matches("-?[0-9]{1,18}")) {
        return Long.valueOf(digits);
      }
      return Double.valueOf(digits);
    } catch (NumberFormatException e) {
      position = start;
      throw unexpected("a value");
    }
  }

  private boolean skipSpaceThen(char wanted) {
    skipSpace();
    boolean found = peek() == wanted;
    position += found ? 1 : 0;
    return found;
  }

  private void skipSpace() {
    while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
  }

  private char peek() {
    if (position >= text.length()) {
      throw unexpected("more");
    }
    return text.charAt(position);
  }

  private IllegalArgumentException unexpected(String expected) {
    return new IllegalArgumentException(
        "not JSON at character " + position + " (expected " + expected + ")");
  }
}
