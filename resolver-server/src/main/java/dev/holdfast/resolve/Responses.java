package dev.holdfast.resolve;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.SubnetEntry;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.ResponseRate;
import dev.holdfast.policy.ServerCookies;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerRecords;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ResponseAssembler;
import org.jspecify.annotations.Nullable;

/**
 * The query at hand on one event loop and the response to it. Whatever writes one counts where it
 * came from and returns its length. Confined to that loop.
 */
final class Responses {

  /** {@link #cut}: the response goes out as it is. */
  static final int WHOLE = -2;

  private static final int MILLIS_PER_KEEPALIVE_UNIT = 100;
  private static final byte[] NOTHING = {};

  private final Resolvers resolvers;
  private final LoopCounters counters;
  private final ServerCookies cookies;
  private final StaleSightings staleSightings = new StaleSightings();
  private final AnsweredQuery answered = new AnsweredQuery();
  private final AnswerRecords records = new AnswerRecords();
  private @Nullable QueryTap tap;

  private boolean answerCookies;
  private int staleTtlSeconds;
  private ResponseAssembler assembler;

  private final Query query = new Query();
  private int gate;
  private boolean stream;
  private byte[] response = NOTHING;
  private @Nullable Alias alias;
  private Counter source = Counter.ANSWERS_FRESH;

  Responses(Resolvers resolvers, LoopCounters counters) {
    this.resolvers = resolvers;
    this.counters = counters;
    this.cookies = new ServerCookies(resolvers.cookieSecrets(), resolvers.wallClock()::millis);
    use(resolvers.config());
  }

  /** Goes on with another configuration. */
  void use(Resolvers.Config config) {
    answerCookies = config.cookies();
    staleTtlSeconds = (int) config.stale().answerTtl().toSeconds();
    assembler =
        new ResponseAssembler((int) config.tcpIdleTimeout().toMillis() / MILLIS_PER_KEEPALIVE_UNIT);
  }

  /** Shows answered queries to {@code observer} from now on. */
  void tap(QueryTap observer) {
    tap = observer;
  }

  /**
   * Turns to a query that comes in, and counts its cookie.
   *
   * @param out takes the response: room for {@link Resolver#MAX_RESPONSE_LENGTH} bytes
   * @return what {@link Query#parse} says
   */
  int begin(byte[] bytes, int offset, int length, Client client, byte[] out) {
    read(bytes, offset, length, client, /* itsAlias= */ null, out);
    if (gate >= 0 && hasCookie()) {
      cookies.answer(query, client.addressHigh(), client.addressLow());
      counters.increment(cookieCounter());
    }
    return gate;
  }

  /** Turns to a query once more that was accepted and had to wait. */
  void resume(Waiter waiter, byte[] out) {
    byte[] message = waiter.message();
    read(message, 0, message.length, waiter, waiter.alias(), out);
    if (hasCookie()) {
      cookies.answer(query, waiter.addressHigh(), waiter.addressLow());
    }
  }

  private void read(
      byte[] bytes, int offset, int length, Client client, @Nullable Alias itsAlias, byte[] out) {
    turnTo(query.parse(bytes, offset, length), client.stream());
    writeTo(out);
    lookUpFor(itsAlias);
  }

  /* Written only when it changes: what other loops read may be in the same cache line. */
  private void turnTo(int newGate, boolean newStream) {
    if (gate != newGate) {
      gate = newGate;
    }
    if (stream != newStream) {
      stream = newStream;
    }
  }

  @SuppressWarnings("ReferenceEquality") // written only when it changes, see Query.keep
  private void writeTo(byte[] out) {
    if (response != out) {
      response = out;
    }
  }

  /** Lets another name be looked up for the query: the last target of the operator's alias. */
  @SuppressWarnings("ReferenceEquality") // written only when it changes, see Query.keep
  void lookUpFor(@Nullable Alias newAlias) {
    if (alias != newAlias) {
      alias = newAlias;
    }
  }

  /** The query at hand, which is the same object for every query. */
  Query query() {
    return query;
  }

  /** The operator's alias whose last target is looked up for the query, or null. */
  @Nullable Alias alias() {
    return alias;
  }

  boolean stream() {
    return stream;
  }

  /** Whether the client sent a cookie, and is to get one (RFC 7873 §5.2). */
  boolean hasCookie() {
    return query.cookieLength() > 0 && answerCookies;
  }

