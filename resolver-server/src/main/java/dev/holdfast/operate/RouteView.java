package dev.holdfast.operate;

import dev.holdfast.upstream.Route;
import java.util.List;

/**
 * Whom names at and below a suffix are asked. Immutable.
 *
 * @param down whether every upstream is known to be down
 */
public record RouteView(String suffix, boolean down, List<UpstreamView> upstreams) {

  static RouteView of(Route route) {
    return new RouteView(
        route.name(), route.isDown(), route.upstreams().stream().map(UpstreamView::of).toList());
  }
}
