package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * The probes by which ISC judges servers for RFC 8906 and RFC 6891, with its rules for a recursive
 * server: each flag alone, an opcode nobody knows, EDNS with what is known and unknown, both
 * versions, both transports.
 */
class ComplianceTest {

  private static final String ZONE = "example.org";
  private static final int AA = 0x0400;
  private static final int TC = 0x0200;
  private static final int RA = 0x0080;
  private static final int Z = 0x0040;

  /** The same as a number of dnsjava. */
  private static final int RESERVED = 9;

  private static final int NSID = 3;
  private static final int SUBNET = 8;
  private static final int EXPIRE = 9;
  private static final int COOKIE = 10;
  private static final int UNKNOWN_OPTION = 100;
  private static final int UNKNOWN_TYPE = 666;
  private static final int UNKNOWN_OPCODE = 15;
  private static final int[] CLIENT_COOKIE = {1, 2, 3, 4, 5, 6, 7, 8};
  private static final int[] WHOLE_WORLD = {0, 1, 0, 0};

  @TempDir static Path folder;

  private static ScriptedUpstream upstream;
  private static TestServer server;

  enum Probe {
    PLAIN(soa()),
    AUTHORITATIVE_FLAG(soa().flags(QueryBytes.RD | AA)),
    AUTHENTIC_FLAG(soa().flags(QueryBytes.RD | QueryBytes.AD)),
    CHECKING_DISABLED_FLAG(soa().flags(QueryBytes.RD | QueryBytes.CD)),
    RECURSION_AVAILABLE_FLAG(soa().flags(QueryBytes.RD | RA)),
    NO_RECURSION_DESIRED(soa().flags(0)),
    TRUNCATED_FLAG(soa().flags(QueryBytes.RD | TC)),
    RESERVED_FLAG(soa().flags(QueryBytes.RD | Z)),
    OPCODE(QueryBytes.empty().opcode(UNKNOWN_OPCODE).flags(0)),
    OPCODE_ALL_FLAGS(QueryBytes.empty().opcode(UNKNOWN_OPCODE).flags(0x07f0)),
    TYPE(QueryBytes.of(ZONE, UNKNOWN_TYPE)),
    EDNS(soa().edns(4096)),
    EDNS_512_BYTES(QueryBytes.of(ZONE, Type.DNSKEY).edns(512).ednsFlags(QueryBytes.DO)),
    EDNS_OPTION(soa().edns(4096).option(UNKNOWN_OPTION)),
    EDNS_DO(soa().edns(4096).ednsFlags(QueryBytes.DO)),
    EDNS_FLAGS(soa().edns(4096).ednsFlags(0x0080)),
    EDNS_ALL_FLAGS(soa().edns(4096).ednsFlags(0xffff)),
    EDNS_NSID(soa().edns(4096).option(NSID)),
    EDNS_COOKIE(soa().edns(4096).option(COOKIE, CLIENT_COOKIE)),
    EDNS_EXPIRE(soa().edns(4096).option(EXPIRE)),
    EDNS_SUBNET(soa().edns(4096).option(SUBNET, WHOLE_WORLD)),
    EDNS_OPTIONS(
        soa()
            .edns(4096)
            .option(NSID)
            .option(SUBNET, WHOLE_WORLD)
            .option(EXPIRE)
            .option(COOKIE, CLIENT_COOKIE)),
    EDNS_COOKIE_DO(soa().edns(4096).option(COOKIE, CLIENT_COOKIE).ednsFlags(QueryBytes.DO)),
    EDNS_COOKIE_AUTHENTIC(
        soa().flags(QueryBytes.RD | QueryBytes.AD).edns(4096).option(COOKIE, CLIENT_COOKIE)),
    VERSION_1(soa().edns(4096).version(1)),
    VERSION_1_OPTION(soa().edns(4096).version(1).option(UNKNOWN_OPTION)),
    VERSION_1_DO(soa().edns(4096).version(1).ednsFlags(QueryBytes.DO)),
    VERSION_1_NSID(soa().edns(4096).version(1).option(NSID)),
    VERSION_1_COOKIE(soa().edns(4096).version(1).option(COOKIE, CLIENT_COOKIE)),
    VERSION_1_EXPIRE(soa().edns(4096).version(1).option(EXPIRE)),
    VERSION_1_SUBNET(soa().edns(4096).version(1).option(SUBNET, WHOLE_WORLD)),
    VERSION_255_ALL_FLAGS(soa().edns(4096).version(255).ednsFlags(0xffff));

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to it.
    private final byte[] query;

    Probe(QueryBytes query) {
      this.query = query.build();
    }

