package dev.holdfast.bench;

import org.HdrHistogram.Histogram;

/** What is counted while a load runs. Confined to one thread. */
final class Tally {

  static final int RCODES = 16;

  /** Longest latency told apart, and the precision that all are kept with. */
  private static final long MAX_LATENCY_NANOS = 120_000_000_000L;

  private static final int DIGITS = 3;

  final Histogram latencies = new Histogram(MAX_LATENCY_NANOS, DIGITS);
  final Histogram delays = new Histogram(MAX_LATENCY_NANOS, DIGITS);
  final long[] rcodes = new long[RCODES];
  long sent;
  long answered;
  long lost;
  long truncated;
  long late;
  long duplicate;
  long unknown;
  long refused;
  long skipped;
  long bytesSent;
  long bytesReceived;
  long idleNanos;

  /** Notes an answer in time. */
  void answer(long latencyNanos, int flags, int length) {
    latencies.recordValue(Math.min(Math.max(latencyNanos, 0), MAX_LATENCY_NANOS));
    rcodes[flags & (RCODES - 1)]++;
    answered++;
    bytesReceived += length;
  }

  /** Notes how much later than intended a query was sent. */
  void delay(long nanos) {
    delays.recordValue(Math.min(Math.max(nanos, 0), MAX_LATENCY_NANOS));
  }
}
