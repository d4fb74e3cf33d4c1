package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.ResponseAssembler;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class LocalNamesTest {

  private static final int SHORTEST_ANSWER_WITH_SOA = 60;

  private final LocalNames localNames = new LocalNames(List.of());

  @ParameterizedTest
  @CsvSource({
    "5.4.3.10.in-addr.arpa, 10.in-addr.arpa",
    "1.0.16.172.in-addr.arpa, 16.172.in-addr.arpa",
    "1.0.31.172.in-addr.arpa, 31.172.in-addr.arpa",
    "1.1.168.192.in-addr.arpa, 168.192.in-addr.arpa",
    "1.0.64.100.in-addr.arpa, 64.100.in-addr.arpa",
    "1.0.127.100.in-addr.arpa, 127.100.in-addr.arpa",
    "4.3.2.0.in-addr.arpa, 0.in-addr.arpa",
    "2.0.0.127.in-addr.arpa, 127.in-addr.arpa",
    "1.0.254.169.in-addr.arpa, 254.169.in-addr.arpa",
    "1.2.0.192.in-addr.arpa, 2.0.192.in-addr.arpa",
    "1.100.51.198.in-addr.arpa, 100.51.198.in-addr.arpa",
    "1.113.0.203.in-addr.arpa, 113.0.203.in-addr.arpa",
    "x.255.255.255.255.in-addr.arpa, 255.255.255.255.in-addr.arpa",
    "1.2.D.F.ip6.arpa, d.f.ip6.arpa",
    "1.0.8.e.f.ip6.arpa, 8.e.f.ip6.arpa",
    "1.0.b.e.f.ip6.arpa, b.e.f.ip6.arpa",
    "1.0.8.b.d.0.1.0.0.2.ip6.arpa, 8.b.d.0.1.0.0.2.ip6.arpa",
    "printer.home.arpa, home.arpa",
    "www.TEST, test",
    "a.b.invalid, invalid",
    "printer.local, local",
    "xyz.onion, onion",
    "name.alt, alt"
  })
  void answer_belowASpecialZone_isNxdomainWithItsSoa(String name, String zone) throws IOException {
    Message response = ask(name, Type.PTR);

    assertThat(Rcode.string(response.getRcode())).isEqualTo("NXDOMAIN");
    assertThat(response.getSection(Section.ANSWER)).isEmpty();
    SOARecord soa = soaOf(response);
    assertThat(soa.getName()).isEqualTo(Name.fromString(zone, Name.root));
    assertThat(soa.getHost()).isEqualTo(soa.getName());
    assertThat(soa.getAdmin()).isEqualTo(Name.fromString("nobody.invalid."));
    assertThat(soa.getTTL()).isEqualTo(LocalNames.TTL_SECONDS);
    assertThat(soa.getMinimum()).isEqualTo(LocalNames.TTL_SECONDS);
  }

  @Test
  void answer_apexOfEveryZone_hasSoaAndNsAndIsOtherwiseNodata() throws IOException {
    for (SpecialZone zone : SpecialZones.ALL) {
      String apex = Names.toText(zone.apex());
      assertThat(ask(apex, Type.SOA).getSection(Section.ANSWER)).as(apex).hasSize(1);
      assertThat(ask(apex, Type.NS).getSection(Section.ANSWER)).as(apex).hasSize(1);
      Message nodata = ask(apex, Type.MX);
      assertThat(nodata.getRcode()).as(apex).isEqualTo(Rcode.NOERROR);
      assertThat(soaOf(nodata).getName().toString()).isEqualTo(apex);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost", "a.localhost", "a.b.localhost"})
  void answer_localhostAndBelow_hasTheLoopbackAddresses(String name) throws IOException {
    Message ipv4 = ask(name, Type.A);
    Message ipv6 = ask(name, Type.AAAA);

    assertThat(first(ipv4).rdataToString()).isEqualTo("127.0.0.1");
    assertThat(first(ipv4).getName()).isEqualTo(Name.fromString(name, Name.root));
    assertThat(first(ipv6).rdataToString()).isEqualTo("0:0:0:0:0:0:0:1");
    assertThat(ask(name, Type.MX).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0.0.127.in-addr.arpa",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa"
      })
  void answer_reverseOfLoopback_isLocalhost(String name) throws IOException {
    assertThat(first(ask(name, Type.PTR)).rdataToString()).isEqualTo("localhost.");
    assertThat(ask(name, Type.A).getRcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void answer_betweenApexAndLoopback_existsWithoutRecords() throws IOException {
    assertThat(ask("0.127.in-addr.arpa", Type.PTR).getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(ask("1.127.in-addr.arpa", Type.PTR).getRcode()).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void answer_resolverArpa_isNodataEvenWhenRouted() throws IOException {
    LocalNames routed = new LocalNames(List.of(Names.parse("arpa")));
    for (LocalNames names : List.of(localNames, routed)) {
      Message response = Objects.requireNonNull(ask(names, "_dns.resolver.arpa", Type.SVCB, false));
      assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(soaOf(response).getName().toString()).isEqualTo("resolver.arpa.");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".",
        "arpa",
        "in-addr.arpa",
        "ip6.arpa",
        "172.in-addr.arpa",
        "15.172.in-addr.arpa",
        "32.172.in-addr.arpa",
        "63.100.in-addr.arpa",
        "128.100.in-addr.arpa",
        "1.1.1.1.in-addr.arpa",
        "110.in-addr.arpa",
        "c.f.ip6.arpa",
        "ipv4only.arpa",
        "example",
        "www.example.org",
        "localhost.example.org",
        "notlocal",
        "local.example.org",
        "onion.example.com"
      })
  void answer_ordinaryName_isNull(String name) throws IOException {
    assertThat(ask(localNames, name, Type.A, false)).isNull();
  }

  @Test
  void answer_routedName_isNull_andNamesAboveItExist() throws IOException {
    LocalNames routed =
        new LocalNames(List.of(Names.parse("10.in-addr.arpa"), Names.parse("a.b.test")));

    assertThat(ask(routed, "10.in-addr.arpa", Type.SOA, false)).isNull();
    assertThat(ask(routed, "5.4.3.10.IN-ADDR.arpa", Type.PTR, false)).isNull();
    assertThat(ask(routed, "www.a.b.test", Type.A, false)).isNull();
    assertThat(rcode(routed, "b.test")).isEqualTo(Rcode.NOERROR);
    assertThat(rcode(routed, "c.test")).isEqualTo(Rcode.NXDOMAIN);
    assertThat(rcode(routed, "xa.b.test")).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void answer_validatorAsksForDsOfADelegatedZone_isNull() throws IOException {
    assertThat(ask(localNames, "home.arpa", Type.DS, true)).isNull();
    assertThat(ask(localNames, "10.in-addr.arpa", Type.DS, true)).isNull();
    assertThat(ask(localNames, "home.arpa", Type.DS, false)).isNotNull();
    assertThat(ask(localNames, "x.home.arpa", Type.DS, true)).isNotNull();
    assertThat(ask(localNames, "onion", Type.DS, true)).isNotNull();
  }

  @Test
  void answer_otherClass_isNull() throws IOException {
    Record question = Record.newRecord(Name.fromString("localhost."), Type.A, DClass.CH);

    assertThat(localNames.answer(parsed(Message.newQuery(question).toWire(), 0))).isNull();
  }

  @Test
  void answer_longestNames_neverThrows() throws IOException {
    Random random = new Random(11);
    for (int i = 0; i < 2_000; i++) {
      SpecialZone zone = SpecialZones.ALL.get(random.nextInt(SpecialZones.ALL.size()));
      byte[] name = below(zone.apex(), random);
      byte[] message = new byte[7 + 12 + name.length + 4];
      message[7 + 5] = 1;
      System.arraycopy(name, 0, message, 7 + 12, name.length);
      message[7 + 12 + name.length + 1] = (byte) random.nextInt(60);
      message[7 + 12 + name.length + 3] = DClass.IN;
      Query query = parsed(message, 7);

      Answer answer = Objects.requireNonNull(localNames.answer(query));

      Message response = assembled(query, answer);
      assertThat(response.toWire()).hasSizeGreaterThan(SHORTEST_ANSWER_WITH_SOA);
    }
  }

  private static byte[] below(byte[] apex, Random random) {
    byte[] name = apex;
    for (int labels = random.nextInt(120); labels >= 0; labels--) {
      int label = 1 + random.nextInt(labels == 0 ? 63 : 3);
      if (name.length + label + 1 > Names.MAX_LENGTH) {
        break;
      }
      byte[] longer = new byte[name.length + label + 1];
      random.nextBytes(longer);
      longer[0] = (byte) label;
      System.arraycopy(name, 0, longer, label + 1, name.length);
      name = longer;
    }
    return name;
  }

  private Message ask(String name, int type) throws IOException {
    return Objects.requireNonNull(ask(localNames, name, type, false), name);
  }

  private static int rcode(LocalNames names, String name) throws IOException {
    return Objects.requireNonNull(ask(names, name, Type.A, false), name).getRcode();
  }

  private static @Nullable Message ask(LocalNames names, String name, int type, boolean dnssecOk)
      throws IOException {
    Record question = Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN);
    Message message = Message.newQuery(question);
    if (dnssecOk) {
      message.addRecord(new OPTRecord(1232, 0, 0, ExtendedFlags.DO), Section.ADDITIONAL);
    }
    Query query = parsed(message.toWire(), 0);
    Answer answer = names.answer(query);
    return answer == null ? null : assembled(query, answer);
  }

  private static Query parsed(byte[] message, int offset) {
    Query query = new Query();
    int result = query.parse(message, offset, message.length - offset);
    assertThat(result).isEqualTo(Query.ACCEPTED);
    return query;
  }

  private static Message assembled(Query query, Answer answer) throws IOException {
    byte[] response = new byte[65_535];
    int length = new ResponseAssembler(100).fresh(query, answer, 0, false, response);
    return new Message(Arrays.copyOf(response, length));
  }

  private static Record first(Message message) {
    return message.getSection(Section.ANSWER).getFirst();
  }

  private static SOARecord soaOf(Message message) {
    return Stream.of(Section.ANSWER, Section.AUTHORITY)
        .flatMap(section -> message.getSection(section).stream())
        .filter(SOARecord.class::isInstance)
        .map(SOARecord.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
