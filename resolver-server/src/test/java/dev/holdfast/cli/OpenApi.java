package dev.holdfast.cli;

import dev.holdfast.admin.AdminServer;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The description of the admin address, and as much of JSON Schema as it uses. */
final class OpenApi {

  private static final String REFERENCE = "$ref";

  private final Map<?, ?> root;

  private OpenApi(Map<?, ?> root) {
    this.root = root;
  }

  static OpenApi read() throws IOException {
    try (InputStream in = AdminServer.class.getResourceAsStream("openapi.yaml")) {
      LoadSettings settings = LoadSettings.builder().setAllowDuplicateKeys(false).build();
      return new OpenApi((Map<?, ?>) new Load(settings).loadFromInputStream(in));
    }
  }

  Map<?, ?> root() {
    return root;
  }

  /** Every method and path, such as {@code "GET /health"}. */
  Set<String> operations() {
    TreeSet<String> operations = new TreeSet<>();
    object(root, "paths")
        .forEach(
            (path, methods) ->
                ((Map<?, ?>) methods)
                    .keySet()
                    .forEach(
                        method ->
                            operations.add(
                                method.toString().toUpperCase(Locale.ROOT) + " " + path)));
    return operations;
  }

  /** Returns what the description of an operation holds. */
  Map<?, ?> operation(String method, String path) {
    return object(object(object(root, "paths"), path), method.toLowerCase(Locale.ROOT));
  }

  /** Returns the schema of a response, or null if there is no such response. */
  @Nullable Map<?, ?> schema(String method, String path, int status, String contentType) {
    Object response = object(operation(method, path), "responses").get(Integer.toString(status));
    if (response == null) {
      return null;
    }
    Object content = object(resolved((Map<?, ?>) response), "content").get(contentType);
    return content == null ? null : object((Map<?, ?>) content, "schema");
  }

  /** Returns what is wrong with a value, each with its place. */
  List<String> faults(Map<?, ?> schema, @Nullable Object value) {
    List<String> faults = new ArrayList<>();
    check("", schema, value, faults);
    return faults;
  }

  private void check(String place, Map<?, ?> given, @Nullable Object value, List<String> faults) {
    Map<?, ?> schema = resolved(given);
    List<?> types = schema.get("type") instanceof List<?> list ? list : List.of(type(schema));
    if (types.stream().noneMatch(type -> isA(type, value))) {
      faults.add(place + ": " + value + " is no " + types);
      return;
    }
    if (schema.get("enum") instanceof List<?> values && !values.contains(value)) {
      faults.add(place + ": " + value + " is none of " + values);
    }
    if ("date-time".equals(schema.get("format")) && value != null && !isTime(value)) {
      faults.add(place + ": " + value + " is no time");
    }
    if (value instanceof List<?> list && schema.get("items") instanceof Map<?, ?> items) {
      for (int i = 0; i < list.size(); i++) {
        check(place + "[" + i + "]", items, list.get(i), faults);
      }
    }
    if (value instanceof Map<?, ?> map) {
      checkProperties(place, schema, map, faults);
    }
  }

  private void checkProperties(String place, Map<?, ?> schema, Map<?, ?> map, List<String> faults) {
    if (schema.get("required") instanceof List<?> required) {
      required.stream()
          .filter(key -> !map.containsKey(key))
          .forEach(key -> faults.add(place + "." + key + " is missing"));
    }
    Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> known ? known : Map.of();
    map.forEach(
        (key, value) -> {
          String inner = place + "." + key;
          if (properties.get(key) instanceof Map<?, ?> property) {
            check(inner, property, value, faults);
          } else if (schema.get("additionalProperties") instanceof Map<?, ?> others) {
            check(inner, others, value, faults);
          } else if (Boolean.FALSE.equals(schema.get("additionalProperties"))) {
            faults.add(inner + " is not described");
          }
        });
  }

  private static Object type(Map<?, ?> schema) {
    return Objects.requireNonNull(schema.get("type"), () -> "type of " + schema);
  }

  private static boolean isA(Object type, @Nullable Object value) {
    return switch (type.toString()) {
      case "object" -> value instanceof Map<?, ?>;
      case "array" -> value instanceof List<?>;
      case "string" -> value instanceof String;
      case "integer" -> value instanceof Long;
      case "number" -> value instanceof Number;
      case "boolean" -> value instanceof Boolean;
      case "null" -> value == null;
      default -> throw new IllegalArgumentException("type: " + type);
    };
  }

  private static boolean isTime(Object value) {
    try {
      Instant.parse(value.toString());
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private Map<?, ?> resolved(Map<?, ?> node) {
    if (!(node.get(REFERENCE) instanceof String reference)) {
      return node;
    }
    Map<?, ?> target = root;
    for (String step : reference.substring("#/".length()).split("/", -1)) {
      target = object(target, step);
    }
    return target;
  }

  private static Map<?, ?> object(Map<?, ?> map, String key) {
    return (Map<?, ?>) Objects.requireNonNull(map.get(key), () -> key + " in " + map.keySet());
  }
}
