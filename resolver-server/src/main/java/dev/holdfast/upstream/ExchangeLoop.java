package dev.holdfast.upstream;

import dev.holdfast.datagram.ConnectedSockets;
import dev.holdfast.datagram.NativeTransport;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.metrics.UnexpectedFailures;
import dev.holdfast.wire.ReplyOpt;
import io.netty.channel.EventLoop;
import java.util.function.LongSupplier;

/** What the sockets of one exchange share. Confined to one event loop. */
final class ExchangeLoop {

  private static final int MAX_MESSAGE_BYTES = 65_535;

  final EventLoop eventLoop;
  final NativeTransport transport;
  final ConnectedSockets sockets;
  final Timeouts timeouts;
  final ExchangeConfig config;
  final LoopCounters counters;
  final OwnSockets ownSockets;
  final RandomSource random;
  final LongSupplier nanoClock;
  final UnexpectedFailures failures;

  final ReplyOpt replyOpt = new ReplyOpt();

  /** What queries carry against forged replies. */
  ForgeryConfig forgery = ForgeryConfig.DEFAULTS;

  /** Holds the reply that is being handled. */
  final byte[] reply = new byte[MAX_MESSAGE_BYTES];

  ExchangeLoop(
      EventLoop eventLoop,
      NativeTransport transport,
      ExchangeConfig config,
      LoopCounters counters,
      OwnSockets ownSockets,
      RandomSource random,
      LongSupplier nanoClock) {
    this.eventLoop = eventLoop;
    this.transport = transport;
    this.sockets = new ConnectedSockets(eventLoop, transport);
    this.timeouts = new Timeouts(eventLoop, nanoClock);
    this.config = config;
    this.counters = counters;
    this.ownSockets = ownSockets;
    this.random = random;
    this.nanoClock = nanoClock;
    this.failures = new UnexpectedFailures(counters);
  }

  long now() {
    return nanoClock.getAsLong();
  }

  void count(Counter counter) {
    counters.increment(counter);
  }

  /** Tells {@code handler}; what it throws stays here. */
  void notifyFailed(ReplyHandler handler, FailureKind kind) {
    try {
      handler.failed(kind, now());
    } catch (Throwable unexpected) {
      failures.record(unexpected);
    }
  }
}
