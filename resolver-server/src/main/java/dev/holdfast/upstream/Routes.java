package dev.holdfast.upstream;

import dev.holdfast.wire.Names;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which route a name takes: the one with the longest suffix of it. Immutable. */
public final class Routes {

  private final Route root;
  private final List<Route> all;

  /** Routes by the length of their suffix; null when there is only the root. */
  private final Route @Nullable [][] bySuffixLength;

  /**
   * Routes with different suffixes, the root among them.
   *
   * @throws IllegalArgumentException without a root or with two routes for one suffix
   */
  public Routes(Collection<Route> routes) {
    this.all = List.copyOf(routes);
    this.root =
        all.stream()
            .filter(Route::isRoot)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("routes: none for the root"));
    this.bySuffixLength = all.size() == 1 ? null : table(all);
  }

  /** Returns the route of the name at {@code offset}, uncompressed, in any case. */
  public Route match(byte[] name, int offset, int length) {
    Route[][] table = bySuffixLength;
    return table == null ? root : longest(table, name, offset, length);
  }

  /** The route of names that no other route takes. */
  public Route root() {
    return root;
  }

  /** All routes, in the order they were given. */
  public List<Route> all() {
    return all;
  }

  private Route longest(Route[][] table, byte[] name, int offset, int length) {
    int end = offset + length;
    for (int position = offset; position < end - 1; position += name[position] + 1) {
      int rest = end - position;
      for (Route route : table[rest]) {
        if (Names.equalsIgnoreCase(name, position, route.suffix(), 0, rest)) {
          return route;
        }
      }
    }
    return root;
  }

  private static Route[][] table(List<Route> routes) {
    Route[][] table = new Route[Names.MAX_LENGTH + 1][];
    for (int length = 0; length < table.length; length++) {
      int suffixLength = length;
      table[length] =
          routes.stream()
              .filter(route -> route.suffix().length == suffixLength)
              .toArray(Route[]::new);
      rejectTwins(table[length]);
    }
    return table;
  }

  private static void rejectTwins(Route[] routes) {
    for (int i = 0; i < routes.length; i++) {
      for (int j = 0; j < i; j++) {
        if (Names.equalsIgnoreCase(
            routes[i].suffix(), 0, routes[j].suffix(), 0, routes[i].suffix().length)) {
          throw new IllegalArgumentException(
              "routes: two for " + Names.toText(routes[i].suffix()) + " (expected one)");
        }
      }
    }
  }
}
