package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer from the cache allocates nothing. */
final class HitAllocationTest {

  private static final int WARM_UP = 200_000;
  private static final int QUERIES = 100_000;

  /* The cache's own read buffer may make a few objects, whatever the number of queries. */
  private static final long MAX_BYTES = QUERIES * 16 / 1000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private ResolverFixture fixture = ResolverFixture.start();
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];

  @ParameterizedTest
  @CsvSource({
    "plain, false", "plain, true", "edns, false", "edns, true", "dnssecOk, false",
    "dnssecOk, true", "keepalive, true", "truncated, false", "nxdomain, false", "mixedCase, false",
    "cookie, false", "cookieBack, false", "any, false", "malformed, false", "refused, false",
    "rateLimited, false",
  })
  void resolve_hit_allocatesNothing(String kind, boolean stream) {
    byte[] query = query(kind);
    Asked client = new Asked(kind.equals("refused") ? "203.0.113.1" : "10.0.0.1", 4_000, stream);

    int length = askMany(query, client, WARM_UP);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    askMany(query, client, QUERIES);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;

    assertThat(length).isPositive();
    assertThat(allocated).isLessThan(MAX_BYTES);
  }

  private int askMany(byte[] query, Asked client, int times) {
    Resolver resolver = fixture.resolver();
    long nowNanos = fixture.nowNanos();
    int length = 0;
    for (int i = 0; i < times; i++) {
      length = resolver.resolve(query, 0, query.length, client, nowNanos + i, response);
    }
    return length;
  }

  private byte[] query(String kind) {
    if (kind.equals("rateLimited")) {
      fixture = ResolverFixture.with().open().start();
    }
    MessageBytes www = MessageBytes.query("www.example.org", RecordType.A);
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    return switch (kind) {
      case "plain", "refused", "rateLimited" -> www.toBytes();
      case "edns" -> www.opt(1232, 0, MessageBytes.option(65_001, new byte[8])).toBytes();
      case "cookie" -> www.opt(1232, 0, MessageBytes.option(10, new byte[8])).toBytes();
      case "cookieBack" -> {
        Asked first = fixture.ask(www.opt(1232, 0, MessageBytes.option(10, new byte[8])));
        byte[] cookie = first.response().getOPT().getOptions(10).getFirst().toWire();
        yield MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0, cookie).toBytes();
      }
      case "keepalive" -> www.opt(1232, 0, MessageBytes.option(11)).toBytes();
      case "mixedCase" -> MessageBytes.query("wWw.Example.ORG", RecordType.A).toBytes();
      case "any" -> MessageBytes.query("www.example.org", RecordType.ANY).toBytes();
      case "malformed" -> www.count(Header.ANCOUNT_OFFSET, 1).toBytes();
      case "dnssecOk" -> {
        byte[] query = www.opt(1232, Edns.DO).toBytes();
        fixture.ask(MessageBytes.of(query));
        fixture.replyWith("www.example.org. 300 A 192.0.2.1");
        yield query;
      }
      case "truncated" -> {
        fixture.ask("big.example.org", RecordType.TXT);
        String text = "big.example.org. 300 TXT " + "x".repeat(200) + " ";
        fixture.replyWith(text + "1", text + "2", text + "3");
        yield MessageBytes.query("big.example.org", RecordType.TXT).toBytes();
      }
      case "nxdomain" -> {
        fixture.ask("no.example.org", RecordType.A);
        fixture.deliver(
            fixture
                .reply()
                .rcode(Rcode.NXDOMAIN)
                .authority("example.org. 300 SOA ns.example.org. a.example.org. 1 2 3 4 300"));
        yield MessageBytes.query("no.example.org", RecordType.A).toBytes();
      }
      default -> throw new IllegalArgumentException(kind);
    };
  }
}
