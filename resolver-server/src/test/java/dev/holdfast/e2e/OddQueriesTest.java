package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Queries that no ordinary client sends: each is answered or, where an answer would do harm,
 * dropped, over UDP and TCP alike and by either way to read datagrams, and none of them reaches the
 * upstream.
 */
@ParameterizedClass
@EnumSource(DatagramKind.class)
class OddQueriesTest {

  private static final String NAME = "www.example.org";
  private static final int NXNAME = 128;
  private static final int LOOP_POINTER = 0xc00c;

  @TempDir static Path folder;

  /** How the server reads datagrams, where the machine lets it choose. */
  @SuppressWarnings("NullAway.Init") // given by the runner
  @Parameter
  DatagramKind kind;

  @SuppressWarnings("NullAway.Init") // before each round
  private static ScriptedUpstream upstream;

  @SuppressWarnings("NullAway.Init") // before each round
  private static TestServer server;

  enum Refused {
    NO_QUESTION(QueryBytes.empty(), Rcode.FORMERR),
    TWO_QUESTIONS(www().question(NAME, Type.AAAA, DClass.IN), Rcode.FORMERR),
    TOO_MANY_QUESTIONS(www().count(Section.QUESTION, 65_535), Rcode.FORMERR),
    ANSWER_COUNT(www().count(Section.ANSWER, 1), Rcode.FORMERR),
    AUTHORITY_COUNT(www().count(Section.AUTHORITY, 1), Rcode.FORMERR),
    ADDITIONAL_COUNT(www().count(Section.ADDITIONAL, 1), Rcode.FORMERR),
    ADDITIONAL_COUNT_65535(www().edns(1232).count(Section.ADDITIONAL, 65_535), Rcode.FORMERR),
    BYTES_BEHIND_THE_QUESTION(www().additional(".", Type.A).count(3, 0), Rcode.FORMERR),
    TWO_OPT(www().additional(".", Type.OPT).edns(1232), Rcode.FORMERR),
    OPT_BELOW_THE_ROOT(www().additional("example.org", Type.OPT), Rcode.FORMERR),
    OPTION_CUT_SHORT(www().edns(1232).rawOptions(0, 10, 0, 8, 1, 2), Rcode.FORMERR),
    THOUSAND_OPTIONS(www().edns(1232).rawOptions(thousandEmptyOptions()), Rcode.FORMERR),
    OPTION_WITHOUT_LENGTH(www().edns(1232).rawOptions(0, 10, 0), Rcode.FORMERR),
    NXNAME_TYPE(QueryBytes.of(NAME, NXNAME).edns(1232), Rcode.FORMERR),
    OPT_AS_TYPE(QueryBytes.of(NAME, Type.OPT), Rcode.REFUSED),
    TSIG_AS_TYPE(QueryBytes.of(NAME, Type.TSIG), Rcode.REFUSED),
    AXFR(QueryBytes.of("example.org", Type.AXFR), Rcode.REFUSED),
    IXFR(QueryBytes.of("example.org", Type.IXFR), Rcode.REFUSED),
    MAILB(QueryBytes.of(NAME, Type.MAILB), Rcode.REFUSED),
    CHAOS(QueryBytes.empty().question("version.bind", Type.TXT, DClass.CH), Rcode.REFUSED),
    HESIOD(QueryBytes.empty().question(NAME, Type.TXT, DClass.HS), Rcode.REFUSED),
    NO_CLASS(QueryBytes.empty().question(NAME, Type.A, DClass.NONE), Rcode.REFUSED),
    ANY_CLASS(QueryBytes.empty().question(NAME, Type.A, DClass.ANY), Rcode.REFUSED),
    UNKNOWN_CLASS(QueryBytes.empty().question(NAME, Type.A, 4711), Rcode.REFUSED),
    INVERSE(www().opcode(1), Rcode.NOTIMP),
    STATUS(QueryBytes.empty().opcode(Opcode.STATUS), Rcode.NOTIMP),
    NOTIFY(QueryBytes.of("example.org", Type.SOA).opcode(Opcode.NOTIFY), Rcode.NOTIMP),
    UPDATE(QueryBytes.of("example.org", Type.SOA).opcode(Opcode.UPDATE), Rcode.NOTIMP),
    STATEFUL(QueryBytes.empty().opcode(6), Rcode.NOTIMP),
    OPCODE_WITH_EDNS(www().opcode(12).edns(1232), Rcode.NOTIMP);

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to it.
    private final byte[] query;

