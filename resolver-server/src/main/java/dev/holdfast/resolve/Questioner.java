package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.Health;
import dev.holdfast.upstream.RandomSource;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Timeouts;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamChoice;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.QueryWriter;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the questions of one loop ask with: the exchange, the choice of upstreams, the clock and the
 * limits. Confined to its loop.
 */
final class Questioner {

  /** What it takes at most to tell a client that there is no answer. */
  private static final long DELIVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** Hedges while all are healthy: 5 % of the queries, saved up to a small burst. */
  private static final double HEDGES_PER_QUERY = 0.05;

  private static final double MAX_HEDGE_BUDGET = 10;

  /**
   * Upstreams whose answers are often very late, that have fallen silent, or that have said nothing
   * since this process started, are not given the whole client timeout.
   */
  static final long SHORT_CLIENT_TIMEOUT_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  private final Resolvers resolvers;
  private final ScheduledExecutorService loop;
  private final Exchange exchange;
  private final LoopCounters counters;
  private final Timeouts timeouts;
  private final UpstreamChoice choice = new UpstreamChoice(new RandomSource());
  private LimitsConfig limits;
  private long answerDeadlineNanos;
  private long clientTimeoutNanos;
  private double hedgeBudget = MAX_HEDGE_BUDGET;
  private final byte[] message = new byte[QueryWriter.MAX_LENGTH];

  Questioner(
      Resolvers resolvers,
      ScheduledExecutorService loop,
      Exchange exchange,
      LoopCounters counters) {
    this.resolvers = resolvers;
    this.loop = loop;
    this.exchange = exchange;
    this.counters = counters;
    this.timeouts = new Timeouts(loop, resolvers::nowNanos);
    use(resolvers.config());
  }

  /** Asks by another configuration. */
  void use(Resolvers.Config config) {
    limits = config.limits();
    answerDeadlineNanos = limits.answerDeadline().toNanos() - DELIVERY_NANOS;
    clientTimeoutNanos = config.stale().clientTimeout().toNanos();
  }

  /**
   * Sends a question to one upstream.
   *
   * @param question what {@code key} says in wire form
   */
  Exchange.Sent send(
      CacheKey key,
      byte[] question,
      Upstream upstream,
      boolean stream,
      long timeoutNanos,
      ReplyHandler handler) {
    ClientSubnet subnet = key.subnet();
    int length =
        QueryWriter.write(
            message,
            question,
            key.dnssecOk(),
            key.checkingDisabled(),
            subnet == null ? ClientSubnet.UNTOLD : subnet);
    counters.increment(Counter.UPSTREAM_QUERIES);
    upstream.count(Upstream.Event.QUERY);
    hedgeBudget = Math.min(hedgeBudget + HEDGES_PER_QUERY, MAX_HEDGE_BUDGET);
    return exchange.ask(upstream, message, length, stream, timeoutNanos, handler);
  }

  /** Returns the index of the upstream to ask next, or {@link UpstreamChoice#NONE}. */
  int choose(List<Upstream> upstreams, int tried) {
    return choice.next(upstreams, tried);
  }

  /** Returns the index of any upstream that is not down. */
  int chooseAny(List<Upstream> upstreams) {
    return choice.any(upstreams);
  }

  /** Returns the index of an upstream to ask beside a slow one, or {@link UpstreamChoice#NONE}. */
  int chooseHealthy(List<Upstream> upstreams, int tried) {
    int index = choice.next(upstreams, tried);
    boolean healthy =
        index != UpstreamChoice.NONE && upstreams.get(index).state() == Health.State.UP;
    return healthy ? index : UpstreamChoice.NONE;
  }

  /** Whether another upstream may be asked beside {@code slow}; a healthy one costs budget. */
  boolean mayHedge(Upstream slow) {
    if (slow.state() != Health.State.UP || slow.health().isErratic()) {
      return true;
    }
    if (hedgeBudget < 1) {
      return false;
    }
    hedgeBudget--;
    return true;
  }

  /** Begins a time of an attempt. */
  void startTime(Timeouts.Timeout timeout, long nowNanos, long delayNanos) {
    timeouts.start(timeout, nowNanos, delayNanos);
  }

  /** Goes on with a question on its loop; callable from any other. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  Future<?> schedule(Runnable task, long delayNanos) {
    return loop.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
  }

  static void cancel(@Nullable Future<?> timer) {
    if (timer != null) {
      timer.cancel(/* mayInterruptIfRunning= */ false);
    }
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

  /** How long a question may take, whatever happens to it: its answer is there by the deadline. */
  long answerDeadlineNanos() {
    return answerDeadlineNanos;
  }

  /** How long a client that has a stale answer waits for a fresh one. */
  long clientTimeoutNanos(Route route) {
    if (route.isProbablyDown()) {
      return 0;
    }
    return route.isErratic() || route.isSilent() || !route.wasHeard()
        ? Math.min(clientTimeoutNanos, SHORT_CLIENT_TIMEOUT_NANOS)
        : clientTimeoutNanos;
  }
}
