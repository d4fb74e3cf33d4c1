package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.RecordType;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Records that nobody asked for, in any section, teach nothing and are not passed on; they are
 * counted unless they look like the name servers of the zone.
 */
@Attack(Threat.UNSOLICITED_RECORDS)
final class UnsolicitedRecordsTest {

  private static final String WWW = "www.example.org. 300 A 192.0.2.1";

  private final ResolverFixture fixture = ResolverFixture.start();

  @ParameterizedTest
  @CsvSource({
    "answer, victim.example.net. 300 A 203.0.113.66, 1",
    "answer, victim.example.net. 300 CNAME evil.example., 1",
    "answer, example.net. 300 DNAME evil.example., 1",
    "answer, net. 300 DNAME evil.example., 1",
    "answer, example.net. 300 NS ns.evil.example., 1",
    "answer, www.example.org. 300 AAAA 2001:db8::66, 1",
    "answer, org. 300 NS ns.evil.example., 1",
    "authority, victim.example.net. 300 A 203.0.113.66, 1",
    "authority, example.net. 300 NS ns.evil.example., 1",
    "authority, example.net. 300 DNAME evil.example., 1",
    "authority, org. 300 NS ns.evil.example., 0",
    "authority, example.org. 300 NS victim.example.net., 0",
    "authority, example.net. 300 SOA ns.evil.example. a.evil.example. 1 2 3 4 300, 1",
    "additional, victim.example.net. 300 A 203.0.113.66, 1",
    "additional, victim.example.net. 300 AAAA 2001:db8::66, 1",
    "additional, example.net. 300 NS ns.evil.example., 1",
    "additional, example.net. 300 DNAME evil.example., 1",
    "additional, www.example.org. 300 A 203.0.113.66, 1",
  })
  void resolve_extraRecord_isCutAndNothingIsLearnt(String section, String record, int counted) {
    Asked asked = fixture.ask("www.example.org", RecordType.A);
    DnsjavaReply reply = fixture.reply().answer(WWW);
    switch (section) {
      case "answer" -> reply.answer(record);
      case "authority" -> reply.authority(record);
      default -> reply.additional(record);
    }
    fixture.deliver(reply);

    assertThat(asked.answers()).containsExactly(WWW);
    assertThat(asked.authority()).isEmpty();
    assertThat(fixture.count(Counter.UPSTREAM_UNSOLICITED)).isEqualTo(counted);
    long sent = fixture.count(Counter.UPSTREAM_QUERIES);
    List<Asked> victims =
        List.of(
            fixture.ask("victim.example.net", RecordType.A),
            fixture.ask("victim.example.net", RecordType.AAAA),
            fixture.ask("example.net", RecordType.NS),
            fixture.ask("www.example.org", RecordType.AAAA),
            fixture.ask("org", RecordType.NS));
    assertThat(victims).allMatch(Asked::isWaiting);
    assertThat(fixture.count(Counter.UPSTREAM_QUERIES)).isEqualTo(sent + victims.size());
    assertThat(fixture.ask("www.example.org", RecordType.A).answers()).containsExactly(WWW);
  }
}
