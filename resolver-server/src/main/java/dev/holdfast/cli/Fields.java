package dev.holdfast.cli;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One object of a server's reply, read by the names of its fields. What is missing or of another
 * type counts as empty: the server may be of another version. Immutable.
 */
record Fields(Map<?, ?> map) {

  private static final Fields NONE = new Fields(Map.of());

  boolean has(String name) {
    return map.get(name) != null;
  }

  /** Text that is safe to print. */
  String text(String name) {
    Object value = map.get(name);
    return value == null ? "" : printable(value.toString());
  }

  boolean isTrue(String name) {
    return Boolean.TRUE.equals(map.get(name));
  }

  long number(String name) {
    return map.get(name) instanceof Number number ? number.longValue() : 0;
  }

  double decimal(String name) {
    return map.get(name) instanceof Number number ? number.doubleValue() : 0;
  }

  @Nullable Instant time(String name) {
    try {
      return has(name) ? Instant.parse(text(name)) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  Fields object(String name) {
    return map.get(name) instanceof Map<?, ?> object ? new Fields(object) : NONE;
  }

  List<Fields> objects(String name) {
    List<Fields> objects = new ArrayList<>();
    for (Object each : list(name)) {
      if (each instanceof Map<?, ?> object) {
        objects.add(new Fields(object));
      }
    }
    return objects;
  }

  List<String> texts(String name) {
    return texts(list(name));
  }

  /** Lists of texts within a list. */
  List<List<String>> textLists(String name) {
    List<List<String>> lists = new ArrayList<>();
    for (Object each : list(name)) {
      lists.add(each instanceof List<?> texts ? texts(texts) : List.of());
    }
    return lists;
  }

  private static List<String> texts(List<?> values) {
    return values.stream().map(value -> printable(String.valueOf(value))).toList();
  }

  private List<?> list(String name) {
    return map.get(name) instanceof List<?> list ? list : List.of();
  }

  private static String printable(String text) {
    return text.replaceAll("\\p{C}", "?");
  }
}
