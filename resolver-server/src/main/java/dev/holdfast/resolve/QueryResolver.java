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
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.Route;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The walk of a query on one event loop: gate, rate, access, cache, and on a miss what is said here
 * or whom to wait for. A hit ends here without allocating. Confined to its loop; what is called
 * from others says so.
 */
final class QueryResolver implements Resolver {

  private final Resolvers resolvers;
  private final ScheduledExecutorService loop;
  private final LoopCounters counters;
  private final AnswerCache cache;
  private final Responses responses;
  private final Query query;
  private final SpecialQueries specialQueries;
  private final LocalRules localRules;
  private final DnssecVariants variants;
  private final StaleRefreshes staleRefreshes;
  private final InFlightTable inFlight;
  private final LateResponses lateResponses;

  /** The question that is looked up for the query at hand. */
  private final CacheKey probe = CacheKey.probe();

  private AccessConfig access;
  private boolean prefetch;
  private boolean staleAtOnce;
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
    this.responses = new Responses(resolvers, counters);
    this.query = responses.query();
    this.specialQueries = new SpecialQueries(responses);
    this.localRules = new LocalRules(resolvers, responses, counters);
    this.variants = new DnssecVariants(cache);
    this.staleRefreshes = new StaleRefreshes(loop, counters, this::refresh);
    this.inFlight =
        new InFlightTable(resolvers, new Questioner(resolvers, loop, exchange, counters), counters);
    this.lateResponses =
        new LateResponses(resolvers, loop, counters, responses, staleRefreshes, this::ruled);
    use(resolvers.config());
  }

  private void use(Resolvers.Config config) {
    access = config.access();
    prefetch = config.cache().prefetch();
    staleAtOnce = config.stale().clientTimeout().isZero();
    rate = resolvers.rateLimits().ofNetworks();
    responses.use(config);
    inFlight.use(config);
    staleRefreshes.setPace((double) config.stale().refreshesPerSecond() / resolvers.loopCount());
  }

  @Override
  public int resolve(
      byte[] bytes, int offset, int length, Client client, long nowNanos, byte[] response) {
    int gate = responses.begin(bytes, offset, length, client, response);
    if (gate < 0) {
      counters.increment(
          gate == Query.TOO_SHORT ? Counter.DROPPED_TOO_SHORT : Counter.DROPPED_NOT_A_QUERY);
      return DROPPED;
    }
    int responseLength = cut(gate, client, nowNanos);
    if (responseLength == Responses.WHOLE) {
      responseLength = walk(gate, client, nowNanos);
    }
    if (responseLength > 0) {
      responses.sent(responseLength, client, nowNanos, nowNanos);
    }
    return responseLength;
  }

  private int cut(int gate, Client client, long nowNanos) {
    ResponseRate limit = rate;
    int rcode = gate == Query.ACCEPTED ? Rcode.NOERROR : gate;
    return limit == null || client.stream()
        ? Responses.WHOLE
        : responses.cut(limit, rcode, client, nowNanos);
  }

  private int walk(int gate, Client client, long nowNanos) {
    if (!access.allows(client.addressHigh(), client.addressLow())) {
      return responses.error(Rcode.REFUSED, Notices.PROHIBITED, Counter.REJECTED_ACCESS);
    }
    if (specialQueries.include(gate)) {
      return specialQueries.answer(gate);
    }
    Route route = aim(query);
    CacheEntry entry = cache.lookup(probe, nowNanos);
    return entry != null && entry.isFresh(nowNanos)
        ? fresh(entry, route, nowNanos)
        : miss(entry, route, client, nowNanos);
  }

  /* Has the probe ask for the name that is looked up, and returns whom to ask about it. */
  private Route aim(Query asked) {
    Route route = resolvers.routes().match(asked.bytes(), asked.qnameOffset(), asked.qnameLength());
    probe.set(route.id(), asked);
    return route;
  }

  private int fresh(CacheEntry entry, Route route, long nowNanos) {
    if (prefetch && entry.isPrefetchDue(nowNanos) && query.recursionDesired()) {
      entry.markPrefetched();
      counters.increment(Counter.PREFETCHES);
      refresh(probe.snapshot(), route);
    }
    return responses.fresh(entry, Counter.ANSWERS_FRESH, nowNanos);
  }

  private int miss(@Nullable CacheEntry entry, Route route, Client client, long nowNanos) {
    int local = local(query, client, nowNanos);
    return local == LocalRules.NO_RULE ? lookUp(entry, route, client, nowNanos) : local;
  }

  /* What is said here of a name and never cached: by the operator's rules, or as of localhost. */
  private int local(Query asked, Client client, long nowNanos) {
    Rule rule = localRules.find(asked);
    int ruled = rule == null ? LocalRules.NO_RULE : ruled(rule, client, nowNanos);
    if (ruled != LocalRules.NO_RULE) {
      return ruled;
    }
    Answer answer = resolvers.localNames().answer(asked);
    return answer == null ? LocalRules.NO_RULE : responses.answer(answer, Counter.ANSWERS_LOCAL);
  }

  private int ruled(Rule rule, Client client, long nowNanos) {
    return rule.alias(query.qtype()) == null
        ? localRules.answer(rule)
        : behindAlias(rule, client, nowNanos);
  }

  private int behindAlias(Rule rule, Client client, long nowNanos) {
    if (!localRules.follow(rule)) {
      return responses.error(Rcode.SERVFAIL, Notices.ALIAS_TOO_LONG, Counter.ANSWERS_FAILURE);
    }
    Query target = localRules.lookedUp();
    int local = local(target, client, nowNanos);
    if (local != LocalRules.NO_RULE) {
      return local;
    }
    Route route = aim(target);
    CacheEntry entry = cache.lookup(probe, nowNanos);
    return entry != null && entry.isFresh(nowNanos)
        ? fresh(entry, route, nowNanos)
        : lookUp(entry, route, client, nowNanos);
  }

  /* What the probe asks for is not fresh in the cache. */
  private int lookUp(@Nullable CacheEntry entry, Route route, Client client, long nowNanos) {
    CacheEntry pinned = resolvers.holds().pins().entry(probe, nowNanos);
    if (pinned != null) {
      return pinned(pinned, route, nowNanos);
    }
    if (route.rules().forwardsSubnet()) {
      return ofSubnet(route, client, nowNanos);
    }
    if (resolvers.rewriting().splitsByDnssec(probe)) {
      return ask(servable(entry, nowNanos), route, client, nowNanos);
    }
    CacheEntry unsigned = variants.withoutSignatures(probe, entry, nowNanos);
    if (unsigned != null) {
      cache.put(probe.snapshot(), unsigned);
      if (unsigned.isFresh(nowNanos)) {
        return fresh(unsigned, route, nowNanos);
      }
    }
    CacheEntry own = unsigned == null ? entry : unsigned;
    return ask(variants.stale(probe, own, nowNanos), route, client, nowNanos);
  }

  /* Upstreams are asked as often as for any other name; what they say is learnt, but not told. */
  private int pinned(CacheEntry entry, Route route, long nowNanos) {
    CacheKey key = probe.snapshot();
    entry.markPrefetched();
    cache.put(key, entry);
    if (query.recursionDesired()) {
      refresh(key, route);
    }
    return fresh(entry, route, nowNanos);
  }

  /* RFC 7871 §7: what is known for the client's network, and nothing that is kept for all. */
  private int ofSubnet(Route route, Client client, long nowNanos) {
    ClientSubnet told = query.hasSubnet() ? query.subnet() : null;
    if (query.hasSubnet() && told == null) {
      return responses.error(Rcode.FORMERR, Counter.REJECTED_MALFORMED);
    }
    ClientSubnet subnet =
        resolvers.rewriting().subnet(told, client.addressHigh(), client.addressLow());
    SubnetEntry entry = resolvers.subnetAnswers().lookup(probe, subnet, nowNanos);
    responses.answerSubnet(route, entry);
    if (entry != null && entry.isFresh(nowNanos)) {
      return responses.fresh(entry, Counter.ANSWERS_FRESH, nowNanos);
    }
    probe.setSubnet(subnet);
    return ask(servable(entry, nowNanos), route, client, nowNanos);
  }

  private static @Nullable CacheEntry servable(@Nullable CacheEntry entry, long nowNanos) {
    return entry != null && entry.isServableStale(nowNanos) ? entry : null;
  }

  /* Upstreams are asked now, unless that is no use or the client does not want it. */
  private int ask(@Nullable CacheEntry stale, Route route, Client client, long nowNanos) {
    if (!query.recursionDesired()) { // RFC 8914 §4.21
      return staleOr(stale, Rcode.REFUSED, Notices.NOT_RECURSIVE, Counter.REJECTED_REFUSED);
    }
    Failure failure = resolvers.failures().recall(probe, nowNanos);
    if (stale != null) {
      boolean hopeless = isHopeless(route);
      if (hopeless || failure != null || staleAtOnce || route.isSilent()) {
        CacheKey key = probe.snapshot();
        planRefresh(key, route, hopeless, failure);
        return responses.stale(key, stale);
      }
    }
    if (failure != null) {
      return responses.error(
          failure.rcode(), Notices.REMEMBERED, Counter.ANSWERS_FAILURE_REMEMBERED);
    }
    if (route.isDown()) {
      return responses.error(Rcode.SERVFAIL, Notices.UNREACHABLE, Counter.ANSWERS_FAILURE);
    }
    return await(stale, route, client, nowNanos);
  }

  private int staleOr(@Nullable CacheEntry stale, int rcode, byte[] notice, Counter from) {
    return stale == null
        ? responses.error(rcode, notice, from)
        : responses.stale(probe.snapshot(), stale);
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

  private int await(@Nullable CacheEntry stale, Route route, Client client, long nowNanos) {
    if (isOwnQuestion(client)) {
      return responses.error(Rcode.SERVFAIL, Notices.LOOP, Counter.FORWARDING_LOOPS);
    }
    QueryResolver home = resolvers.home(probe);
    int slot = lateResponses.slot(client);
    boolean turnedAway = home == this && inFlight.turnsAway(probe, route, slot, nowNanos);
    if (turnedAway || !lateResponses.takePlace(slot)) {
      return staleOr(stale, Rcode.SERVFAIL, Notices.OVERLOADED, Counter.ANSWERS_FAILURE);
    }
    boolean here = home == this;
    Waiter waiter = lateResponses.waiter(probe.snapshot(), route, client, slot, here, nowNanos);
    if (here) {
      inFlight.join(waiter, stale, nowNanos);
    } else {
      home.join(waiter, stale);
    }
    return PENDING;
  }

  private boolean isOwnQuestion(Client client) {
    return resolvers
        .ownSockets()
        .contains(client.stream(), client.addressHigh(), client.addressLow(), client.port());
  }

  private void refresh(CacheKey key, Route route) {
    QueryResolver home = resolvers.home(key);
    home.loop.execute(() -> home.inFlight.refresh(key, route));
  }

  /**
   * Asks a question of this home for a waiter; callable from any loop.
   *
   * @param stale what the waiter gets when upstreams fail or take too long
   */
  void join(Waiter waiter, @Nullable CacheEntry stale) {
    loop.execute(() -> inFlight.joinFromAfar(waiter, stale));
  }

  /** Takes over the configuration of the moment on its loop; callable from any other. */
  CompletableFuture<Void> reconfigure() {
    return CompletableFuture.runAsync(() -> use(resolvers.config()), loop);
  }

  /** Completes when what its loop does at the moment is done; callable from any thread. */
  CompletableFuture<Void> pass() {
    return CompletableFuture.runAsync(() -> {}, loop);
  }

  /** Shows answered queries to {@code observer} from now on; callable from any thread. */
  void tap(QueryTap observer) {
    loop.execute(() -> responses.tap(observer));
  }

  /** An upstream is back; callable from any loop. */
  void recovered() {
    loop.execute(staleRefreshes::start);
  }

  /** The questions that were answered stale lately; readable by any thread. */
  StaleSightings staleSightings() {
    return responses.staleSightings();
  }

  /** Number of clients of this loop that wait for an answer; readable by any thread. */
  int waiting() {
    return lateResponses.waiting();
  }

  /** Number of questions in flight on this loop; readable by any thread. */
  int inFlight() {
    return inFlight.size();
  }
}
