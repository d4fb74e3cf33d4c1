package dev.holdfast.cli;

import static dev.holdfast.cli.FakeDnsServer.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.FreePort;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import picocli.CommandLine;

class QueryCommandTest {

  private final List<byte[]> queries = new CopyOnWriteArrayList<>();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void call_answer_isShownWithFlagsAndTtl() throws IOException {
    Function<byte[], List<byte[]>> handler =
        query -> {
          Message response = response(query);
          response.getHeader().setFlag(Flags.RD);
          add(
              response,
              new ARecord(name("www.example.org."), DClass.IN, 300, address("192.0.2.1")));
          add(
              response,
              new ARecord(name("www.example.org."), DClass.IN, 300, address("192.0.2.2")));
          return List.of(response.toWire());
        };

    try (FakeDnsServer server = server(handler)) {
      assertThat(run("www.example.org", "--server", server.address())).as(err.toString()).isZero();
      assertThat(lines(out))
          .startsWith(
              "status   NOERROR",
              "flags    rd ra",
              "answer",
              "  www.example.org.     300  A       192.0.2.1",
              "  www.example.org.     300  A       192.0.2.2")
          .last()
          .asString()
          .matches(server.address() + " over UDP, \\d+\\.\\d ms, \\d+ bytes");
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void call_options_shapeTheQuery() throws IOException {
    try (FakeDnsServer server = server(query -> List.of(response(query).toWire()))) {
      run("example.org", "--server", server.address());
      run("example.org", "https", "--dnssec", "--no-recurse", "--server", server.address());
      run("192.0.2.1", "--tcp", "--server", server.address());
      run("bücher.example", "TYPE999", "--server", server.address());
    }

    List<Message> asked = new ArrayList<>();
    for (byte[] query : queries) {
      asked.add(new Message(query));
    }
    assertThat(asked)
        .extracting(message -> message.getQuestion().toString().replaceAll("\\s+", " "))
        .containsExactly(
            "example.org. 0 IN A",
            "example.org. 0 IN HTTPS",
            "1.2.0.192.in-addr.arpa. 0 IN PTR",
            "xn--bcher-kva.example. 0 IN TYPE999");
    assertThat(asked)
        .extracting(message -> message.getHeader().getFlag(Flags.RD))
        .containsExactly(true, false, true, true);
    assertThat(asked)
        .extracting(message -> opt(message).getFlags() == ExtendedFlags.DO)
        .containsExactly(false, true, false, false);
    assertThat(asked)
        .allSatisfy(message -> assertThat(opt(message).getPayloadSize()).isEqualTo(1232));
    assertThat(lines(out)).anyMatch(line -> line.contains(" over TCP, "));
  }

  @Test
  void call_extendedErrors_areShownInWords() throws IOException {
    Function<byte[], List<byte[]>> handler =
        query -> {
          Message response = response(query);
          response.getHeader().setRcode(Rcode.SERVFAIL);
          OPTRecord opt =
              new OPTRecord(
                  1232,
                  0,
                  0,
                  0,
                  List.of(
                      new ExtendedErrorCodeOption(3, "held: \u001b[31m\u202e\n"),
                      new ExtendedErrorCodeOption(22),
                      new ExtendedErrorCodeOption(49999)));
          response.addRecord(opt, Section.ADDITIONAL);
          return List.of(response.toWire());
        };

    try (FakeDnsServer server = server(handler)) {
      assertThat(run("example.org", "--server", server.address())).isZero();
    }
    assertThat(lines(out))
        .contains(
            "status   SERVFAIL",
            "error    EDE 3 Stale Answer: held: ?[31m??",
            "error    EDE 22 No Reachable Authority",
            "error    EDE 49999",
            "The server got no usable answer from those it asks.")
        .doesNotContain("additional");
  }

  @Test
  void call_refused_pointsToTheAccessList() throws IOException {
    Function<byte[], List<byte[]>> handler =
        query -> {
          Message response = response(query);
          response.getHeader().setRcode(Rcode.REFUSED);
          return List.of(response.toWire());
        };

    try (FakeDnsServer server = server(handler)) {
      assertThat(run("example.org", "--server", server.address())).isZero();
    }
    assertThat(lines(out)).contains("The server does not serve this client; see access.allow.");
  }

  @Test
  void call_truncated_asksAgainOverTcp() throws IOException {
    Function<byte[], List<byte[]>> cut =
        query -> {
          Message response = response(query);
          response.getHeader().setFlag(Flags.TC);
          return List.of(response.toWire());
        };
    Function<byte[], List<byte[]>> whole =
        query -> {
          Message response = response(query);
          add(response, new TXTRecord(name("example.org."), DClass.IN, 5, "whole"));
          return List.of(response.toWire());
        };

    try (FakeDnsServer server = new FakeDnsServer(cut, whole)) {
      assertThat(run("example.org", "TXT", "--server", server.address())).isZero();
    }
    assertThat(lines(out))
        .contains("  example.org.       5  TXT     whole")
        .last()
        .asString()
        .contains(" over TCP, ")
        .endsWith(", after a truncated answer over UDP");
  }

  @Test
  void call_foreignReplies_areWaitedThrough() throws IOException {
    Function<byte[], List<byte[]>> handler =
        query -> {
          byte[] wrongId = response(query).toWire();
          wrongId[0] ^= 1;
          return List.of(new byte[3], wrongId, query, response(query).toWire());
        };

    try (FakeDnsServer server = server(handler)) {
      assertThat(run("example.org", "--server", server.address())).isZero();
    }
    assertThat(lines(out)).contains("status   NOERROR");
  }

  @Test
  void call_malformedReply_isNoAnswer() throws IOException {
    Function<byte[], List<byte[]>> handler =
        query -> {
          byte[] reply = response(query).toWire();
          reply[7] = 9;
          return List.of(reply);
        };

    try (FakeDnsServer server = server(handler)) {
      assertThat(run("example.org", "--server", server.address())).isOne();
    }
    assertThat(err.toString()).contains("a malformed message of 29 bytes came");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void call_silence_saysSoAfterTheTimeout() throws IOException {
    try (FakeDnsServer server = server(query -> List.of())) {
      assertThat(run("example.org", "--server", server.address())).isOne();
      assertThat(lines(err))
          .containsExactly(
              "no answer from " + server.address() + ": nothing came within 300ms",
              "Does it serve this machine, and is the port open? Another server: --server"
                  + " ADDR:PORT.");
    }
  }

  @Test
  void call_connectionClosed_saysSo() throws IOException {
    try (FakeDnsServer server = server(query -> List.of())) {
      assertThat(run("example.org", "--tcp", "--server", server.address())).isOne();
    }
    assertThat(err.toString()).contains("it closed the connection");
  }

  @Test
  void call_nobodyListens_saysHowToStart() throws IOException {
    int port = FreePort.find();

    assertThat(run("example.org", "--server", "127.0.0.1:" + port)).isOne();
    assertThat(lines(err))
        .hasSize(2)
        .last()
        .asString()
        .startsWith("Is Holdfast running there? Start it with: holdfast run.");
  }

  private FakeDnsServer server(Function<byte[], List<byte[]>> handler) throws IOException {
    Function<byte[], List<byte[]>> remembering =
        query -> {
          queries.add(query);
          return handler.apply(query);
        };
    return new FakeDnsServer(remembering, remembering);
  }

  private int run(String... arguments) {
    return new CommandLine(new QueryCommand(300).spec())
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments);
  }

  private static List<String> lines(StringWriter text) {
    return text.toString().lines().toList();
  }

  private static void add(Message response, Record answer) {
    response.addRecord(answer, Section.ANSWER);
  }

  private static OPTRecord opt(Message message) {
    return (OPTRecord)
        message.getSection(Section.ADDITIONAL).stream()
            .filter(each -> each.getType() == Type.OPT)
            .findFirst()
            .orElseThrow();
  }

  private static Name name(String text) {
    return Name.fromConstantString(text);
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }
}
