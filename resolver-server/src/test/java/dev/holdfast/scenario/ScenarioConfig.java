package dev.holdfast.scenario;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code key: value} pairs above {@code CONFIG_END}, in the order of the file. Immutable. */
record ScenarioConfig(List<Option> options) {

  ScenarioConfig {
    options = List.copyOf(options);
  }

  /** One key with its value; the value is empty for a clause such as {@code server:}. */
  record Option(int line, String key, String value) {}

  /** Returns the last value of {@code key}, or null. */
  @Nullable String value(String key) {
    List<String> values = values(key);
    return values.isEmpty() ? null : values.getLast();
  }

  /** Returns all values of {@code key}. */
  List<String> values(String key) {
    List<String> values = new ArrayList<>();
    for (Option option : options) {
      if (option.key().equals(key)) {
        values.add(option.value());
      }
    }
    return values;
  }
}
