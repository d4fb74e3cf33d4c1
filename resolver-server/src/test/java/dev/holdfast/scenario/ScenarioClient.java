package dev.holdfast.scenario;

import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * A client that asks one question and hands on the answer, after checks that hold for every answer:
 * one at most, well-formed, the id and the question bytes of the query, OPT if and only if asked,
 * DO as asked, no longer than the client takes. Confined to one thread.
 */
final class ScenarioClient implements Client, ReplyPath {

  private static final int PORT = 5300;
  private static final int PLAIN_UDP_BYTES = 512;
  private static final int QUESTION_OFFSET = 12;

  /** Where the query lies in the array that is given to the resolver. */
  private static final int QUERY_OFFSET = 7;

  private static final byte WIPED = (byte) 0xa5;

  private final InetAddress address;
  private final boolean stream;
  private final Message query;
  private final byte[] queryBytes;
  private final Consumer<Answer> receiver;
  private boolean answered;

  /** What came back. */
  record Answer(ScenarioClient client, Message message) {}

  ScenarioClient(InetAddress address, boolean stream, Message query, Consumer<Answer> receiver) {
    this.address = address;
    this.stream = stream;
    this.query = query;
    this.queryBytes = query.toWire();
    this.receiver = receiver;
  }

  /** Asks; the answer comes to the receiver during the call or later. */
  void ask(Resolver resolver, long nowNanos) {
    byte[] buffer = new byte[QUERY_OFFSET + queryBytes.length + QUERY_OFFSET];
    Arrays.fill(buffer, WIPED);
    System.arraycopy(queryBytes, 0, buffer, QUERY_OFFSET, queryBytes.length);
    byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
    Arrays.fill(response, WIPED);
    int length =
        resolver.resolve(buffer, QUERY_OFFSET, queryBytes.length, this, nowNanos, response);
    Arrays.fill(buffer, WIPED);
    if (length > 0) {
      reply(response, length);
    }
  }

  Message query() {
    return query;
  }

  InetAddress address() {
    return address;
  }

  @Override
  public boolean stream() {
    return stream;
  }

  @Override
  public long addressHigh() {
    return ByteBuffer.wrap(mapped()).getLong();
  }

  @Override
  public long addressLow() {
    return ByteBuffer.wrap(mapped()).getLong(Long.BYTES);
  }

  @Override
  public int port() {
    return PORT;
  }

  @Override
  public ReplyPath detach() {
    return this;
  }

  @Override
  public void reply(byte[] message, int length) {
    if (answered) {
      throw new AssertionError(this + " was answered twice");
    }
    answered = true;
    byte[] bytes = Arrays.copyOf(message, length);
    Message answer;
    try {
      answer = new Message(bytes);
    } catch (IOException e) {
      throw new AssertionError(this + " got a malformed answer: " + e.getMessage(), e);
    }
    check(bytes, answer);
    receiver.accept(new Answer(this, answer));
  }

  private void check(byte[] bytes, Message answer) {
    if (answer.getHeader().getID() != query.getHeader().getID()) {
      throw new AssertionError(this + " got an answer with another id");
    }
    int questionEnd = questionEnd();
    if (!answer.getSection(Section.QUESTION).isEmpty()
        && !Arrays.equals(
            bytes, QUESTION_OFFSET, questionEnd, queryBytes, QUESTION_OFFSET, questionEnd)) {
      throw new AssertionError(this + " got an answer that does not repeat its question");
    }
    OPTRecord asked = query.getOPT();
    if ((asked == null) != (answer.getOPT() == null)) {
      throw new AssertionError(this + " got OPT although it sent none, or none although it did");
    }
    if (asked != null && dnssecOk(asked) != dnssecOk(answer.getOPT())) {
      throw new AssertionError(this + " got another DO than it sent");
    }
    int room =
        stream ? Message.MAXLENGTH : asked == null ? PLAIN_UDP_BYTES : asked.getPayloadSize();
    if (bytes.length > room) {
      throw new AssertionError(
          this + " got " + bytes.length + " bytes although it takes no more than " + room);
    }
  }

  private static boolean dnssecOk(OPTRecord opt) {
    return (opt.getFlags() & ExtendedFlags.DO) != 0;
  }

  private int questionEnd() {
    List<Record> question = query.getSection(Section.QUESTION);
    return question.isEmpty()
        ? QUESTION_OFFSET
        : QUESTION_OFFSET + question.getFirst().getName().length() + 2 * Short.BYTES;
  }

  private byte[] mapped() {
    byte[] source = address.getAddress();
    if (!(address instanceof Inet4Address)) {
      return source;
    }
    byte[] mapped = new byte[2 * Long.BYTES];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    System.arraycopy(source, 0, mapped, 12, source.length);
    return mapped;
  }

  @Override
  public String toString() {
    return "the client that asked " + ScriptedExchange.text(query.getQuestion());
  }
}