  /** Whether the client sent a cookie that it has from a server, but not from this one. */
  boolean isCookieWrong() {
    return query.cookieLength() > Edns.CLIENT_COOKIE_LENGTH && !query.addressProven();
  }

  private Counter cookieCounter() {
    if (query.addressProven()) {
      return Counter.COOKIES_VALID;
    }
    return isCookieWrong() ? Counter.COOKIES_INVALID : Counter.COOKIES_NEW;
  }

  /** Writes an entry's answer, its TTLs counted down; {@code from} counts it unless it is held. */
  int fresh(CacheEntry entry, Counter from, long nowNanos) {
    count(entry.isHeld() ? Counter.ANSWERS_HELD : from);
    int ageSeconds = entry.ageSeconds(nowNanos);
    return assembler.fresh(query, told(entry.answer()), ageSeconds, stream, response);
  }

  /** Writes the answer of an entry that is past its time. */
  int stale(CacheKey key, CacheEntry entry) {
    if (entry.isHeld()) {
      return answer(entry.answer(), Counter.ANSWERS_HELD);
    }
    count(Counter.ANSWERS_STALE);
    staleSightings.note(key, resolvers.nowNanos());
    Answer told = told(entry.answer());
    return assembler.stale(query, told, staleTtlSeconds, Notices.STALE, stream, response);
  }

  /** Writes an answer as it is. */
  int answer(Answer answer, Counter from) {
    count(from);
    return assembler.fresh(query, told(answer), /* ageSeconds= */ 0, stream, response);
  }

  /* Behind an alias, the answer to its target is told with the alias before it. */
  private Answer told(Answer answer) {
    return alias == null ? answer : alias.before(answer, records);
  }

  /** Writes a response without records. */
  int error(int rcode, Counter from) {
    count(from);
    return assembler.error(query, rcode, stream, response);
  }

  /** Writes a response without records that says why. */
  int error(int rcode, byte[] notice, Counter from) {
    count(from);
    return assembler.error(query, rcode, notice, stream, response);
  }

  /** Writes a response without records that tells the client to ask over TCP. */
  int truncated(int rcode, Counter from) {
    count(from);
    return assembler.truncated(query, rcode, response);
  }

  /** Repeats the client's network, with how many of its bits the answer depends on. */
  void answerSubnet(Route route, @Nullable CacheEntry entry) {
    if (route.rules().forwardsSubnet() && query.hasSubnet()) {
      query.answerSubnet(entry instanceof SubnetEntry of ? of.network().prefixLength() : 0);
    }
  }

  /**
   * A response that may go to a forged address costs its network or client a part of what it gets.
   *
   * @return {@link #WHOLE}, the length of what is written in its place, or {@link Resolver#DROPPED}
   */
  int cut(ResponseRate limit, int rcode, Client client, long nowNanos) {
    long high = client.addressHigh();
    long low = client.addressLow();
    if (query.addressProven() || LocalAddress.isThisHost(high, low)) {
      return WHOLE;
    }
    return switch (limit.admit(high, low, nowNanos)) {
      case SENT -> WHOLE;
      case SLIPPED -> truncated(rcode, limit.slipped());
      case DROPPED -> {
        counters.increment(limit.dropped());
        yield Resolver.DROPPED;
      }
    };
  }

  /** The rcode that was written, as far as it is in the header. */
  int rcode() {
    return Header.uint16(response, Header.FLAGS_OFFSET) & Header.RCODE_MASK;
  }

  /** Counts a response that goes out, and shows it to who looks on. */
  void sent(int length, Client client, long arrivedAtNanos, long nowNanos) {
    counters.responses().increment(stream, wholeRcode());
    if (tap != null) {
      tap.answered(
          answered
              .query(query)
              .response(response, length, source)
              .client(client)
              .times(arrivedAtNanos, nowNanos));
    }
  }

  /* With its upper bits, which go into the OPT record (RFC 6891 §6.1.3). */
  private int wholeRcode() {
    int rcode = rcode();
    if (gate == Rcode.BADVERS && rcode == Rcode.NOERROR) {
      return Rcode.BADVERS;
    }
    boolean badCookie =
        query.questionLength() == 0 && rcode == (Rcode.BADCOOKIE & Header.RCODE_MASK);
    return badCookie ? Rcode.BADCOOKIE : rcode;
  }

  private void count(Counter from) {
    counters.increment(from);
    if (source != from) { // see Query.keep
      source = from;
    }
  }

  /** The questions that were answered stale lately; readable by any thread. */
  StaleSightings staleSightings() {
    return staleSightings;
  }
}
