package dev.holdfast.operate;

import dev.holdfast.hold.HoldMode;
import dev.holdfast.hold.Pin;
import dev.holdfast.policy.Rule;
import dev.holdfast.wire.ReplyKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a name: what would be answered and why. Immutable.
 *
 * @param local the special zone that the name is in and answered from, or null
 * @param policy what the operator's own records and lists decide about it, or null
 * @param hold what the operator's rules say of the name
 * @param questions what is known by type, with and without DNSSEC
 */
public record Explanation(
    String name,
    Instant now,
    @Nullable String local,
    @Nullable Decided policy,
    RouteView route,
    HoldRule hold,
    List<Question> questions) {

  /**
   * A decision of the local policy.
   *
   * @param place the list, and the file and line in it
   * @param target what decides about the name that this makes the name an alias of, or null
   */
  public record Decided(Rule.Action action, String place, @Nullable Decided target) {}

  /**
   * The rule that applies when upstreams say that the name is gone.
   *
   * @param neverHeld whether names like this come and go, so that their absence is believed
   */
  public record HoldRule(
      HoldMode mode, boolean neverHeld, Duration window, Duration minHistory, int minRefreshes) {}

  /** What would be answered to a question now. */
  public enum Outcome {
    /** What the operator's own records and lists say. */
    RULED,
    /** This server's own records. */
    LOCAL,
    /** The records that an operator pinned. */
    PINNED,
    /** The last good records of a name that vanished. */
    HELD,
    /** What is in the cache, within its TTL. */
    FRESH,
    /** What is in the cache, past its TTL, at once. */
    STALE,
    /** What upstreams say, or if they take too long what is in the cache. */
    ASK_OR_STALE,
    /** What upstreams say. */
    ASK,
    /** A failure. */
    FAILURE
  }

  /**
   * One type of the name.
   *
   * @param dnssecOk the question of clients that ask for signatures
   * @param checkingDisabled the question of clients that validate themselves
   */
  public record Question(
      String type,
      boolean dnssecOk,
      boolean checkingDisabled,
      Outcome outcome,
      @Nullable Cached cached,
      @Nullable Failed failed,
      @Nullable Known known,
      @Nullable Pinned pinned) {}

  /**
   * An answer in the cache.
   *
   * @param held whether it stands in for an absence or is pinned
   * @param expires when upstreams are asked again
   * @param staleUntil until when it may be given if they fail, or null for never
   * @param extendedErrors what it carries beside its records, such as why it was refused
   */
  public record Cached(
      ReplyKind kind,
      boolean held,
      Instant learnt,
      Instant expires,
      @Nullable Instant staleUntil,
      List<String> records,
      List<String> extendedErrors) {}

  /**
   * A failure that is remembered.
   *
   * @param failures how often in a row
   */
  public record Failed(String rcode, int failures, Instant until) {}

  /**
   * The history of the question.
   *
   * @param proven whether an absence is disputed
   * @param vanished since when upstreams say that it is gone, or null
   * @param windowEnds when that is believed at last, or null
   * @param recordSets the last distinct ones, newest first
   */
  public record Known(
      Instant firstSeen,
      Instant lastPositive,
      int refreshes,
      boolean proven,
      boolean released,
      @Nullable Instant vanished,
      @Nullable Instant windowEnds,
      List<List<String>> recordSets) {}

  /**
   * An operator's decision.
   *
   * @param until null for until it is taken back
   */
  public record Pinned(
      Pin.Kind kind, Instant since, @Nullable Instant until, List<String> records) {}
}
