package dev.holdfast.demo;

import static dev.holdfast.demo.UpstreamClient.addressOf;
import static dev.holdfast.demo.UpstreamClient.id;
import static dev.holdfast.demo.UpstreamClient.query;
import static dev.holdfast.demo.UpstreamClient.soaOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.Await;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.WireParseException;

/** What a scripted upstream does when it is broken. */
class BreakageTest extends UpstreamTests {

  @ParameterizedTest
  @EnumSource(names = {"SERVFAIL", "REFUSED", "NOTIMP", "FORMERR"})
  void rcodeKinds_answerWithThatRcode(Breakage kind) throws IOException {
    upstream.breakWith(kind);

    assertThat(Rcode.string(client.ask(query("www.example.org", Type.A)).getRcode()))
        .isEqualTo(kind.name());
    assertThat(Rcode.string(client.askTcp(query("www.example.org", Type.A)).getRcode()))
        .isEqualTo(kind.name());
  }

  @Test
  void silence_isReadAndCounted_neverAnswered() throws IOException {
    upstream.breakWith(Breakage.SILENCE);

    assertThat(upstream.breakage()).isEqualTo(Breakage.SILENCE);
    assertThat(answeredOf(1, upstream)).isEmpty();
    assertThat(upstream.queries()).as("it and one after the healing").isEqualTo(2);
  }

