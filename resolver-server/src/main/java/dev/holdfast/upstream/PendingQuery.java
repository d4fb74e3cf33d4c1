package dev.holdfast.upstream;

import dev.holdfast.metrics.Counter;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.ReplyOpt;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One query from the call that asks until its handler has heard the outcome or nobody waits any
 * more. After that it stays known to its socket, so that a late reply is taken for what it is.
 * Confined to one event loop.
 */
final class PendingQuery extends Timeouts.Timeout implements Exchange.Sent {

  /** The socket or connection that a query waits on. */
  interface Carrier {

    /** The time of {@code query} is up; its handler hears of it afterwards. */
    void timedOut(PendingQuery query);

    /** Nobody waits for {@code query} any more. */
    void withdrawn(PendingQuery query);
  }

  /** How often a query is sent again because a reply lacked what it must have. */
  static final int MAX_REPEATS = Habit.LOST_AFTER;

  /** Sockets in a row, each with a port of its own, whose failure a query survives. */
  static final int MAX_LOST_SOCKETS = 2;

  private enum State {
    WAITING,
    DELIVERING,
    TIMED_OUT,
    ENDED
  }

  private final ExchangeLoop loop;
  private final Upstream upstream;
  private final byte[] message;

  /** Bytes of the message without a cookie. */
  private final int plainLength;

  private final int questionLength;
  private final ReplyHandler handler;

  private State state = State.WAITING;
  private long sentAtNanos;
  private long deadlineNanos;
  private int length;
  private boolean randomCase;
  private int repeats;
  private int lostSockets;
  private int nearMisses;
  private boolean retried;
  private @Nullable UdpSockets sockets;
  private @Nullable Carrier carrier;

  /**
   * A query that counts as in flight.
   *
   * @param source holds a query with one question
   */
  PendingQuery(
      ExchangeLoop loop,
      Upstream upstream,
      byte[] source,
      int sourceLength,
      int questionLength,
      boolean stream,
      ReplyHandler handler) {
    this.loop = loop;
    this.upstream = upstream;
    this.plainLength = sourceLength;
    this.length = sourceLength;
    this.questionLength = questionLength;
    this.handler = handler;
    boolean mayCarryCookie =
        !stream
            && loop.forgery.cookies()
            && QueryWriter.endsWithEmptyOpt(source, sourceLength, questionLength);
    int room = mayCarryCookie ? Cookies.MAX_OPTION_LENGTH : 0;
    this.message = Arrays.copyOf(source, sourceLength + room);
  }

  /** The same query once more, in place of one that has ended. */
  private PendingQuery(PendingQuery ended) {
    this.loop = ended.loop;
    this.upstream = ended.upstream;
    this.message = ended.message;
    this.plainLength = ended.plainLength;
    this.length = ended.length;
    this.questionLength = ended.questionLength;
    this.handler = ended.handler;
    this.repeats = ended.repeats;
    this.lostSockets = ended.lostSockets;
    this.nearMisses = ended.nearMisses;
  }

  /** The bytes to send, {@link #length} of them; the id field is of no meaning. */
  byte[] message() {
    return message;
  }

  int length() {
    return length;
  }

  /** Gives the message what makes replies hard to forge, each time it is sent anew. */
  void seal(UdpSockets carriers, long nowNanos) {
    sockets = carriers;
    ForgeryConfig forgery = loop.forgery;
    int nameLength = questionLength - ReplyMatch.TYPE_AND_CLASS_BYTES;
    randomCase =
        switch (forgery.caseRandomisation()) {
          case OFF -> false;
          case ON -> true;
          case AUTO -> upstream.casing().isExpected(nowNanos);
        };
    if (randomCase) {
      loop.random.randomiseCase(message, Header.LENGTH, nameLength);
    } else {
      Names.fold(message, Header.LENGTH, message, Header.LENGTH, nameLength);
    }
    if (message.length > plainLength) {
      byte[] cookie = upstream.cookies().option(nowNanos);
      length = QueryWriter.endWithOption(message, plainLength, cookie);
    }
  }

  /** Whether the handler still waits. */
  boolean waiting() {
    return state == State.WAITING;
  }

