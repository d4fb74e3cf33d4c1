package dev.holdfast.upstream;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import dev.holdfast.wire.ReplyReader;
import dev.holdfast.wire.TtlLimits;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks upstreams that are suspect or down: at once, so that it is soon known what is the matter,
 * then in pauses from 250 to 500 ms until they are up. Those that are down are asked over TCP too.
 * Confined to one event loop.
 */
public final class Prober {

  private static final long TICK_MILLIS = 50;
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** Of the probes over UDP, every so many are sent over TCP as well. */
  private static final int STREAM_PROBE_EVERY = 4;

  private static final int JITTER_DIVISOR = 8;
  private static final int JITTER_STEPS = 256;

  /** The question of an upstream that has answered none yet: the root's name servers. */
  private static final byte[] ROOT_SERVERS = {0, 0, RecordType.NS, 0, RecordClass.IN};

  private static final TtlLimits ANY_TTL = new TtlLimits(0, Integer.MAX_VALUE, Integer.MAX_VALUE);

  private final ScheduledExecutorService loop;
  private final Exchange exchange;
  private final LoopCounters counters;
  private final RandomSource random;
  private final LongSupplier nanoClock;
  private final Supplier<Routes> routes;
  private final Consumer<Upstream> recovered;
  private final IdentityHashMap<Upstream, Probing> probing = new IdentityHashMap<>();
  private final Set<Upstream> lossy = Collections.newSetFromMap(new IdentityHashMap<>());
  private final UpstreamLog log = new UpstreamLog();
  private @Nullable Future<?> ticks;
  private final ReplyReader reader = new ReplyReader(ANY_TTL, /* minimalResponses= */ true);
  private final byte[] message = new byte[QueryWriter.MAX_LENGTH];

  /** An upstream that is suspect or down, and when it is asked next. */
  private static final class Probing {

    private boolean down;
    private int probes;
    private long pauseNanos = FIRST_PAUSE_NANOS;
    private long nextAtNanos;
  }

  /**
   * A prober of the upstreams that {@code routes} lead to.
   *
   * @param recovered told of each upstream that is back
   */
  public Prober(
      ScheduledExecutorService loop,
      Exchange exchange,
      LoopCounters counters,
      RandomSource random,
      LongSupplier nanoClock,
      Supplier<Routes> routes,
      Consumer<Upstream> recovered) {
    this.loop = loop;
    this.exchange = exchange;
    this.counters = counters;
    this.random = random;
    this.nanoClock = nanoClock;
    this.routes = routes;
    this.recovered = recovered;
  }

  /** Begins to watch, until {@link #stop} or the end of the loop. */
  public void start() {
    ticks =
        loop.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /** Ends to watch. */
  public void stop() {
    if (ticks != null) {
      ticks.cancel(/* mayInterruptIfRunning= */ false);
    }
  }

  private void tick() {
    long nowNanos = nanoClock.getAsLong();
    for (Route route : routes.get().all()) {
      for (Upstream upstream : route.upstreams()) {
        watch(upstream, nowNanos);
      }
    }
  }

  private void watch(Upstream upstream, long nowNanos) {
    boolean stream = upstream.spec().tcpOnly();
    Health.State state = upstream.health(stream).state();
    Probing known = probing.get(upstream);
    if (state == Health.State.UP) {
      if (known != null) {
        back(upstream, known, nowNanos);
      }
      watchLosses(upstream, upstream.health(stream));
      return;
    }
    if (known == null) {
      known = new Probing();
      probing.put(upstream, known);
      known.nextAtNanos = nowNanos;
    }
    if (state == Health.State.DOWN && !known.down) {
      known.down = true;
      counters.increment(Counter.UPSTREAMS_WENT_DOWN);
      log.down(upstream, upstream.health(stream).trouble(), nowNanos);
    }
    if (nowNanos - known.nextAtNanos >= 0) {
      known.nextAtNanos = nowNanos + jittered(known.pauseNanos);
      known.pauseNanos = Math.min(2 * known.pauseNanos, LONGEST_PAUSE_NANOS);
      probe(upstream, stream, nowNanos);
      boolean streamTurn = known.probes++ % STREAM_PROBE_EVERY == 0;
      if (known.down && !stream && streamTurn && !upstream.prefersStream()) {
        probe(upstream, /* stream= */ true, nowNanos);
      }
    }
  }

  /* Questions failed while it lost many: when it loses none again, it is back as if it had been down. */
  private void watchLosses(Upstream upstream, Health health) {
    if (health.isSteady()) {
      if (lossy.remove(upstream)) {
        recovered.accept(upstream);
      }
    } else if (health.isLossy()) {
      lossy.add(upstream);
    }
  }

  private void back(Upstream upstream, Probing known, long nowNanos) {
    probing.remove(upstream);
    if (known.down) {
      counters.increment(Counter.UPSTREAMS_CAME_BACK);
      log.back(upstream, nowNanos);
      recovered.accept(upstream);
    }
  }

  private void probe(Upstream upstream, boolean stream, long sentAtNanos) {
    byte[] answered = upstream.answeredQuestion();
    byte[] question = answered == null ? ROOT_SERVERS : answered;
    int length =
        QueryWriter.write(message, question, /* dnssecOk= */ false, /* checkingDisabled= */ false);
    counters.increment(Counter.PROBES_SENT);
    upstream.count(Upstream.Event.PROBE);
    Probe probe = new Probe(upstream, stream, question, sentAtNanos);
    exchange.ask(upstream, message, length, stream, Health.MAX_TIMEOUT_NANOS, probe);
    probe.watch();
  }

  /** One message to an upstream that is suspect or down. */
  private final class Probe implements ReplyHandler {

    private final Upstream upstream;
    private final boolean stream;
    private final byte[] question;
    private final long sentAtNanos;
    private @Nullable Future<?> lateTimer;

    Probe(Upstream upstream, boolean stream, byte[] question, long sentAtNanos) {
      this.upstream = upstream;
      this.stream = stream;
      this.question = question;
      this.sentAtNanos = sentAtNanos;
    }

    void watch() {
      Health health = upstream.health(stream);
      lateTimer = loop.schedule(health::late, health.lateNanos(), TimeUnit.NANOSECONDS);
    }

    private void end() {
      if (lateTimer != null) {
        lateTimer.cancel(/* mayInterruptIfRunning= */ false);
      }
    }

    /* Only an answer heals: an error to a question that was answered before is still an error. */
    @Override
    public boolean replied(byte[] reply, int length, long nowNanos) {
      ReplyKind kind = reader.read(reply, length, /* dnssecOk= */ false);
      if (kind == ReplyKind.MALFORMED) {
        return false;
      }
      end();
      long rttNanos = nowNanos - sentAtNanos;
      boolean knownQuestion = upstream.answeredQuestion() != null;
      if (kind == ReplyKind.TRUNCATED) {
        probe(upstream, /* stream= */ true, nowNanos);
      } else if (kind == ReplyKind.FAILURE && knownQuestion) {
        upstream.health(stream).repliedError(rttNanos, nowNanos);
      } else {
        upstream.replied(stream, rttNanos, nowNanos, question);
        if (stream && !upstream.spec().tcpOnly()) {
          recovered.accept(upstream);
        }
      }
      return true;
    }

    @Override
    public void failed(FailureKind kind, long nowNanos) {
      end();
      upstream.health(stream).failed(kind);
    }
  }

  private long jittered(long pauseNanos) {
    return pauseNanos - pauseNanos / JITTER_DIVISOR * random.nextBelow(JITTER_STEPS) / JITTER_STEPS;
  }
}
