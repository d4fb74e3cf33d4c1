package dev.holdfast.upstream;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Every upstream in use, one object per spec, so that what is known of a server outlives a change
 * of the routes that lead to it. Thread-safe.
 */
public final class Upstreams {

  /* Keyed by text because an address with a scope equals the same address with another scope. */
  private final Map<String, WeakReference<Upstream>> bySpec = new HashMap<>();

  /** Returns the upstreams for {@code specs}, in their order. */
  public synchronized List<Upstream> of(List<UpstreamSpec> specs) {
    bySpec.values().removeIf(reference -> reference.get() == null);
    return specs.stream().map(this::of).toList();
  }

  private Upstream of(UpstreamSpec spec) {
    String key = spec.toString();
    WeakReference<Upstream> reference = bySpec.get(key);
    Upstream known = reference == null ? null : reference.get();
    if (known != null) {
      return known;
    }
    Upstream created = new Upstream(spec);
    bySpec.put(key, new WeakReference<>(created));
    return created;
  }
}
