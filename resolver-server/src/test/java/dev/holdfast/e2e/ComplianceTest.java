package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The checks by which others judge name servers, restated: the 32 of ISC's DNS compliance tester
 * (all its groups but that of the record types) under the names it gives them, those of RFC 8906 §8
 * under their numbers, and a few beyond. Each goes over UDP and TCP, once as it stands and once
 * with RD, as to a server that recurses.
 */
class ComplianceTest {

  private static final String ZONE = "example.org";
  private static final int AA = 0x0400;
  private static final int TC = 0x0200;
  private static final int RA = 0x0080;
  private static final int Z = 0x0040;
  private static final int ALL_FLAGS = 0x07f0;
  private static final int UNKNOWN_EDNS_FLAG = 0x0080;

  private static final int NSID = 3;
  private static final int EXPIRE = 9;
  private static final int COOKIE = ResponseFaults.COOKIE;
  private static final int SUBNET = ResponseFaults.SUBNET;
  private static final int UNKNOWN_OPTION = ResponseFaults.UNKNOWN_OPTION;
  private static final int UNKNOWN_TYPE = 666;
  private static final int UNKNOWN_OPCODE = 15;
  private static final int[] CLIENT_COOKIE = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final int[] WHOLE_WORLD = {0, 1, 0, 0};

  private static final List<Check> ISC =
      List.of(
          new Check("dns", soa()),
          new Check("aa", soa().flags(AA)),
          new Check("ad", soa().flags(QueryBytes.AD)),
          new Check("cd", soa().flags(QueryBytes.CD)),
          new Check("ra", soa().flags(RA)),
          new Check("rd", soa().flags(QueryBytes.RD)),
          new Check("tc", soa().flags(TC)),
          new Check("zflag", soa().flags(Z)),
          new Check("opcode", unknownOpcode()),
          new Check("opcodeflg", unknownOpcode().flags(ALL_FLAGS)),
          new Check("type666", plain(UNKNOWN_TYPE)),
          new Check("tcp", soa()),
          new Check("edns", edns(0)),
          new Check("edns1", edns(1)),
          new Check("edns@512", plain(Type.DNSKEY).edns(512).ednsFlags(QueryBytes.DO)),
          new Check("ednsopt", edns(0).option(UNKNOWN_OPTION)),
          new Check("edns1opt", edns(1).option(UNKNOWN_OPTION)),
          new Check("do", edns(0).ednsFlags(QueryBytes.DO)),
          new Check("edns1do", edns(1).ednsFlags(QueryBytes.DO)),
          new Check("ednsflags", edns(0).ednsFlags(UNKNOWN_EDNS_FLAG)),
          new Check("optlist", knownOptions(edns(0))),
          new Check("ednsnsid", edns(0).option(NSID)),
          new Check("ednscookie", edns(0).option(COOKIE, CLIENT_COOKIE)),
          new Check("ednsexpire", edns(0).option(EXPIRE)),
          new Check("ednssubnet", edns(0).option(SUBNET, WHOLE_WORLD)),
          new Check("edns1nsid", edns(1).option(NSID)),
          new Check("edns1cookie", edns(1).option(COOKIE, CLIENT_COOKIE)),
          new Check("edns1expire", edns(1).option(EXPIRE)),
          new Check("edns1subnet", edns(1).option(SUBNET, WHOLE_WORLD)),
          new Check("ednstcp", plain(Type.DNSKEY).edns(512).ednsFlags(QueryBytes.DO)),
          new Check("bind11", edns(0).option(COOKIE, CLIENT_COOKIE).ednsFlags(QueryBytes.DO)),
          new Check(
              "dig11", edns(0).option(COOKIE, CLIENT_COOKIE).flags(QueryBytes.RD | QueryBytes.AD)));

  private static final List<Check> RFC_8906 =
      List.of(
          new Check("8.1.1 the zone", soa()),
          new Check("8.1.2 unknown type", plain(1000)),
          new Check("8.1.3.1 CD", soa().flags(QueryBytes.CD)),
          new Check("8.1.3.2 AD", soa().flags(QueryBytes.AD)),
          new Check("8.1.3.3 reserved flag", soa().flags(Z)),
          new Check("8.1.3.4 recursion", soa().flags(QueryBytes.RD)),
          new Check("8.1.4 unknown opcode", unknownOpcode()),
          new Check("8.1.5 TCP", soa()),
          new Check("8.2.1 minimal EDNS", edns(0)),
          new Check("8.2.2 version", edns(1)),
          new Check("8.2.3 unknown option", edns(0).option(UNKNOWN_OPTION)),
          new Check("8.2.4 unknown flag", edns(0).ednsFlags(0x40)),
          new Check("8.2.5 version, unknown flag", edns(1).ednsFlags(0x40)),
          new Check("8.2.6 version, unknown option", edns(1).option(UNKNOWN_OPTION)),
          new Check(
              "8.2.7 truncated response", plain(Type.DNSKEY).edns(512).ednsFlags(QueryBytes.DO)),
          new Check("8.2.8 DNSSEC", edns(0).ednsFlags(QueryBytes.DO)),
          new Check("8.2.9 version, DNSSEC", edns(1).ednsFlags(QueryBytes.DO)),
          new Check("8.2.10 defined options", knownOptions(edns(0))));

