package dev.holdfast.demo;

import static dev.holdfast.demo.UpstreamClient.addressOf;
import static dev.holdfast.demo.UpstreamClient.framed;
import static dev.holdfast.demo.UpstreamClient.query;
import static dev.holdfast.demo.UpstreamClient.readFrame;
import static dev.holdfast.demo.UpstreamClient.soaOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ScriptedUpstreamTest extends UpstreamTests {

  @Test
  void healthy_knownName_answersOverUdpAndTcp() throws IOException {
    Message query = query("WWW.example.org", Type.A);

    Message udp = client.ask(query);
    Message tcp = client.askTcp(query);

    assertThat(udp.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(udp.getQuestion().getName().toString()).isEqualTo("WWW.example.org.");
    assertThat(addressOf(udp)).isEqualTo("192.0.2.1");
    assertThat(addressOf(tcp)).isEqualTo("192.0.2.1");
    assertThat(upstream.udpQueries()).isEqualTo(1);
    assertThat(upstream.tcpQueries()).isEqualTo(1);
    assertThat(upstream.queriesFor("www.EXAMPLE.org")).isEqualTo(2);
  }

  @Test
  void healthy_unknownName_isNxdomainWithSoa() throws IOException {
    Message reply = client.ask(query("gone.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(soaOf(reply).getName().toString()).isEqualTo("example.org.");
  }

  @Test
  void healthy_ednsQuery_getsOpt() throws IOException {
    Message query = query("www.example.org", Type.A);
    query.addRecord(new OPTRecord(1232, 0, 0, 0x8000), Section.ADDITIONAL);

    Message reply = client.ask(query);

    assertThat(reply.getOPT()).isNotNull();
    assertThat(reply.getOPT().getFlags()).isEqualTo(0x8000);
  }

  @Test
  void healthy_answerLargerThanPayload_isTruncatedOverUdpOnly() throws IOException {
    Message query = query("big.example.org", Type.TXT);

    Message udp = client.ask(query);
    Message tcp = client.askTcp(query);

    assertThat(udp.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(udp.getSection(Section.ANSWER)).isEmpty();
    assertThat(tcp.getSection(Section.ANSWER)).hasSize(20);
  }

  @Test
  void healthy_zoneChanges_answersFromTheNewRecords() throws IOException {
    client.ask(query("www.example.org", Type.A));
    zone.set("www.example.org", "A", 60, "192.0.2.2");

    assertThat(addressOf(client.ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.2");
  }

  @Test
  void healthy_severalQueriesOnOneConnection_allAnswered() throws IOException {
    try (Socket socket = client.connect()) {
      byte[] framed = framed(query("www.example.org", Type.A).toWire());
      byte[] three = new byte[framed.length * 3];
      for (int i = 0; i < 3; i++) {
        System.arraycopy(framed, 0, three, i * framed.length, framed.length);
      }
      socket.getOutputStream().write(three);
      for (int i = 0; i < 3; i++) {
        assertThat(addressOf(readFrame(socket))).isEqualTo("192.0.2.1");
      }
    }
  }

  @Test
  void healthy_oddQueries_areAnsweredWithTheirRcode() throws IOException {
    Message update = query("www.example.org", Type.A);
    update.getHeader().setOpcode(Opcode.STATUS);
    Message chaos =
        Message.newQuery(Record.newRecord(Name.fromString("version.bind."), Type.TXT, DClass.CH));

    assertThat(client.ask(update).getRcode()).isEqualTo(Rcode.NOTIMP);
    assertThat(client.ask(chaos).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(client.ask(new Message(77)).getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void healthy_responseOrRunt_isNeverAnswered() throws IOException {
    Message response = query("www.example.org", Type.A);
    response.getHeader().setFlag(Flags.QR);
    client.send(response.toWire());
    client.send(new byte[11]);

    assertThat(addressOf(client.ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
    assertThat(upstream.lost()).isEqualTo(2);
    assertThat(upstream.queries()).isEqualTo(1);
  }

  @Test
  void answerWith_script_repliesWhatItSays() throws IOException {
    Message query = query("www.example.org", Type.A);
    upstream.answerWith(received -> List.of(new byte[] {1}, new byte[] {2}));
    client.send(query.toWire());

    assertThat(client.receive()).containsExactly(1);
    assertThat(client.receive()).containsExactly(2);
    assertThat(upstream.lastQueries()).hasSize(1);
    ReceivedQuery last = upstream.lastQueries().getFirst();
    assertThat(last.name()).isEqualTo("www.example.org.");
    assertThat(last.type()).isEqualTo("A");
    assertThat(last.id()).isEqualTo(query.getHeader().getID());
    assertThat(last.port()).isEqualTo(client.port());
    assertThat(last.tcp()).isFalse();
  }

  @Test
  void resetCounts_forgetsEverything() throws IOException {
    client.ask(query("www.example.org", Type.A));
    upstream.resetCounts();

    assertThat(upstream.queries()).isZero();
    assertThat(upstream.queriesFor("www.example.org")).isZero();
    assertThat(upstream.lastQueries()).isEmpty();
  }

  @Test
  void start_ipv6_answers() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
    try (ScriptedUpstream other = ScriptedUpstream.start(address, zone, 1);
        UpstreamClient stranger = new UpstreamClient(other.address())) {
      assertThat(addressOf(stranger.ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
    }
  }

  @Test
  void close_leavesNoThreadAndNoSocket() {
    String threadName = "scripted-upstream-" + upstream.address().getPort();
    upstream.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals(threadName));
    assertThatThrownBy(client::connect).isInstanceOf(ConnectException.class);
    assertThatThrownBy(upstream::heal).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anyBytes_neverStopTheServer() throws IOException {
    Random random = new Random(7);
    byte[] good = query("www.example.org", Type.A).toWire();
    for (int round = 0; round < 50; round++) {
      try (DatagramSocket stranger = new DatagramSocket()) {
        for (int i = 0; i < 50; i++) {
          byte[] bytes = good.clone();
          for (int flips = random.nextInt(6); flips >= 0; flips--) {
            bytes[2 + random.nextInt(bytes.length - 2)] = (byte) random.nextInt();
          }
          int length = random.nextInt(bytes.length + 1);
          stranger.send(new DatagramPacket(bytes, length, upstream.address()));
        }
        assertThat(addressOf(client.ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
      }
    }
  }
}
