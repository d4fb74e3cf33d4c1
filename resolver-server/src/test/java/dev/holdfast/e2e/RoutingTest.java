package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.upstream.SocketAddresses;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Who is asked for what: each upstream answers every question with its own name. */
class RoutingTest {

  @TempDir static Path folder;

  private static final ScriptedUpstream root = upstream("root");
  private static final ScriptedUpstream corp = upstream("corp");
  private static final ScriptedUpstream eu = upstream("eu");
  private static final ScriptedUpstream reverse = upstream("reverse");
  private static final ScriptedUpstream lan = upstream("lan");
  private static final ScriptedUpstream stream = upstream("stream");
  private static TestServer server;

  private static ScriptedUpstream upstream(String name) {
    return ScriptedUpstream.start(
        new Zone().set("*", "TXT", 300, name).set("*", "PTR", 300, name + ".example."));
  }

  @BeforeAll
  static void start() throws Exception {
    server =
        TestServer.start(
            folder,
            "upstreams=" + address(root),
            "zones.corp.example.upstreams=" + address(corp),
            "zones.eu.corp.example.upstreams=" + address(eu),
            "zones.10.in-addr.arpa.upstreams=" + address(reverse),
            "zones.lan.test.upstreams=" + address(lan),
            "zones.stream.example.upstreams=tcp://" + address(stream));
  }

  private static String address(ScriptedUpstream upstream) {
    return SocketAddresses.format(upstream.address());
  }

  @AfterAll
  static void stop() {
    server.close();
    List.of(root, corp, eu, reverse, lan, stream).forEach(ScriptedUpstream::close);
  }

  @ParameterizedTest
  @CsvSource({
    "www.example.org, root",
    "example, root",
    "corp.example, corp",
    "www.corp.example, corp",
    "a.b.c.corp.example, corp",
    "WWW.Corp.EXAMPLE, corp",
    "eu.corp.example, eu",
    "www.EU.corp.example, eu",
    "neu.corp.example, corp",
    "notcorp.example, root",
    "corp.example.org, root",
    "host.lan.test, lan",
    "www.stream.example, stream"
  })
  void ask_name_goesToTheLongestSuffix(String name, String upstream) throws Exception {
    try (Stub stub = server.stub()) {
      assertThat(Stub.answers(stub.ask(name, Type.TXT))).containsExactly(upstream);
    }
  }

  @Attack(Threat.UNSOLICITED_RECORDS)
  @ParameterizedTest
  @ValueSource(ints = {Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL})
  void ask_upstreamOfAZoneTellsOfNamesElsewhere_nobodyBelievesIt(int section) throws Exception {
    String victim = "victim" + section + ".example.org.";
    try (Stub stub = server.stub()) {
      long before = server.count(Counter.UPSTREAM_UNSOLICITED);
      corp.answerWith(query -> List.of(withExtra(query, section, victim)));
      Message own = stub.ask("evil" + section + ".corp.example", Type.TXT);
      corp.answerWith(null);

      assertThat(Stub.answers(own)).containsExactly("corp");
      assertThat(own.getSection(Section.AUTHORITY)).isEmpty();
      assertThat(Stub.answers(stub.ask(victim, Type.TXT))).containsExactly("root");
      assertThat(root.queriesFor(victim)).isOne();
      assertThat(server.count(Counter.UPSTREAM_UNSOLICITED)).isEqualTo(before + 1);
    }
  }

  /** The reply to a query for a TXT record, with one of another name in some section. */
  private static byte[] withExtra(ReceivedQuery query, int section, String victim) {
    Message reply = new Message(query.id());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.RA);
    Record question = query.message().getQuestion();
    reply.addRecord(question, Section.QUESTION);
    reply.addRecord(new TXTRecord(question.getName(), DClass.IN, 300, "corp"), Section.ANSWER);
    Name other = Name.fromConstantString(victim);
    reply.addRecord(new TXTRecord(other, DClass.IN, 300, "forged"), section);
    return reply.toWire();
  }

  @Test
  void ask_privateReverseName_goesToTheZoneThatRoutesIt() throws Exception {
    try (Stub stub = server.stub()) {
      Message routed = stub.ask("4.3.2.10.in-addr.arpa", Type.PTR);
      Message local = stub.ask("4.3.168.192.in-addr.arpa", Type.PTR);

      assertThat(Stub.answers(routed)).containsExactly("reverse.example.");
      assertThat(local.getRcode()).isEqualTo(Rcode.NXDOMAIN);
      assertThat(root.queriesFor("4.3.168.192.in-addr.arpa")).isZero();
    }
  }

  @Test
  void ask_specialNameBesideARoutedOne_isAnsweredLocally() throws Exception {
    try (Stub stub = server.stub()) {
      assertThat(stub.ask("host.other.test").getRcode()).isEqualTo(Rcode.NXDOMAIN);
      assertThat(stub.ask("test").getRcode()).isEqualTo(Rcode.NOERROR);
      assertThat(root.queriesFor("host.other.test")).isZero();
    }
  }

  @Test
  void ask_tcpUpstream_getsNoDatagram() throws Exception {
    try (Stub stub = server.stub()) {
      for (int i = 0; i < 20; i++) {
        stub.ask("n" + i + ".stream.example", Type.TXT);
      }
    }

    assertThat(stream.tcpQueries()).isGreaterThanOrEqualTo(20);
    assertThat(stream.udpQueries()).isZero();
  }
}
