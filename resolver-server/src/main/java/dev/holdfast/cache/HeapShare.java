package dev.holdfast.cache;

/**
 * How much memory something may take by default: as much as it is worth on a large heap, and its
 * part of a small one, so that all of them together fit into 60 MB. Stateless.
 */
public final class HeapShare {

  private static final long LEAST_BYTES = 1L << 20;

  private HeapShare() {}

  /** Returns {@code percent} of this process' heap, at most {@code mostBytes}. */
  public static long of(int percent, long mostBytes) {
    return of(percent, mostBytes, Runtime.getRuntime().maxMemory());
  }

  static long of(int percent, long mostBytes, long heapBytes) {
    return Math.clamp(heapBytes / 100 * percent, LEAST_BYTES, mostBytes);
  }
}