    private final int rcode;

    Refused(QueryBytes query, int rcode) {
      this.query = query.build();
      this.rcode = rcode;
    }

    private static QueryBytes www() {
      return QueryBytes.of(NAME, Type.A);
    }

    private static int[] thousandEmptyOptions() {
      int[] options = new int[4 * 1000];
      for (int i = 0; i < options.length; i += 4) {
        options[i] = 0xfe; // 65024 is for local use
      }
      return options;
    }
  }

  @BeforeParameterizedClassInvocation
  static void start(DatagramKind kind) throws Exception {
    upstream = ScriptedUpstream.start(new Zone().set(NAME, "A", 300, "192.0.2.80"));
    Path state = Files.createDirectory(folder.resolve(kind.name()));
    server = TestServer.asking(kind, upstream.address(), state);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
    upstream.close();
  }

  @BeforeEach
  void forgetQueries() {
    upstream.resetCounts();
  }

  @Attack({Threat.LYING_COUNTS, Threat.EDNS_GARBAGE, Threat.ODD_OPCODES})
  @ParameterizedTest
  @EnumSource
  void query_refused_isAnsweredAndNotForwarded(Refused odd) throws Exception {
    Counter counter = counter(odd.rcode);
    long before = server.count(counter);
    for (boolean stream : new boolean[] {false, true}) {
      try (Stub stub = server.stub()) {
        Message response = new Message(stub.ask(stream, odd.query));

        assertThat(response.getRcode()).as("rcode").isEqualTo(odd.rcode);
        assertThat(response.getHeader().getID())
            .isEqualTo((odd.query[0] & 0xff) << 8 | (odd.query[1] & 0xff));
        assertThat(response.getHeader().getOpcode()).isEqualTo(odd.query[2] >> 3 & 0xf);
        assertThat(response.getSection(Section.ANSWER)).isEmpty();
      }
    }
    assertThat(upstream.lastQueries()).extracting(ReceivedQuery::toString).isEmpty();
    assertThat(server.count(counter)).isEqualTo(before + 2);
  }

  private static Counter counter(int rcode) {
    return switch (rcode) {
      case Rcode.FORMERR -> Counter.REJECTED_MALFORMED;
      case Rcode.NOTIMP -> Counter.REJECTED_NOT_IMPLEMENTED;
      default -> Counter.REJECTED_REFUSED;
    };
  }