  private static final List<Check> BEYOND =
      List.of(
          new Check("all flags", soa().flags(ALL_FLAGS)),
          new Check("all EDNS flags", edns(0).ednsFlags(0xffff)),
          new Check("version 255, all flags", edns(255).ednsFlags(0xffff).flags(ALL_FLAGS)),
          new Check("version 1, defined options", knownOptions(edns(1))),
          new Check("payload 0", plain(Type.SOA).edns(0)),
          new Check("opcode 3", QueryBytes.empty().opcode(3).flags(0)),
          new Check("opcode 7, all flags", QueryBytes.empty().opcode(7).flags(ALL_FLAGS)));

  @TempDir static Path folder;

  private static ScriptedUpstream upstream;
  private static TestServer server;

  /** One query under the name by which others know it. */
  record Check(String name, QueryBytes query) {

    byte[] query(boolean recursive) {
      byte[] bytes = query.build();
      boolean lookup = (bytes[2] >> 3 & 0xf) == 0;
      bytes[2] |= (byte) (recursive && lookup ? QueryBytes.RD >> 8 : 0);
      return bytes;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static QueryBytes plain(int type) {
    return QueryBytes.of(ZONE, type).flags(0);
  }

  private static QueryBytes soa() {
    return plain(Type.SOA);
  }

  private static QueryBytes edns(int version) {
    return soa().edns(4096).version(version);
  }

  private static QueryBytes unknownOpcode() {
    return QueryBytes.empty().opcode(UNKNOWN_OPCODE).flags(0);
  }

  private static QueryBytes knownOptions(QueryBytes query) {
    return query
        .option(NSID)
        .option(SUBNET, WHOLE_WORLD)
        .option(EXPIRE)
        .option(COOKIE, CLIENT_COOKIE);
  }

  /* More than 512 bytes of keys, so that the answer to a small payload has to be cut. */
  @BeforeAll
  static void start() throws Exception {
    String[] keys = new String[8];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "257 3 8 " + "A".repeat(340) + (char) ('A' + i) + "A==";
    }
    upstream = ScriptedUpstream.start(new Zone().apex(ZONE, 300).set(ZONE, "DNSKEY", 300, keys));
    server = TestServer.asking(upstream.address(), folder);
    try (Stub stub = server.stub()) {
      for (Check check : all().toList()) {
        stub.ask(true, check.query(/* recursive= */ true)); // so that it is cached without RD
      }
    }
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  private static Stream<Check> isc() {
    return ISC.stream();
  }

  private static Stream<Check> rfc8906() {
    return RFC_8906.stream();
  }

  private static Stream<Check> beyond() {
    return BEYOND.stream();
  }

  private static Stream<Check> all() {
    return Stream.of(ISC, RFC_8906, BEYOND).flatMap(List::stream);
  }

  @Test
  void isc_checks_are32() {
    assertThat(isc().map(Check::name).distinct()).hasSize(32);
  }

  @Test
  void rfc8906_checks_are18() {
    assertThat(rfc8906().map(Check::name).distinct()).hasSize(18);
  }

  @ParameterizedTest
  @MethodSource("isc")
  void isc_check_passes(Check check) throws Exception {
    assertPasses(check);
  }

  @ParameterizedTest
  @MethodSource("rfc8906")
  void rfc8906_check_passes(Check check) throws Exception {
    assertPasses(check);
  }

  @ParameterizedTest
  @MethodSource("beyond")
  void beyond_check_passes(Check check) throws Exception {
    assertPasses(check);
  }

  @Test
  void answer_largerThanPayload_isCutOverUdpAndWholeOverTcp() throws Exception {
    byte[] query = plain(Type.DNSKEY).edns(512).ednsFlags(QueryBytes.DO).build();
    try (Stub stub = server.stub()) {
      Message cut = new Message(stub.ask(false, query));
      Message whole = new Message(stub.ask(true, query));

      assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
      assertThat(whole.getSection(Section.ANSWER)).hasSize(8);
    }
  }

  private static void assertPasses(Check check) throws Exception {
    try (Stub stub = server.stub()) {
      for (boolean stream : new boolean[] {false, true}) {
        for (boolean recursive : new boolean[] {false, true}) {
          byte[] query = check.query(recursive);
          byte[] response = stub.ask(stream, query);
          assertThat(ResponseFaults.of(query, response, stream))
              .as("%s, %s, %s", check, stream ? "TCP" : "UDP", recursive ? "RD" : "as it is")
              .isEmpty();
        }
      }
    }
  }
}
