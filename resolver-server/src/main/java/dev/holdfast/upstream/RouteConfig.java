package dev.holdfast.upstream;

import dev.holdfast.wire.Names;
import java.util.List;

/**
 * Names at or below a suffix and the upstreams that are asked for them.
 *
 * @param suffix in presentation form, lower case, with the final dot
 */
public record RouteConfig(String suffix, List<UpstreamSpec> upstreams) {

  public RouteConfig {
    byte[] name = Names.parse(suffix);
    suffix = Names.toText(Names.folded(name, 0, name.length));
    upstreams = List.copyOf(upstreams);
    if (upstreams.isEmpty()) {
      throw new IllegalArgumentException("upstreams: [] (expected at least one upstream)");
    }
  }
}
