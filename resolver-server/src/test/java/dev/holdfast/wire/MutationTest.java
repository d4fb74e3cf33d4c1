package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;

/**
 * Messages damaged at random: whatever comes in, nothing throws, and what is accepted comes out
 * well-formed and holds nothing that did not come in.
 */
final class MutationTest {

  private static final int ROUNDS = 25_000;
  private static final int MAX_LENGTH = 2_000;

  private static final ResponseAssembler ASSEMBLER = new ResponseAssembler(100);

  private final byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
  private final RecordWalk outWalk = new RecordWalk();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void parse_damagedQuery_neverThrowsAndIsAnsweredWellFormed(long seed) {
    Random random = new Random(seed);
    List<byte[]> samples = queries();
    Query query = new Query();
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] message = mutate(samples, random);
      int offset = random.nextInt(8);
      byte[] buffer = MessageBytes.join(new byte[offset], message, new byte[random.nextInt(3)]);

      int result = query.parse(buffer, offset, message.length);

      if (result >= 0) {
        accepted += result == Query.ACCEPTED ? 1 : 0;
        assertErrorIsWellFormed(query, message, result);
      }
    }
    assertThat(accepted).isBetween(ROUNDS / 100, ROUNDS);
  }

  private void assertErrorIsWellFormed(Query query, byte[] message, int result) {
    byte[] notice = ExtendedError.option(ExtendedError.OTHER, "notice");
    int rcode = result == Query.ACCEPTED ? Rcode.SERVFAIL : result;
    int length = ASSEMBLER.error(query, rcode, notice, /* stream= */ false, out);

    Message response = Walk.parse(Arrays.copyOf(out, length));
    assertThat(response.getRcode() & 0xf).isEqualTo(rcode & 0xf);
    assertThat(response.getHeader().getID()).isEqualTo(Header.uint16(message, 0));
    assertThat(length).isLessThanOrEqualTo(query.payload());
    Message asked = result == Query.ACCEPTED ? parse(message) : null;
    if (asked != null && query.qtype() != RecordType.IXFR) {
      assertThat(response.getQuestion()).isEqualTo(asked.getQuestion());
      assertThat(response.getOPT() != null).isEqualTo(asked.getOPT() != null);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void read_damagedReply_neverThrowsAndComesOutWellFormed(long seed) {
    Random random = new Random(seed);
    List<byte[]> samples = replies();
    ReplyReader reader = new ReplyReader(new TtlLimits(0, 86_400, 300), seed % 2 == 0);
    int accepted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] reply = mutate(samples, random);
      switch (reader.read(reply, reply.length, random.nextBoolean())) {
        case POSITIVE, NODATA, NXDOMAIN -> {
          accepted++;
          assertComesOutWellFormed(reader.answer(), reply, random);
        }
        case FAILURE, TRUNCATED, MALFORMED -> {}
      }
    }
    assertThat(accepted).isBetween(ROUNDS / 100, ROUNDS);
  }

  private void assertComesOutWellFormed(Answer answer, byte[] reply, Random random) {
    byte[] whole = Walk.assembledBytes(answer, reply);
    assertThat(outWalk.walk(whole, whole.length)).isTrue();

    /* dnsjava judges record data too, which passes through here untouched: where it takes what came
    in, it must take what comes out, and find nothing new there. */
    Message in = parse(reply);
    if (in != null) {
      Message response = Walk.parse(whole);
      assertThat(records(in)).containsAll(records(response));
      assertThat(records(response)).allMatch(record -> record.getTTL() <= 86_400);
    }

    byte[] asked = MessageBytes.query().append(question(reply)).count(4, 1).toBytes();
    Query query = new Query();
    if (query.parse(asked, 0, asked.length) == Query.ACCEPTED) {
      int length = ASSEMBLER.fresh(query, answer, random.nextInt(400), /* stream= */ false, out);
      assertThat(length).isLessThanOrEqualTo(Edns.MIN_PAYLOAD);
      assertThat(outWalk.walk(out, length)).isTrue();
    }
  }

  private static byte[] question(byte[] reply) {
    int nameLength = Names.length(reply, Header.LENGTH, reply.length);
    return Arrays.copyOfRange(reply, Header.LENGTH, Header.LENGTH + nameLength + 4);
  }

  private static List<Record> records(Message message) {
    List<Record> all = new ArrayList<>();
    for (Section section : Section.values()) {
      for (Record record : message.getSection(section.ordinal() + 1)) {
        if (record.getType() != RecordType.OPT) {
          all.add(record);
        }
      }
    }
    return all;
  }

  private static @Nullable Message parse(byte[] message) {
    try {
      return new Message(message);
    } catch (IOException malformed) {
      return null;
    }
  }

  private static byte[] mutate(List<byte[]> samples, Random random) {
    byte[] message = samples.get(random.nextInt(samples.size())).clone();
    for (int i = random.nextInt(4); i >= 0; i--) {
      message = mutateOnce(message, samples, random);
    }
    return message;
  }

  private static byte[] mutateOnce(byte[] message, List<byte[]> samples, Random random) {
    if (message.length == 0) {
      return message;
    }
    int position = random.nextInt(message.length);
    switch (random.nextInt(9)) {
      case 0 -> message[position] ^= (byte) (1 << random.nextInt(8));
      case 1 -> message[position] = (byte) random.nextInt(256);
      case 2 -> message[position] = (byte) (0xc0 | random.nextInt(2));
      case 3 -> message[position] = (byte) random.nextInt(4);
      case 4 -> message[Math.min(message.length - 1, 4 + random.nextInt(8))] ^= 1;
      case 5 -> {
        return Arrays.copyOf(message, position);
      }
      case 6 -> {
        return insert(message, position, new byte[1 + random.nextInt(4)]);
      }
      case 7 -> {
        byte[] other = samples.get(random.nextInt(samples.size()));
        int from = random.nextInt(other.length);
        int to = from + random.nextInt(Math.min(40, other.length - from));
        return insert(message, position, Arrays.copyOfRange(other, from, to));
      }
      default -> {
        int next = Math.min(message.length, position + 1 + random.nextInt(20));
        return MessageBytes.join(
            Arrays.copyOf(message, position), Arrays.copyOfRange(message, next, message.length));
      }
    }
    return message;
  }

  private static byte[] insert(byte[] message, int position, byte[] part) {
    if (message.length + part.length > MAX_LENGTH) {
      return message;
    }
    return MessageBytes.join(
        Arrays.copyOf(message, position),
        part,
        Arrays.copyOfRange(message, position, message.length));
  }

  private static List<byte[]> queries() {
    return List.of(
        MessageBytes.query("www.example.org", RecordType.A).toBytes(),
        MessageBytes.query("a.b.c.example.org", RecordType.HTTPS).opt(1232, Edns.DO).toBytes(),
        MessageBytes.query("example.org", RecordType.MX)
            .opt(4096, 0, MessageBytes.option(10, new byte[8]), MessageBytes.option(11))
            .toBytes(),
        MessageBytes.query("example.org", RecordType.IXFR)
            .authority(
                MessageBytes.name("example.org"), RecordType.SOA, 0, new byte[2], new byte[20])
            .toBytes());
  }

  private static List<byte[]> replies() {
    String rrsig = " 300 RRSIG A 8 3 300 20300101000000 20290101000000 1 example.org. AAAA";
    return List.of(
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "www.example.org. 300 CNAME a.example.net.",
                "a.example.net. 300 A 192.0.2.1",
                "a.example.net. 200 A 192.0.2.2",
                "a.example.net." + rrsig)
            .authority("example.net. 300 NS ns.example.net.")
            .additional("ns.example.net. 300 A 192.0.2.53")
            .edns(Edns.DO)
            .toBytes(),
        DnsjavaReply.to("example.org. MX")
            .answer("example.org. 300 MX 1 m.example.org.", "example.org. 300 MX 2 a.a.a.a.")
            .additional("m.example.org. 300 AAAA 2001:db8::1", "a.a.a.a. 30 A 192.0.2.1")
            .toBytes(),
        DnsjavaReply.to("no.example.org. NAPTR")
            .rcode(Rcode.NXDOMAIN)
            .authority(
                "example.org. 300 SOA ns.example.org. admin.example.org. 1 2 3 4 60",
                "a.example.org. 300 NSEC z.example.org. A NS",
                "a.example.org." + rrsig.replace("RRSIG A", "RRSIG NSEC"))
            .edns(0, new org.xbill.DNS.ExtendedErrorCodeOption(15, "blocked"))
            .toBytes(),
        DnsjavaReply.to("_sip._tcp.example.org. SRV")
            .answer(
                "example.org. 300 DNAME example.net.",
                "_sip._tcp.example.org. 300 CNAME _sip._tcp.example.net.",
                "_sip._tcp.example.net. 300 SRV 1 2 3 s.example.net.",
                "_sip._tcp.example.net. 300 SRV 1 2 3 t.example.org.")
            .additional("s.example.net. 300 A 192.0.2.7")
            .toBytes(),
        DnsjavaReply.to("example.org. HTTPS")
            .answer("example.org. 300 HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1")
            .toBytes(),
        DnsjavaReply.to("example.org. NAPTR")
            .answer("example.org. 9 NAPTR 1 1 \"s\" \"SIP+D2U\" \"\" _sip._udp.example.org.")
            .toBytes());
  }
}
