package dev.holdfast.benchmarks;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.Names;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The whole walk of a query that the cache answers, as a listener starts it, beside a lookup in
 * Caffeine alone with keys made beforehand. Every thread has a resolver of its own, as loops do.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(3)
public class HitBenchmark {

  private static final int LOOPS = 2;

  /** Two cache lines of numbers. */
  private static final int ROOM = 32;

  /** The names fill more than half of it, from where on Caffeine counts how they are used. */
  private static final long CACHE_BYTES = 48L << 20;

  private static final int ENTRY_BYTES = 300;
  private static final CacheConfig CACHE =
      new CacheConfig(
          CACHE_BYTES,
          CacheConfig.DEFAULTS.minTtl(),
          CacheConfig.DEFAULTS.maxTtl(),
          CacheConfig.DEFAULTS.maxNegativeTtl(),
          /* prefetch= */ true);
  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A full server with every name in its cache, which all loops share. */
  @State(Scope.Benchmark)
  public static class Server {

    /** How often each name is asked for. */
    @Param public Questions.Popularity names = Questions.Popularity.HOT;

    private final VirtualLoop timers = new VirtualLoop(0);
    private final AtomicInteger loops = new AtomicInteger();
    private final List<Resolver> resolvers = new ArrayList<>();
    private Questions questions;

    /** Learns all names. */
    @Setup
    public void fill() {
      questions = Questions.of(names);
      Upstream upstream = new Upstream(UpstreamSpec.parse("192.0.2.53"));
      Resolvers shared =
          new Resolvers(
              new Resolvers.Config(
                  AccessConfig.DEFAULTS,
                  CACHE,
                  StaleConfig.DEFAULTS,
                  HoldConfig.DEFAULTS,
                  LimitsConfig.DEFAULTS,
                  /* minimalResponses= */ true,
                  Duration.ofSeconds(10),
                  /* cookies= */ true,
                  RewriteConfig.DEFAULTS),
              LOOPS,
              new Routes(List.of(new Route(0, Names.parse("."), List.of(upstream)))),
              timers.clock(),
              InstantSource.system(),
              new OwnSockets());
      for (int i = 0; i < LOOPS; i++) {
        resolvers.add(
            shared.addLoop(
                timers,
                (asked, message, length, stream, timeoutNanos, handler) -> {
                  throw new IllegalStateException("a miss (expected hits only)");
                },
                new LoopCounters()));
      }
      AnswerCache cache = shared.cache();
      questions.forEachShuffled(
          (name, number) ->
              cache.put(Questions.key(name), Answers.entry(Answers.addresses(name, number, 1), 0)));
    }

    private Resolver nextLoop() {
      return resolvers.get(loops.getAndIncrement() % LOOPS);
    }
  }

  /** One event loop and the client whose queries it reads. */
  @State(Scope.Thread)
  public static class Loop implements Client {

    private final long addressHigh = 0;
    private final long addressLow = Cidr.parse("10.0.0.1").low();
    private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
    private Questions questions;
    private Resolver resolver;

    /** In the middle, so that what another thread reads is not in the same cache line. */
    private final int[] next = new int[2 * ROOM];

    /** Takes one of the server's loops. */
    @Setup
    public void start(Server server) {
      questions = server.questions;
      resolver = server.nextLoop();
      next[ROOM] = new Random().nextInt(questions.count());
    }

    private int answerNext() {
      int index = next[ROOM]++;
      return resolver.resolve(
          questions.bytes(),
          questions.offset(index),
          questions.length(index),
          this,
          SECOND_NANOS,
          response);
    }

    @Override
    public boolean stream() {
      return false;
    }

    @Override
    public long addressHigh() {
      return addressHigh;
    }

    @Override
    public long addressLow() {
      return addressLow;
    }

    @Override
    public int port() {
      return 40_000;
    }

    @Override
    public ReplyPath detach() {
      throw new IllegalStateException("a miss (expected hits only)");
    }
  }

  /** Another server for each thread. */
  @State(Scope.Thread)
  public static class OwnServer extends Server {}

  /** The only loop of its server that is used. */
  @State(Scope.Thread)
  public static class LoopOfOwnServer {

    private final Loop loop = new Loop();

    /** Takes the loop. */
    @Setup
    public void start(OwnServer server) {
      loop.start(server);
    }
  }

  /** Caffeine with the same names and its own keys for asking. */
  @State(Scope.Benchmark)
  public static class Bare {

    /** How often each name is asked for. */
    @Param public Questions.Popularity names = Questions.Popularity.HOT;

    private final Cache<CacheKey, CacheEntry> cache =
        Caffeine.newBuilder()
            .maximumWeight(CACHE_BYTES)
            .weigher((key, entry) -> ENTRY_BYTES)
            .executor(Runnable::run)
            .build();
    private CacheKey[] keys;

    /** Fills the cache. */
    @Setup
    public void fill() {
      Questions questions = Questions.of(names);
      questions.forEachShuffled(
          (name, number) ->
              cache.put(Questions.key(name), Answers.entry(Answers.addresses(name, number, 1), 0)));
      keys = questions.keys();
    }

    private CacheKey nextKey(Position position) {
      return keys[position.next++ & (keys.length - 1)];
    }
  }

  /** Where one thread is among the keys. */
  @State(Scope.Thread)
  public static class Position {

    private int next;
  }

  /** Gate, access, special names, route, key, lookup, freshness, counters and assembly. */
  @Benchmark
  public int hit(Loop loop) {
    return loop.answerNext();
  }

  /** The same on two loops at once. */
  @Benchmark
  @Threads(LOOPS)
  public int hitOnTwoLoops(Loop loop) {
    return loop.answerNext();
  }

  /** Two servers at once that share nothing: what two loops of one can reach at best. */
  @Benchmark
  @Threads(LOOPS)
  public int hitOnTwoServers(LoopOfOwnServer own) {
    return own.loop.answerNext();
  }

  /** What Caffeine itself costs. */
  @Benchmark
  public @Nullable CacheEntry bareCaffeine(Bare bare, Position position) {
    return bare.cache.getIfPresent(bare.nextKey(position));
  }
}
