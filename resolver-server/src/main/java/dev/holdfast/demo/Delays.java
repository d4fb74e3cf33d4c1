package dev.holdfast.demo;

import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** Replies that go out later, in the order of their time. Confined to the upstream's thread. */
final class Delays {

  static final int MAX_WAITING = 131_072;

  private record Waiting(long dueNanos, long sequence, Runnable send)
      implements Comparable<Waiting> {
    @Override
    public int compareTo(Waiting other) {
      int byTime = Long.signum(dueNanos - other.dueNanos);
      return byTime != 0 ? byTime : Long.compare(sequence, other.sequence);
    }
  }

  private final PriorityQueue<Waiting> waiting = new PriorityQueue<>();
  private long sequence;

  /** Returns false when there is no room; the reply is lost then. */
  boolean add(long dueNanos, Runnable send) {
    if (waiting.size() >= MAX_WAITING) {
      return false;
    }
    waiting.add(new Waiting(dueNanos, sequence++, send));
    return true;
  }

  /** Sends what is due. */
  void fire(long nowNanos) {
    for (Waiting next = waiting.peek();
        next != null && next.dueNanos - nowNanos <= 0;
        next = waiting.peek()) {
      waiting.poll();
      next.send.run();
    }
  }

  /** Time until the next reply is due, at least 1 ms; 0 when none waits. */
  long millisUntilNext(long nowNanos) {
    Waiting next = waiting.peek();
    return next == null
        ? 0
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(next.dueNanos - nowNanos + 999_999));
  }

  void clear() {
    waiting.clear();
  }
}
