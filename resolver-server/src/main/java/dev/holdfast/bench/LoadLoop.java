package dev.holdfast.bench;

import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Sends, receives and counts on one thread that never sleeps while a phase lasts. With a rate, each
 * query has a moment at which it is due, and its latency counts from there: a server that stalls is
 * charged for the queries that could not be sent meanwhile. Without one, each socket keeps as many
 * queries on the way as it may. Nothing is allocated per query. Confined to one thread.
 */
final class LoadLoop {

  /** Queries sent through one socket before the next one gets its turn. */
  private static final int MAX_CHUNK = 32;

  /** Queries sent before the answers get their turn. */
  private static final int MAX_BURST = 256;

  /** A query that is later than this is not sent at all. */
  private static final long MAX_DELAY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int MAX_FIRST_NUMBER = 1 << 16;
  private static final int FLAG_RESPONSE = 0x8000;
  private static final int FLAG_TRUNCATED = 0x0200;
  private static final int MIN_MESSAGE_BYTES = 12;
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Transport transport;
  private final Questions questions;
  private final Outstanding outstanding;
  private final LongSupplier clock;
  private final long timeoutNanos;
  private final int waitingPerSocket;
  private final Progress progress;
  private final long baseNanos;

  private Phase phase = Phase.once(0);
  private Tally tally = new Tally();
  private long startNanos;
  private long nextProgressNanos;
  private long scheduled;
  private int position;
  private int nextSocket;
  private int nextExpired;

  /** Hears once a second how a phase is getting on. */
  interface Progress {
    void second(long elapsedNanos, Tally tally, int outstanding);
  }

  /**
   * @param outstandingQueries most queries on the way, on all sockets together
   */
  LoadLoop(
      Transport transport,
      Questions questions,
      LongSupplier clock,
      long timeoutNanos,
      int outstandingQueries,
      Progress progress) {
    this.transport = transport;
    this.questions = questions;
    this.clock = clock;
    this.timeoutNanos = timeoutNanos;
    this.progress = progress;
    waitingPerSocket = Math.max(outstandingQueries / transport.sockets(), 1);
    outstanding =
        new Outstanding(transport.sockets(), new SecureRandom().nextInt(MAX_FIRST_NUMBER));
    baseNanos = clock.getAsLong() - 1;
  }

  /** Runs a phase and returns when everything is answered or given up. */
  Measured run(Phase next) {
    phase = next;
    tally = new Tally();
    scheduled = 0;
    position = 0;
    startNanos = now();
    nextProgressNanos = startNanos + PROGRESS_NANOS;
    if (!phase.isOpen()) {
      for (int socket = 0; socket < transport.sockets(); socket++) {
        refill(socket, startNanos);
      }
    }
    long now = startNanos;
    while (now - startNanos < phase.nanos() && scheduled < phase.queries()) {
      now = turn(now);
    }
    Measured measured = new Measured(now - startNanos, tally);
    drain(now + timeoutNanos);
    return measured;
  }

  /** Nanoseconds above 0 that no wrap disturbs. */
  private long now() {
    return clock.getAsLong() - baseNanos;
  }

  private long turn(long now) {
    boolean sent = phase.isOpen() && sendDue(now);
    int ready = transport.await(0);
    for (int i = 0; i < ready; i++) {
      receive(transport.readySocket(i), /* more= */ true);
    }
    expireNext(now, /* more= */ true);
    long end = now();
    if (!sent && ready == 0) {
      tally.idleNanos += end - now;
    }
    if (end >= nextProgressNanos) {
      nextProgressNanos += PROGRESS_NANOS;
      progress.second(end - startNanos, tally, outstanding.total());
    }
    return end;
  }

