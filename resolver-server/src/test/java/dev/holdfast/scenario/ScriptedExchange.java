package dev.holdfast.scenario;

import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.wire.Header;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Upstreams that say what a test says. A query waits in {@link #pending} until the test replies,
 * fails it, or lets so much time pass on the loop that it times out. The buffers of queries and
 * replies are wiped after the calls they are valid for. Confined to the thread of its loop.
 */
public final class ScriptedExchange implements Exchange {

  private static final byte WIPED = (byte) 0xa5;
  private static final int MAX_TIMED_OUT = 1_000;

  private final VirtualLoop loop;
  private final Set<Query> pending = new LinkedHashSet<>();
  private final Deque<Query> timedOut = new ArrayDeque<>();
  private int sent;

  public ScriptedExchange(VirtualLoop loop) {
    this.loop = loop;
  }

  /** One query as an upstream got it. */
  public final class Query implements Sent {

    private final Upstream upstream;
    private final Message message;
    private final boolean stream;
    private final long deadlineNanos;
    private final ReplyHandler handler;
    private final ScheduledFuture<?> timeout;

    private Query(
        Upstream upstream,
        Message message,
        boolean stream,
        long timeoutNanos,
        ReplyHandler handler) {
      this.upstream = upstream;
      this.message = message;
      this.stream = stream;
      this.deadlineNanos = loop.nowNanos() + timeoutNanos;
      this.handler = handler;
      this.timeout = loop.schedule(this::timeOut, timeoutNanos, TimeUnit.NANOSECONDS);
    }

    public Upstream upstream() {
      return upstream;
    }

    /** The query as it was sent, with the id this exchange chose. */
    public Message message() {
      return message;
    }

    public boolean stream() {
      return stream;
    }

    public long deadlineNanos() {
      return deadlineNanos;
    }

    /**
     * Hands {@code reply} to whoever asked; false when it does not belong to the query or is not
     * taken: the query then goes on waiting, as behind a socket.
     */
    public boolean reply(Message reply) {
      boolean belongs =
          reply.getHeader().getID() == message.getHeader().getID()
              && reply.getHeader().getOpcode() == message.getHeader().getOpcode()
              && reply.getSection(Section.QUESTION).equals(message.getSection(Section.QUESTION));
      return belongs && reply(reply.toWire(Message.MAXLENGTH));
    }

    /** Hands over {@code reply} as it is; false when it is not taken and the query waits on. */
    public boolean reply(byte[] reply) {
      checkPending();
      byte[] buffer = Arrays.copyOf(reply, Message.MAXLENGTH);
      boolean taken = handler.replied(buffer, reply.length, loop.nowNanos());
      Arrays.fill(buffer, WIPED);
      if (taken) {
        finish();
      }
      return taken;
    }

    /** Reports that no reply will come. */
    public void fail(FailureKind kind) {
      checkPending();
      finish();
      handler.failed(kind, loop.nowNanos());
    }

    private void timeOut() {
      if (timedOut.size() == MAX_TIMED_OUT) {
        timedOut.remove();
      }
      timedOut.add(this);
      fail(FailureKind.TIMEOUT);
    }

    private void checkPending() {
      if (!pending.contains(this)) {
        throw new IllegalStateException("the query " + this + " was answered before");
      }
    }

    @Override
    public void withdraw() {
      finish();
    }

    private void finish() {
      pending.remove(this);
      timeout.cancel(false);
    }

    @Override
    public String toString() {
      return text(message.getQuestion()) + " to " + upstream;
    }
  }

  /** Returns the queries that wait for a reply, the oldest first. */
  public List<Query> pending() {
    return List.copyOf(pending);
  }

  /** Returns the last queries that waited in vain, the oldest first. */
  public List<Query> timedOut() {
    return List.copyOf(timedOut);
  }

  /** Returns how many queries were sent. */
  public int sent() {
    return sent;
  }

  @Override
  public Sent ask(
      Upstream upstream,
      byte[] message,
      int length,
      boolean stream,
      long timeoutNanos,
      ReplyHandler handler) {
    sent++;
    byte[] copy = Arrays.copyOf(message, length);
    Header.putUint16(copy, Header.ID_OFFSET, sent);
    Header.putUint16(message, Header.ID_OFFSET, ~sent);
    try {
      Query query = new Query(upstream, new Message(copy), stream, timeoutNanos, handler);
      pending.add(query);
      return query;
    } catch (IOException e) {
      throw new IllegalArgumentException("an upstream was sent a malformed query", e);
    }
  }

  /** Returns name and type of a question. */
  static String text(@Nullable Record question) {
    return question == null
        ? "no question"
        : question.getName() + " " + Type.string(question.getType());
  }
}
