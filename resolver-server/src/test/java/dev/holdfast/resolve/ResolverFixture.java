package dev.holdfast.resolve;

import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.Health;
import dev.holdfast.upstream.KnownSockets;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.xbill.DNS.Type;

/**
 * The real resolve path with upstreams that a test speaks for, on loops whose clock the test moves.
 * Buffers are wiped after the calls they are valid for. Confined to one thread.
 */
final class ResolverFixture {

  /** Where a query stands in the buffer that is resolved. */
  private static final int QUERY_OFFSET = 7;

  private static final long RTT_NANOS = 1_000_000;
  private static final byte WIPED = (byte) 0x5a;
  private static final String CLIENT = "10.0.0.1";
  private static final int CLIENT_PORT = 40_000;

  private final VirtualLoop loop = new VirtualLoop();
  private final ScriptedExchange exchange = new ScriptedExchange(loop);
  private final List<Upstream> upstreams;
  private final Resolvers resolvers;
  private final List<Resolver> loops = new ArrayList<>();
  private final List<LoopCounters> counters = new ArrayList<>();
  private final byte[] buffer = new byte[70_000];
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];

  private ResolverFixture(Options options) {
    upstreams =
        IntStream.rangeClosed(1, options.upstreams)
            .mapToObj(i -> new Upstream(UpstreamSpec.parse("192.0.2." + i)))
            .toList();
    Resolvers.Config config =
        new Resolvers.Config(
            options.access,
            options.cache,
            options.stale,
            options.hold,
            options.limits,
            /* minimalResponses= */ true,
            Duration.ofSeconds(10),
            /* cookies= */ true,
            options.rewrite);
    Route root = new Route(0, Names.parse("."), upstreams, options.rules);
    Routes routes = new Routes(List.of(root));
    resolvers =
        new Resolvers(
            config,
            options.loops,
            routes,
            loop.clock(),
            InstantSource.fixed(Instant.EPOCH),
            KnownSockets.datagramSocket(options.ownSocket));
    for (int i = 0; i < options.loops; i++) {
      counters.add(new LoopCounters());
      loops.add(resolvers.addLoop(loop, exchange, counters.getLast()));
    }
  }

  /** What differs from the defaults: one upstream, one loop, no name is ever held. */
  static final class Options {

    private int upstreams = 1;
    private int loops = 1;
    private InetSocketAddress ownSocket =
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 65_535);
    private CacheConfig cache = CacheConfig.DEFAULTS;
    private StaleConfig stale = StaleConfig.DEFAULTS;
    private LimitsConfig limits = LimitsConfig.DEFAULTS;
    private AccessConfig access = AccessConfig.DEFAULTS;
    private HoldConfig hold =
        new HoldConfig(HoldMode.OFF, Duration.ofDays(30), 1000, Duration.ofHours(1), List.of());

    private RewriteConfig rewrite = RewriteConfig.DEFAULTS;
    private RouteRules rules = RouteRules.NONE;

    private Options() {}

    Options upstreams(int count) {
      upstreams = count;
      return this;
    }

    Options loops(int count) {
      loops = count;
      return this;
    }

    /** Where this process sends its own queries from. */
    Options ownSocket(InetSocketAddress local) {
      ownSocket = local;
      return this;
    }

    Options cache(CacheConfig config) {
      cache = config;
      return this;
    }

    Options withoutPrefetch() {
      CacheConfig defaults = CacheConfig.DEFAULTS;
      return cache(
          new CacheConfig(
              defaults.maxSizeBytes(),
              defaults.minTtl(),
              defaults.maxTtl(),
              defaults.maxNegativeTtl(),
              /* prefetch= */ false));
    }

    Options stale(Duration maxAge, Duration clientTimeout) {
      stale = new StaleConfig(maxAge, Duration.ofSeconds(30), clientTimeout, 500);
      return this;
    }

    Options withoutStale() {
      return stale(Duration.ZERO, Duration.ZERO);
    }

    Options hold(HoldConfig config) {
      hold = config;
      return this;
    }

    Options limits(LimitsConfig config) {
      limits = config;
      return this;
    }

    /** Serves the same clients as one that may be open to the world. */
    Options open() {
      access = new AccessConfig(AccessConfig.DEFAULTS.allow(), /* open= */ true);
      return this;
    }

    Options access(AccessConfig config) {
      access = config;
      return this;
    }

    Options rewrite(RewriteConfig config) {
      rewrite = config;
      return this;
    }

    /** Of the one route there is. */
    Options rules(RouteRules ofRoot) {
      rules = ofRoot;
      return this;
    }

    ResolverFixture start() {
      return new ResolverFixture(this);
    }
  }

  static Options with() {
    return new Options();
  }

  static ResolverFixture start() {
    return with().start();
  }

  /** A query over UDP from the usual client, on the first loop. */
  Asked ask(String name, int type) {
    return ask(MessageBytes.query(name, type));
  }

  Asked ask(MessageBytes query) {
    return ask(query, CLIENT, CLIENT_PORT, /* stream= */ false);
  }

  Asked askOverStream(MessageBytes query) {
    return ask(query, CLIENT, CLIENT_PORT, /* stream= */ true);
  }

  Asked ask(MessageBytes query, String address, int port, boolean stream) {
    return askOn(0, query, address, port, stream);
  }

  Asked askOn(int loopIndex, MessageBytes query, String address, int port, boolean stream) {
    Asked asked = new Asked(address, port, stream);
    byte[] bytes = query.toBytes();
    System.arraycopy(bytes, 0, buffer, QUERY_OFFSET, bytes.length);
    int result =
        loops
            .get(loopIndex)
            .resolve(buffer, QUERY_OFFSET, bytes.length, asked, loop.nowNanos(), response);
    asked.resolved(result, response);
    Arrays.fill(buffer, QUERY_OFFSET, QUERY_OFFSET + bytes.length, WIPED);
    Arrays.fill(response, WIPED);
    loop.runDue();
    return asked;
  }

  /** The resolver of the first loop itself. */
  Resolver resolver() {
    return loops.getFirst();
  }

  /** The queries that wait for an upstream's reply, the oldest first. */
  List<ScriptedExchange.Query> pending() {
    return exchange.pending();
  }

  /** The only query that waits for an upstream's reply. */
  ScriptedExchange.Query onlyPending() {
    List<ScriptedExchange.Query> pending = exchange.pending();
    if (pending.size() != 1) {
      throw new AssertionError("queries at upstreams: " + pending + " (expected one)");
    }
    return pending.getFirst();
  }

  /** Returns how many queries were sent to upstreams. */
  int sent() {
    return exchange.sent();
  }

  /** Begins a reply to the only query that waits for one. */
  DnsjavaReply reply() {
    return DnsjavaReply.to(onlyPending().message());
  }

  /** Answers the only query that waits for a reply with these records. */
  void replyWith(String... records) {
    deliver(reply().answer(records));
  }

  /** Answers the only query that waits for a reply. */
  void deliver(DnsjavaReply reply) {
    deliver(onlyPending(), reply);
  }

  void deliver(ScriptedExchange.Query query, DnsjavaReply reply) {
    if (!query.reply(reply.toMessage())) {
      throw new AssertionError("the reply was not taken");
    }
    loop.runDue();
  }

  /** Fails the only query that waits for a reply. */
  void fail(FailureKind kind) {
    fail(onlyPending(), kind);
  }

  void fail(ScriptedExchange.Query query, FailureKind kind) {
    query.fail(kind);
    loop.runDue();
  }

  /** Has a record such as {@code "www.example.org. 300 A 192.0.2.1"} learnt from upstream. */
  void learn(String record) {
    String[] fields = record.split(" ", 4);
    ask(fields[0], Type.value(fields[2]));
    replyWith(record);
  }

  void advance(Duration duration) {
    loop.advance(duration);
  }

  void advanceSeconds(long seconds) {
    advance(Duration.ofSeconds(seconds));
  }

  void advanceMillis(long millis) {
    advance(Duration.ofMillis(millis));
  }

  long nowNanos() {
    return loop.nowNanos();
  }

  /** Has all loops go by another local policy. */
  void use(LocalPolicy policy) {
    CompletableFuture<Integer> forgotten = resolvers.setLocalPolicy(policy, Runnable::run);
    loop.runDue();
    forgotten.join();
  }

  Resolvers resolvers() {
    return resolvers;
  }

  List<Upstream> upstreams() {
    return upstreams;
  }

  /** Makes all upstreams answer again, as far as is known of them. */
  void heal() {
    for (Upstream upstream : upstreams) {
      upstream.health(/* stream= */ false).replied(RTT_NANOS, loop.nowNanos());
      upstream.health(/* stream= */ true).replied(RTT_NANOS, loop.nowNanos());
    }
  }

  /** Makes all upstreams silent, as far as is known of them. */
  void takeDown() {
    for (Upstream upstream : upstreams) {
      while (upstream.state() != Health.State.DOWN) {
        upstream.health().failed(FailureKind.TIMEOUT);
      }
    }
  }

  /** The counters of the first loop. */
  LoopCounters counters() {
    return counters.getFirst();
  }

  /** The value of a counter over all loops. */
  long count(Counter counter) {
    return counters.stream().mapToLong(each -> each.get(counter)).sum();
  }
}
