package dev.holdfast.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

/** One query as a {@link ScriptedUpstream} saw it. Immutable. */
public final class ReceivedQuery {

  private final byte[] bytes;
  private final InetSocketAddress source;
  private final boolean tcp;
  private final long receivedAtNanos;

  ReceivedQuery(byte[] bytes, InetSocketAddress source, boolean tcp, long receivedAtNanos) {
    this.bytes = bytes;
    this.source = source;
    this.tcp = tcp;
    this.receivedAtNanos = receivedAtNanos;
  }

  /** The message as it came, without a TCP length. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Where it came from. */
  public InetSocketAddress source() {
    return source;
  }

  /** The source port. */
  public int port() {
    return source.getPort();
  }

  public boolean tcp() {
    return tcp;
  }

  /** When it was read, by {@link System#nanoTime}. */
  public long receivedAtNanos() {
    return receivedAtNanos;
  }

  public int id() {
    return (bytes[0] & 0xff) << 8 | (bytes[1] & 0xff);
  }

  /** The message as objects. */
  public Message message() {
    try {
      return new Message(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name asked for with a final dot, in the case it came in; empty without a question. */
  public String name() {
    Record question = message().getQuestion();
    return question == null ? "" : question.getName().toString();
  }

  /** The type asked for: {@code "A"}; empty without a question. */
  public String type() {
    Record question = message().getQuestion();
    return question == null ? "" : Type.string(question.getType());
  }

  @Override
  public String toString() {
    return name() + " " + type() + (tcp ? " over TCP from " : " over UDP from ") + source;
  }
}
