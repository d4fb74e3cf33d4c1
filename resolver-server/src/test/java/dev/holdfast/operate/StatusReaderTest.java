package dev.holdfast.operate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.hold.HoldMode;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Type;

class StatusReaderTest {

  private static final FastResolver.Rule GOOD = Rules.records(Type.A, 10, "192.0.2.80");

  @Test
  void read_vanishedNames_areCountedByWhatBecomesOfThem() {
    FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 1);
    Operator operator =
        Operator.of(
            resolver.resolvers(),
            resolver.wallClock(),
            () -> JournalView.NONE,
            List::of,
            new LoopCounters());
    resolver.upstreams(GOOD);
    for (int i = 0; i < 3; i++) {
      resolver.ask("host" + i + ".example.org.", Type.A);
    }
    operator.steering().pin(Names.parse("host2.example.org"), RecordType.A, null);
    resolver.pass(Duration.ofSeconds(10));
    resolver.upstreams(Rules.empty());
    for (int i = 0; i < 2; i++) {
      resolver.ask("host" + i + ".example.org.", Type.A);
    }
    operator.steering().release(Names.parse("host1.example.org"), RecordType.A);
    resolver.pass(Duration.ofSeconds(5));

    ServerStatus status = operator.status().read();

    ServerStatus.Holding holding = status.holding();
    assertThat(holding.histories()).isEqualTo(3);
    assertThat(holding.held()).isOne();
    assertThat(holding.released()).isOne();
    assertThat(holding.wouldHaveHeld()).isZero();
    assertThat(holding.pinned()).isOne();
    assertThat(holding.examples())
        .containsExactly(
            new ServerStatus.Held("host0.example.org. A", FastResolver.BEGIN.plusSeconds(10)));
    assertThat(status.uptime()).isEqualTo(Duration.ofSeconds(15));
    assertThat(status.cache().answers()).isEqualTo(3);
    assertThat(status.inFlight()).isZero();
    assertThat(status.routes()).hasSize(1);
    TransportView udp = status.routes().getFirst().upstreams().getFirst().datagrams();
    assertThat(udp.replies()).isEqualTo(5);
    assertThat(udp.failed()).isZero();
  }

  @Test
  void read_observedZone_countsWhatWouldHaveBeenHeld() {
    FastResolver resolver = new FastResolver(HoldMode.OBSERVE, 1);
    StatusReader reader =
        new StatusReader(resolver.resolvers(), resolver.wallClock(), () -> JournalView.NONE);
    resolver.upstreams(GOOD);
    resolver.ask("www.example.org.", Type.A);
    resolver.pass(Duration.ofSeconds(10));
    resolver.upstreams(Rules.empty());
    resolver.ask("www.example.org.", Type.A);

    assertThat(reader.read().holding().wouldHaveHeld()).isOne();
    resolver.pass(Duration.ofHours(6));
    assertThat(reader.read().holding().wouldHaveHeld()).isZero();
  }
}
