package dev.holdfast.lists;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule.Data;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostsReaderTest {

  private final Notes notes = new Notes("hosts");

  @Test
  void read_addressesAndNames_giveAddressesAndReverseNames() {
    PolicyList hosts =
        read(
            "# the house",
            "192.0.2.7 \tPrinter.home.example printer # in the hall",
            "2001:db8::7 printer.home.example.",
            "192.0.2.8 printer.home.example");

    assertThat(records(hosts, "printer.home.example"))
        .containsExactly(
            "A [-64, 0, 2, 7]",
            "AAAA [32, 1, 13, -72, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]",
            "A [-64, 0, 2, 8]");
    assertThat(records(hosts, "printer")).containsExactly("A [-64, 0, 2, 7]");
    assertThat(pointers(hosts, "7.2.0.192.in-addr.arpa")).containsExactly("printer.home.example.");
    assertThat(pointers(hosts, "7" + ".0".repeat(23) + ".8.b.d.0.1.0.0.2.ip6.arpa"))
        .containsExactly("printer.home.example.");
  }

  @Test
  void read_localhost_isLeftToOthers() {
    PolicyList hosts =
        read("127.0.0.1 localhost", "::1 localhost ip6-localhost", "127.0.1.1 a.localhost tower");

    assertThat(records(hosts, "localhost")).isEmpty();
    assertThat(records(hosts, "a.localhost")).isEmpty();
    assertThat(records(hosts, "1.0.0.127.in-addr.arpa")).isEmpty();
    assertThat(records(hosts, "tower")).containsExactly("A [127, 0, 1, 1]");
    assertThat(pointers(hosts, "1.1.0.127.in-addr.arpa")).containsExactly("tower.");
  }

  @Test
  void read_linesThatMeanNothing_areCountedWithTheirPlaces() {
    PolicyList hosts =
        read("192.0.2 a.example", "", "192.0.2.7 b.example c..example", "fe80::1%lo d.example");

    assertThat(notes.ignored()).isEqualTo(2);
    assertThat(notes.places())
        .containsExactly("hosts:1: no address: 192.0.2", "hosts:3: no name: c..example");
    assertThat(records(hosts, "b.example")).hasSize(1);
    assertThat(records(hosts, "d.example")).hasSize(1);
  }

  @Test
  void read_moreNamesThanAllowed_cutsAndCounts() {
    PolicyFile.Content content =
        LocalPolicies.parse(
            Parsers.hosts(60), notes, 2, "192.0.2.7 a.example b.example", "192.0.2.8 c.example");

    assertThat(content.rules().size()).isEqualTo(2);
    assertThat(notes.cutEntries()).isEqualTo(3);
  }

  private PolicyList read(String... lines) {
    return LocalPolicies.parse(Parsers.hosts(60), notes, Integer.MAX_VALUE, lines).rules();
  }

  private static List<String> records(PolicyList list, String name) {
    return data(list, name).stream()
        .map(each -> RecordType.toText(each.type()) + " " + List.of(boxed(each.rdata())))
        .toList();
  }

  private static Byte[] boxed(byte[] bytes) {
    Byte[] boxed = new Byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      boxed[i] = bytes[i];
    }
    return boxed;
  }

  private static List<String> pointers(PolicyList list, String name) {
    return data(list, name).stream().map(each -> Names.toText(each.rdata())).toList();
  }

  private static List<Data> data(PolicyList list, String name) {
    byte[] wire = Names.parse(name);
    Ruling ruling = new PolicyLookup().ofName(new LocalPolicy(List.of(list)), wire, 0, wire.length);
    return ruling == null ? List.of() : ruling.rule().data();
  }
}
