package dev.holdfast.upstream;

import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import java.net.InetAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that one upstream is sent: the client's half, drawn for this upstream and the address
 * that it sees (RFC 9018 §3), and the server's half as soon as it has told it. Thread-safe.
 */
public final class Cookies {

  /** What is known. */
  public enum State {
    /** It has sent none yet. */
    UNKNOWN,
    /** It has sent its half: replies must bring the cookie back. */
    KNOWN,
    /** It turned queries with cookies down, or stopped to bring them back: it is sent none. */
    NONE
  }

  /** Room that the longest COOKIE option needs. */
  static final int MAX_OPTION_LENGTH =
      Edns.OPTION_HEADER_LENGTH + Edns.CLIENT_COOKIE_LENGTH + Edns.MAX_SERVER_COOKIE_LENGTH;

  private static final int CLIENT_END = Edns.OPTION_HEADER_LENGTH + Edns.CLIENT_COOKIE_LENGTH;

  /**
   * Queries with a cookie in a row without a reply, by an upstream that never sent one, after which
   * something on the way is taken to swallow them.
   */
  static final int SWALLOWED_AFTER = 2;

  private static final byte[] NO_OPTION = {};

  private final Habit habit = new Habit();
  private @Nullable InetAddress source;
  private volatile int unanswered;

  /** The whole option; not written to. Empty before the first socket. */
  private volatile byte[] option = NO_OPTION;

  /** What to expect of the next reply. */
  public State state() {
    if (habit.isLost()) {
      return State.NONE;
    }
    return option.length > CLIENT_END ? State.KNOWN : State.UNKNOWN;
  }

  /** The upstream sees this address from now on. */
  synchronized void useSource(InetAddress address, RandomSource random) {
    if (address.equals(source)) {
      return;
    }
    source = address;
    byte[] fresh = new byte[CLIENT_END];
    Header.putUint16(fresh, 0, Edns.OPTION_COOKIE);
    Header.putUint16(fresh, 2, Edns.CLIENT_COOKIE_LENGTH);
    for (int i = Edns.OPTION_HEADER_LENGTH; i < CLIENT_END; i += 2) {
      Header.putUint16(fresh, i, random.next16Bits());
    }
    option = fresh;
  }

  /** Returns the option to send, empty for none. */
  byte[] option(long nowNanos) {
    return habit.isExpected(nowNanos) ? option : NO_OPTION;
  }

  /** A cookie came whose first half is the one that was sent. */
  void learn(byte[] reply, int offset, int length) {
    habit.kept();
    byte[] known = option;
    boolean same =
        Arrays.equals(
            known, Edns.OPTION_HEADER_LENGTH, known.length, reply, offset, offset + length);
    if (!same && length > Edns.CLIENT_COOKIE_LENGTH && Edns.isCookieLength(length)) {
      replace(reply, offset, length);
    }
  }

  private synchronized void replace(byte[] reply, int offset, int length) {
    byte[] known = option;
    int clientEnd = offset + Edns.CLIENT_COOKIE_LENGTH;
    if (habit.isLost()
        || !Arrays.equals(known, Edns.OPTION_HEADER_LENGTH, CLIENT_END, reply, offset, clientEnd)) {
      return;
    }
    byte[] learnt = Arrays.copyOf(known, Edns.OPTION_HEADER_LENGTH + length);
    System.arraycopy(reply, offset, learnt, Edns.OPTION_HEADER_LENGTH, length);
    Header.putUint16(learnt, 2, length);
    option = learnt;
    unanswered = 0;
  }

  /** A reply came without a cookie from an upstream that has sent none yet. */
  void ignored() {
    if (unanswered != 0) {
      unanswered = 0;
    }
  }

  /**
   * A reply did not bring the cookie back.
   *
   * @return whether cookies are given up for now
   */
  synchronized boolean broken(long nowNanos) {
    boolean lost = habit.broken(nowNanos);
    if (lost) {
      forget();
    }
    return lost;
  }

  /** The upstream cannot read a query with a cookie. */
  synchronized void refused(long nowNanos) {
    habit.lose(nowNanos);
    forget();
  }

  /**
   * No reply came to a query with a cookie.
   *
   * @return whether cookies are given up for now
   */
  synchronized boolean unanswered(long nowNanos) {
    if (state() != State.UNKNOWN) {
      return false;
    }
    unanswered = unanswered + 1;
    if (unanswered < SWALLOWED_AFTER) {
      return false;
    }
    refused(nowNanos);
    return true;
  }

  private void forget() {
    unanswered = 0;
    byte[] clientHalf = Arrays.copyOf(option, CLIENT_END);
    Header.putUint16(clientHalf, 2, Edns.CLIENT_COOKIE_LENGTH);
    option = clientHalf;
  }
}
