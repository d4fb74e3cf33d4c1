package dev.holdfast.upstream;

import dev.holdfast.wire.Names;
import java.util.List;

/**
 * Names at or below a suffix and the upstreams that are asked for them.
 *
 * @param suffix in presentation form, lower case, with the final dot
 * @param rules what becomes of their answers
 */
public record RouteConfig(String suffix, List<UpstreamSpec> upstreams, RouteRules rules) {

  public RouteConfig {
    byte[] name = Names.parse(suffix);
    suffix = Names.toText(Names.folded(name, 0, name.length));
    upstreams = List.copyOf(upstreams);
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("upstreams: [] (expected at least one upstream)");
    }
  }

  /** Names whose answers stay as they are. */
  public RouteConfig(String suffix, List<UpstreamSpec> upstreams) {
    this(suffix, upstreams, RouteRules.NONE);
  }
}
