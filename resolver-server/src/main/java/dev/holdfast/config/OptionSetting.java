package dev.holdfast.config;

import dev.holdfast.config.Origin.InOption;
import dev.holdfast.config.Setting.Scalar;
import dev.holdfast.config.Setting.Section;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A setting given on the command line; it overrides the file.
 *
 * @param option as problems show it, such as {@code --listen} or {@code --set cache.max-size}
 * @param key the path of the key; a part that contains dots may stand in double quotes
 * @param values more than one for a list
 */
public record OptionSetting(String option, String key, List<String> values) {

  /**
   * Sections whose keys are domain names, with the keys inside each: this tells the dots of a name
   * from those of a path.
   */
  private static final Map<String, Set<String>> KEYED_BY_NAME =
      Map.of("zones", Set.of("upstreams", "rebinding", "client-subnet"), "hold.zones", Set.of());

  public OptionSetting {
    values = List.copyOf(values);
  }

  /** Reads {@code KEY=VALUE} of {@code --set}. */
  public static OptionSetting set(String assignment) {
    int equals = assignment.indexOf('=');
    return equals <= 0
        ? new OptionSetting("--set", "", List.of(assignment))
        : new OptionSetting(
            "--set " + assignment.substring(0, equals),
            assignment.substring(0, equals),
            List.of(assignment.substring(equals + 1)));
  }

  /**
   * Puts this setting in place of what {@code settings} say of its key, a whole section included;
   * or adds a problem.
   */
  void applyTo(Section settings, Set<Problem> problems) {
    Origin origin = new InOption(option);
    List<String> path = path();
    if (path.isEmpty() || path.contains("")) {
      problems.add(
          new Problem(
              origin,
              key,
              String.join(",", values)
                  + " (expected KEY=VALUE, such as --set cache.max-size=64MiB)"));
      return;
    }
    settings.set(path, value(origin));
  }

  private Setting value(Origin origin) {
    if (values.size() != 1) {
      List<Setting> items = new ArrayList<>();
      values.forEach(value -> items.add(new Scalar(origin, value)));
      return new Setting.Items(origin, items);
    }
    String value = values.getFirst();
    if (value.startsWith("[") || value.startsWith("{") || value.startsWith("\"")) {
      Setting structured = YamlSource.readValue(origin, value);
      if (structured != null) {
        return structured;
      }
    }
    return new Scalar(origin, value);
  }

  private List<String> path() {
    for (Map.Entry<String, Set<String>> keyed : KEYED_BY_NAME.entrySet()) {
      String prefix = keyed.getKey() + ".";
      if (key.startsWith(prefix) && !key.contains("\"")) {
        List<String> path = new ArrayList<>(List.of(keyed.getKey().split("\\.")));
        String rest = key.substring(prefix.length());
        int lastDot = rest.lastIndexOf('.');
        if (lastDot > 0 && keyed.getValue().contains(rest.substring(lastDot + 1))) {
          path.add(rest.substring(0, lastDot));
          path.add(rest.substring(lastDot + 1));
        } else {
          path.add(rest);
        }
        return path;
      }
    }
    return splitOutsideQuotes();
  }

  private List<String> splitOutsideQuotes() {
    List<String> path = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < key.length(); i++) {
      char character = key.charAt(i);
      if (character == '"') {
        quoted = !quoted;
      } else if (character == '.' && !quoted) {
        path.add(part.toString());
        part.setLength(0);
      } else {
        part.append(character);
      }
    }
    path.add(part.toString());
    return path;
  }
}
