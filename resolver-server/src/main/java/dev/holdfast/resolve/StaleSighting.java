package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;

/**
 * A question that a loop answered stale. Immutable.
 *
 * @param answers how often it did since the first time
 * @param lastNanos when it last did
 */
public record StaleSighting(CacheKey key, long answers, long lastNanos) {}
