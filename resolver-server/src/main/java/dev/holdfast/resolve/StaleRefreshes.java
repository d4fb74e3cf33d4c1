package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.upstream.Route;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The questions that this loop answered stale while upstreams were down. When one is back they are
 * asked again at a steady pace, so that it does not meet a herd: first those that clients ask for
 * just then, then those that were wanted most. Confined to one event loop.
 */
final class StaleRefreshes {

  /** Questions noted during one outage; further ones are refreshed when they are asked for. */
  static final int MAX_QUESTIONS = 200_000;

  private static final long TICK_MILLIS = 20;
  private static final double MILLIS_PER_SECOND = 1000;

  private final ScheduledExecutorService loop;
  private final LoopCounters counters;
  private final BiConsumer<CacheKey, Route> refresh;
  private final Map<CacheKey, Noted> noted = new HashMap<>();
  private final ArrayDeque<Noted> queue = new ArrayDeque<>();
  private final ArrayDeque<Noted> askedFor = new ArrayDeque<>();
  private double perTick;
  private double allowance;
  private boolean running;

  /** A question, and how often it was answered stale. */
  private static final class Noted {

    private final CacheKey key;
    private final Route route;
    private int answers;
    private boolean queued;
    private boolean askedFor;

    Noted(CacheKey key, Route route) {
      this.key = key;
      this.route = route;
    }
  }

  StaleRefreshes(
      ScheduledExecutorService loop, LoopCounters counters, BiConsumer<CacheKey, Route> refresh) {
    this.loop = loop;
    this.counters = counters;
    this.refresh = refresh;
  }

  /** Sets how many refreshes there are per second on this loop, at first none. */
  void setPace(double perSecond) {
    perTick = perSecond * TICK_MILLIS / MILLIS_PER_SECOND;
  }

  /** Notes that a question was answered stale because no upstream is there. */
  void note(CacheKey key, Route route) {
    Noted known = noted.get(key);
    if (known == null) {
      if (noted.size() >= MAX_QUESTIONS) {
        counters.increment(Counter.LIMIT_STALE_REFRESHES);
        return;
      }
      known = new Noted(key, route);
      noted.put(key, known);
    }
    known.answers++;
  }

  /**
   * Whether a question whose upstreams are there waits for its turn, so that its clients need not
   * ask themselves; begins to ask if that has not happened yet.
   */
  boolean isWaiting(CacheKey key) {
    Noted known = noted.get(key);
    if (known == null) {
      return false;
    }
    if (!known.queued) {
      start();
    }
    if (!known.askedFor) {
      known.askedFor = true;
      askedFor.add(known);
    }
    return true;
  }

  /** An upstream is back: begins to ask. */
  void start() {
    List<Noted> mostWantedFirst =
        new ArrayList<>(noted.values().stream().filter(each -> !each.queued).toList());
    if (mostWantedFirst.isEmpty()) {
      return;
    }
    mostWantedFirst.sort(Comparator.comparingInt((Noted each) -> each.answers).reversed());
    mostWantedFirst.forEach(each -> each.queued = true);
    queue.addAll(mostWantedFirst);
    counters.add(Counter.STALE_REFRESHES_QUEUED, mostWantedFirst.size());
    if (!running) {
      running = true;
      loop.execute(this::tick);
    }
  }

  /* Those whose upstreams are down, still or again, stay noted until one of them is back. */
  private void tick() {
    allowance = Math.min(allowance, 1) + perTick;
    while (allowance >= 1 && !queue.isEmpty()) {
      Noted next = askedFor.isEmpty() ? queue.remove() : askedFor.remove();
      if (!next.queued) {
        continue; // had its turn when it was asked for
      }
      next.queued = false;
      next.askedFor = false;
      if (!next.route.isDown()) {
        allowance--;
        noted.remove(next.key);
        counters.increment(Counter.STALE_REFRESHES);
        refresh.accept(next.key, next.route);
      }
    }
    running = !queue.isEmpty();
    if (running) {
      var _ = loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Number of questions noted. */
  int size() {
    return noted.size();
  }
}
