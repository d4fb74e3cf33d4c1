package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.upstream.SocketAddresses;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.ClientSubnetOption;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What an upstream hears of its clients' networks, over real sockets. */
class ClientSubnetTest {

  private static final int PAYLOAD = 1232;

  @TempDir Path folder;

  private final ScriptedUpstream plain =
      ScriptedUpstream.start(new Zone().set("*", "A", 300, "192.0.2.1"));
  private final ScriptedUpstream content = ScriptedUpstream.start(new Zone());

  private TestServer start() throws Exception {
    content.answerWith(query -> List.of(nearby(query)));
    return TestServer.asking(
        plain.address(),
        folder,
        "zones.cdn.example.upstreams=" + SocketAddresses.format(content.address()),
        "zones.cdn.example.client-subnet=forward");
  }

  @AfterEach
  void stop() {
    plain.close();
    content.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void ask_zoneThatForwards_answersEachNetworkWithItsOwn(boolean stream) throws Exception {
    try (TestServer server = start();
        Stub stub = server.stub()) {
      for (int repeated = 0; repeated < 2; repeated++) {
        for (int network = 1; network <= 3; network++) {
          Message response =
              new Message(stub.ask(stream, query("www.cdn.example", "198.51." + network + ".9")));

          assertThat(Stub.answers(response)).containsExactly("192.0.2." + network);
          assertThat(subnet(response)).isEqualTo("198.51." + network + ".9/32 scope 24");
        }
      }
      assertThat(content.queriesFor("www.cdn.example")).isEqualTo(3);
      assertThat(content.lastQueries())
          .allSatisfy(sent -> assertThat(subnet(sent.message())).endsWith(".0/24 scope 0"));
    }
  }

  @Test
  void ask_otherZones_tellNothing() throws Exception {
    try (TestServer server = start();
        Stub stub = server.stub()) {
      Message response = new Message(stub.ask(false, query("www.example.org", "198.51.100.9")));

      assertThat(Stub.answers(response)).containsExactly("192.0.2.1");
      assertThat(subnet(response)).isNull();
      assertThat(plain.lastQueries())
          .allSatisfy(sent -> assertThat(subnet(sent.message())).isNull());
    }
  }

  /** Answers with the third number of the network that is told. */
  private static byte[] nearby(ReceivedQuery query) {
    Message asked = query.message();
    Record question = asked.getQuestion();
    Message reply = new Message(asked.getHeader().getID());
    reply.getHeader().setFlag(Flags.QR);
    reply.getHeader().setFlag(Flags.RA);
    reply.addRecord(question, Section.QUESTION);
    List<EDNSOption> told = asked.getOPT().getOptions(EDNSOption.Code.CLIENT_SUBNET);
    byte[] address = {(byte) 192, 0, 2, (byte) 200};
    if (!told.isEmpty()) {
      ClientSubnetOption subnet = (ClientSubnetOption) told.getFirst();
      address[3] = subnet.getAddress().getAddress()[2];
      ClientSubnetOption scoped =
          new ClientSubnetOption(
              subnet.getSourcePrefixLength(), subnet.getSourcePrefixLength(), subnet.getAddress());
      reply.addRecord(new OPTRecord(PAYLOAD, 0, 0, 0, List.of(scoped)), Section.ADDITIONAL);
    }
    try {
      reply.addRecord(
          new ARecord(question.getName(), DClass.IN, 300, InetAddress.getByAddress(address)),
          Section.ANSWER);
    } catch (UnknownHostException impossible) {
      throw new AssertionError(impossible);
    }
    return reply.toWire();
  }

  private static byte[] query(String name, String client) {
    Message query =
        Message.newQuery(Record.newRecord(Name.fromConstantString(name + "."), Type.A, DClass.IN));
    ClientSubnetOption option = new ClientSubnetOption(32, InetAddress.ofLiteral(client));
    query.addRecord(new OPTRecord(PAYLOAD, 0, 0, 0, List.of(option)), Section.ADDITIONAL);
    return query.toWire();
  }

  private static @Nullable String subnet(Message message) {
    OPTRecord opt = message.getOPT();
    List<EDNSOption> options =
        opt == null ? List.of() : opt.getOptions(EDNSOption.Code.CLIENT_SUBNET);
    if (options.isEmpty()) {
      return null;
    }
    ClientSubnetOption option = (ClientSubnetOption) options.getFirst();
    return option.getAddress().getHostAddress()
        + "/"
        + option.getSourcePrefixLength()
        + " scope "
        + option.getScopePrefixLength();
  }
}