  /** Whether no reply is of interest any more. */
  boolean ended() {
    return state == State.ENDED;
  }

  long sentAtNanos() {
    return sentAtNanos;
  }

  void startTime(long nowNanos, long timeoutNanos) {
    deadlineNanos = nowNanos + timeoutNanos;
    loop.timeouts.start(this, nowNanos, timeoutNanos);
  }

  /** The query waits on {@code carrier} from now on. */
  void sentOn(Carrier carrier, long nowNanos) {
    this.carrier = carrier;
    sentAtNanos = nowNanos;
  }

  /** Whether it may be sent once more after its connection ended; true at most once. */
  boolean claimRetry() {
    boolean first = !retried;
    retried = true;
    return first && state == State.WAITING;
  }

  /**
   * Takes a reply with this query's id.
   *
   * @return false when it was a near-miss, which may have been one too many
   */
  boolean offer(byte[] reply, int replyLength) {
    ReplyMatch match = ReplyMatch.of(message, questionLength, reply, replyLength);
    boolean otherCase = match == ReplyMatch.OTHER_CASE && randomCase;
    if (match == ReplyMatch.WRONG_QUESTION) {
      return missed(Counter.UPSTREAM_NEAR_MISS_QUESTION);
    } else if (match == ReplyMatch.WRONG_SHAPE) {
      return missed(Counter.UPSTREAM_NEAR_MISS_SHAPE);
    } else if (state == State.TIMED_OUT && !otherCase) {
      late();
      return true;
    } else if (otherCase) {
      return inOtherCase();
    }
    if (randomCase) {
      upstream.casing().kept();
    }
    if (length > plainLength && !broughtCookie(reply, replyLength)) {
      return false;
    }
    if (Header.uint16(reply, Header.QDCOUNT_OFFSET) == 1) {
      int nameLength = questionLength - ReplyMatch.TYPE_AND_CLASS_BYTES;
      Names.fold(reply, Header.LENGTH, reply, Header.LENGTH, nameLength);
    }
    if (!deliver(reply, replyLength)) {
      nearMiss(); // The handler has turned it down, and knows why.
      return false;
    }
    return true;
  }

  private boolean missed(Counter counter) {
    loop.count(counter);
    nearMiss();
    return false;
  }

  private boolean inOtherCase() {
    loop.count(Counter.UPSTREAM_NEAR_MISS_CASE);
    if (state != State.WAITING) {
      return false;
    }
    if (loop.forgery.caseRandomisation() == CaseRandomisation.ON) {
      giveUp();
      return false;
    }
    if (upstream.casing().broken(loop.now())) {
      loop.count(Counter.UPSTREAM_CASE_GIVEN_UP);
    }
    askAgain();
    return false;
  }

  /* RFC 7873 §5.3. Whether the reply may be taken; if not, something else was done about it. */
  private boolean broughtCookie(byte[] reply, int replyLength) {
    Cookies cookies = upstream.cookies();
    ReplyOpt opt = loop.replyOpt;
    opt.read(reply, replyLength);
    if (opt.cookieLength() == 0 && cookies.state() != Cookies.State.KNOWN) {
      return tookNoOffence(opt.rcode());
    }
    int sent = plainLength + Edns.OPTION_HEADER_LENGTH;
    boolean isOurs =
        Edns.isCookieLength(opt.cookieLength())
            && Arrays.equals(
                message,
                sent,
                sent + Edns.CLIENT_COOKIE_LENGTH,
                reply,
                opt.cookieOffset(),
                opt.cookieOffset() + Edns.CLIENT_COOKIE_LENGTH);
    if (!isOurs) {
      loop.count(Counter.UPSTREAM_NEAR_MISS_COOKIE);
      if (cookies.broken(loop.now())) {
        loop.count(Counter.UPSTREAM_COOKIES_GIVEN_UP);
      }
      askAgain();
      return false;
    }
    cookies.learn(reply, opt.cookieOffset(), opt.cookieLength());
    if (opt.rcode() != Rcode.BADCOOKIE) {
      return true;
    }
    loop.count(Counter.UPSTREAM_BAD_COOKIES);
    if (repeats == 0) {
      askAgain(); // with the cookie just learnt
    } else if (state == State.WAITING) {
      giveUp();
    }
    return false;
  }

