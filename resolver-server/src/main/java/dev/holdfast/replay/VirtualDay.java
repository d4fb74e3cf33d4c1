package dev.holdfast.replay;

import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.upstream.Upstreams;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;

/**
 * Plays a day in fast time against this server's own resolver: its clock and its upstreams are
 * scripted, all else is what runs in production. Confined to one thread.
 */
public final class VirtualDay {

  /** How long the name is known before the day begins, asked for once in a while. */
  private static final double KNOWN_BEFORE_SECONDS = 26 * 3600;

  private static final double ASKED_BEFORE_EVERY_SECONDS = 60;
  private static final double PROGRESS_EVERY_SECONDS = 1800;

  /** Whoever still waits at the end has an answer after this time, or never. */
  private static final Duration DRAIN = Duration.ofSeconds(10);

  private static final Instant MIDNIGHT = Instant.parse("2025-10-20T00:00:00Z");
  private static final byte[] ROOT = {0};

  private final Day day;
  private final DayTally tally;
  private final VirtualLoop loop = new VirtualLoop();
  private final Resolver resolver;
  private final byte[] query = Judge.query(Day.NAME);
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
  private final Asking client = new Asking();

  private VirtualDay(Day day, HoldfastConfig config) {
    this.day = day;
    this.tally = new DayTally(day, 1);
    List<UpstreamSpec> upstreams =
        List.of(UpstreamSpec.parse("192.0.2.53"), UpstreamSpec.parse("192.0.2.54"));
    Routes routes = new Routes(List.of(new Route(0, ROOT, new Upstreams().of(upstreams))));
    InstantSource wallClock = () -> MIDNIGHT.plusMillis((long) (second() * 1000));
    Resolvers resolvers =
        new Resolvers(config.resolving(), 1, routes, loop.clock(), wallClock, new OwnSockets());
    this.resolver = resolvers.addLoop(loop, new DayExchange(), new LoopCounters());
  }

  /**
   * Plays the day.
   *
   * @param progress hears now and then which second of the day it is
   */
  public static DayResult play(Day day, HoldfastConfig config, DoubleConsumer progress) {
    return new VirtualDay(day, config).play(progress);
  }

  private DayResult play(DoubleConsumer progress) {
    double firstSecond = day.startSecond() - KNOWN_BEFORE_SECONDS;
    for (double at = firstSecond; at < day.startSecond(); at += ASKED_BEFORE_EVERY_SECONDS) {
      ask(at, 0);
    }
    long questions = Math.round((day.endSecond() - day.startSecond()) * day.questionsPerSecond());
    double nextProgress = day.startSecond();
    for (long i = 0; i < questions; i++) {
      double at = day.startSecond() + i / day.questionsPerSecond();
      if (at >= nextProgress) {
        progress.accept(at);
        nextProgress += PROGRESS_EVERY_SECONDS;
      }
      ask(at, (int) (i % day.clients()));
    }
    loop.advance(DRAIN);
    return tally.result();
  }

  private void ask(double second, int number) {
    loop.advanceTo(nanos(second));
    client.number = number;
    int length = resolver.resolve(query, 0, query.length, client, loop.nowNanos(), response);
    if (length > 0) {
      answered(loop.nowNanos(), response, length);
    }
  }

  private void answered(long askedNanos, byte[] message, int length) {
    double askedSecond = second(askedNanos);
    if (askedSecond >= day.startSecond()) {
      tally.answered(askedSecond, second(), message, length, loop.nowNanos() - askedNanos);
    }
  }

  private double second() {
    return second(loop.nowNanos());
  }

  private double second(long nanos) {
    double sinceFirst = (nanos - loop.startNanos()) / 1e9;
    return day.startSecond() - KNOWN_BEFORE_SECONDS + sinceFirst;
  }

  private long nanos(double second) {
    double sinceFirst = second - day.startSecond() + KNOWN_BEFORE_SECONDS;
    return loop.startNanos() + Math.round(sinceFirst * 1e9);
  }

  /** Whoever asks at the moment; each client has an address of its own. */
  private final class Asking implements Client {

    private static final long MAPPED = 0xffff_0a00_0000L;
    private static final int PORT = 40_000;

    private int number;

    @Override
    public boolean stream() {
      return false;
    }

    @Override
    public long addressHigh() {
      return 0;
    }

    @Override
    public long addressLow() {
      return MAPPED + number;
    }

    @Override
    public int port() {
      return PORT;
    }

    @Override
    public ReplyPath detach() {
      long askedNanos = loop.nowNanos();
      return (message, length) -> answered(askedNanos, message, length);
    }
  }

  /** Upstreams that know what is true at the moment and say it after a while. */
  private final class DayExchange implements Exchange {

    private static final long REPLY_MILLIS = 12;

    private final DayAnswers answers = new DayAnswers(day);

    @Override
    public Sent ask(
        Upstream upstream,
        byte[] message,
        int length,
        boolean stream,
        long timeoutNanos,
        ReplyHandler handler) {
      tally.askedUpstream(second());
      byte[] reply = answers.reply(message, length, second());
      Future<?> replying =
          loop.schedule(
              () -> handler.replied(reply, reply.length, loop.nowNanos()),
              REPLY_MILLIS,
              TimeUnit.MILLISECONDS);
      return () -> replying.cancel(false);
    }
  }
}
