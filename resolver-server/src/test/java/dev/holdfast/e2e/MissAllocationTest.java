package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.holdfast.LeakCheck;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/** What a question that nobody asked before allocates on the event loop, sockets and all. */
@ExtendWith(LeakCheck.Off.class)
class MissAllocationTest {

  private static final int WARM_UP = 10_000;
  private static final int MISSES = 20_000;

  /** Queries that wait at any time. */
  private static final int WINDOW = 32;

  /** Some 2100 are needed; methods that are still being compiled need more. */
  private static final long MAX_BYTES_PER_MISS = 3072;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir Path folder;

  @Test
  void resolve_miss_allocatesLittle() throws Exception {
    Zone zone = new Zone().set("*.example.org", "A", 300, "192.0.2.1");
    long[] before = THREADS.getAllThreadIds();
    try (ScriptedUpstream upstream = ScriptedUpstream.start(zone);
        TestServer server = TestServer.asking(upstream.address(), folder, "threads=1");
        Stub stub = server.stub()) {
      long loop = loopAfter(before);
      ask(stub, 0, WARM_UP);
      long startBytes = THREADS.getThreadAllocatedBytes(loop);
      ask(stub, WARM_UP, MISSES);
      long bytes = THREADS.getThreadAllocatedBytes(loop) - startBytes;

      assertThat(bytes / MISSES).isLessThan(MAX_BYTES_PER_MISS);
    }
  }

  private static void ask(Stub stub, int first, int count) throws IOException {
    for (int i = 0; i < count + WINDOW; i++) {
      if (i >= WINDOW) {
        stub.receive(/* stream= */ false);
      }
      if (i < count) {
        String name = "host" + (first + i) + ".example.org";
        stub.send(/* stream= */ false, QueryBytes.of(name, Type.A).edns(1232).build());
      }
    }
  }

  /** Returns the server's only event loop. */
  private static long loopAfter(long[] before) {
    ThreadInfo[] threads = THREADS.getThreadInfo(THREADS.getAllThreadIds());
    return Arrays.stream(threads)
        .filter(each -> each != null && each.getThreadName().matches("holdfast-\\d+-\\d+"))
        .mapToLong(ThreadInfo::getThreadId)
        .filter(id -> Arrays.stream(before).noneMatch(known -> known == id))
        .findFirst()
        .orElseThrow();
  }
}
