package dev.holdfast.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One node of the configuration as it was written, before anybody knows what it means. */
sealed interface Setting {

  Origin origin();

  /** Nothing after the key. */
  record Empty(Origin origin) implements Setting {}

  /** One value. */
  record Scalar(Origin origin, String text) implements Setting {}

  /** A list. */
  record Items(Origin origin, List<Setting> items) implements Setting {}

  /** Keys with their settings, in the order they were written. */
  record Section(Origin origin, Map<String, Entry> entries) implements Setting {

    Section(Origin origin) {
      this(origin, new LinkedHashMap<>());
    }

    /** Puts a setting at the end of a path, in place of all that is there. */
    void set(List<String> path, Setting setting) {
      Section section = this;
      for (String key : path.subList(0, path.size() - 1)) {
        Entry entry = section.entries.get(key);
        if (entry == null || !(entry.value() instanceof Section)) {
          entry = new Entry(setting.origin(), new Section(setting.origin()));
          section.entries.put(key, entry);
        }
        section = (Section) entry.value();
      }
      section.entries.put(path.getLast(), new Entry(setting.origin(), setting));
    }
  }

  /**
   * What stands behind a key.
   *
   * @param origin where the key is written
   */
  record Entry(Origin origin, Setting value) {}
}
