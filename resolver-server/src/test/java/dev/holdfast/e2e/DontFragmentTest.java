package dev.holdfast.e2e;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The kernel is asked how this process's sockets treat the path MTU (RFC 9715 §3.1). */
@EnabledOnOs(OS.LINUX)
class DontFragmentTest {

  private static final int SOL_SOCKET = 1;
  private static final int SO_TYPE = 3;
  private static final int SOCK_DGRAM = 2;
  private static final int IPPROTO_IP = 0;
  private static final int IP_MTU_DISCOVER = 10;

  /** Don't-fragment is set, and the path MTU that others tell is not believed. */
  private static final int IP_PMTUDISC_PROBE = 3;

  private static final Linker LINKER = Linker.nativeLinker();

  @TempDir Path folder;

  @Test
  @Attack(Threat.FRAGMENTATION)
  void sockets_towardsClientsAndUpstreams_setDontFragment() throws Exception {
    try (ScriptedUpstream upstream =
            ScriptedUpstream.start(new Zone().set("www.example.org", "A", 300, "192.0.2.1"));
        TestServer server = TestServer.asking(upstream.address(), folder);
        Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask("www.example.org"))).containsExactly("192.0.2.1");
      assertThat(server.count(Counter.UPSTREAM_SOCKETS_OPENED)).isPositive();

      assertThat(pathMtuOfSockets("getsockname", server.address().getPort()))
          .isNotEmpty()
          .containsOnly(IP_PMTUDISC_PROBE);
      assertThat(pathMtuOfSockets("getpeername", upstream.address().getPort()))
          .isNotEmpty()
          .containsOnly(IP_PMTUDISC_PROBE);
    }
  }

  /** Returns the option of every datagram socket with this port at its near or far end. */
  private static List<Integer> pathMtuOfSockets(String end, int port) throws Exception {
    List<Integer> values = new ArrayList<>();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      for (Path each : descriptors.filter(DontFragmentTest::isSocket).toList()) {
        int descriptor = Integer.parseInt(each.getFileName().toString());
        if (option(descriptor, SOL_SOCKET, SO_TYPE) == SOCK_DGRAM
            && port(end, descriptor) == port) {
          values.add(option(descriptor, IPPROTO_IP, IP_MTU_DISCOVER));
        }
      }
    }
    return values;
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException closedMeanwhile) {
      return false;
    }
  }

  private static int option(int descriptor, int level, int name) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment length = arena.allocateFrom(JAVA_INT, Integer.BYTES);
      MethodHandle call =
          handle(
              "getsockopt",
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
      int result = (int) call.invokeExact(descriptor, level, name, value, length);
      return result == 0 ? value.get(JAVA_INT, 0) : -1;
    } catch (Throwable t) {
      throw new IOException("getsockopt", t);
    }
  }

  private static int port(String end, int descriptor) throws Exception {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment address = arena.allocate(128, 8);
      MemorySegment length = arena.allocateFrom(JAVA_INT, 128);
      MethodHandle call = handle(end, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS));
      int result = (int) call.invokeExact(descriptor, address, length);
      int high = address.get(JAVA_BYTE, 2) & 0xff;
      return result == 0 ? high << 8 | (address.get(JAVA_BYTE, 3) & 0xff) : -1;
    } catch (Throwable t) {
      throw new IOException(end, t);
    }
  }

  private static MethodHandle handle(String name, FunctionDescriptor descriptor) {
    return LINKER.downcallHandle(LINKER.defaultLookup().find(name).orElseThrow(), descriptor);
  }
}
