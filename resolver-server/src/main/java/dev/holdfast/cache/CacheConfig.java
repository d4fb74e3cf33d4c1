package dev.holdfast.cache;

import java.time.Duration;

/**
 * How much is remembered and for how long. TTLs that upstreams send are raised to {@code minTtl}
 * and cut to {@code maxTtl}; those of NXDOMAIN and NODATA to {@code maxNegativeTtl}.
 *
 * @param maxSizeBytes memory of all answers together
 * @param minTtl floor of positive TTLs; above 0s it overrides what the zone's owner asked for
 * @param maxTtl ceiling of positive TTLs (RFC 8767 §4)
 * @param maxNegativeTtl ceiling of negative TTLs (RFC 2308 §5)
 * @param prefetch whether names that are asked again near their end are refreshed before it
 */
public record CacheConfig(
    long maxSizeBytes,
    Duration minTtl,
    Duration maxTtl,
    Duration maxNegativeTtl,
    boolean prefetch) {

  private static final long MEBIBYTE = 1L << 20;
  private static final long TEBIBYTE = 1L << 40;

  /** Of the heap: some 100,000 ordinary answers of 60 MB. */
  private static final int HEAP_PERCENT = 40;

  public static final CacheConfig DEFAULTS =
      new CacheConfig(
          HeapShare.of(HEAP_PERCENT, 128 * MEBIBYTE),
          Duration.ZERO,
          Duration.ofDays(1),
          Duration.ofMinutes(5),
          true);

  public CacheConfig {
    if (maxSizeBytes < MEBIBYTE || maxSizeBytes > TEBIBYTE) {
      throw new IllegalArgumentException(
          "max-size: " + maxSizeBytes + " bytes (expected 1MiB..1TiB)");
    }
    checkTtl("max-ttl", maxTtl, Duration.ofSeconds(1), Duration.ofDays(7), "1s..7d");
    checkTtl("min-ttl", minTtl, Duration.ZERO, Duration.ofDays(1), "0s..1d");
    checkTtl("max-negative-ttl", maxNegativeTtl, Duration.ZERO, Duration.ofDays(1), "0s..1d");
    if (minTtl.compareTo(maxTtl) > 0) {
      throw new IllegalArgumentException(
          "min-ttl: " + minTtl + " (expected at most max-ttl, " + maxTtl.toSeconds() + "s)");
    }
  }

  private static void checkTtl(
      String key, Duration ttl, Duration least, Duration most, String range) {
    if (ttl.compareTo(least) < 0 || ttl.compareTo(most) > 0 || ttl.toNanosPart() != 0) {
      throw new IllegalArgumentException(
          key + ": " + ttl + " (expected " + range + " in whole seconds)");
    }
  }
}
