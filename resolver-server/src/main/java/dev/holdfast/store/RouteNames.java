package dev.holdfast.store;

import org.jspecify.annotations.Nullable;

/**
 * Which route a number in a cache key stands for. Numbers change with the configuration; the
 * journal keeps the suffix of the route instead. Asked by threads other than event loops.
 */
public interface RouteNames {

  /** No route: the number has lost its meaning, or the suffix has no route any more. */
  int NONE = -1;

  /** One route, number 0, for all names. */
  RouteNames ROOT_ONLY =
      new RouteNames() {
        @Override
        public byte @Nullable [] suffixOf(int route) {
          return route == 0 ? new byte[] {0} : null;
        }

        @Override
        public int routeOf(byte[] suffix) {
          return suffix.length == 1 ? 0 : NONE;
        }
      };

  /** Returns the folded suffix of a route in wire form, or null when there is no such route. */
  byte @Nullable [] suffixOf(int route);

  /** Returns the number of the route with exactly this suffix, or {@link #NONE}. */
  int routeOf(byte[] suffix);
}
