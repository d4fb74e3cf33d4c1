package dev.holdfast.store;

import dev.holdfast.cache.HeapShare;

/**
 * Whether what was learnt is kept on disk, and how much of it.
 *
 * @param enabled whether anything is kept at all
 * @param maxSizeBytes all files of the journal together; files set aside for inspection not counted
 */
public record JournalConfig(boolean enabled, long maxSizeBytes) {

  private static final long MEBIBYTE = 1L << 20;
  private static final long GIBIBYTE = 1L << 30;

  /** Of the heap, because what is found where on disk is known in memory. */
  private static final int HEAP_PERCENT = 55;

  public static final JournalConfig DEFAULTS =
      new JournalConfig(/* enabled= */ true, HeapShare.of(HEAP_PERCENT, 256 * MEBIBYTE));

  private static final int SEGMENTS = 64;
  private static final long LARGEST_SEGMENT_BYTES = 8 * MEBIBYTE;
  private static final int LARGEST_BATCH_BYTES = 1 << 14;

  public JournalConfig {
    if (maxSizeBytes < 4 * MEBIBYTE || maxSizeBytes > 16 * GIBIBYTE) {
      throw new IllegalArgumentException(
          "max-size: " + maxSizeBytes + " bytes (expected 4MiB..16GiB)");
    }
  }

  /** A journal of this size. */
  JournalConfig(long maxSizeBytes) {
    this(/* enabled= */ true, maxSizeBytes);
  }

  /** Bytes written at once. */
  int batchBytes() {
    return Math.min(segmentSizeBytes(), LARGEST_BATCH_BYTES);
  }

  /**
   * Bytes kept free of the bound: for a batch, or a file that is written anew beside itself with
   * what a last batch added to it.
   */
  int reserveBytes() {
    return 2 * segmentSizeBytes() + batchBytes() + RecordBuffer.MAX_RECORD_LENGTH;
  }

  /** Size at which a file is closed and the next one begun. */
  int segmentSizeBytes() {
    return (int) Math.min(maxSizeBytes / SEGMENTS, LARGEST_SEGMENT_BYTES);
  }
}