  @Test
  void closed_hostRefuses_andHealOpensTheSamePort() throws IOException {
    InetSocketAddress address = upstream.address();
    try (Socket established = client.connect()) {
      upstream.breakWith(Breakage.CLOSED);

      assertThat(established.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(() -> client.ask(query("www.example.org", Type.A)))
          .isInstanceOf(PortUnreachableException.class);
      assertThatThrownBy(client::connect).isInstanceOf(ConnectException.class);
    }

    upstream.heal();

    assertThat(upstream.address()).isEqualTo(address);
    assertThat(addressOf(client.ask(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
    assertThat(addressOf(client.askTcp(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
  }

  @Test
  void slow_answersLaterThanAQueryAfterIt() throws IOException {
    upstream.breakWith(Breakage.SLOW, 1_000);
    Message first = query("www.example.org", Type.A);
    Message second = query("www.example.org", Type.A);
    client.send(first.toWire());
    Await.until("the query", () -> upstream.queries() == 1);
    upstream.heal();

    assertThat(client.ask(second).getHeader().getID()).isEqualTo(second.getHeader().getID());
    assertThat(new Message(client.receive()).getHeader().getID())
        .isEqualTo(first.getHeader().getID());
  }

  @Test
  void third_answersEveryThirdQuestion() throws IOException {
    upstream.breakWith(Breakage.THIRD);
    Message third = query("www.example.org", Type.A);
    client.send(query("www.example.org", Type.A).toWire());
    client.send(query("www.example.org", Type.A).toWire());

    assertThat(client.ask(third).getHeader().getID()).isEqualTo(third.getHeader().getID());
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
      client.send(query.toWire());
      byte[] reply = client.receive();
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
    client.send(query.toWire());
    byte[] reply = client.receive();

    assertThat(id(reply)).isEqualTo(query.getHeader().getID());
    assertThatThrownBy(() -> new Message(reply)).isInstanceOf(WireParseException.class);
  }

  @Test
  void otherQuestion_hasTheIdAndAnotherName() throws IOException {
    upstream.breakWith(Breakage.OTHER_QUESTION);
    Message query = query("www.example.org", Type.A);
    Message reply = client.ask(query);

    assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
    assertThat(reply.getQuestion().getName()).isNotEqualTo(query.getQuestion().getName());
    assertThat(addressOf(reply)).isEqualTo("192.0.2.99");
  }

  @Test
  void tcTcpDead_truncatesOverUdp_refusesTcp() throws IOException {
    upstream.breakWith(Breakage.TC_TCP_DEAD);

    Message reply = client.ask(query("www.example.org", Type.A));
    assertThat(reply.getHeader().getFlag(Flags.TC)).isTrue();
    assertThatThrownBy(client::connect).isInstanceOf(ConnectException.class);

    upstream.heal();
    assertThat(addressOf(client.askTcp(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
  }

  @Test
  void udpDead_onlyTcpAnswers() throws IOException {
    upstream.breakWith(Breakage.UDP_DEAD);

    assertThat(addressOf(client.askTcp(query("www.example.org", Type.A)))).isEqualTo("192.0.2.1");
    assertThat(answeredOf(1, upstream)).isEmpty();
  }

  @Test
  void empty_isNodataWithLongSoa() throws IOException {
    upstream.breakWith(Breakage.EMPTY);
    Message reply = client.ask(query("www.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(soaOf(reply).getMinimum()).isEqualTo(300);
    assertThat(soaOf(reply).getTTL()).isEqualTo(300);
  }

  @Test
  void bareEmpty_hasNothing() throws IOException {
    upstream.breakWith(Breakage.BARE_EMPTY);
    Message reply = client.ask(query("www.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(reply.getHeader().getFlag(Flags.RA)).isTrue();
    assertThat(reply.getSection(Section.ANSWER)).isEmpty();
    assertThat(reply.getSection(Section.AUTHORITY)).isEmpty();
  }

  @Test
  void nxdomain_deniesAKnownName() throws IOException {
    upstream.breakWith(Breakage.NXDOMAIN);
    Message reply = client.ask(query("www.example.org", Type.A));

    assertThat(reply.getRcode()).isEqualTo(Rcode.NXDOMAIN);
    assertThat(soaOf(reply).getMinimum()).isEqualTo(300);
  }

  @Test
  void wrongId_isNeverTheQuerysId() throws IOException {
    upstream.breakWith(Breakage.WRONG_ID);
    Message query = query("www.example.org", Type.A);
    client.send(query.toWire());

    assertThat(id(client.receive())).isNotEqualTo(query.getHeader().getID());
  }

  @Test
  void malformedFirst_bringsTheRightAnswerSecond() throws IOException {
    upstream.breakWith(Breakage.MALFORMED_FIRST);
    client.send(query("www.example.org", Type.A).toWire());
    byte[] first = client.receive();

    assertThatThrownBy(() -> new Message(first)).isInstanceOf(WireParseException.class);
    assertThat(addressOf(new Message(client.receive()))).isEqualTo("192.0.2.1");
  }

  @Test
  void lostQuestions_someAreNeitherCountedNorAnswered() throws IOException {
    upstream.breakWith(Breakage.LOST_QUESTIONS);
    for (int id = 0; id < 10; id++) {
      client.send(withId(id));
    }
    client.askTcp(query("www.example.org", Type.A)); // the others were read or lost by then
    long read = upstream.udpQueries();
    upstream.heal();
    client.send(withId(10));

    assertThat(read).isBetween(1L, 9L);
    for (long answer = 0; answer < read; answer++) {
      assertThat(id(client.receive())).isLessThan(10);
    }
    assertThat(id(client.receive())).isEqualTo(10);
  }

  private List<Integer> survivors(long seed) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    try (ScriptedUpstream lossy = ScriptedUpstream.start(address, zone, seed)) {
      lossy.breakWith(Breakage.LOSS);
      return answeredOf(100, lossy);
    }
  }

  /**
   * Asks with the ids below {@code count}, and once more after the upstream was healed; returns the
   * ids that were answered before that.
   */
  private static List<Integer> answeredOf(int count, ScriptedUpstream broken) throws IOException {
    try (UpstreamClient client = new UpstreamClient(broken.address())) {
      for (int id = 0; id < count; id++) {
        client.send(withId(id));
      }
      Await.until("the queries", () -> broken.udpQueries() == count);
      broken.heal();
      client.send(withId(count));
      List<Integer> ids = new ArrayList<>();
      for (int id = id(client.receive()); id != count; id = id(client.receive())) {
        ids.add(id);
      }
      return ids;
    }
  }

  private static byte[] withId(int id) throws IOException {
    Message query = query("www.example.org", Type.A);
    query.getHeader().setID(id);
    return query.toWire();
  }
}
