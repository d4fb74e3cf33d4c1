package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * An upstream whose replies lie about themselves, over UDP and over TCP: no client ever hears of
 * them, and gets another upstream's answer, or SERVFAIL that says why, in time.
 */
@Attack(Threat.LYING_REPLIES)
class LyingRepliesTest {

  private static final String LIE = "198.51.100.66";
  private static final String TRUTH = "192.0.2.1";
  private static final String NAME = "www.example.org";
  private static final int HEADER = 12;
  private static final int QDCOUNT = 5;

  /** Length of the only record's data, which is the end of the message. */
  private static final int RDLENGTH_FROM_END = 6;

  /** By then a liar that is asked at all was asked. */
  private static final int MAX_NAMES = 100;

  @TempDir Path folder;

  private ScriptedUpstream liar;
  private ScriptedUpstream honest;

  /** What a reply says that is not so, and what counts it over UDP and over TCP. */
  enum Lie {
    TRUNCATED_WITH_THE_ANSWER(Counter.UPSTREAM_TRUNCATED, Counter.UPSTREAM_MALFORMED) {
      @Override
      byte[] tell(byte[] reply) {
        return truncated(reply);
      }
    },
    TRUNCATED_BEHIND_THE_QUESTION(Counter.UPSTREAM_TRUNCATED, Counter.UPSTREAM_MALFORMED) {
      @Override
      byte[] tell(byte[] reply) {
        byte[] cut = truncated(Arrays.copyOf(reply, reply.length - 16));
        cut[7] = 0;
        return cut;
      }
    },
    HEADER_WITHOUT_QUESTION(Counter.UPSTREAM_NEAR_MISS_SHAPE, Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] tell(byte[] reply) {
        byte[] header = header(reply);
        header[QDCOUNT] = 0;
        return header;
      }
    },
    HEADER_THAT_COUNTS_A_QUESTION(
        Counter.UPSTREAM_NEAR_MISS_SHAPE, Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] tell(byte[] reply) {
        return header(reply);
      }
    },
    COUNTED_ANSWER_MISSING(Counter.UPSTREAM_MALFORMED, Counter.UPSTREAM_MALFORMED) {
      @Override
      byte[] tell(byte[] reply) {
        return Arrays.copyOf(reply, reply.length - 16);
      }
    },
    TRAILING_BYTES(Counter.UPSTREAM_MALFORMED, Counter.UPSTREAM_MALFORMED) {
      @Override
      byte[] tell(byte[] reply) {
        return Arrays.copyOf(reply, reply.length + 7);
      }
    },
    DATA_BEYOND_THE_MESSAGE(Counter.UPSTREAM_MALFORMED, Counter.UPSTREAM_MALFORMED) {
      @Override
      byte[] tell(byte[] reply) {
        byte[] changed = reply.clone();
        changed[reply.length - RDLENGTH_FROM_END] = (byte) 0xff;
        return changed;
      }
    };

    private final Counter overUdp;
    private final Counter overTcp;

    Lie(Counter overUdp, Counter overTcp) {
      this.overUdp = overUdp;
      this.overTcp = overTcp;
    }

    /** Makes a lie of a reply. */
    abstract byte[] tell(byte[] reply);

    private static byte[] truncated(byte[] reply) {
      byte[] changed = reply.clone();
      changed[2] |= 0x02;
      return changed;
    }

    private static byte[] header(byte[] reply) {
      byte[] header = Arrays.copyOf(reply, HEADER);
      header[7] = 0;
      return header;
    }
  }

  static List<Arguments> lies() {
    return Arrays.stream(Lie.values())
        .flatMap(lie -> Stream.of("", "tcp://").map(way -> Arguments.of(lie, way)))
        .toList();
  }

  @BeforeEach
  void startUpstreams() {
    liar = ScriptedUpstream.start(new Zone());
    honest = ScriptedUpstream.start(new Zone().set("*.example.org", "A", 300, TRUTH));
  }

  @AfterEach
  void stopUpstreams() {
    liar.close();
    honest.close();
  }

  @ParameterizedTest
  @MethodSource("lies")
  void ask_liarAlone_isServfailWithAReason(Lie lie, String way) throws Exception {
    liar.answerWith(query -> List.of(lie.tell(reply(query, LIE))));
    try (TestServer server =
            server(
                way + SocketAddresses.format(liar.address()),
                "limits.answer-deadline=700ms",
                "stale.client-timeout=300ms");
        Stub stub = server.stub()) {
      Message response = stub.ask(NAME);

      assertThat(response.getRcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(Stub.extendedErrors(response))
          .containsExactly(ExtendedErrorCodeOption.NO_REACHABLE_AUTHORITY);
      assertThat(server.count(way.isEmpty() ? lie.overUdp : lie.overTcp)).isPositive();
      assertThat(server.count(Counter.UPSTREAM_QUERIES)).isLessThanOrEqualTo(8);

      liar.answerWith(query -> List.of(reply(query, TRUTH)));
      Await.until("the truth", () -> stub.ask(NAME).getRcode() == Rcode.NOERROR);
      assertThat(Stub.answers(stub.ask(NAME))).containsExactly(TRUTH);
    }
  }

  @ParameterizedTest
  @MethodSource("lies")
  void ask_liarBesideAnHonestUpstream_isAnsweredByThat(Lie lie, String way) throws Exception {
    liar.answerWith(query -> List.of(lie.tell(reply(query, LIE))));
    String upstreams =
        "%1$s%2$s, %1$s%3$s"
            .formatted(
                way,
                SocketAddresses.format(liar.address()),
                SocketAddresses.format(honest.address()));
    try (TestServer server = server(upstreams);
        Stub stub = server.stub()) {
      Counter counter = way.isEmpty() ? lie.overUdp : lie.overTcp;
      for (int i = 0; i < MAX_NAMES && server.count(counter) == 0; i++) {
        assertThat(Stub.answers(stub.ask("n" + i + ".example.org"))).containsExactly(TRUTH);
      }

      assertThat(server.count(counter)).isPositive();
      assertThat(server.count(Counter.ANSWERS_FAILURE)).isZero();
    }
  }

  @Test
  void ask_truncatedOverUdpAlone_isAnsweredOverTcpAndThatIsKept() throws Exception {
    liar.answerWith(
        query ->
            List.of(
                query.tcp()
                    ? reply(query, TRUTH)
                    : Lie.TRUNCATED_WITH_THE_ANSWER.tell(reply(query, LIE))));
    try (TestServer server = server(SocketAddresses.format(liar.address()));
        Stub stub = server.stub()) {
      for (int i = 0; i < 2; i++) {
        Message response = stub.ask(NAME);

        assertThat(Stub.answers(response)).containsExactly(TRUTH);
        assertThat(response.getHeader().getFlag(Flags.TC)).isFalse();
      }
      assertThat(server.count(Counter.UPSTREAM_TRUNCATED)).isEqualTo(1);
      assertThat(server.count(Counter.ANSWERS_FRESH)).isEqualTo(1);
      assertThat(liar.tcpQueries()).isEqualTo(1);
    }
  }

  @Test
  void ask_headerOfAFailureAlone_isAFailure() throws Exception {
    liar.answerWith(
        query -> {
          byte[] header = Lie.HEADER_WITHOUT_QUESTION.tell(reply(query, LIE));
          header[3] |= (byte) Rcode.SERVFAIL;
          return List.of(header);
        });
    try (TestServer server = server(SocketAddresses.format(liar.address()));
        Stub stub = server.stub()) {
      assertThat(stub.ask(NAME).getRcode()).isEqualTo(Rcode.SERVFAIL);

      assertThat(server.count(Counter.UPSTREAM_ERROR_REPLIES)).isEqualTo(1);
      assertThat(server.count(Counter.UPSTREAM_NEAR_MISS_SHAPE)).isZero();
    }
  }

  private TestServer server(String upstreams, String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("upstreams=[" + upstreams + "]");
    return TestServer.start(folder, all.toArray(String[]::new));
  }

  private static byte[] reply(ReceivedQuery query, String address) {
    Message reply = new Message(query.id());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.RA);
    Record question = query.message().getQuestion();
    reply.addRecord(question, Section.QUESTION);
    reply.addRecord(
        new ARecord(question.getName(), DClass.IN, 300, InetAddress.ofLiteral(address)),
        Section.ANSWER);
    return reply.toWire();
  }
}
