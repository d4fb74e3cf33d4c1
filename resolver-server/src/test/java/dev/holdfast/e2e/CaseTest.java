package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Type;

/** Upstreams are asked in random case, and clients see no trace of it. */
@Attack(Threat.CASE_GUESSING)
class CaseTest {

  private static final String NAME = "a-long-name-with-many-letters.example.org";

  @TempDir Path folder;

  private ScriptedUpstream upstream;

  @BeforeEach
  void startUpstream() throws Exception {
    upstream =
        ScriptedUpstream.start(
            new Zone()
                .set(NAME, "A", 300, "192.0.2.1")
                .set(NAME, "SRV", 300, "1 2 53 " + NAME + ".")
                .set(NAME, "MX", 300, "1 " + NAME + "."));
  }

  @AfterEach
  void stopUpstream() {
    upstream.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {Type.A, Type.SRV, Type.MX, Type.AAAA})
  void ask_missAndHit_clientsSeeTheirOwnCaseOnly(int type) throws Exception {
    try (TestServer server = TestServer.asking(upstream.address(), folder);
        Stub stub = server.stub()) {
      for (String name : List.of(NAME, NAME.toUpperCase(Locale.ROOT), NAME)) {
        byte[] response = stub.ask(false, QueryBytes.of(name, type).edns(1232).build());
        String other =
            name.equals(NAME) ? NAME.toUpperCase(Locale.ROOT) : NAME.toLowerCase(Locale.ROOT);

        assertThat(new Message(response).getQuestion().getName()).hasToString(name + ".");
        String bytes = new String(response, StandardCharsets.ISO_8859_1);
        String[] labels = name.split("\\.", -1);
        assertThat(bytes).contains(labels[0]);
        if (type != Type.SRV) { // whose target is never compressed, and in the case of its zone
          assertThat(bytes).doesNotContain(other.split("\\.", -1)[0]);
        }
        assertThat(bytes.replace(labels[0], "").replace(NAME.split("\\.", -1)[0], ""))
            .doesNotContainIgnoringCase(labels[0]);
      }
      assertThat(askedNames()).hasSize(1).doesNotContain(NAME + ".");
      assertThat(server.count(Counter.UPSTREAM_NEAR_MISS_CASE)).isZero();
    }
  }

  @Test
  void ask_randomisationOff_upstreamSeesLowerCase() throws Exception {
    try (TestServer server =
            TestServer.asking(upstream.address(), folder, "upstream.case-randomisation=off");
        Stub stub = server.stub()) {
      stub.ask(NAME.toUpperCase(Locale.ROOT));

      assertThat(askedNames()).containsExactly(NAME + ".");
    }
  }

  private List<String> askedNames() {
    return upstream.lastQueries().stream()
        .map(ReceivedQuery::name)
        .filter(name -> name.equalsIgnoreCase(NAME + "."))
        .toList();
  }
}
