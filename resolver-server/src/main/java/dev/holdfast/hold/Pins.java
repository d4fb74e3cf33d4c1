package dev.holdfast.hold;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The operator's pins, by name and type, bounded in number. Read when a question is not in the
 * cache and when its answer arrives, never on a hit. Thread-safe.
 */
public final class Pins {

  /** Questions pinned at a time. */
  public static final int MAX_PINS = 1000;

  private static final long NANOS_PER_SECOND = TimeUnit.SECONDS.toNanos(1);

  private final InstantSource wallClock;
  private final Map<CacheKey, Pin> pins = new ConcurrentHashMap<>();
  private volatile Listener listener = (question, pin) -> {};

  /** Hears of every change, on the thread that makes it; never waits. */
  public interface Listener {

    /** A question is pinned, or null when it is not any more. */
    void pinned(CacheKey question, @Nullable Pin pin);
  }

  /** A pin and what it is for, as {@link #question} says it. */
  public record Pinned(CacheKey question, Pin pin) {}

  public Pins(InstantSource wallClock) {
    this.wallClock = wallClock;
  }

  /** Tells {@code newListener} of the changes from now on. */
  public void listen(Listener newListener) {
    listener = newListener;
  }

  /** Takes a pin from an earlier run, unless its time has come or the question is pinned anew. */
  public synchronized void recall(CacheKey question, Pin pin) {
    if (left(pin).isPositive() && pins.size() < MAX_PINS) {
      pins.putIfAbsent(question, pin);
    }
  }

  /** Returns what is pinned: a name and a type, whatever the route and for all clients alike. */
  public static CacheKey question(byte[] qname, int qtype) {
    return CacheKey.of(0, qname, qtype, /* dnssecOk= */ false, /* checkingDisabled= */ false);
  }

  /** Pins a question, in place of what it was pinned to; false when there are too many pins. */
  public synchronized boolean set(CacheKey question, Pin pin) {
    if (pins.size() >= MAX_PINS && !pins.containsKey(question)) {
      return false;
    }
    pins.put(question, pin);
    listener.pinned(question, pin);
    return true;
  }

  /** Returns the pin of any variant of a question while it lasts. */
  public @Nullable Pin find(CacheKey key) {
    if (pins.isEmpty()) {
      return null;
    }
    Pin pin = pins.get(question(key.qname(), key.qtype()));
    return pin == null || left(pin).isPositive() ? pin : null;
  }

  /** Takes a pin back; false when the question is not pinned like that any more. */
  public boolean remove(Pinned pinned) {
    boolean removed = pins.remove(pinned.question, pinned.pin);
    if (removed) {
      listener.pinned(pinned.question, null);
    }
    return removed;
  }

  /** Returns all pins, also those whose time has come a moment ago. */
  public List<Pinned> all() {
    List<Pinned> all = new ArrayList<>();
    pins.forEach((question, pin) -> all.add(new Pinned(question, pin)));
    return all;
  }

  /** Takes the pins back whose time has come, and returns them. */
  public List<Pinned> removeEnded() {
    List<Pinned> ended = all();
    ended.removeIf(each -> left(each.pin).isPositive() || !remove(each));
    return ended;
  }

  /** Number of pins. */
  public int size() {
    return pins.size();
  }

  /** Returns what is served to a pinned question until the pin is looked at again, or null. */
  public @Nullable CacheEntry entry(CacheKey key, long nowNanos) {
    Pin pin = find(key);
    if (pin == null) {
      return null;
    }
    Answer answer = pin.answer(key.dnssecOk());
    long ttlNanos = Math.max(1, answer.minTtlSeconds()) * NANOS_PER_SECOND;
    Duration left = left(pin);
    boolean endsSooner = left.compareTo(Duration.ofNanos(ttlNanos)) < 0;
    long lifeNanos = endsSooner ? Math.max(0, left.toNanos()) : ttlNanos;
    return CacheEntry.held(answer, lifeNanos, lifeNanos, nowNanos);
  }

  private Duration left(Pin pin) {
    Instant until = pin.until();
    return until == null ? Duration.ofDays(1) : Duration.between(wallClock.instant(), until);
  }
}