  @Attack(Threat.EDNS_GARBAGE)
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void query_repeatedOptions_areAnsweredAsIfThereWereOne(boolean stream) throws Exception {
    QueryBytes query = QueryBytes.of("localhost", Type.A).edns(1232);
    for (int i = 0; i < 10; i++) {
      query.option(10, 1, 2, 3, 4, 5, 6, 7, i).option(3).option(8, 0, 1, 24, 0, 192, 0, i);
    }
    try (Stub stub = server.stub()) {
      Message response = new Message(stub.ask(stream, query.build()));

      assertThat(Stub.answers(response)).containsExactly("127.0.0.1");
      assertThat(response.getOPT().getOptions(10)).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void query_nxname_saysThatTheTypeIsInvalid() throws Exception {
    try (Stub stub = server.stub()) {
      assertThat(Stub.extendedErrors(stub.ask(NAME, NXNAME)))
          .containsExactly(ExtendedErrorCodeOption.INVALID_QUERY_TYPE);
    }
  }

  @Attack(Threat.NAME_COMPRESSION)
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void query_labelOfUnknownKindOrPointer_isFormErr(boolean stream) throws Exception {
    byte[] reserved = QueryBytes.of(NAME, Type.A).build();
    reserved[12] = 0x43;
    byte[] pointer = QueryBytes.of(NAME, Type.A).build();
    pointer[12] = (byte) (LOOP_POINTER >>> 8);
    pointer[13] = (byte) LOOP_POINTER;
    byte[] endless = QueryBytes.of(("a".repeat(63) + ".").repeat(3) + "b", Type.A).build();
    endless[12 + 192] = 63;

    long before = server.count(Counter.REJECTED_MALFORMED);
    try (Stub stub = server.stub()) {
      for (byte[] query : List.of(reserved, pointer, endless)) {
        byte[] response = stub.ask(stream, query);
        assertThat(response[3] & 0xf).isEqualTo(Rcode.FORMERR);
        assertThat(response[5]).as("questions").isZero();
      }
    }
    assertThat(upstream.queries()).isZero();
    assertThat(server.count(Counter.REJECTED_MALFORMED)).isEqualTo(before + 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {256, 257, 258, 666, 1000, 32_768, 32_769, 65_280, 65_534})
  void query_typeAbove255_isForwarded(int type) throws Exception {
    try (Stub stub = server.stub()) {
      Message response = stub.ask("type" + type + ".example.org", type);

      assertThat(response.getRcode()).isEqualTo(Rcode.NXDOMAIN);
      assertThat(upstream.lastQueries())
          .extracting(received -> received.message().getQuestion().getType())
          .containsExactly(type);
    }
  }

  @Test
  void query_anyOverUdp_isAnsweredWithHinfoAndNotForwarded() throws Exception {
    try (Stub stub = server.stub()) {
      Message response = stub.ask(NAME, Type.ANY);

      assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(response.getSection(Section.ANSWER))
          .extracting(rr -> Type.string(rr.getType()))
          .containsExactly("HINFO");
      assertThat(upstream.queries()).isZero();
    }
  }

  @Test
  void query_anyOverTcp_isForwarded() throws Exception {
    try (Stub stub = server.stub()) {
      Message response = new Message(stub.ask(true, QueryBytes.of(NAME, Type.ANY).build()));

      assertThat(Stub.answers(response)).containsExactly("192.0.2.80");
    }
  }

  @Attack(Threat.REFLECTION_LOOP)
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void message_isAResponse_isNeverAnswered(boolean stream) throws Exception {
    long before = server.count(Counter.DROPPED_NOT_A_QUERY);
    byte[] response = QueryBytes.of(NAME, Type.A).id(1).flags(0x8180).build();
    byte[] error = QueryBytes.empty().id(2).flags(0x8001).build();
    byte[] badVersion = QueryBytes.of(NAME, Type.A).id(3).flags(0x8180).edns(1232).build();
    byte[] query = QueryBytes.of("localhost", Type.A).id(4).build();

    try (Stub stub = server.stub()) {
      stub.send(stream, response);
      stub.send(stream, error);
      stub.send(stream, badVersion);

      assertThat(new Message(stub.ask(stream, query)).getHeader().getID()).isEqualTo(4);
    }
    assertThat(server.count(Counter.DROPPED_NOT_A_QUERY)).isEqualTo(before + 3);
    assertThat(upstream.queries()).isZero();
  }

  @Attack(Threat.REFLECTION_LOOP)
  @Test
  void datagram_shorterThanAHeader_isNeverAnswered() throws Exception {
    long before = server.count(Counter.DROPPED_TOO_SHORT);
    byte[] query = QueryBytes.of("localhost", Type.A).id(9).build();

    try (DatagramSocket socket = new DatagramSocket()) { // connected ones send nothing empty
      socket.setSoTimeout(10_000);
      for (int length = 0; length < 12; length++) {
        socket.send(new DatagramPacket(new byte[length], length, server.address()));
      }
      socket.send(new DatagramPacket(query, query.length, server.address()));
      DatagramPacket response = new DatagramPacket(new byte[512], 512);
      socket.receive(response);

      assertThat(response.getData()).startsWith(0, 9);
    }
    assertThat(server.count(Counter.DROPPED_TOO_SHORT)).isEqualTo(before + 12);
  }

  @Attack(Threat.REFLECTION_LOOP)
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 11})
  void frame_shorterThanAHeader_endsTheConnectionUnanswered(int length) throws Exception {
    long before = server.count(Counter.TCP_BAD_FRAMES);

    try (Stub stub = server.stub()) {
      stub.send(true, new byte[length]);

      assertThat(stub.connection().getInputStream().read()).isEqualTo(-1);
    }
    assertThat(server.count(Counter.TCP_BAD_FRAMES)).isEqualTo(before + 1);
  }
}
