package dev.holdfast.resolve;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.FailureMemory;
import dev.holdfast.cache.History;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.cache.SubnetAnswers;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.Holds;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.CookieSecrets;
import dev.holdfast.policy.LocalNames;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.OwnSockets;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.QueryWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The resolvers of all event loops and what they share: the cache, the routes and the rules. Every
 * question has one home among the loops, so that it is in flight once in the whole process.
 * Thread-safe.
 */
public final class Resolvers {

  private final AnswerCache cache;
  private final SubnetAnswers subnetAnswers;
  private final FailureMemory failures = new FailureMemory();
  private final WaiterQuota quota;
  private final Holds holds;
  private final RateLimits rateLimits;
  private final SignatureFilter recallFilter = new SignatureFilter();
  private final PolicySweep recallSweep;
  private final LongSupplier nanoClock;
  private final InstantSource wallClock;
  private final CookieSecrets cookieSecrets = new CookieSecrets();
  private final OwnSockets ownSockets;
  private final int loopCount;
  private final List<QueryResolver> loops = new CopyOnWriteArrayList<>();
  private volatile Recorder recorder = Recorder.NONE;
  private volatile Config config;
  private volatile Routes routes;
  private volatile LocalNames localNames;
  private volatile LocalPolicy localPolicy = LocalPolicy.NONE;
  private volatile Rewriting rewriting;

  /**
   * What the operator decides about resolving.
   *
   * @param minimalResponses leave name servers and their addresses out of positive answers
   * @param tcpIdleTimeout told to clients that ask for it (RFC 7828)
   * @param cookies whether clients that send a cookie get one (RFC 7873)
   * @param rewrite what becomes of answers before they are learnt
   */
  public record Config(
      AccessConfig access,
      CacheConfig cache,
      StaleConfig stale,
      HoldConfig hold,
      LimitsConfig limits,
      boolean minimalResponses,
      Duration tcpIdleTimeout,
      boolean cookies,
      RewriteConfig rewrite) {}

  /**
   * @param loopCount how many loops will be added
   * @param ownSockets this process's own sockets towards upstreams
   */
  public Resolvers(
      Config config,
      int loopCount,
      Routes routes,
      LongSupplier nanoClock,
      InstantSource wallClock,
      OwnSockets ownSockets) {
    this.loopCount = loopCount;
    this.config = config;
    this.cache = new AnswerCache(config.cache().maxSizeBytes());
    this.subnetAnswers = new SubnetAnswers(config.rewrite().subnet().maxSizeBytes());
    this.quota = new WaiterQuota(config.limits().waitersPerClient(), new SecureRandom().nextLong());
    this.holds = new Holds(config.hold(), wallClock, cache);
    this.recallSweep = new PolicySweep(this);
    this.nanoClock = nanoClock;
    this.wallClock = wallClock;
    this.rateLimits = new RateLimits(config, nanoClock.getAsLong());
    this.ownSockets = ownSockets;
    this.routes = routes;
    this.localNames = localNamesBeside(routes);
    this.rewriting = new Rewriting(config.rewrite(), routes);
  }

  /** Adds the resolver of one more loop; all are added before the first query. */
  public Resolver addLoop(ScheduledExecutorService loop, Exchange exchange, LoopCounters counters) {
    QueryResolver resolver = new QueryResolver(this, loop, exchange, counters);
    loops.add(resolver);
    return resolver;
  }

  /** Shows the answered queries of each loop to the tap that {@code tapOfLoop} has for it. */
  public void tap(IntFunction<QueryTap> tapOfLoop) {
    for (int i = 0; i < loops.size(); i++) {
      loops.get(i).tap(tapOfLoop.apply(i));
    }
  }

  /**
   * Changes what the operator decides, on every loop between two of its queries, and waits for all
   * loops; not to be called on one. What was learnt stays, but for answers that would be rewritten
   * in another way.
   */
  public void reconfigure(Config newConfig) {
    config = newConfig;
    cache.setMaxSizeBytes(newConfig.cache().maxSizeBytes());
    subnetAnswers.setMaxSizeBytes(newConfig.rewrite().subnet().maxSizeBytes());
    holds.reconfigure(newConfig.hold());
    rateLimits.use(newConfig, nowNanos());
    quota.setLimit(newConfig.limits().waitersPerClient());
    CompletableFuture.allOf(
            loops.stream().map(QueryResolver::reconfigure).toArray(CompletableFuture[]::new))
        .join();
    rewriteBy(new Rewriting(newConfig.rewrite(), routes));
  }

  private void rewriteBy(Rewriting next) {
    boolean same = next.isLike(rewriting);
    rewriting = next;
    if (!same) {
      forgetUnfit(next);
    }
  }

  private void forgetUnfit(Rewriting next) {
    subnetAnswers.removeIf(key -> true);
    Set<CacheKey> histories =
        new HashSet<>(
            holds.histories().keys((key, history) -> !next.fits(key, history.lastGood())));
    List<CacheKey> answers = cache.keys((key, entry) -> !next.fits(key, entry.answer()));
    histories.addAll(answers);
    recorder.flushing(histories::contains);
    histories.forEach(holds.histories()::forget);
    answers.forEach(cache::remove);
  }

  /** Tells {@code newRecorder} of the answers learnt from now on. */
  public void record(Recorder newRecorder) {
    recorder = newRecorder;
  }

  /** Returns who keeps what is learnt. */
  public Recorder recorder() {
    return recorder;
  }

