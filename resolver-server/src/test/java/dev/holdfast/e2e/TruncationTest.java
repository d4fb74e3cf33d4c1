package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Answers around the size that a client takes in one datagram: whole up to the last byte, TC and no
 * records beyond it, and whole over TCP (RFC 6891 §6.2.3, RFC 9715 §3).
 */
class TruncationTest {

  private static final int HEADER = 12;
  private static final int QUESTION_FIXED = 4;
  private static final int RECORD_FIXED = 12;
  private static final int OPT = 11;
  private static final int MAX_STRING = 255;

  @TempDir static Path folder;

  private static ScriptedUpstream upstream;
  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    Zone zone = new Zone();
    for (int size : new int[] {512, 513, 600, 601, 1232, 1233, 4096, 16_000, 60_000}) {
      zone.set(name(size, false), "TXT", 300, text(size, false));
      zone.set(name(size, true), "TXT", 300, text(size, true));
    }
    upstream = ScriptedUpstream.start(zone);
    server = TestServer.asking(upstream.address(), folder);
  }

  @AfterAll
  static void stop() {
    server.close();
    upstream.close();
  }

  @ParameterizedTest
  @CsvSource({
    "512, -1, false", // a client without EDNS
    "513, -1, true",
    "512, 0, false", // less than 512 is 512
    "513, 0, true",
    "512, 511, false",
    "513, 511, true",
    "512, 512, false",
    "513, 512, true",
    "600, 600, false",
    "601, 600, true",
    "1232, 1232, false",
    "1233, 1232, true",
    "1232, 4096, false", // more than 1232 is 1232
    "1233, 4096, true",
    "1233, 65535, true",
    "60000, 65535, true"
  })
  @Attack(Threat.FRAGMENTATION)
  void answer_nearThePayload_isCutOnlyBeyondIt(int size, int payload, boolean cut)
      throws Exception {
    boolean edns = payload >= 0;
    QueryBytes query = QueryBytes.of(name(size, edns), Type.TXT);
    byte[] bytes = edns ? query.edns(payload).build() : query.build();
    try (Stub stub = server.stub()) {
      for (int attempt = 0; attempt < 2; attempt++) { // from the upstream, then from the cache
        byte[] response = stub.ask(/* stream= */ false, bytes);

        Message parsed = new Message(response);
        assertThat(parsed.getHeader().getFlag(Flags.TC)).isEqualTo(cut);
        assertThat(parsed.getSection(Section.ANSWER)).hasSize(cut ? 0 : 1);
        assertThat(parsed.getOPT() != null).isEqualTo(edns);
        assertThat(cut || response.length == size).as("length " + response.length).isTrue();
      }

      byte[] whole = stub.ask(/* stream= */ true, bytes);

      assertThat(whole).hasSize(size);
      Message parsed = new Message(whole);
      assertThat(parsed.getHeader().getFlag(Flags.TC)).isFalse();
      boolean same = Stub.answers(parsed).equals(List.of(text(size, edns).replace("\"", "")));
      assertThat(same).as("the record as it is").isTrue();
    }
  }

  @Test
  void answer_largerThanTheCacheTakes_isAskedForEachTime() throws Exception {
    String name = name(60_000, false);
    byte[] query = QueryBytes.of(name, Type.TXT).build();
    try (Stub stub = server.stub()) {
      stub.ask(true, query);
      long before = upstream.queriesFor(name);

      assertThat(stub.ask(true, query)).hasSize(60_000);

      assertThat(upstream.queriesFor(name)).isGreaterThan(before);
    }
  }

  private static String name(int size, boolean edns) {
    return (edns ? "edns" : "plain") + size + ".example.org";
  }

  /** A text whose record makes the response to a question for its name {@code size} bytes long. */
  private static String text(int size, boolean edns) {
    int name = name(size, edns).length() + 2;
    int rdata = size - HEADER - name - QUESTION_FIXED - RECORD_FIXED - (edns ? OPT : 0);
    List<String> strings = new ArrayList<>();
    for (int left = rdata; left > 0; left -= MAX_STRING + 1) {
      int length = Math.min(left - 1, MAX_STRING);
      strings.add("\"" + "x".repeat(length) + "\"");
    }
    return String.join(" ", strings);
  }
}
