package dev.holdfast.wire;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.xbill.DNS.Message;

/**
 * The way of a reply to a client: read, assembled for a client that takes everything, and parsed
 * again by dnsjava, which is the judge of what comes out.
 */
final class Walk {

  static final TtlLimits NO_LIMITS =
      new TtlLimits(0, Integer.MAX_VALUE, /* maxNegativeSeconds= */ Integer.MAX_VALUE);

  private static final int CHAIN_LENGTH = 11;

  private static final ResponseAssembler ASSEMBLER = new ResponseAssembler(100);

  private final ReplyReader reader;
  private final boolean dnssecOk;

  private Walk(ReplyReader reader, boolean dnssecOk) {
    this.reader = reader;
    this.dnssecOk = dnssecOk;
  }

  /** Keeps what belongs to an answer, with signatures and name servers. */
  static Walk everything() {
    return new Walk(new ReplyReader(NO_LIMITS, /* minimalResponses= */ false, CHAIN_LENGTH), true);
  }

  /** As {@link #everything}, for a question without DO. */
  static Walk withoutDnssec() {
    return new Walk(new ReplyReader(NO_LIMITS, /* minimalResponses= */ false, CHAIN_LENGTH), false);
  }

  /** Leaves name servers and their addresses out. */
  static Walk minimal() {
    return new Walk(new ReplyReader(NO_LIMITS, /* minimalResponses= */ true, CHAIN_LENGTH), true);
  }

  static Walk limited(TtlLimits limits) {
    return new Walk(new ReplyReader(limits, /* minimalResponses= */ false, CHAIN_LENGTH), true);
  }

  ReplyReader reader() {
    return reader;
  }

  ReplyKind read(byte[] reply) {
    return reader.read(reply, reply.length, dnssecOk);
  }

  ReplyKind read(MessageBytes reply) {
    return read(reply.toBytes());
  }

  ReplyKind read(DnsjavaReply reply) {
    return read(reply.toBytes());
  }

  /** Returns what a client with EDNS and DO gets over a stream for the reply read last. */
  Message assembled(byte[] reply) {
    return assembled(reader.answer(), reply);
  }

  Message assembled(MessageBytes reply) {
    return assembled(reply.toBytes());
  }

  Message assembled(DnsjavaReply reply) {
    return assembled(reply.toBytes());
  }

  static Message assembled(Answer answer, byte[] reply) {
    return parse(assembledBytes(answer, reply));
  }

  static byte[] assembledBytes(Answer answer, byte[] reply) {
    Query query = queryFor(reply);
    byte[] out = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];
    int length = ASSEMBLER.fresh(query, answer, 0, /* stream= */ true, out);
    return Arrays.copyOf(out, length);
  }

  /** A client's query with EDNS and DO for the question of {@code reply}. */
  private static Query queryFor(byte[] reply) {
    int nameLength = Names.length(reply, Header.LENGTH, reply.length);
    byte[] name = Arrays.copyOfRange(reply, Header.LENGTH, Header.LENGTH + nameLength);
    int type = Header.uint16(reply, Header.LENGTH + nameLength);
    int recordClass = Header.uint16(reply, Header.LENGTH + nameLength + 2);
    byte[] bytes =
        MessageBytes.query()
            .id(0x1234)
            .question(name, type, recordClass)
            .opt(Edns.MAX_PAYLOAD, Edns.DO)
            .toBytes();
    Query query = new Query();
    int result = query.parse(bytes, 0, bytes.length);
    if (result != Query.ACCEPTED) {
      throw new IllegalStateException("the reply's question makes no query: " + result);
    }
    return query;
  }

  static Message parse(byte[] message) {
    try {
      return new Message(message);
    } catch (IOException e) {
      throw new AssertionError("dnsjava cannot read what was assembled", e);
    }
  }

  /** The records of a section without OPT, as in {@code "www.example.org. 300 IN A 192.0.2.1"}. */
  static List<String> records(Message message, Section section) {
    int number =
        switch (section) {
          case ANSWER -> org.xbill.DNS.Section.ANSWER;
          case AUTHORITY -> org.xbill.DNS.Section.AUTHORITY;
          case ADDITIONAL -> org.xbill.DNS.Section.ADDITIONAL;
        };
    return message.getSection(number).stream()
        .filter(record -> record.getType() != RecordType.OPT)
        .map(record -> record.toString().replaceAll("\\s+", " ").replace(" IN ", " "))
        .toList();
  }
}
