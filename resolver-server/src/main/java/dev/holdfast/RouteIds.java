package dev.holdfast;

import dev.holdfast.upstream.RouteConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The numbers by which cache keys tell routes apart. A suffix keeps its number for as long as the
 * process runs, so that what was learnt for one is never taken for another's. Thread-safe.
 */
final class RouteIds {

  /** One byte of a cache key, and 0 is the root. */
  static final int MAX_SUFFIXES = 255;

  private final Map<String, Integer> bySuffix = new HashMap<>();

  /**
   * Gives each zone a number.
   *
   * @throws StartException when there are not enough
   */
  synchronized void assign(List<RouteConfig> zones) throws StartException {
    long added = zones.stream().filter(zone -> !bySuffix.containsKey(zone.suffix())).count();
    if (bySuffix.size() + added > MAX_SUFFIXES) {
      throw new StartException(
          "zones: "
              + (bySuffix.size() + added)
              + " different ones since the start (expected at most "
              + MAX_SUFFIXES
              + "; a restart forgets those that are gone)");
    }
    zones.forEach(zone -> bySuffix.putIfAbsent(zone.suffix(), bySuffix.size() + 1));
  }

  /** Returns the number of a zone that has one. */
  synchronized int of(RouteConfig zone) {
    return bySuffix.getOrDefault(zone.suffix(), 0);
  }
}
