package dev.holdfast.hold;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Rcode;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each name that vanishes, returns or shrinks, within a rate: an outage that takes a
 * whole zone must not fill the disk too. Thread-safe.
 */
final class HoldLog {

  private static final Logger logger = LoggerFactory.getLogger(HoldLog.class);

  /** Lines per second; further ones are counted in the next line. */
  private static final int MAX_LINES_PER_SECOND = 10;

  private final AtomicLong second = new AtomicLong();
  private final AtomicLong lines = new AtomicLong();

  void vanished(CacheKey key, Answer negative, Verdict verdict) {
    String evidence = negative.rcode() == Rcode.NXDOMAIN ? "NXDOMAIN" : "an empty answer";
    if (verdict == Verdict.HELD) {
      warn("holding {}: all upstreams give {}, its last good records are served", key, evidence);
    } else {
      warn("would have held {}: all upstreams give {}, which is believed", key, evidence);
    }
  }

  void returned(CacheKey key, long goneNanos) {
    Duration gone = Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(goneNanos));
    warn("{} is back after {}", key, gone);
  }

  void shrunk(CacheKey key, int before, int after) {
    warn("{} shrank from " + before + " to {} records", key, after);
  }

  private void warn(String format, Object first, Object second) {
    if (mayWrite()) {
      logger.warn(format, first, second);
    }
  }

  private boolean mayWrite() {
    long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
    if (second.getAndSet(now) != now) {
      long suppressed = lines.getAndSet(0) - MAX_LINES_PER_SECOND;
      if (suppressed > 0) {
        logger.warn("{} more names vanished, returned or shrank", suppressed);
      }
    }
    return lines.incrementAndGet() <= MAX_LINES_PER_SECOND;
  }
}
