package dev.holdfast.datagram;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * System calls of 64-bit Linux: recvmmsg(2), sendmmsg(2) and those of epoll(7). Addresses are
 * passed as plain numbers, which costs no object per call. Thread-safe; each caller brings its own
 * {@code state} for errno.
 */
final class SystemCalls {

  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int ECONNREFUSED = 111;

  static final int MSG_DONTWAIT = 0x40;

  /** Tells the whole length of a datagram that is longer than its room. */
  static final int MSG_TRUNC = 0x20;

  /** Waits for the first datagram alone, on a socket that blocks. */
  static final int WAIT_FOR_ONE = 0x10000;

  private static final long NO_TIMEOUT = 0;
  private static final int F_SETFL = 4;
  private static final int EPOLL_CLOEXEC = 0x80000;
  private static final int EPOLL_CTL_ADD = 1;
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final boolean AVAILABLE =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")
          && JAVA_LONG.byteSize() == ADDRESS.byteSize()
          && Linker.nativeLinker().defaultLookup().find("recvmmsg").isPresent()
          && Linker.nativeLinker().defaultLookup().find("sendmmsg").isPresent();

  private SystemCalls() {}

  /** Whether this machine has these calls. */
  static boolean available() {
    return AVAILABLE;
  }

  /** Room for the errno of a failed call. */
  static MemorySegment newState() {
    return Arena.ofAuto().allocate(STATE);
  }

  /** The errno of the call that failed last with {@code state}. */
  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** Receives up to {@code count} datagrams; returns how many, or -1. */
  static int receive(MemorySegment state, int descriptor, long headers, int count, int flags) {
    try {
      return (int)
          Handles.RECEIVE.invokeExact(state, descriptor, headers, count, flags, NO_TIMEOUT);
    } catch (Throwable t) {
      throw new LinkageError("recvmmsg", t);
    }
  }

  /** Sends {@code count} datagrams; returns how many went out before the first failure, or -1. */
  static int send(MemorySegment state, int descriptor, long headers, int count) {
    try {
      return (int) Handles.SEND.invokeExact(state, descriptor, headers, count, MSG_DONTWAIT);
    } catch (Throwable t) {
      throw new LinkageError("sendmmsg", t);
    }
  }

  /** Makes calls on a socket wait; returns 0, or -1. */
  static int block(MemorySegment state, int descriptor) {
    try {
      return (int) Clients.CONTROL.invokeExact(state, descriptor, F_SETFL, 0);
    } catch (Throwable t) {
      throw new LinkageError("fcntl", t);
    }
  }

  /** Makes a set of sockets to wait for; returns its descriptor, or -1. */
  static int newReadySet(MemorySegment state) {
    try {
      return (int) Clients.CREATE.invokeExact(state, EPOLL_CLOEXEC);
    } catch (Throwable t) {
      throw new LinkageError("epoll_create1", t);
    }
  }

  /** Adds a socket to a set; returns 0, or -1. */
  static int addToReadySet(MemorySegment state, int set, int descriptor, long event) {
    try {
      return (int) Clients.ADD.invokeExact(state, set, EPOLL_CTL_ADD, descriptor, event);
    } catch (Throwable t) {
      throw new LinkageError("epoll_ctl", t);
    }
  }

  /** Waits for sockets of a set; returns how many events were written, or -1. */
  static int awaitReady(MemorySegment state, int set, long events, int count, int timeoutMillis) {
    try {
      return (int) Clients.WAIT.invokeExact(state, set, events, count, timeoutMillis);
    } catch (Throwable t) {
      throw new LinkageError("epoll_wait", t);
    }
  }

  /** Closes a descriptor. */
  static void close(MemorySegment state, int descriptor) {
    try {
      int ignored = (int) Clients.CLOSE.invokeExact(state, descriptor);
    } catch (Throwable t) {
      throw new LinkageError("close", t);
    }
  }

  private static MethodHandle bind(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        signature,
        Stream.concat(Stream.of(Linker.Option.captureCallState("errno")), Stream.of(options))
            .toArray(Linker.Option[]::new));
  }

  /** Bound on first use, which only {@link #AVAILABLE} machines come to. */
  private static final class Handles {

    static final MethodHandle RECEIVE =
        bind(
            "recvmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));

    static final MethodHandle SEND =
        bind("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));
  }

  /** What a server does not need, bound when a client does. */
  private static final class Clients {

    static final MethodHandle CONTROL =
        bind(
            "fcntl",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(2));

    static final MethodHandle CREATE =
        bind("epoll_create1", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    static final MethodHandle ADD =
        bind("epoll_ctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));

    static final MethodHandle WAIT =
        bind(
            "epoll_wait", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));

    static final MethodHandle CLOSE = bind("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));
  }
}
