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

/**
 * recvmmsg(2) and sendmmsg(2) of 64-bit Linux. Addresses are passed as plain numbers, which costs
 * no object per call. Thread-safe; each caller brings its own {@code state} for errno.
 */
final class SystemCalls {

  static final int EINTR = 4;
  static final int EAGAIN = 11;

  private static final int MSG_DONTWAIT = 0x40;
  private static final long NO_TIMEOUT = 0;
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
  static int receive(MemorySegment state, int descriptor, long headers, int count) {
    try {
      return (int)
          Handles.RECEIVE.invokeExact(state, descriptor, headers, count, MSG_DONTWAIT, NO_TIMEOUT);
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

  /** Bound on first use, which only {@link #AVAILABLE} machines come to. */
  private static final class Handles {

    static final MethodHandle RECEIVE =
        bind(
            "recvmmsg",
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG));

    static final MethodHandle SEND =
        bind("sendmmsg", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT));

    private static MethodHandle bind(String name, FunctionDescriptor signature) {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow(name),
          signature,
          Linker.Option.captureCallState("errno"));
    }
  }
}