  private boolean sendDue(long now) {
    long due = phase.due(now - startNanos);
    if (scheduled >= due) {
      return false;
    }
    skipLate(now);
    int sockets = transport.sockets();
    int burst = (int) Math.min(due - scheduled, MAX_BURST);
    int chunk = Math.clamp(burst / sockets, 1, MAX_CHUNK);
    boolean sent = false;
    for (int tried = 0; tried < sockets && burst > 0; tried++) {
      int socket = nextSocket;
      nextSocket = socket + 1 == sockets ? 0 : socket + 1;
      int count = Math.min(Math.min(chunk, burst), room(socket));
      if (count > 0) {
        send(socket, count, now);
        burst -= count;
        sent = true;
      }
    }
    return sent;
  }

  private void skipLate(long now) {
    long late = phase.due(now - startNanos - MAX_DELAY_NANOS) - 1 - scheduled;
    if (now - startNanos > MAX_DELAY_NANOS && late > 0) {
      scheduled += late;
      tally.skipped += late;
    }
  }

  private int room(int socket) {
    return Math.min(transport.room(socket), waitingPerSocket - outstanding.waiting(socket));
  }

  private void refill(int socket, long now) {
    int count = (int) Math.min(room(socket), phase.queries() - scheduled);
    if (count > 0) {
      send(socket, count, now);
    }
  }

  private void send(int socket, int count, long now) {
    byte[] bytes = questions.bytes();
    int[] order = phase.order();
    for (int i = 0; i < count; i++) {
      if (outstanding.isFull(socket)) {
        tally.lost += outstanding.makeRoom(socket);
      }
      long dueNanos = now;
      if (phase.isOpen()) {
        dueNanos = startNanos + phase.dueNanos(scheduled);
        tally.delay(now - dueNanos);
      }
      scheduled++;
      int index = order[position];
      position = position + 1 == order.length ? 0 : position + 1;
      int length = questions.length(index);
      int id = outstanding.begin(socket, dueNanos);
      transport.add(socket, bytes, questions.offset(index), length, id);
      tally.bytesSent += length;
    }
    tally.sent += count;
    tally.refused += transport.flush(socket);
  }

  private void receive(int socket, boolean more) {
    int count = transport.receive(socket);
    if (count < 0) {
      tally.refused++;
    }
    long now = now();
    for (int i = 0; i < count; i++) {
      settle(socket, i, now);
    }
    if (more && !phase.isOpen()) {
      refill(socket, now);
    }
  }

  private void settle(int socket, int index, long now) {
    int length = transport.length(index);
    int flags = length < MIN_MESSAGE_BYTES ? 0 : transport.flags(index);
    if ((flags & FLAG_RESPONSE) == 0) {
      tally.unknown++;
      return;
    }
    long dueNanos = outstanding.end(socket, transport.id(index));
    if (dueNanos > 0) {
      tally.answer(now - dueNanos, flags, length);
      tally.truncated += (flags & FLAG_TRUNCATED) == 0 ? 0 : 1;
    } else if (dueNanos == Outstanding.LATE) {
      tally.late++;
    } else if (dueNanos == Outstanding.DUPLICATE) {
      tally.duplicate++;
    } else {
      tally.unknown++;
    }
  }

  /** Looks at one socket a turn, which is often enough. */
  private void expireNext(long now, boolean more) {
    int socket = nextExpired;
    nextExpired = socket + 1 == transport.sockets() ? 0 : socket + 1;
    int lost = outstanding.expire(socket, now - timeoutNanos);
    tally.lost += lost;
    if (lost > 0 && more && !phase.isOpen()) {
      refill(socket, now);
    }
  }

  private void drain(long untilNanos) {
    while (outstanding.total() > 0 && now() < untilNanos) {
      int ready = transport.await(1);
      for (int i = 0; i < ready; i++) {
        receive(transport.readySocket(i), /* more= */ false);
      }
    }
    for (int socket = 0; socket < transport.sockets(); socket++) {
      tally.lost += outstanding.expire(socket, Long.MAX_VALUE);
    }
  }

  /** What a phase brought, and how long queries were sent. */
  record Measured(long sendingNanos, Tally tally) {}
}