  /* Some servers cannot read what they do not know, against RFC 6891 §6.1.2. */
  private boolean tookNoOffence(int rcode) {
    if (rcode != Rcode.FORMERR && rcode != Rcode.NOTIMP && rcode != Rcode.BADVERS) {
      upstream.cookies().ignored();
      return true;
    }
    upstream.cookies().refused(loop.now());
    loop.count(Counter.UPSTREAM_COOKIES_GIVEN_UP);
    askAgain();
    return false;
  }

  private void askAgain() {
    if (state != State.WAITING) {
      return;
    }
    if (repeats == MAX_REPEATS) {
      giveUp();
      return;
    }
    repeats++;
    askElsewhere();
  }

  /**
   * Its socket failed, maybe for an ICMP message that somebody forged who guessed the port: a hint,
   * and no more until it happens on several ports in a row.
   */
  void lostSocket(FailureKind kind) {
    if (state != State.WAITING) {
      return;
    }
    if (lostSockets == MAX_LOST_SOCKETS) {
      fail(kind);
      return;
    }
    lostSockets++;
    askElsewhere();
  }

  /* With another id, port and case, so that a forger has to begin anew. */
  private void askElsewhere() {
    UdpSockets carriers = sockets;
    if (carriers == null) {
      return;
    }
    loop.count(Counter.UPSTREAM_ASKED_AGAIN);
    state = State.ENDED;
    stopTime();
    PendingQuery next = new PendingQuery(this);
    long nowNanos = loop.now();
    next.startTime(nowNanos, Math.max(0, deadlineNanos - nowNanos));
    carriers.sendElsewhere(next, leave(), nowNanos);
  }

  private void giveUp() {
    loop.count(Counter.UPSTREAM_NEAR_MISS_LIMIT);
    fail(FailureKind.NEAR_MISSES);
  }

  /**
   * A reply came on the query's socket that is not its answer.
   *
   * @return whether that was one too many, and the query has ended
   */
  boolean nearMiss() {
    if (state != State.WAITING || ++nearMisses < loop.config.nearMisses()) {
      return false;
    }
    giveUp();
    return true;
  }

  /** Tells the handler, unless it heard something already. */
  void fail(FailureKind kind) {
    if (state == State.WAITING) {
      end(State.ENDED);
      loop.notifyFailed(handler, kind);
    }
  }

  /** Tells the handler in a turn of its own, so that no handler runs inside a call that asks. */
  void failLater(FailureKind kind) {
    loop.eventLoop.execute(() -> fail(kind));
  }

  @Override
  protected void timedOut() {
    if (state == State.WAITING) {
      Carrier left = end(State.TIMED_OUT);
      if (left != null) {
        left.timedOut(this);
      }
      if (length > plainLength && upstream.cookies().unanswered(loop.now())) {
        loop.count(Counter.UPSTREAM_COOKIES_GIVEN_UP);
      }
      loop.notifyFailed(handler, FailureKind.TIMEOUT);
    }
  }

  @Override
  public void withdraw() {
    if (state == State.WAITING) {
      Carrier left = end(State.TIMED_OUT);
      if (left != null) {
        left.withdrawn(this);
      }
    }
  }

  private boolean deliver(byte[] reply, int length) {
    state = State.DELIVERING;
    boolean accepted = true;
    try {
      accepted = handler.replied(reply, length, loop.now());
    } catch (Throwable unexpected) {
      loop.failures.record(unexpected);
    }
    state = State.WAITING;
    if (accepted) {
      end(State.ENDED);
    }
    return accepted;
  }

  private void late() {
    loop.count(Counter.UPSTREAM_LATE_REPLIES);
    state = State.ENDED;
  }

  /** Returns what it waited on until now. */
  private @Nullable Carrier end(State end) {
    state = end;
    upstream.end();
    stopTime();
    return leave();
  }

  /*
   * Sockets know the queries that were too slow. If these knew their sockets in turn, each socket
   * would keep all that were before it.
   */
  private @Nullable Carrier leave() {
    Carrier left = carrier;
    carrier = null;
    return left;
  }
}
