package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.RandomSource;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamChoice;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.ReplyReader;
import dev.holdfast.wire.TtlLimits;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the questions of one loop ask with: the exchange, the choice of upstreams, the reader of
 * replies, and where answers and failures are kept. Confined to its loop.
 */
final class Questioner {

  private final Resolvers resolvers;
  private final ScheduledExecutorService loop;
  private final Exchange exchange;
  private final LoopCounters counters;
  private final UpstreamChoice choice = new UpstreamChoice(new RandomSource());
  private final ReplyReader reader;
  private final LimitsConfig limits;
  private final long answerDeadlineNanos;
  private final long clientTimeoutNanos;
  private final long staleNanos;
  private final byte[] message = new byte[QueryWriter.MAX_LENGTH];

  Questioner(
      Resolvers resolvers,
      ScheduledExecutorService loop,
      Exchange exchange,
      LoopCounters counters) {
    Resolvers.Config config = resolvers.config();
    this.resolvers = resolvers;
    this.loop = loop;
    this.exchange = exchange;
    this.counters = counters;
    this.limits = config.limits();
    this.answerDeadlineNanos = limits.answerDeadline().toNanos();
    this.clientTimeoutNanos = config.stale().clientTimeout().toNanos();
    this.staleNanos = config.stale().maxAge().toNanos();
    TtlLimits ttlLimits =
        new TtlLimits(
            (int) config.cache().minTtl().toSeconds(),
            (int) config.cache().maxTtl().toSeconds(),
            (int) config.cache().maxNegativeTtl().toSeconds());
    this.reader = new ReplyReader(ttlLimits, config.minimalResponses());
  }

  /** Sends a question to one upstream. */
  void send(
      CacheKey key, Upstream upstream, boolean stream, long timeoutNanos, ReplyHandler handler) {
    byte[] question = key.question();
    int length =
        QueryWriter.write(
            message, question, 0, question.length, key.dnssecOk(), key.checkingDisabled());
    counters.increment(Counter.UPSTREAM_QUERIES);
    exchange.ask(upstream, message, length, stream, timeoutNanos, handler);
  }

  /** Returns the index of the upstream to ask next, or {@link UpstreamChoice#NONE}. */
  int choose(List<Upstream> upstreams, int tried) {
    return choice.next(upstreams, tried);
  }

  /** Reads a reply; {@link #rcode} and {@link #learn} speak of the last one read. */
  ReplyKind read(byte[] reply, int length, boolean dnssecOk) {
    return reader.read(reply, length, dnssecOk);
  }

  int rcode() {
    return reader.rcode();
  }

  /** Makes an entry of the last reply, and keeps it unless it has no TTL or is too large. */
  CacheEntry learn(CacheKey key, ReplyKind kind, long nowNanos) {
    Answer answer = reader.answer();
    boolean positive = kind == ReplyKind.POSITIVE;
    int ttlSeconds = positive || reader.soaFound() ? answer.minTtlSeconds() : 0;
    CacheEntry entry =
        new CacheEntry(answer, kind, ttlSeconds, positive ? staleNanos : 0, nowNanos);
    int records = answer.answerCount() + answer.authorityCount() + answer.additionalCount();
    if (ttlSeconds > 0
        && records <= limits.cachedRecords()
        && answer.sizeBytes() <= limits.cachedSizeBytes()) {
      resolvers.cache().put(key, entry);
    } else {
      counters.increment(Counter.ANSWERS_NOT_CACHED);
      if (positive) {
        resolvers.cache().remove(key);
      }
    }
    resolvers.failures().forget(key);
    return entry;
  }

  void rememberFailure(CacheKey key, int rcode, long nowNanos) {
    resolvers.failures().remember(key, rcode, nowNanos);
  }

  Future<?> schedule(Runnable task, long delayNanos) {
    return loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  void count(Counter counter) {
    counters.increment(counter);
  }

  long nowNanos() {
    return resolvers.nowNanos();
  }

  int maxSends() {
    return limits.sendsPerQuestion();
  }

  /** How long a question may take, whatever happens to it. */
  long answerDeadlineNanos() {
    return answerDeadlineNanos;
  }

  /** How long a client that has a stale answer waits for a fresh one. */
  long clientTimeoutNanos() {
    return clientTimeoutNanos;
  }
}
