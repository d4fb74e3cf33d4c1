package dev.holdfast.resolve;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.Rcode;
import org.jspecify.annotations.Nullable;

/**
 * The upstreams of one question's route: who was asked, who will not help, and what they reported.
 * Sets are a bit per index. Confined to the question's home loop.
 */
final class Roster {

  /** {@link #rcode} before any upstream reported an error. */
  private static final int NONE = -1;

  /** Datagrams of one upstream that cannot be read, after which it is asked over TCP. */
  private static final int MAX_UNREADABLE = 2;

  private final int size;

  /** Asked in this round. */
  private int tried;

  /** Said at once that they will not help: not asked again. */
  private int exhausted;

  /** Reported an error. */
  private int reported;

  /** Had an answer that was too large for a datagram. */
  private int truncated;

  /** How many datagrams that cannot be read each has sent since it was asked over TCP for them. */
  private int @Nullable [] unreadable;

  private int rcode = NONE;

  /** The extended errors of the last upstream that reported any; empty without. */
  private byte[] extendedErrors = {};

  Roster(int size) {
    this.size = size;
  }

  /** Who was asked in this round. */
  int tried() {
    return tried;
  }

  void asked(int index) {
    tried |= 1 << index;
  }

  /** Begins another round with those that may still help. */
  void startRound() {
    tried = exhausted;
  }

  void willNotHelp(int index) {
    exhausted |= 1 << index;
  }

  void truncated(int index) {
    truncated |= 1 << index;
  }

  boolean wasTruncated(int index) {
    return (truncated >>> index & 1) != 0;
  }

  void unreadable(int index) {
    if (unreadable == null) {
      unreadable = new int[size];
    }
    unreadable[index]++;
  }

  /** Whether to ask over TCP now, because too much that came over UDP cannot be read. */
  boolean claimStream(int index) {
    if (unreadable == null || unreadable[index] < MAX_UNREADABLE) {
      return false;
    }
    unreadable[index] = 0;
    return true;
  }

  /* Extended rcodes are between this server and its upstream (RFC 6891 §6.1.3). */
  void reported(int index, int reportedRcode, byte[] errors) {
    willNotHelp(index);
    reported |= 1 << index;
    boolean differs = rcode != NONE && rcode != reportedRcode;
    boolean passedOn =
        !differs && reportedRcode != Rcode.NOERROR && reportedRcode <= Header.RCODE_MASK;
    rcode = passedOn ? reportedRcode : Rcode.SERVFAIL;
    if (errors.length > 0) {
      extendedErrors = errors;
    }
  }

  boolean hasReports() {
    return reported != 0;
  }

  private boolean allReported() {
    return Integer.bitCount(reported) == size;
  }

  /** What clients are told: what all upstreams said, or SERVFAIL. */
  int rcode() {
    return allReported() ? rcode : Rcode.SERVFAIL;
  }

  /** The extended errors that go with it. */
  byte[] notice() {
    if (!allReported()) {
      return Notices.UNREACHABLE;
    }
    return extendedErrors.length > 0 ? extendedErrors : Notices.ERROR_REPLIES;
  }
}
