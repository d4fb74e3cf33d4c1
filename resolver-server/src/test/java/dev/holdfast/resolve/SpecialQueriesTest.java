package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Opcode;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.HINFORecord;

/** What is answered or refused without asking anybody. */
final class SpecialQueriesTest {

  private final ResolverFixture fixture = ResolverFixture.start();

  @AfterEach
  void nothingIsForwarded() {
    assertThat(fixture.sent()).isZero();
  }

  @Test
  void resolve_tooShortOrAResponse_isDropped() {
    assertThat(fixture.ask(MessageBytes.of(new byte[11])).isDropped()).isTrue();
    assertThat(fixture.ask(MessageBytes.response("www.example.org", 1)).isDropped()).isTrue();
    assertThat(fixture.count(Counter.DROPPED_TOO_SHORT)).isEqualTo(1);
    assertThat(fixture.count(Counter.DROPPED_NOT_A_QUERY)).isEqualTo(1);
  }

  @Test
  void resolve_malformed_isFormerr() {
    MessageBytes two = MessageBytes.query("a.example", 1).question("b.example", 1);

    assertThat(fixture.ask(MessageBytes.query()).rcode()).isEqualTo(Rcode.FORMERR);
    assertThat(fixture.ask(two).rcode()).isEqualTo(Rcode.FORMERR);
    assertThat(fixture.count(Counter.REJECTED_MALFORMED)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, Opcode.STATUS, Opcode.NOTIFY, Opcode.UPDATE, 6, 15})
  void resolve_otherOpcode_isNotImplemented(int opcode) {
    for (boolean stream : new boolean[] {false, true}) {
      Asked asked =
          fixture.ask(
              MessageBytes.query("example.org", RecordType.SOA)
                  .flags(opcode << Header.OPCODE_SHIFT),
              "10.0.0.1",
              1_000,
              stream);

      assertThat(asked.rcode()).isEqualTo(Rcode.NOTIMP);
      assertThat(asked.response().getHeader().getOpcode()).isEqualTo(opcode);
    }
    assertThat(fixture.count(Counter.REJECTED_NOT_IMPLEMENTED)).isEqualTo(2);
  }

  @Test
  void resolve_unknownEdnsVersion_isBadVersion() {
    Asked asked =
        fixture.ask(
            MessageBytes.query("www.example.org", RecordType.A)
                .opt(Names.parse("."), 1232, 0, 1, 0));

    assertThat(asked.rcode()).isEqualTo(Rcode.BADVERS);
    assertThat(asked.response().getOPT().getVersion()).isZero();
  }

  @Test
  void resolve_anyOverUdp_isOneHinfo() {
    Asked asked = fixture.ask(MessageBytes.query("wWw.example.org", RecordType.ANY));
    Asked root = fixture.ask(MessageBytes.query(".", RecordType.ANY));

    HINFORecord record = (HINFORecord) asked.response().getSection(1).getFirst();
    assertThat(record.getName()).hasToString("wWw.example.org.");
    assertThat(record.getCPU()).isEqualTo("RFC8482");
    assertThat(record.getOS()).isEmpty();
    assertThat(root.response().getSection(1).getFirst().getName()).hasToString(".");
    assertThat(fixture.count(Counter.ANSWERS_LOCAL)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {RecordClass.CH, RecordClass.ANY, RecordClass.NONE, 0, 2, 4, 65_535})
  void resolve_otherClass_isRefused(int recordClass) {
    Asked asked =
        fixture.ask(
            MessageBytes.query()
                .question(Names.parse("version.bind"), RecordType.TXT, recordClass)
                .opt(1232, 0));

    assertThat(asked.rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NOT_SUPPORTED);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        RecordType.OPT,
        RecordType.TKEY,
        RecordType.TSIG,
        RecordType.IXFR,
        RecordType.AXFR,
        RecordType.MAILB,
        RecordType.MAILA,
        129,
        248
      })
  void resolve_typeThatIsNoData_isRefusedOverEveryTransport(int type) {
    for (boolean stream : new boolean[] {false, true}) {
      MessageBytes query = MessageBytes.query("example.org", type).opt(1232, 0);

      Asked asked = fixture.ask(query, "10.0.0.1", 1_000, stream);

      assertThat(asked.rcode()).isEqualTo(Rcode.REFUSED);
      assertThat(asked.extendedErrors()).containsExactly(ExtendedError.NOT_SUPPORTED);
    }
    assertThat(fixture.count(Counter.REJECTED_REFUSED)).isEqualTo(2);
  }

  @Test
  void resolve_nxname_isFormerrWithItsReason() {
    Asked asked =
        fixture.ask(MessageBytes.query("www.example.org", RecordType.NXNAME).opt(1232, 0));

    assertThat(asked.rcode()).isEqualTo(Rcode.FORMERR);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.INVALID_QUERY_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"203.0.113.1", "8.8.8.8", "2001:db8::1", "172.32.0.1", "::ffff:203.0.113.1"})
  void resolve_clientFromElsewhere_isRefusedWhateverItAsks(String address) {
    Asked asked =
        fixture.ask(
            MessageBytes.query("www.example.org", RecordType.A).opt(1232, 0),
            address,
            1_000,
            false);
    Asked malformed = fixture.ask(MessageBytes.query(), address, 1_000, false);

    assertThat(asked.rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(asked.extendedErrors()).containsExactly(ExtendedError.PROHIBITED);
    assertThat(malformed.rcode()).isEqualTo(Rcode.REFUSED);
    assertThat(fixture.count(Counter.REJECTED_ACCESS)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "www.localhost", "a.invalid", "b.onion", "c.local"})
  void resolve_localName_isAnsweredHere(String name) {
    Asked asked = fixture.ask(name, RecordType.A);

    assertThat(asked.isAnsweredAtOnce()).isTrue();
    assertThat(fixture.count(Counter.ANSWERS_LOCAL)).isEqualTo(1);
  }
}
