package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.Await;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * However many clients ask one question, in whatever way, it is outstanding once for each value of
 * DO and CD (RFC 5452 §5).
 */
class OneQuestionTest {

  private static final String NAME = "one.example.org";
  private static final int CLIENTS = 100;
  private static final int CLIENTS_OVER_TCP = 20;
  private static final int QUERIES_PER_CLIENT = 100;
  private static final int QUERIES = CLIENTS * QUERIES_PER_CLIENT;

  /** Queries that may be on their way to the server at a time, so that none is lost. */
  private static final int UNREAD = 250;

  /** Longer than the queries take to come in, and shorter than the server waits for a reply. */
  private static final long SLOW_MILLIS = 1000;

  /** Code to length: NSID, cookie, TCP keepalive, padding and one that nobody knows. */
  private static final Map<Integer, Integer> OPTIONS =
      Map.of(3, 0, 10, 8, 11, 0, 12, 16, 65_001, 3);

  @TempDir Path folder;

  private final SplittableRandom random = new SplittableRandom(1);
  private final byte[][][] queries = new byte[CLIENTS][QUERIES_PER_CLIENT][];
  private final List<Stub> stubs = new ArrayList<>();
  private ScriptedUpstream upstream;

  @BeforeEach
  void makeQueries() {
    for (byte[][] ofClient : queries) {
      for (int id = 0; id < QUERIES_PER_CLIENT; id++) {
        ofClient[id] = variant(id);
      }
    }
    upstream = ScriptedUpstream.start(new Zone().set(NAME, "A", 300, "192.0.2.1"));
    upstream.breakWith(Breakage.SLOW, SLOW_MILLIS);
  }

  @AfterEach
  void close() throws Exception {
    upstream.close();
    for (Stub stub : stubs) {
      stub.close();
    }
  }

  @Test
  @Attack(Threat.BIRTHDAY)
  void ask_tenThousandVariants_upstreamIsAskedOncePerDoAndCd() throws Exception {
    try (TestServer server =
        start("limits.waiters-per-question=65535", "limits.waiters-per-client=65535")) {
      askAll(server);

      for (Message response : responses()) {
        assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(Stub.answers(response)).containsExactly("192.0.2.1");
      }
      assertThat(variantsAsked()).containsExactlyInAnyOrder("", "DO", "CD", "DO CD");
      assertThat(server.count(Counter.QUESTIONS_JOINED) + server.count(Counter.ANSWERS_FRESH))
          .isEqualTo(QUERIES - variantsAsked().size());
    }
  }

  @Test
  @Attack(Threat.BIRTHDAY)
  void ask_moreClientsThanMayWait_restHearsServfailAndUpstreamNothing() throws Exception {
    try (TestServer server = start("limits.waiters-per-question=100")) {
      askAll(server);

      List<Message> responses = responses();
      assertThat(responses)
          .extracting(Message::getRcode)
          .containsOnly(Rcode.NOERROR, Rcode.SERVFAIL);
      assertThat(responses)
          .filteredOn(response -> response.getRcode() == Rcode.NOERROR)
          .hasSizeGreaterThanOrEqualTo(100)
          .allSatisfy(response -> assertThat(Stub.answers(response)).containsExactly("192.0.2.1"));
      assertThat(variantsAsked()).doesNotHaveDuplicates();
    }
  }

  private TestServer start(String... settings) throws Exception {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("limits.sends-per-question=1");
    return TestServer.asking(upstream.address(), folder, all.toArray(String[]::new));
  }

  private byte[] variant(int id) {
    QueryBytes query = QueryBytes.of(randomCase(), Type.A).id(id);
    query.flags(QueryBytes.RD | (random.nextBoolean() ? QueryBytes.CD : 0) | adBit());
    if (random.nextInt(4) > 0) {
      query.edns(new int[] {0, 512, 1232, 4096}[random.nextInt(4)]);
      if (random.nextBoolean()) {
        query.option(8, 0, 1, 24, 0, 192, 0, random.nextInt(256)); // client subnet
      }
      query.ednsFlags(random.nextBoolean() ? QueryBytes.DO : 0);
      OPTIONS.forEach(
          (code, bytes) -> {
            if (random.nextInt(3) == 0) {
              query.option(code, random.ints(bytes, 0, 2).toArray());
            }
          });
    }
    return query.build();
  }

  private int adBit() {
    return random.nextBoolean() ? QueryBytes.AD : 0;
  }

  private String randomCase() {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < NAME.length(); i++) {
      char letter = NAME.charAt(i);
      name.append(random.nextBoolean() ? Character.toUpperCase(letter) : letter);
    }
    return name.toString();
  }

  /** Sends all queries, those of all clients mixed, as fast as the server takes them. */
  private void askAll(TestServer server) throws Exception {
    for (int client = 0; client < CLIENTS; client++) {
      stubs.add(server.stub());
    }
    for (int i = 1; i <= QUERIES; i++) {
      int client = i % CLIENTS;
      stubs.get(client).send(isStream(client), queries[client][(i - 1) / CLIENTS]);
      if (i % UNREAD == 0) {
        long sent = i;
        Await.until("the queries to be read", () -> read(server) >= sent);
      }
    }
  }

  private static long read(TestServer server) {
    return server.count(Counter.QUERIES_UDP) + server.count(Counter.QUERIES_TCP);
  }

  private static boolean isStream(int client) {
    return client < CLIENTS_OVER_TCP;
  }

  /** Returns the response to every query, after a look at what it repeats of its query. */
  private List<Message> responses() throws Exception {
    List<Message> responses = new ArrayList<>();
    for (int client = 0; client < CLIENTS; client++) {
      List<byte[]> expected = new ArrayList<>(List.of(queries[client]));
      for (int i = 0; i < QUERIES_PER_CLIENT; i++) {
        byte[] response = stubs.get(client).receive(isStream(client));
        byte[] query = expected.set((response[0] & 0xff) << 8 | (response[1] & 0xff), null);
        assertThat(query).as("a query that waits for this response").isNotNull();
        responses.add(compared(response, query));
      }
    }
    return responses;
  }

  private static Message compared(byte[] response, byte[] query) throws Exception {
    int questionEnd = 12 + NAME.length() + 2 + 4;
    assertThat(Arrays.copyOfRange(response, 12, questionEnd))
        .isEqualTo(Arrays.copyOfRange(query, 12, questionEnd));
    Message parsed = new Message(response);
    Message asked = new Message(query);
    assertThat(dnssecFlags(parsed)).isEqualTo(dnssecFlags(asked));
    assertThat(parsed.getOPT() == null).isEqualTo(asked.getOPT() == null);
    return parsed;
  }

  /** What the upstream was asked, beside probes for other names. */
  private List<String> variantsAsked() {
    return upstream.lastQueries().stream()
        .filter(query -> query.name().equalsIgnoreCase(NAME + "."))
        .map(ReceivedQuery::message)
        .map(OneQuestionTest::dnssecFlags)
        .toList();
  }

  private static String dnssecFlags(Message message) {
    OPTRecord opt = message.getOPT();
    boolean dnssecOk = opt != null && (opt.getFlags() & ExtendedFlags.DO) != 0;
    boolean checkingDisabled = message.getHeader().getFlag(Flags.CD);
    return ((dnssecOk ? "DO " : "") + (checkingDisabled ? "CD" : "")).strip();
  }
}
