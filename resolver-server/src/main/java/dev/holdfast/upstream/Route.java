package dev.holdfast.upstream;

import dev.holdfast.wire.Names;
import java.util.List;

/** Whom to ask for the names at and below a suffix. Immutable. */
public final class Route {

  /** Most upstreams of one route. */
  public static final int MAX_UPSTREAMS = 32;

  private final int id;
  private final byte[] suffix;
  private final List<Upstream> upstreams;
  private final RouteRules rules;

  /** A route whose answers stay as they are. */
  public Route(int id, byte[] suffix, List<Upstream> upstreams) {
    this(id, suffix, upstreams, RouteRules.NONE);
  }

  /**
   * A route.
   *
   * @param id tells it from the other routes, also in cache keys
   * @param suffix an uncompressed name in wire form; the root is one zero byte
   */
  public Route(int id, byte[] suffix, List<Upstream> upstreams, RouteRules rules) {
    if (Names.length(suffix, 0, suffix.length) != suffix.length) {
      throw new IllegalArgumentException(
          "suffix: " + suffix.length + " bytes (expected one uncompressed name)");
    }
    if (upstreams.isEmpty() || upstreams.size() > MAX_UPSTREAMS) {
      throw new IllegalArgumentException(
          "upstreams of "
              + Names.toText(suffix)
              + ": "
              + upstreams.size()
              + " (expected 1.."
              + MAX_UPSTREAMS
              + ")");
    }
    this.id = id;
    this.suffix = Names.folded(suffix, 0, suffix.length);
    this.upstreams = List.copyOf(upstreams);
    this.rules = rules;
  }

  public int id() {
    return id;
  }

  /** The folded name in wire form; not to be written to. */
  public byte[] suffix() {
    return suffix;
  }

  /** The suffix in presentation form. */
  public String name() {
    return Names.toText(suffix);
  }

  public List<Upstream> upstreams() {
    return upstreams;
  }

  /** What becomes of the answers. */
  public RouteRules rules() {
    return rules;
  }

  /** Whether this route is for every name that no other route takes. */
  public boolean isRoot() {
    return suffix.length == 1;
  }

  /** Whether every upstream is known to be down. */
  public boolean isDown() {
    for (int i = 0; i < upstreams.size(); i++) {
      if (upstreams.get(i).state() != Health.State.DOWN) {
        return false;
      }
    }
    return true;
  }

  /** Whether waiting for an upstream is no use, as far as this or an earlier run knows. */
  public boolean isProbablyDown() {
    for (int i = 0; i < upstreams.size(); i++) {
      if (!upstreams.get(i).health().isProbablyDown()) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code limit} queries or more wait for every upstream. */
  public boolean isFull(int limit) {
    for (int i = 0; i < upstreams.size(); i++) {
      if (upstreams.get(i).inFlight() < limit) {
        return false;
      }
    }
    return true;
  }

  /** How many more queries may wait for its upstreams, where {@code limit} may for each. */
  public int placesLeft(int limit) {
    int left = 0;
    for (int i = 0; i < upstreams.size(); i++) {
      left += Math.max(0, limit - upstreams.get(i).inFlight());
    }
    return left;
  }

  /** Whether the last queries to every upstream got no reply, or it is known to be down. */
  public boolean isSilent() {
    for (int i = 0; i < upstreams.size(); i++) {
      Upstream upstream = upstreams.get(i);
      if (!upstream.health().isSilent() && upstream.state() != Health.State.DOWN) {
        return false;
      }
    }
    return true;
  }

  /** Whether some upstream has ever said anything. */
  public boolean wasHeard() {
    for (int i = 0; i < upstreams.size(); i++) {
      if (upstreams.get(i).health().wasHeard()) {
        return true;
      }
    }
    return false;
  }

  /** Whether some upstream has said anything after {@code sinceNanos}. */
  public boolean wasHeardSince(long sinceNanos) {
    for (int i = 0; i < upstreams.size(); i++) {
      if (upstreams.get(i).health().wasHeardSince(sinceNanos)) {
        return true;
      }
    }
    return false;
  }

  /** Whether some upstream answers now at once and now very late. */
  public boolean isErratic() {
    for (int i = 0; i < upstreams.size(); i++) {
      if (upstreams.get(i).health().isErratic()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return Names.toText(suffix) + " -> " + upstreams;
  }
}
