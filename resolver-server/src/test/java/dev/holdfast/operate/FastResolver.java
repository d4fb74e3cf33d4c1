package dev.holdfast.operate;

import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.resolve.DatagramClient;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.Names;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;

/**
 * The resolve path in fast time: one loop, upstreams that follow rules, one client. Names need no
 * time to be proven. Confined to the thread of its test.
 */
public final class FastResolver {

  /** When the clock on the wall begins to run. */
  public static final Instant BEGIN = Instant.parse("2025-10-20T06:00:00Z");

  private static final int MAX_STEPS = 1000;

  /** What an upstream makes of a query. */
  public interface Rule {

    /** Fills the reply, which repeats id and question; false for silence. */
    boolean reply(Message query, Message reply);
  }

  private final VirtualLoop loop = new VirtualLoop();
  private final ScriptedExchange exchange = new ScriptedExchange(loop);
  private final LoopCounters counters = new LoopCounters();
  private final List<Upstream> upstreams;
  private final Rule[] rules;
  private final Resolvers resolvers;
  private final Resolver resolver;

  public FastResolver(HoldMode mode, int upstreamCount) {
    this(
        new HoldConfig(mode, Duration.ZERO, 0, Duration.ofHours(6), List.of()),
        StaleConfig.DEFAULTS,
        upstreamCount);
  }

  public FastResolver(HoldConfig hold, StaleConfig stale, int upstreamCount) {
    upstreams =
        IntStream.rangeClosed(1, upstreamCount)
            .mapToObj(i -> new Upstream(UpstreamSpec.parse("192.0.2." + i)))
            .toList();
    rules = new Rule[upstreamCount];
    Arrays.fill(rules, (Rule) (query, reply) -> false);
    Resolvers.Config config =
        new Resolvers.Config(
            AccessConfig.DEFAULTS,
            CacheConfig.DEFAULTS,
            stale,
            hold,
            LimitsConfig.DEFAULTS,
            /* minimalResponses= */ true,
            Duration.ofSeconds(10),
            /* cookies= */ true,
            RewriteConfig.DEFAULTS);
    resolvers =
        new Resolvers(
            config,
            1,
            new Routes(List.of(new Route(0, Names.parse("."), upstreams))),
            loop.clock(),
            wallClock(),
            new OwnSockets());
    resolver = resolvers.addLoop(loop, exchange, counters);
  }

  public Resolvers resolvers() {
    return resolvers;
  }

  public VirtualLoop loop() {
    return loop;
  }

  public InstantSource wallClock() {
    return () -> BEGIN.plus(loop.elapsed());
  }

  /** The counters of the loop. */
  public LoopCounters counters() {
    return counters;
  }

  public long count(Counter counter) {
    return counters.get(counter);
  }

  /** Queries sent to upstreams. */
  public int sent() {
    return exchange.sent();
  }

  /** Has every upstream follow a rule. */
  public void upstreams(Rule rule) {
    Arrays.fill(rules, rule);
  }

  /** Has one upstream follow a rule. */
  public void upstream(int index, Rule rule) {
    rules[index] = rule;
  }

  /** No upstream says anything. */
  public void silence() {
    upstreams((query, reply) -> false);
  }

  /** Lets time pass. */
  public void pass(Duration duration) {
    loop.advance(duration);
    settle();
  }

  public Message ask(String name, int type) {
    return ask(name, type, /* dnssecOk= */ false);
  }

  /** Asks and returns the answer, after whatever time that takes. */
  public Message ask(String name, int type, boolean dnssecOk) {
    Message query = query(name, type, dnssecOk);
    byte[] bytes = query.toWire();
    byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
    Asking client = new Asking();
    int length = resolver.resolve(bytes, 0, bytes.length, client, loop.nowNanos(), response);
    if (length > 0) {
      client.reply(response, length);
    }
    settle();
    for (int i = 0; client.answer == null; i++) {
      if (i == MAX_STEPS || !loop.advanceToNext()) {
        throw new AssertionError("no answer to " + query.getQuestion());
      }
      settle();
    }
    return client.answer;
  }

  /** The data of the answer section. */
  public static List<String> data(Message answer) {
    return answer.getSection(Section.ANSWER).stream().map(Record::rdataToString).toList();
  }

  /** The extended errors as {@code "3 held: vanished at ..."}. */
  public static List<String> errors(Message answer) {
    List<String> errors = new ArrayList<>();
    for (var option : answer.getOPT().getOptions()) {
      if (option instanceof ExtendedErrorCodeOption error) {
        String text = error.getText() == null ? "" : " " + error.getText();
        errors.add(error.getErrorCode() + text);
      }
    }
    return errors;
  }

  private static Message query(String name, int type, boolean dnssecOk) {
    Message query = new Message(7);
    query.getHeader().setFlag(Flags.RD);
    try {
      query.addRecord(Record.newRecord(Name.fromString(name), type, DClass.IN), Section.QUESTION);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e);
    }
    int flags = dnssecOk ? ExtendedFlags.DO : 0;
    query.addRecord(new OPTRecord(1232, 0, 0, flags), Section.ADDITIONAL);
    return query;
  }

  private void settle() {
    boolean progress = true;
    while (progress) {
      loop.runDue();
      progress = false;
      for (ScriptedExchange.Query query : exchange.pending()) {
        Message reply = new Message(query.message().getHeader().getID());
        reply.getHeader().setFlag(Flags.QR);
        reply.getHeader().setFlag(Flags.RA);
        reply.addRecord(query.message().getQuestion(), Section.QUESTION);
        if (rules[upstreams.indexOf(query.upstream())].reply(query.message(), reply)) {
          progress |= query.reply(reply);
        }
      }
    }
  }

  /** The client of one query. */
  private static final class Asking extends DatagramClient {

    private static final long LOOPBACK = IPV4_MAPPED | 0x7f00_0001;

    private @Nullable Message answer;

    @Override
    public long addressLow() {
      return LOOPBACK;
    }

    @Override
    public void reply(byte[] message, int length) {
      if (answer != null) {
        throw new AssertionError("answered twice");
      }
      try {
        answer = new Message(Arrays.copyOf(message, length));
      } catch (IOException e) {
        throw new AssertionError("a malformed answer", e);
      }
    }
  }
}
