package dev.holdfast.replay;

import dev.holdfast.demo.Zone;

/** The names that a scenario asks for and the addresses that they have had. Stateless. */
public final class Names {

  /** How many names are learnt before the outage. */
  public static final int KNOWN = 40;

  /** How many more exist, and are asked for the first time during the outage. */
  static final int UNSEEN = 8;

  static final int ALL = KNOWN + UNSEEN;

  static final String ZONE = "example.org.";

  /** Asked until the server answers at all. */
  static final String READY = "ready." + ZONE;

  private static final int NEGATIVE_TTL_SECONDS = 300;

  private Names() {}

  static String name(int index) {
    return (index < KNOWN ? "known-" + index : "new-" + (index - KNOWN)) + "." + ZONE;
  }

  /** The address of a name after the records were changed so many times. */
  static String address(int index, int generation) {
    return (generation == 0 ? "192.0.2." : "198.51.100.") + (index + 1);
  }

  /** A zone with all names at their first addresses. */
  static Zone zone(int ttlSeconds) {
    Zone zone = new Zone().apex(ZONE, NEGATIVE_TTL_SECONDS);
    zone.set(READY, "A", ttlSeconds, "203.0.113.1");
    publish(zone, ttlSeconds, 0);
    return zone;
  }

  /** Sets the addresses of all names. */
  static void publish(Zone zone, int ttlSeconds, int generation) {
    for (int index = 0; index < ALL; index++) {
      zone.set(name(index), "A", ttlSeconds, address(index, generation));
    }
  }

  /** Takes all names away. */
  static void withdraw(Zone zone) {
    for (int index = 0; index < ALL; index++) {
      zone.remove(name(index));
    }
  }
}
