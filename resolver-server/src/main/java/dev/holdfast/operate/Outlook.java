package dev.holdfast.operate;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.operate.Explanation.Outcome;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Ruling;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.ReplyKind;
import org.jspecify.annotations.Nullable;

/** What the walk of a query would make of a question now, without making it. */
final class Outlook {

  private final Resolvers resolvers;
  private final CacheKey key;
  private final Route route;
  private final long nowNanos;

  Outlook(Resolvers resolvers, CacheKey key, Route route, long nowNanos) {
    this.resolvers = resolvers;
    this.key = key;
    this.route = route;
    this.nowNanos = nowNanos;
  }

  Outcome outcome() {
    byte[] qname = key.qname();
    Ruling ruling = new PolicyLookup().ofName(resolvers.localPolicy(), qname, 0, qname.length);
    if (ruling != null && ruling.rule().action() != Rule.Action.PASS) {
      return Outcome.RULED;
    }
    if (resolvers.localNames().rule(qname) != null) {
      return Outcome.LOCAL;
    }
    if (resolvers.holds().pins().find(key) != null) {
      return Outcome.PINNED;
    }
    CacheEntry entry = resolvers.cache().lookup(key);
    if (entry != null && entry.isFresh(nowNanos)) {
      return entry.isHeld() ? Outcome.HELD : Outcome.FRESH;
    }
    CacheEntry twin = resolvers.cache().lookup(key.otherDnssecVariant());
    if (twin != null && !key.dnssecOk() && !twin.isHeld() && twin.isFresh(nowNanos)) {
      return Outcome.FRESH;
    }
    boolean stale = isServable(entry) || isServableTwin(twin);
    boolean hopeless = route.isDown() || resolvers.failures().recall(key, nowNanos) != null;
    if (hopeless) {
      return stale ? staleOutcome(entry) : Outcome.FAILURE;
    }
    if (stale && resolvers.config().stale().clientTimeout().isZero()) {
      return staleOutcome(entry);
    }
    return stale ? Outcome.ASK_OR_STALE : Outcome.ASK;
  }

  private static Outcome staleOutcome(@Nullable CacheEntry entry) {
    return entry != null && entry.isHeld() ? Outcome.HELD : Outcome.STALE;
  }

  private boolean isServable(@Nullable CacheEntry entry) {
    return entry != null && entry.isServableStale(nowNanos);
  }

  /* One with signatures lends its records without them; one without lends them as they are. */
  private boolean isServableTwin(@Nullable CacheEntry twin) {
    if (twin == null || twin.kind() != ReplyKind.POSITIVE) {
      return false;
    }
    boolean inTime = twin.isFresh(nowNanos) || twin.isStale(nowNanos);
    return inTime && (key.dnssecOk() || !twin.isHeld());
  }
}
