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

    /** Takes over {@code other} where it says something else. */
    void merge(Section other) {
      other.entries.forEach(
          (key, entry) -> {
            Entry own = entries.get(key);
            if (own != null
                && own.value() instanceof Section ownSection
                && entry.value() instanceof Section section) {
              ownSection.merge(section);
            } else {
              entries.put(key, entry);
            }
          });
    }
  }

  /**
   * What stands behind a key.
   *
   * @param origin where the key is written
   */
  record Entry(Origin origin, Setting value) {}
}
