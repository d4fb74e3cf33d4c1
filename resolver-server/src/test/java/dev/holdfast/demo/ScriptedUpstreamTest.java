package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

class ScriptedUpstreamTest {

  private static final int PATIENCE_MILLIS = 5_000;
  private static final int SILENCE_MILLIS = 150;

  private final Zone zone =
      new Zone()
          .apex("example.org.", 300)
          .set("www.example.org", "A", 60, "192.0.2.1")
          .set("big.example.org", "TXT", 60, texts(20));

  private ScriptedUpstream upstream;
  private DatagramSocket client;

  @BeforeEach
  void start() throws IOException {
    upstream = ScriptedUpstream.start(zone);
    client = new DatagramSocket();
    client.connect(upstream.address());
    client.setSoTimeout(PATIENCE_MILLIS);
  }

  @AfterEach
  void stop() {
    client.close();
    upstream.close();
  }

  @Test
  void healthy_knownName_answersOverUdpAndTcp() throws IOException {
    Message query = query("WWW.example.org", Type.A);

    Message udp = ask(query);
    Message tcp = askTcp(query);

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
    Message reply = ask(query("gone.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(soaOf(reply).getName().toString()).isEqualTo("example.org.");
  }

  @Test
  void healthy_ednsQuery_getsOpt() throws IOException {
    Message query = query("www.example.org", Type.A);
    query.addRecord(new OPTRecord(1232, 0, 0, 0x8000), Section.ADDITIONAL);

    Message reply = ask(query);

    assertThat(reply.getOPT()).isNotNull();
    assertThat(reply.getOPT().getFlags()).isEqualTo(0x8000);
  }

  @Test
  void healthy_answerLargerThanPayload_isTruncatedOverUdpOnly() throws IOException {
    Message query = query("big.example.org", Type.TXT);

    Message udp = ask(query);
    Message tcp = askTcp(query);

    assertThat(udp.getHeader().getFlag(Flags.TC)).isTrue();
    assertThat(udp.getSection(Section.ANSWER)).isEmpty();
    assertThat(tcp.getSection(Section.ANSWER)).hasSize(20);
  }

  @Test
  void healthy_zoneChanges_answersFromTheNewRecords() throws IOException {
    ask(query("www.example.org", Type.A));
    zone.set("www.example.org", "A", 60, "192.0.2.2");

    assertThat(addressOf(ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.2");
  }

  @Test
  void healthy_severalQueriesOnOneConnection_allAnswered() throws IOException {
    try (Socket socket = connect()) {
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

    assertThat(ask(update).getRcode()).isEqualTo(Rcode.NOTIMP);
    assertThat(ask(chaos).getRcode()).isEqualTo(Rcode.REFUSED);
    assertThat(ask(new Message(77)).getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void healthy_responseOrRunt_isNeverAnswered() throws IOException {
    Message response = query("www.example.org", Type.A);
    response.getHeader().setFlag(Flags.QR);
    send(response.toWire());
    send(new byte[11]);

    assertThat(addressOf(ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
    assertThat(upstream.lost()).isEqualTo(2);
    assertThat(upstream.queries()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"})
  void rcodeKinds_answerWithThatRcode(Breakage kind) throws IOException {
    upstream.breakWith(kind);

    assertThat(Rcode.string(ask(query("www.example.org", Type.A)).getRcode()))
        .isEqualTo(kind.name());
    assertThat(Rcode.string(askTcp(query("www.example.org", Type.A)).getRcode()))
        .isEqualTo(kind.name());
  }

  @Test
  void silence_isReadAndCounted_neverAnswered() throws IOException {
    upstream.breakWith(Breakage.SILENCE);

    assertThat(trySilently(query("www.example.org", Type.A))).isNull();
    assertThat(upstream.queries()).isEqualTo(1);
    assertThat(upstream.breakage()).isEqualTo(Breakage.SILENCE);
  }

  @Test
  void closed_hostRefuses_andHealOpensTheSamePort() throws IOException {
    InetSocketAddress address = upstream.address();
    try (Socket established = connect()) {
      upstream.breakWith(Breakage.CLOSED);

      assertThat(established.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(() -> ask(query("www.example.org", Type.A)))
          .isInstanceOf(PortUnreachableException.class);
      assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
    }

    upstream.heal();

    assertThat(upstream.address()).isEqualTo(address);
    assertThat(addressOf(ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
    assertThat(addressOf(askTcp(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
  }

  @Test
  void slow_answersLaterThanAQueryAfterIt() throws IOException {
    upstream.breakWith(Breakage.SLOW, 100);
    Message first = query("www.example.org", Type.A);
    Message second = query("www.example.org", Type.A);
    send(first.toWire());
    awaitQueries(1);
    upstream.heal();

    assertThat(ask(second).getHeader().getID()).isEqualTo(second.getHeader().getID());
    assertThat(new Message(receive()).getHeader().getID()).isEqualTo(first.getHeader().getID());
  }

  @Test
  void third_answersEveryThirdQuestion() throws IOException {
    upstream.breakWith(Breakage.THIRD);
    Message third = query("www.example.org", Type.A);
    send(query("www.example.org", Type.A).toWire());
    send(query("www.example.org", Type.A).toWire());

    assertThat(ask(third).getHeader().getID()).isEqualTo(third.getHeader().getID());
  }

  @Test
  void loss_sameSeed_losesTheSameAnswers() throws IOException {
    List<Integer> first = survivors(42);
    List<Integer> again = survivors(42);

    assertThat(first).hasSizeBetween(20, 80).isEqualTo(again);
  }

  @Test
  void garbage_isNoiseOrAMessageThatCannotBeRead() throws IOException {
    upstream.breakWith(Breakage.GARBAGE);
    int withHeader = 0;
    for (int i = 0; i < 100; i++) {
      Message query = query("www.example.org", Type.A);
      send(query.toWire());
      byte[] reply = receive();
      if (reply.length >= 12 && id(reply) == query.getHeader().getID()) {
        assertThatThrownBy(() -> new Message(reply)).isInstanceOf(WireParseException.class);
        withHeader++;
      }
    }
    assertThat(withHeader).isGreaterThanOrEqualTo(50);
  }

  @ParameterizedTest
  @ValueSource(strings = {"www.example.org", "gone.example.org", "big.example.org"})
  void cutShort_endsInsideARecord(String name) throws IOException {
    upstream.breakWith(Breakage.CUT_SHORT);
    Message query = query(name, Type.A);
    send(query.toWire());
    byte[] reply = receive();

    assertThat(id(reply)).isEqualTo(query.getHeader().getID());
    assertThatThrownBy(() -> new Message(reply)).isInstanceOf(WireParseException.class);
  }

  @Test
  void otherQuestion_hasTheIdAndAnotherName() throws IOException {
    upstream.breakWith(Breakage.OTHER_QUESTION);
    Message query = query("www.example.org", Type.A);
    Message reply = ask(query);

    assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(reply.getQuestion().getName()).isNotEqualTo(query.getQuestion().getName());
    assertThat(addressOf(reply)).isEqualTo("192.0.2.99");
  }

  @Test
  void tcTcpDead_truncatesOverUdp_refusesTcp() throws IOException {
    upstream.breakWith(Breakage.TC_TCP_DEAD);

    Message reply = ask(query("www.example.org", Type.A));
    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);

    upstream.heal();
    assertThat(addressOf(askTcp(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
  }

  @Test
  void udpDead_onlyTcpAnswers() throws IOException {
    upstream.breakWith(Breakage.UDP_DEAD);

    assertThat(trySilently(query("www.example.org", Type.A))).isNull();
    assertThat(addressOf(askTcp(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
  }

  @Test
  void empty_isNodataWithLongSoa() throws IOException {
    upstream.breakWith(Breakage.EMPTY);
    Message reply = ask(query("www.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(soaOf(reply).getMinimum()).isEqualTo(300);
    assertThat(soaOf(reply).getTTL()).isEqualTo(300);
  }

  @Test
  void bareEmpty_hasNothing() throws IOException {
    upstream.breakWith(Breakage.BARE_EMPTY);
    Message reply = ask(query("www.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(reply.getSection(Section.AUTHORITY)).isEmpty();
  }

  @Test
  void nxdomain_deniesAKnownName() throws IOException {
    upstream.breakWith(Breakage.NXDOMAIN);
    Message reply = ask(query("www.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(soaOf(reply).getMinimum()).isEqualTo(300);
  }

  @Test
  void wrongId_isNeverTheQuerysId() throws IOException {
    upstream.breakWith(Breakage.WRONG_ID);
    Message query = query("www.example.org", Type.A);
    send(query.toWire());

    assertThat(id(receive())).isNotEqualTo(query.getHeader().getID());
  }

  @Test
  void malformedFirst_bringsTheRightAnswerSecond() throws IOException {
    upstream.breakWith(Breakage.MALFORMED_FIRST);
    send(query("www.example.org", Type.A).toWire());
    byte[] first = receive();

    assertThatThrownBy(() -> new Message(first)).isInstanceOf(WireParseException.class);
    assertThat(addressOf(new Message(receive()))).isEqualTo("192.0.2.1");
  }

  @Test
  void answerWith_script_repliesWhatItSays() throws IOException {
    Message query = query("www.example.org", Type.A);
    upstream.answerWith(received -> List.of(new byte[] {1}, new byte[] {2}));
    send(query.toWire());

    assertThat(receive()).containsExactly(1);
    assertThat(receive()).containsExactly(2);
    assertThat(upstream.lastQueries()).hasSize(1);
    ReceivedQuery last = upstream.lastQueries().getFirst();
    assertThat(last.name()).isEqualTo("www.example.org.");
    assertThat(last.type()).isEqualTo("A");
    assertThat(last.id()).isEqualTo(query.getHeader().getID());
    assertThat(last.port()).isEqualTo(client.getLocalPort());
    assertThat(last.tcp()).isFalse();
  }

  @Test
  void resetCounts_forgetsEverything() throws IOException {
    ask(query("www.example.org", Type.A));
    upstream.resetCounts();

    assertThat(upstream.queries()).isZero();
    assertThat(upstream.queriesFor("www.example.org")).isZero();
    assertThat(upstream.lastQueries()).isEmpty();
  }

  @Test
  void start_ipv6_answers() throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
    try (ScriptedUpstream other = ScriptedUpstream.start(address, zone, 1);
        DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      byte[] wire = query("www.example.org", Type.A).toWire();
      socket.send(new DatagramPacket(wire, wire.length, other.address()));
      DatagramPacket reply = new DatagramPacket(new byte[512], 512);
      socket.receive(reply);
      assertThat(addressOf(new Message(Arrays.copyOf(reply.getData(), reply.getLength()))))
          .isEqualTo("192.0.2.1");
    }
  }

  @Test
  void close_leavesNoThreadAndNoSocket() {
    String threadName = "scripted-upstream-" + upstream.address().getPort();
    upstream.close();

    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().equals(threadName));
    assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
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
        assertThat(addressOf(ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
      }
    }
  }

  @Test
  void lostQuestions_someAreNeitherCountedNorAnswered() throws IOException {
    upstream.breakWith(Breakage.LOST_QUESTIONS);
    int answered = 0;
    for (int i = 0; i < 10; i++) {
      answered += trySilently(query("www.example.org", Type.A)) == null ? 0 : 1;
    }

    assertThat(answered).isBetween(1, 9);
    assertThat(upstream.queries()).isEqualTo(answered);
  }

  private List<Integer> survivors(long seed) throws IOException {
    try (ScriptedUpstream lossy =
            ScriptedUpstream.start(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), zone, seed);
        DatagramSocket socket = new DatagramSocket()) {
      lossy.breakWith(Breakage.LOSS);
      socket.connect(lossy.address());
      socket.setSoTimeout(PATIENCE_MILLIS);
      for (int id = 0; id < 100; id++) {
        Message query = query("www.example.org", Type.A);
        query.getHeader().setID(id);
        byte[] wire = query.toWire();
        socket.send(new DatagramPacket(wire, wire.length));
      }
      while (lossy.queries() < 100) {
        Thread.onSpinWait();
      }
      lossy.heal();
      Message end = query("www.example.org", Type.A);
      end.getHeader().setID(100);
      byte[] wire = end.toWire();
      socket.send(new DatagramPacket(wire, wire.length));
      List<Integer> ids = new ArrayList<>();
      DatagramPacket reply = new DatagramPacket(new byte[512], 512);
      while (!ids.contains(100)) {
        socket.receive(reply);
        ids.add(id(reply.getData()));
      }
      return ids;
    }
  }

  private void awaitQueries(long count) {
    while (upstream.queries() < count) {
      Thread.onSpinWait();
    }
  }

  private @Nullable Message trySilently(Message query) throws IOException {
    client.setSoTimeout(SILENCE_MILLIS);
    try {
      return ask(query);
    } catch (SocketTimeoutException e) {
      return null;
    } finally {
      client.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  private Message ask(Message query) throws IOException {
    send(query.toWire());
    return new Message(receive());
  }

  private void send(byte[] bytes) throws IOException {
    client.send(new DatagramPacket(bytes, bytes.length));
  }

  private byte[] receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    client.receive(packet);
    return Arrays.copyOf(packet.getData(), packet.getLength());
  }

  private Message askTcp(Message query) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(framed(query.toWire()));
      return readFrame(socket);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket();
    socket.connect(upstream.address(), PATIENCE_MILLIS);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static byte[] framed(byte[] message) {
    byte[] framed = new byte[message.length + 2];
    framed[0] = (byte) (message.length >>> 8);
    framed[1] = (byte) message.length;
    System.arraycopy(message, 0, framed, 2, message.length);
    return framed;
  }

  private static Message readFrame(Socket socket) throws IOException {
    DataInputStream input = new DataInputStream(socket.getInputStream());
    return new Message(input.readNBytes(input.readUnsignedShort()));
  }

  private static Message query(String name, int type) throws IOException {
    return Message.newQuery(Record.newRecord(Name.fromString(name, Name.root), type, DClass.IN));
  }

  private static int id(byte[] message) {
    return (message[0] & 0xff) << 8 | (message[1] & 0xff);
  }

  private static String addressOf(Message message) {
    return message.getSection(Section.ANSWER).getFirst().rdataToString();
  }

  private static SOARecord soaOf(Message message) {
    return (SOARecord) message.getSection(Section.AUTHORITY).getFirst();
  }

  private static String[] texts(int count) {
    String[] texts = new String[count];
    for (int i = 0; i < count; i++) {
      texts[i] = "\"" + i + "x".repeat(100) + "\"";
    }
    return texts;
  }
}
