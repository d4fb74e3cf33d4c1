package dev.holdfast.resolve;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.FailureMemory.Failure;
import dev.holdfast.cache.SubnetEntry;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.ResponseRate;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.ServerCookies;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ResponseAssembler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The walk of a query on one event loop: gate, access, cache, and on a miss whom to wait for. A hit
 * ends here without allocating. Confined to its loop; what is called from others says so.
 */
final class QueryResolver implements Resolver, Asker {

  private static final int MILLIS_PER_KEEPALIVE_UNIT = 100;

  /** {@link #cut}: the response goes out as it is. */
  private static final int WHOLE = -2;

  /**
   * Responses that were waited for longer could have been collected for a victim, to be sent to it
   * all at once (DNSBomb, CVE-2024-33655).
   */
  private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Types from here to {@link RecordType#ANY} are questions and not data (RFC 6895 §3.1). */
  private static final int FIRST_META_TYPE = 128;

  private final Resolvers resolvers;
  private final ScheduledExecutorService loop;
  private final LoopCounters counters;
  private final AnswerCache cache;
  private final InFlightTable inFlight;
  private final DnssecVariants variants;
  private final LocalRules localRules;
  private final WaiterQuota quota;
  private final StaleRefreshes staleRefreshes;
  private final StaleSightings staleSightings = new StaleSightings();
  private final ServerCookies cookies;
  private final Query query = new Query();
  private final CacheKey probe = CacheKey.probe();
  private final AtomicInteger waiting = new AtomicInteger();
  private final byte[] lateResponse = new byte[MAX_RESPONSE_LENGTH];
  private final AnsweredQuery answered = new AnsweredQuery();
  private @Nullable QueryTap tap;
  private Counter source = Counter.ANSWERS_FRESH;

  /** The operator's alias whose target is looked up for the query at hand. */
  private @Nullable Alias alias;

  private AccessConfig access;
  private boolean answerCookies;
  private boolean prefetch;
  private boolean staleAtOnce;
  private int staleTtlSeconds;
  private ResponseAssembler assembler;
  private @Nullable ResponseRate rate;

  QueryResolver(
      Resolvers resolvers,
      ScheduledExecutorService loop,
      Exchange exchange,
      LoopCounters counters) {
    this.resolvers = resolvers;
    this.loop = loop;
    this.counters = counters;
    this.cache = resolvers.cache();
    this.inFlight =
        new InFlightTable(resolvers, new Questioner(resolvers, loop, exchange, counters), counters);
    this.variants = new DnssecVariants(cache);
    this.localRules = new LocalRules(resolvers, counters);
    this.staleRefreshes = new StaleRefreshes(loop, counters, this::refresh);
    this.quota = resolvers.quota();
    this.cookies = new ServerCookies(resolvers.cookieSecrets(), resolvers.wallClock()::millis);
    use(resolvers.config());
  }

  /** Takes over the configuration of the moment on its loop; callable from any other. */
  CompletableFuture<Void> reconfigure() {
    return CompletableFuture.runAsync(() -> use(resolvers.config()), loop);
  }

  /** Completes when what its loop does at the moment is done; callable from any thread. */
  CompletableFuture<Void> pass() {
    return CompletableFuture.runAsync(() -> {}, loop);
  }

  private void use(Resolvers.Config config) {
    access = config.access();
    answerCookies = config.cookies();
    prefetch = config.cache().prefetch();
    staleAtOnce = config.stale().clientTimeout().isZero();
    staleTtlSeconds = (int) config.stale().answerTtl().toSeconds();
    assembler =
        new ResponseAssembler((int) config.tcpIdleTimeout().toMillis() / MILLIS_PER_KEEPALIVE_UNIT);
    rate = resolvers.rateLimits().ofNetworks();
    inFlight.use(config);
    staleRefreshes.setPace((double) config.stale().refreshesPerSecond() / resolvers.loopCount());
    quota.setLimit(config.limits().waitersPerClient());
  }

  @Override
  public int resolve(
      byte[] bytes, int offset, int length, Client client, long nowNanos, byte[] response) {
    int gate = query.parse(bytes, offset, length);
    if (alias != null) { // see Query.keep
      alias = null;
    }
    if (gate < 0) {
      counters.increment(
          gate == Query.TOO_SHORT ? Counter.DROPPED_TOO_SHORT : Counter.DROPPED_NOT_A_QUERY);
      return DROPPED;
    }
    if (query.cookieLength() > 0 && answerCookies) {
      cookies.answer(query, client.addressHigh(), client.addressLow());
      counters.increment(cookieCounter());
    }
    ResponseRate limit = rate;
    int rcode = gate == Query.ACCEPTED ? Rcode.NOERROR : gate;
    int responseLength =
        limit == null || client.stream() ? WHOLE : cut(limit, rcode, client, nowNanos, response);
    if (responseLength == WHOLE) {
      responseLength = walk(gate, client, nowNanos, response);
    }
    if (responseLength > 0) {
      countResponse(gate, client.stream(), response);
      if (tap != null) {
        tap.answered(
            answered
                .query(bytes, offset, length)
                .response(response, responseLength, source)
                .client(client)
                .times(nowNanos, nowNanos));
      }
    }
    return responseLength;
  }

  /*
   * A response that can be forged for costs its network or client a part of what it gets. Returns
   * WHOLE, or the length of what goes out in its place.
   */
  private int cut(ResponseRate limit, int rcode, Client client, long nowNanos, byte[] response) {
    long high = client.addressHigh();
    long low = client.addressLow();
    if (query.addressProven() || LocalAddress.isThisHost(high, low)) {
      return WHOLE;
    }
    return switch (limit.admit(high, low, nowNanos)) {
      case SENT -> WHOLE;
      case SLIPPED -> {
        answerFrom(limit.slipped());
        yield assembler.truncated(query, rcode, response);
      }
      case DROPPED -> {
        counters.increment(limit.dropped());
        yield DROPPED;
      }
    };
  }

  private void answerFrom(Counter counter) {
    counters.increment(counter);
    if (source != counter) { // see Query.keep
      source = counter;
    }
  }

  private void countResponse(int gate, boolean stream, byte[] response) {
    int rcode = Header.uint16(response, Header.FLAGS_OFFSET) & Header.RCODE_MASK;
    if (gate == Rcode.BADVERS && rcode == Rcode.NOERROR) {
      rcode = Rcode.BADVERS;
    } else if (query.questionLength() == 0 && rcode == (Rcode.BADCOOKIE & Header.RCODE_MASK)) {
      rcode = Rcode.BADCOOKIE;
    }
    counters.responses().increment(stream, rcode);
  }

  private Counter cookieCounter() {
    if (query.addressProven()) {
      return Counter.COOKIES_VALID;
    }
    return isCookieWrong() ? Counter.COOKIES_INVALID : Counter.COOKIES_NEW;
  }

  private boolean isCookieWrong() {
    return query.cookieLength() > Edns.CLIENT_COOKIE_LENGTH && !query.addressProven();
  }

  private int walk(int gate, Client client, long nowNanos, byte[] response) {
    boolean stream = client.stream();
    if (!access.allows(client.addressHigh(), client.addressLow())) {
      answerFrom(Counter.REJECTED_ACCESS);
      return assembler.error(query, Rcode.REFUSED, Notices.PROHIBITED, stream, response);
    }
    if (gate != Query.ACCEPTED || isSpecial(stream)) {
      return reject(gate, stream, response);
    }
    Route route = resolvers.routes().match(query.bytes(), query.qnameOffset(), query.qnameLength());
    probe.set(route.id(), query);
    CacheEntry entry = cache.lookup(probe, nowNanos);
    if (entry != null && entry.isFresh(nowNanos)) {
      return fresh(entry, route, stream, nowNanos, response);
    }
    return miss(entry, route, client, nowNanos, response);
  }

  private boolean isSpecial(boolean stream) {
    int qtype = query.qtype();
    boolean metaType = qtype >= FIRST_META_TYPE && qtype <= RecordType.ANY;
    return query.qclass() != RecordClass.IN
        || (metaType && !(stream && qtype == RecordType.ANY))
        || qtype == RecordType.OPT;
  }

  private int fresh(CacheEntry entry, Route route, boolean stream, long nowNanos, byte[] response) {
    answerFrom(entry.isHeld() ? Counter.ANSWERS_HELD : Counter.ANSWERS_FRESH);
    if (prefetch && entry.isPrefetchDue(nowNanos) && query.recursionDesired()) {
      entry.markPrefetched();
      counters.increment(Counter.PREFETCHES);
      refresh(probe.snapshot(), route);
    }
    Answer told = localRules.told(alias, entry.answer());
    return assembler.fresh(query, told, entry.ageSeconds(nowNanos), stream, response);
  }

  private int stale(CacheKey key, CacheEntry entry, boolean stream, byte[] response) {
    if (entry.isHeld()) {
      answerFrom(Counter.ANSWERS_HELD);
      return assembler.fresh(query, localRules.told(alias, entry.answer()), 0, stream, response);
    }
    answerFrom(Counter.ANSWERS_STALE);
    staleSightings.note(key, resolvers.nowNanos());
    Answer told = localRules.told(alias, entry.answer());
    return assembler.stale(query, told, staleTtlSeconds, Notices.STALE, stream, response);
  }

  /* What is not an ordinary question: answered here, never forwarded. */
  private int reject(int gate, boolean stream, byte[] response) {
    if (gate == Rcode.FORMERR) {
      answerFrom(Counter.REJECTED_MALFORMED);
      return assembler.error(query, gate, stream, response);
    }
    if (gate != Query.ACCEPTED) {
      answerFrom(Counter.REJECTED_NOT_IMPLEMENTED);
      return assembler.error(query, gate, stream, response);
    }
    if (query.questionLength() == 0) {
      return cookieAlone(stream, response);
    }
    if (query.qclass() == RecordClass.IN && query.qtype() == RecordType.ANY) {
      answerFrom(Counter.ANSWERS_LOCAL);
      return assembler.fresh(query, MinimalAny.ANSWER, 0, stream, response);
    }
    if (query.qtype() == RecordType.NXNAME) {
      answerFrom(Counter.REJECTED_MALFORMED);
      return assembler.error(query, Rcode.FORMERR, Notices.INVALID_TYPE, stream, response);
    }
    answerFrom(Counter.REJECTED_REFUSED);
    return assembler.error(query, Rcode.REFUSED, Notices.NOT_SUPPORTED, stream, response);
  }

  /* RFC 7873 §5.4: a query without a question asks for a cookie. */
  private int cookieAlone(boolean stream, byte[] response) {
    if (!answerCookies) {
      answerFrom(Counter.REJECTED_MALFORMED);
      return assembler.error(query, Rcode.FORMERR, stream, response);
    }
    answerFrom(Counter.ANSWERS_LOCAL);
    int rcode = isCookieWrong() ? Rcode.BADCOOKIE : Rcode.NOERROR;
    return assembler.error(query, rcode, stream, response);
  }

  private int miss(
      @Nullable CacheEntry entry, Route route, Client client, long nowNanos, byte[] response) {
    Rule rule = localRules.find(query);
    int ruled = rule == null ? LocalRules.NO_RULE : ruled(rule, client, nowNanos, response);
    if (ruled != LocalRules.NO_RULE) {
      return ruled;
    }
    Answer local = resolvers.localNames().answer(query);
    if (local != null) {
      answerFrom(Counter.ANSWERS_LOCAL);
      return assembler.fresh(query, local, 0, client.stream(), response);
    }
    return lookUp(entry, route, client, nowNanos, response);
  }

  /* What the operator's rules say, which no cache holds. */
  private int ruled(Rule rule, Client client, long nowNanos, byte[] response) {
    if (rule.alias(query.qtype()) != null) {
      return follow(rule, client, nowNanos, response);
    }
    int length = localRules.answer(query, alias, rule, client.stream(), assembler, response);
    if (length > 0) {
      answerFrom(LocalRules.source(rule));
    }
    return length;
  }

  private int follow(Rule rule, Client client, long nowNanos, byte[] response) {
    alias = localRules.follow(query, alias, rule);
    if (alias == null) {
      answerFrom(Counter.ANSWERS_FAILURE);
      return assembler.error(
          query, Rcode.SERVFAIL, Notices.ALIAS_TOO_LONG, client.stream(), response);
    }
    Query target = localRules.targetQuery(query, alias);
    Rule last = localRules.find(target);
    int ruled = last == null ? LocalRules.NO_RULE : ruled(last, client, nowNanos, response);
    if (ruled != LocalRules.NO_RULE) {
      return ruled;
    }
    Answer local = resolvers.localNames().answer(target);
    if (local != null) {
      answerFrom(Counter.ANSWERS_LOCAL);
      Answer told = localRules.told(alias, local);
      return assembler.fresh(query, told, 0, client.stream(), response);
    }
    Route route =
        resolvers.routes().match(target.bytes(), target.qnameOffset(), target.qnameLength());
    probe.set(route.id(), target);
    CacheEntry entry = cache.lookup(probe, nowNanos);
    return entry != null && entry.isFresh(nowNanos)
        ? fresh(entry, route, client.stream(), nowNanos, response)
        : lookUp(entry, route, client, nowNanos, response);
  }

  /* What the probe asks for is not fresh in the cache. */
  private int lookUp(
      @Nullable CacheEntry entry, Route route, Client client, long nowNanos, byte[] response) {
    boolean stream = client.stream();
    CacheEntry pinned = resolvers.holds().pins().entry(probe, nowNanos);
    if (pinned != null) {
      return pinned(probe.snapshot(), pinned, route, stream, nowNanos, response);
    }
    if (route.rules().forwardsSubnet()) {
      return ofSubnet(route, client, nowNanos, response);
    }
    boolean split = resolvers.rewriting().splitsByDnssec(probe);
    CacheEntry derived = split ? null : variants.withoutSignatures(probe, entry, nowNanos);
    if (derived != null) {
      cache.put(probe.snapshot(), derived);
      if (derived.isFresh(nowNanos)) {
        return fresh(derived, route, stream, nowNanos, response);
      }
    }
    CacheEntry own = derived != null ? derived : entry;
    CacheEntry stale = split ? servable(own, nowNanos) : variants.stale(probe, own, nowNanos);
    return ask(stale, route, client, nowNanos, response);
  }

  /* RFC 7871 §7: what is known for the client's network, and nothing that is kept for all. */
  private int ofSubnet(Route route, Client client, long nowNanos, byte[] response) {
    boolean stream = client.stream();
    ClientSubnet told = query.hasSubnet() ? query.subnet() : null;
    if (query.hasSubnet() && told == null) {
      answerFrom(Counter.REJECTED_MALFORMED);
      return assembler.error(query, Rcode.FORMERR, stream, response);
    }
    ClientSubnet subnet =
        resolvers.rewriting().subnet(told, client.addressHigh(), client.addressLow());
    SubnetEntry entry = resolvers.subnetAnswers().lookup(probe, subnet, nowNanos);
    answerSubnet(route, entry);
    if (entry != null && entry.isFresh(nowNanos)) {
      answerFrom(Counter.ANSWERS_FRESH);
      Answer answer = localRules.told(alias, entry.answer());
      return assembler.fresh(query, answer, entry.ageSeconds(nowNanos), stream, response);
    }
    probe.setSubnet(subnet);
    return ask(servable(entry, nowNanos), route, client, nowNanos, response);
  }

  private void answerSubnet(Route route, @Nullable CacheEntry entry) {
    if (route.rules().forwardsSubnet() && query.hasSubnet()) {
      query.answerSubnet(entry instanceof SubnetEntry of ? of.network().prefixLength() : 0);
    }
  }

  private int ask(
      @Nullable CacheEntry stale, Route route, Client client, long nowNanos, byte[] response) {
    boolean stream = client.stream();
    if (!query.recursionDesired()) {
      return withoutRecursion(stale, stream, response);
    }
    Failure failure = resolvers.failures().recall(probe, nowNanos);
    if (stale != null) {
      boolean hopeless = isHopeless(route);
      if (hopeless || failure != null || staleAtOnce || route.isSilent()) {
        CacheKey key = probe.snapshot();
        planRefresh(key, route, hopeless, failure);
        return stale(key, stale, stream, response);
      }
    }
    if (failure != null) {
      answerFrom(Counter.ANSWERS_FAILURE_REMEMBERED);
      return assembler.error(query, failure.rcode(), Notices.REMEMBERED, stream, response);
    }
    if (route.isDown()) {
      answerFrom(Counter.ANSWERS_FAILURE);
      return assembler.error(query, Rcode.SERVFAIL, Notices.UNREACHABLE, stream, response);
    }
    return await(route, stale, client, nowNanos, response);
  }

  private static @Nullable CacheEntry servable(@Nullable CacheEntry entry, long nowNanos) {
    return entry != null && entry.isServableStale(nowNanos) ? entry : null;
  }

  /* Upstreams are asked as often as for any other name; what they say is learnt, but not told. */
  private int pinned(
      CacheKey key, CacheEntry entry, Route route, boolean stream, long nowNanos, byte[] response) {
    entry.markPrefetched();
    cache.put(key, entry);
    if (query.recursionDesired()) {
      refresh(key, route);
    }
    return fresh(entry, route, stream, nowNanos, response);
  }

  /* Asking is no use: nobody is there, or the question waits for its turn after an outage. */
  private boolean isHopeless(Route route) {
    return route.isDown() || staleRefreshes.isWaiting(probe);
  }

  private void planRefresh(CacheKey key, Route route, boolean hopeless, @Nullable Failure failure) {
    if (hopeless) {
      staleRefreshes.note(key, route);
    } else if (failure == null) {
      counters.increment(Counter.STALE_REFRESHES);
      refresh(key, route);
    }
  }

  /* RFC 8914 §4.21: who wants no recursion gets what is cached, and nothing is asked. */
  private int withoutRecursion(@Nullable CacheEntry stale, boolean stream, byte[] response) {
    if (stale != null) {
      return stale(probe.snapshot(), stale, stream, response);
    }
    answerFrom(Counter.REJECTED_REFUSED);
    return assembler.error(query, Rcode.REFUSED, Notices.NOT_RECURSIVE, stream, response);
  }

  private int await(
      Route route, @Nullable CacheEntry stale, Client client, long nowNanos, byte[] response) {
    if (isOwnQuestion(client)) {
      answerFrom(Counter.FORWARDING_LOOPS);
      return assembler.error(query, Rcode.SERVFAIL, Notices.LOOP, client.stream(), response);
    }
    QueryResolver home = resolvers.home(probe);
    int slot = quota.slot(client.addressHigh(), client.addressLow());
    if (home == this && inFlight.turnsAway(probe, route, slot, nowNanos)) {
      return overloaded(stale, client.stream(), response);
    }
    if (!quota.take(slot)) {
      counters.increment(Counter.LIMIT_WAITERS_PER_CLIENT);
      return overloaded(stale, client.stream(), response);
    }
    CacheKey key = probe.snapshot();
    waiting.incrementAndGet();
    Waiter waiter =
        new Waiter(
            this,
            key,
            alias,
            route,
            query.copy(),
            client.stream(),
            client.addressHigh(),
            client.addressLow(),
            client.port(),
            nowNanos,
            slot,
            client.detach());
    if (home == this) {
      inFlight.join(waiter, stale);
    } else {
      home.loop.execute(() -> home.inFlight.join(waiter, stale));
    }
    return PENDING;
  }

  /* There is no room for one more question: told at once, and at the cost of a hit. */
  private int overloaded(@Nullable CacheEntry stale, boolean stream, byte[] response) {
    if (stale != null) {
      return stale(probe.snapshot(), stale, stream, response);
    }
    answerFrom(Counter.ANSWERS_FAILURE);
    return assembler.error(query, Rcode.SERVFAIL, Notices.OVERLOADED, stream, response);
  }

  /** Asks a question of this home for another one; callable from any loop. */
  void join(Waiter question) {
    loop.execute(() -> inFlight.join(question, /* stale= */ null));
  }

  private void refresh(CacheKey key, Route route) {
    QueryResolver home = resolvers.home(key);
    home.loop.execute(() -> home.inFlight.refresh(key, route));
  }

  private boolean isOwnQuestion(Client client) {
    long high = client.addressHigh();
    long low = client.addressLow();
    return resolvers.ownPorts().contains(client.stream(), client.port())
        && (LocalAddress.isLoopback(high, low) || resolvers.ownPorts().isSource(high, low));
  }

  /** Shows answered queries to {@code observer} from now on; callable from any thread. */
  void tap(QueryTap observer) {
    loop.execute(() -> tap = observer);
  }

  /** An upstream is back; callable from any loop. */
  void recovered() {
    loop.execute(staleRefreshes::start);
  }

  /** Answers a waiter of this loop with what an upstream said; callable from any loop. */
  @Override
  public void answer(Waiter waiter, CacheEntry entry) {
    loop.execute(
        () -> {
          answerFrom(entry.isHeld() ? Counter.ANSWERS_HELD : Counter.ANSWERS_UPSTREAM);
          parse(waiter);
          answerSubnet(waiter.route(), entry);
          int ageSeconds = entry.ageSeconds(resolvers.nowNanos());
          Answer told = localRules.told(waiter.alias(), entry.answer());
          send(waiter, assembler.fresh(query, told, ageSeconds, waiter.stream(), lateResponse));
        });
  }

  /** Gives a waiter of this loop what a rule makes of a reply; callable from any loop. */
  @Override
  public void rule(Waiter waiter, Rule rule, CacheEntry reply) {
    loop.execute(
        () -> {
          parse(waiter);
          alias = waiter.alias();
          int length = ruled(rule, waiter, resolvers.nowNanos(), lateResponse);
          if (length > 0) {
            send(waiter, length);
          } else if (length == LocalRules.NO_RULE) {
            answer(waiter, reply);
          } else {
            giveUpPlace(waiter);
            if (length == DROPPED && waiter.stream()) {
              waiter.path().reply(lateResponse, 0);
            }
          }
        });
  }

  /** Answers a waiter of this loop with a stale answer; callable from any loop. */
  @Override
  public void answerStale(Waiter waiter, CacheEntry entry) {
    loop.execute(
        () -> {
          parse(waiter);
          alias = waiter.alias();
          answerSubnet(waiter.route(), entry);
          if (waiter.route().isDown()) {
            staleRefreshes.note(waiter.key(), waiter.route());
          }
          send(waiter, stale(waiter.key(), entry, waiter.stream(), lateResponse));
        });
  }

  /** Tells a waiter of this loop that there is no answer; callable from any loop. */
  @Override
  public void fail(Waiter waiter, int rcode, byte[] notice) {
    loop.execute(
        () -> {
          answerFrom(Counter.ANSWERS_FAILURE);
          parse(waiter);
          answerSubnet(waiter.route(), /* entry= */ null);
          send(waiter, assembler.error(query, rcode, notice, waiter.stream(), lateResponse));
        });
  }

  private void parse(Waiter waiter) {
    query.parse(waiter.message(), 0, waiter.message().length);
    if (query.cookieLength() > 0 && answerCookies) {
      cookies.answer(query, waiter.addressHigh(), waiter.addressLow());
    }
  }

  /** The questions that were answered stale lately; readable by any thread. */
  StaleSightings staleSightings() {
    return staleSightings;
  }

  /** Number of clients of this loop that wait for an answer; readable by any thread. */
  int waiting() {
    return waiting.get();
  }

  /** Number of questions in flight on this loop; readable by any thread. */
  int inFlight() {
    return inFlight.size();
  }

  private void giveUpPlace(Waiter waiter) {
    waiting.decrementAndGet();
    quota.giveBack(waiter.quotaSlot());
  }

  /** Forgets a waiter of this loop whose client gets its answer already; callable from any loop. */
  @Override
  public void drop(Waiter waiter) {
    loop.execute(
        () -> {
          counters.increment(Counter.DROPPED_DUPLICATE);
          giveUpPlace(waiter);
        });
  }

  private void send(Waiter waiter, int assembledLength) {
    giveUpPlace(waiter);
    long nowNanos = resolvers.nowNanos();
    int length = assembledLength;
    if (!waiter.stream() && nowNanos - waiter.arrivedAtNanos() > LATE_NANOS) {
      ResponseRate limit = resolvers.rateLimits().ofLateResponses();
      int rcode = Header.uint16(lateResponse, Header.FLAGS_OFFSET) & Header.RCODE_MASK;
      int cut = cut(limit, rcode, waiter, nowNanos, lateResponse);
      length = cut == WHOLE ? assembledLength : cut;
    }
    if (length == DROPPED) {
      return;
    }
    countResponse(Query.ACCEPTED, waiter.stream(), lateResponse);
    waiter.path().reply(lateResponse, length);
    counters.misses().record(nowNanos - waiter.arrivedAtNanos(), 1);
    if (tap != null) {
      tap.answered(
          answered
              .query(waiter.message(), 0, waiter.message().length)
              .response(lateResponse, length, source)
              .client(waiter)
              .times(waiter.arrivedAtNanos(), nowNanos));
    }
  }
}
