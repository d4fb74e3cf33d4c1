package dev.holdfast.hold;

import java.util.Locale;

/** What happens when all upstreams agree that a proven name is gone. */
public enum HoldMode {
  /** It is believed. */
  OFF,
  /** It is believed, counted and logged as what would have been held. */
  OBSERVE,
  /** The last good records are served until the window has passed. */
  ENFORCE;

  /** The name in the configuration. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