  /** Changes whom to ask; questions in flight end with the upstreams they began with. */
  public void setRoutes(Routes routes) {
    this.routes = routes;
    this.localNames = localNamesBeside(routes);
    rewriteBy(new Rewriting(config.rewrite(), routes));
  }

  /** Returns whom to ask. */
  public Routes routes() {
    return routes;
  }

  /** Tells all loops that an upstream is back: what failed may be asked again. */
  public void recovered() {
    failures.clear();
    loops.forEach(QueryResolver::recovered);
  }

  /** Returns how many clients wait for an answer. */
  public int waiting() {
    return loops.stream().mapToInt(QueryResolver::waiting).sum();
  }

  /** Returns how many questions are in flight. */
  public int inFlight() {
    return loops.stream().mapToInt(QueryResolver::inFlight).sum();
  }

  /** Hands over some of the questions that were answered stale a moment ago, from each loop. */
  public void forEachStale(Consumer<StaleSighting> action) {
    long nowNanos = nowNanos();
    loops.forEach(each -> each.staleSightings().forEach(nowNanos, action));
  }

  /** Returns the answers kept. */
  public AnswerCache cache() {
    return cache;
  }

  /** Returns the answers that are kept for some networks only. */
  public SubnetAnswers subnetAnswers() {
    return subnetAnswers;
  }

  /** Returns what is kept for a question, whatever its age. */
  @Nullable CacheEntry lookup(CacheKey key, long nowNanos) {
    ClientSubnet subnet = key.subnet();
    return subnet == null
        ? cache.lookup(key)
        : subnetAnswers.lookup(key.withoutSubnet(), subnet, nowNanos);
  }

  /** Returns the loop on which a question is in flight, if it is at all; whatever its network. */
  QueryResolver home(CacheKey key) {
    return loops.get(Integer.remainderUnsigned(key.withoutSubnet().hashCode(), loopCount));
  }

  int loopCount() {
    return loopCount;
  }

  /** Returns what the operator decides about resolving. */
  public Config config() {
    return config;
  }

  /** Returns the judge of names that vanish, with their histories. */
  public Holds holds() {
    return holds;
  }

  /** Takes an answer from an earlier run, unless there is a newer one or a decision on it. */
  public void recall(CacheKey question, CacheEntry entry) {
    if (holds.pins().find(question) == null && rewriting.fits(question, entry.answer())) {
      cache.putIfNewer(question, entry);
      // Afterwards, or a policy that comes in between would miss it.
      if (!localPolicy.isEmpty() && !mayServe(question, entry)) {
        cache.remove(question);
      }
    }
  }

  private synchronized boolean mayServe(CacheKey question, CacheEntry entry) {
    return recallSweep.isServable(question, entry);
  }

  /** Takes a history from an earlier run; a name that was held goes on being held. */
  public synchronized void recall(CacheKey question, History history) {
    if (!recallSweep.isServable(question, history)
        || !rewriting.fits(question, history.lastGood())) {
      return;
    }
    holds.histories().recall(question, history);
    if (recallSweep.isRuled(question)
        || !history.vanished()
        || holds.pins().find(question) != null) {
      return;
    }
    Answer lastGood = recallFilter.fit(question, history.lastGood());
    CacheEntry held = holds.resume(question, history, lastGood, nowNanos());
    if (held != null) {
      cache.putIfAbsent(question, held);
    }
  }

  /** Returns the questions that failed lately. */
  public FailureMemory failures() {
    return failures;
  }

  /** Returns the answer to a question whose name is answered here, or null. */
  @Nullable Answer localAnswer(CacheKey key) {
    byte[] question = key.question();
    byte[] message = new byte[QueryWriter.MAX_LENGTH];
    int length = QueryWriter.write(message, question, key.dnssecOk(), key.checkingDisabled());
    Query query = new Query();
    query.parse(message, 0, length);
    return localNames.answer(query);
  }

  /** Returns the names that are answered here. */
  public LocalNames localNames() {
    return localNames;
  }

  /** Returns what the operator answers, blocks or rewrites. */
  public LocalPolicy localPolicy() {
    return localPolicy;
  }

  /**
   * Changes what the operator answers, blocks or rewrites. Once all loops go by it, answers learnt
   * before that are not to be served any more are forgotten; completes with their number.
   */
  public CompletableFuture<Integer> setLocalPolicy(LocalPolicy policy, Executor executor) {
    localPolicy = policy;
    return CompletableFuture.allOf(
            loops.stream().map(QueryResolver::pass).toArray(CompletableFuture[]::new))
        .thenApplyAsync(passed -> new PolicySweep(this).sweep(), executor);
  }

  /** Returns what becomes of answers before they are learnt. */
  Rewriting rewriting() {
    return rewriting;
  }

  WaiterQuota quota() {
    return quota;
  }

  /** Returns what cookies for clients are signed with. */
  public CookieSecrets cookieSecrets() {
    return cookieSecrets;
  }

  InstantSource wallClock() {
    return wallClock;
  }

  RateLimits rateLimits() {
    return rateLimits;
  }

  OwnSockets ownSockets() {
    return ownSockets;
  }

  /** Returns the process's monotonic clock. */
  public long nowNanos() {
    return nanoClock.getAsLong();
  }

  private static LocalNames localNamesBeside(Routes routes) {
    return new LocalNames(
        routes.all().stream().filter(route -> !route.isRoot()).map(Route::suffix).toList());
  }
}
