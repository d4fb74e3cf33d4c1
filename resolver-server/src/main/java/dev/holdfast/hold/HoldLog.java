package dev.holdfast.hold;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Rcode;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each name that vanishes, returns or shrinks. Thread-safe. */
final class HoldLog {

  private static final Logger logger = LoggerFactory.getLogger(HoldLog.class);

  void vanished(CacheKey key, Answer negative, Verdict verdict) {
    boolean held = verdict == Verdict.HELD;
    String evidence = negative.rcode() == Rcode.NXDOMAIN ? "NXDOMAIN" : "an empty answer";
    logger
        .atWarn()
        .addKeyValue("event", held ? "hold-begun" : "would-have-held")
        .addKeyValue("name", key)
        .addKeyValue("evidence", evidence)
        .log(
            held
                ? "holding {}: all upstreams give {}, its last good records are served"
                : "would have held {}: all upstreams give {}, which is believed",
            key,
            evidence);
  }

  void returned(CacheKey key, long goneNanos) {
    Duration gone = Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(goneNanos));
    logger
        .atWarn()
        .addKeyValue("event", "name-back")
        .addKeyValue("name", key)
        .addKeyValue("gone_seconds", gone.toSeconds())
        .log("{} is back after {}", key, text(gone));
  }

  void shrunk(CacheKey key, int before, int after) {
    logger
        .atWarn()
        .addKeyValue("event", "name-shrank")
        .addKeyValue("name", key)
        .addKeyValue("records_before", before)
        .addKeyValue("records_after", after)
        .log("{} shrank from {} to {} records", key, before, after);
  }

  /** Returns a time as 2h37m or 5s. */
  private static String text(Duration duration) {
    return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }
}
