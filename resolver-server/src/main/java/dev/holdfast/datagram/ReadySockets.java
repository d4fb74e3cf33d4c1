package dev.holdfast.datagram;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/**
 * Which of many sockets have something to read: an epoll set (epoll(7)). Each socket is known by a
 * number of its owner's. Confined to one thread.
 */
final class ReadySockets implements AutoCloseable {

  private static final int MAX_EVENTS = 256;
  private static final int EPOLLIN = 1;

  /** The kernel packs the event on x86-64 alone: no gap between the mask and the number. */
  private static final boolean PACKED =
      !System.getProperty("os.arch", "").toLowerCase(Locale.ROOT).contains("aarch64");

  private static final int EVENT_SIZE = PACKED ? 12 : 16;
  private static final int NUMBER_OFFSET = PACKED ? 4 : 8;

  private final MemorySegment state = SystemCalls.newState();
  private final MemorySegment events =
      Arena.ofAuto().allocate((long) EVENT_SIZE * MAX_EVENTS, Long.BYTES);
  private final int descriptor;

  ReadySockets() throws IOException {
    descriptor = SystemCalls.newReadySet(state);
    if (descriptor < 0) {
      throw new IOException("epoll_create1 failed with errno " + SystemCalls.errno(state));
    }
  }

  /** Adds a socket under a number. */
  void add(int socket, int number) throws IOException {
    events.set(JAVA_INT_UNALIGNED, 0, EPOLLIN);
    events.set(JAVA_LONG_UNALIGNED, NUMBER_OFFSET, number);
    if (SystemCalls.addToReadySet(
            state, /* set= */ descriptor, /* descriptor= */ socket, events.address())
        < 0) {
      throw new IOException("epoll_ctl failed with errno " + SystemCalls.errno(state));
    }
  }

  /** Waits until a socket is ready or the time is over; returns how many are, at most 256. */
  int await(int timeoutMillis) {
    return Math.max(
        SystemCalls.awaitReady(state, descriptor, events.address(), MAX_EVENTS, timeoutMillis), 0);
  }

  /** Number of the ready socket {@code index}. */
  int number(int index) {
    return (int) events.get(JAVA_LONG_UNALIGNED, (long) index * EVENT_SIZE + NUMBER_OFFSET);
  }

  @Override
  public void close() {
    SystemCalls.close(state, descriptor);
  }
}