    private static QueryBytes soa() {
      return QueryBytes.of(ZONE, Type.SOA);
    }

    private boolean versionKnown() {
      return !name().startsWith("VERSION");
    }
  }

  @BeforeAll
  static void start() throws Exception {
    String[] keys = new String[8];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = "257 3 8 " + "A".repeat(340) + (char) ('A' + i) + "A==";
    }
    Zone zone = new Zone().apex(ZONE, 300).set(ZONE, "DNSKEY", 300, keys);
    upstream = ScriptedUpstream.start(zone);
    server = TestServer.asking(upstream.address(), folder);
    try (Stub stub = server.stub()) {
      stub.ask(ZONE, Type.SOA); // so that it is cached for the probe without RD
    }
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  @ParameterizedTest
  @EnumSource
  void probe_overUdp_isAnsweredAsItShould(Probe probe) throws Exception {
    assertThat(faults(probe, /* stream= */ false)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void probe_overTcp_isAnsweredAsItShould(Probe probe) throws Exception {
    assertThat(faults(probe, /* stream= */ true)).isEmpty();
  }

  private static List<String> faults(Probe probe, boolean stream) throws Exception {
    byte[] bytes;
    try (Stub stub = server.stub()) {
      bytes = stub.ask(stream, probe.query);
    }
    Message query = new Message(probe.query);
    Message response = new Message(bytes);
    Faults faults = new Faults();
    faults.unless(response.getHeader().getID() == query.getHeader().getID(), "id");
    faults.unless(
        response.getHeader().getOpcode() == query.getHeader().getOpcode(), "another opcode");
    checkFlags(query, response, faults);
    checkRcode(probe, query, response, faults);
    checkEdns(query, response, faults);
    if (!stream) {
      OPTRecord opt = query.getOPT();
      faults.unless(bytes.length <= (opt == null ? 512 : opt.getPayloadSize()), "too big");
    }
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      faults.unless(bytes.length == 12, "sections in the answer to an unknown opcode");
    }
    return faults.found;
  }

  /* RD, RA, AD and CD are defined for queries of opcode QUERY only. */
  private static void checkFlags(Message query, Message response, Faults faults) {
    boolean lookup = query.getHeader().getOpcode() == Opcode.QUERY;
    faults.unless(flag(response, Flags.QR), "no QR");
    faults.unless(!flag(response, Flags.AA), "AA");
    faults.unless(!flag(response, RESERVED), "reserved flag");
    faults.unless(flag(response, Flags.RA) == lookup, "RA");
    faults.unless(flag(response, Flags.RD) == (lookup && flag(query, Flags.RD)), "RD");
    faults.unless(flag(response, Flags.CD) == (lookup && flag(query, Flags.CD)), "CD");
    faults.unless(!flag(response, Flags.AD), "AD without a validated answer");
  }

  private static void checkRcode(Probe probe, Message query, Message response, Faults faults) {
    int rcode = response.getRcode();
    boolean soa =
        response.getSection(Section.ANSWER).stream().anyMatch(rr -> rr.getType() == Type.SOA);
    if (query.getHeader().getOpcode() != Opcode.QUERY) {
      faults.unless(rcode == Rcode.NOTIMP, "rcode " + rcode);
    } else if (!probe.versionKnown()) {
      faults.unless(rcode == Rcode.BADVERS, "rcode " + rcode);
      faults.unless(!soa, "an answer beside BADVERS");
    } else {
      faults.unless(rcode == Rcode.NOERROR, "rcode " + rcode);
      boolean asked = query.getQuestion().getType() == Type.SOA;
      faults.unless(soa == asked, "SOA " + soa);
    }
  }

  private static void checkEdns(Message query, Message response, Faults faults) {
    OPTRecord asked = query.getOPT();
    OPTRecord opt = response.getOPT();
    faults.unless((opt == null) == (asked == null), "OPT " + opt);
    if (opt != null && asked != null) {
      faults.unless(opt.getVersion() == 0, "version " + opt.getVersion());
      faults.unless(opt.getFlags() == (asked.getFlags() & QueryBytes.DO), "EDNS flags");
      for (EDNSOption option : opt.getOptions()) {
        faults.unless(option.getCode() != UNKNOWN_OPTION, "unknown option echoed");
        faults.unless(option.getCode() != SUBNET, "client subnet echoed");
      }
    }
  }

  private static boolean flag(Message message, int flag) {
    return message.getHeader().getFlag(flag);
  }

  /** What is wrong with one response. */
  private static final class Faults {

    private final List<String> found = new ArrayList<>();

    void unless(boolean right, String fault) {
      if (!right) {
        found.add(fault);
      }
    }
  }
}
