package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.RandomSource;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamChoice;
import dev.holdfast.wire.QueryWriter;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the questions of one loop ask with: the exchange, the choice of upstreams, the clock and the
 * limits. Confined to its loop.
 */
final class Questioner {

  private final Resolvers resolvers;
  private final ScheduledExecutorService loop;
  private final Exchange exchange;
  private final LoopCounters counters;
  private final UpstreamChoice choice = new UpstreamChoice(new RandomSource());
  private final LimitsConfig limits;
  private final long answerDeadlineNanos;
  private final long clientTimeoutNanos;
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
