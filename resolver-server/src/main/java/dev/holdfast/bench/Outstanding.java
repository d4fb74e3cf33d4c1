package dev.holdfast.bench;

import java.util.Arrays;

/**
 * Queries that wait for an answer, per socket in the order in which they were sent. The id of a
 * query is the low half of its number on its socket, so a number is given up as lost when its id
 * comes round again. Confined to one thread.
 */
final class Outstanding {

  /** {@link #end}: the answer came after its query was given up. */
  static final long LATE = -1;

  /** {@link #end}: the query was answered before. */
  static final long DUPLICATE = -2;

  /** {@link #end}: no query had this id. */
  static final long UNKNOWN = -3;

  private static final int MAX_WINDOW = 1 << 16;

  /** Bound of all sockets together: 32 MiB. */
  private static final int MAX_SLOTS = 1 << 22;

  private static final int MIN_WINDOW = 64;
  private static final long ANSWERED = 0;
  private static final long GIVEN_UP = -1;

  private final int window;
  private final long[] times;
  private final long[] next;
  private final long[] oldest;
  private final long first;
  private final int[] waiting;
  private int total;

  /**
   * @param firstNumber where every socket begins to count, so that ids differ from run to run
   */
  Outstanding(int sockets, int firstNumber) {
    window = Math.clamp(Integer.highestOneBit(MAX_SLOTS / sockets), MIN_WINDOW, MAX_WINDOW);
    times = new long[window * sockets];
    next = new long[sockets];
    oldest = new long[sockets];
    waiting = new int[sockets];
    first = firstNumber + (long) MAX_WINDOW;
    Arrays.fill(next, first);
    Arrays.fill(oldest, first);
  }

  /** Queries that wait, on all sockets. */
  int total() {
    return total;
  }

  /** Queries that wait on one socket. */
  int waiting(int socket) {
    return waiting[socket];
  }

  /** Whether the next query makes the oldest one be given up. */
  boolean isFull(int socket) {
    return next[socket] - oldest[socket] == window;
  }

  /** Notes a query that should be sent at {@code nanos}, above 0, and returns its id. */
  int begin(int socket, long nanos) {
    long number = next[socket]++;
    times[slot(socket, number)] = nanos;
    waiting[socket]++;
    total++;
    return (int) number & (MAX_WINDOW - 1);
  }

  /** Ends a query; returns when it should have been sent, or what is wrong. */
  long end(int socket, int id) {
    long last = next[socket] - 1;
    long number = last - ((last - id) & (MAX_WINDOW - 1));
    if (number < first) {
      return UNKNOWN;
    }
    if (number <= last - window) {
      return LATE;
    }
    int slot = slot(socket, number);
    long nanos = times[slot];
    if (nanos == GIVEN_UP) {
      return LATE;
    }
    if (nanos == ANSWERED) {
      return DUPLICATE;
    }
    times[slot] = ANSWERED;
    waiting[socket]--;
    total--;
    return nanos;
  }

  /** Gives up what was sent before {@code nanos}; returns how many queries. */
  int expire(int socket, long nanos) {
    int lost = 0;
    while (oldest[socket] < next[socket]) {
      int slot = slot(socket, oldest[socket]);
      if (times[slot] != ANSWERED) {
        if (times[slot] - nanos >= 0) {
          break;
        }
        giveUp(socket, slot);
        lost++;
      }
      oldest[socket]++;
    }
    return lost;
  }

  /** Makes room for a query; returns 1 when one had to be given up for it, else 0. */
  int makeRoom(int socket) {
    int slot = slot(socket, oldest[socket]++);
    if (times[slot] == ANSWERED) {
      return 0;
    }
    giveUp(socket, slot);
    return 1;
  }

  private void giveUp(int socket, int slot) {
    times[slot] = GIVEN_UP;
    waiting[socket]--;
    total--;
  }

  private int slot(int socket, long number) {
    return socket * window + ((int) number & (window - 1));
  }
}
