package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.holdfast.LeakCheck;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(LeakCheck.Off.class)
class ExchangeAllocationTest {

  private static final int WARM_UP = 5_000;
  private static final int QUERIES = 20_000;

  /** What an exchange may cost of the 3 kB that a miss may cost in all. */
  private static final long MAX_BYTES_PER_QUERY = 1024;

  @ParameterizedTest
  @CsvSource({"EPOLL_IPV4,false", "EPOLL_IPV4,true", "NIO_IPV4,false", "NIO_IPV4,true"})
  void ask_steadyLoad_allocatesLittle(Network network, boolean stream) throws Exception {
    try (RawServer server =
            new RawServer(network.loopback, RawServer::echo, RawServer.Connection::echo);
        ExchangeFixture fixture = new ExchangeFixture(network)) {
      Asker asker = new Asker(fixture.exchange, server.upstream(), stream);
      fixture.onLoop(asker::ask);
      assertThat(asker.done.await(60, TimeUnit.SECONDS)).isTrue();

      long bytesPerQuery = (asker.endBytes - asker.startBytes) / QUERIES;
      assertThat(bytesPerQuery).isLessThan(MAX_BYTES_PER_QUERY);
    }
  }

  /** Asks the next query when a reply comes, on the loop and without allocating. */
  private static final class Asker implements ReplyHandler {

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final CountDownLatch done = new CountDownLatch(1);
    private final byte[] query = Exchanges.query("www.example.org");
    private final Exchange exchange;
    private final Upstream upstream;
    private final boolean stream;
    private int count;
    private long startBytes;
    private volatile long endBytes;

    Asker(Exchange exchange, Upstream upstream, boolean stream) {
      this.exchange = exchange;
      this.upstream = upstream;
      this.stream = stream;
    }

    void ask() {
      exchange.ask(upstream, query, query.length, stream, ExchangeFixture.PATIENCE_NANOS, this);
    }

    @Override
    public boolean replied(byte[] message, int length, long nowNanos) {
      count++;
      if (count == WARM_UP) {
        startBytes = threads.getCurrentThreadAllocatedBytes();
      }
      if (count == WARM_UP + QUERIES) {
        endBytes = threads.getCurrentThreadAllocatedBytes();
        done.countDown();
      } else {
        ask();
      }
      return true;
    }

    @Override
    public void failed(FailureKind kind, long nowNanos) {
      throw new AssertionError(kind);
    }
  }
}
