package dev.holdfast.hold;

import dev.holdfast.cache.AnswerCache;
import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.cache.HeapShare;
import dev.holdfast.cache.Histories;
import dev.holdfast.cache.History;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Judges answers that say a known name is gone, by its history and the operator's rules, and makes
 * what is served instead. Thread-safe.
 */
public final class Holds {

  /** Memory of all histories together: some 380 000 of ordinary questions. */
  public static final long MAX_HISTORIES_BYTES = 64L << 20;

  private static final int HISTORIES_HEAP_PERCENT = 16;

  /** Largest TTL of a held answer, and of the absence of a proven name in every mode. */
  public static final int MAX_TTL_SECONDS = 30;

  private static final long MIN_ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long MAX_ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The pause until upstreams are asked again is this part of the time since the name vanished. */
  private static final int ASK_AGAIN_DIVISOR = 20;

  /** Up to this part is taken off every pause, so that held names are not asked for in step. */
  private static final double JITTER = 0.2;

  /** A record set of this many records that loses three quarters of them is worth a word. */
  private static final int SHRINK_ALARM_RECORDS = 4;

  private static final int SHRINK_ALARM_DIVISOR = 4;

  private static final byte[] OTHER_TYPES_HELD =
      ExtendedError.option(ExtendedError.STALE_ANSWER, "held: the name has other records");

  private volatile Settings settings;
  private final InstantSource wallClock;
  private final HoldLog log = new HoldLog();
  private final Histories histories;
  private final Pins pins;

  /** What the operator decided, in the form it is used in. */
  private record Settings(HoldConfig config, HoldRules rules, long windowNanos) {

    Settings(HoldConfig config) {
      this(config, new HoldRules(config), config.window().toNanos());
    }
  }

  /**
   * @param answers the cache, which knows the history of questions that were answered once
   */
  public Holds(HoldConfig config, InstantSource wallClock, AnswerCache answers) {
    this.settings = new Settings(config);
    this.histories =
        new Histories(HeapShare.of(HISTORIES_HEAP_PERCENT, MAX_HISTORIES_BYTES), answers);
    this.pins = new Pins(wallClock);
    this.wallClock = wallClock;
  }

  /** Returns what the operator decided about holding. */
  public HoldConfig config() {
    return settings.config();
  }

  /** Judges by other rules from now on; histories stay. */
  public void reconfigure(HoldConfig config) {
    settings = new Settings(config);
  }

  /** Returns what is known of questions over time. */
  public Histories histories() {
    return histories;
  }

  /** Returns what operators have pinned. */
  public Pins pins() {
    return pins;
  }

  /** Returns the mode that applies to a name, folded. */
  public HoldMode mode(byte[] qname) {
    return settings.rules().mode(qname);
  }

  /**
   * Records a positive answer.
   *
   * @param cached whether it is about to be put into the cache, in place of what is there
   */
  public void answered(
      CacheKey key, Answer answer, boolean cached, long nowNanos, LoopCounters counters) {
    if (!HoldRules.keepsHistory(key.qtype())) {
      return;
    }
    History before = histories.answered(key, answer, cached, nowNanos);
    if (before == null) {
      return;
    }
    if (before.vanished()) {
      counters.increment(Counter.NAMES_RETURNED);
      log.returned(key, nowNanos - before.vanishedAtNanos());
    }
    int records = before.lastGood().answerCount();
    if (records >= SHRINK_ALARM_RECORDS && answer.answerCount() * SHRINK_ALARM_DIVISOR <= records) {
      counters.increment(Counter.RECORD_SETS_SHRUNK);
      log.shrunk(key, records, answer.answerCount());
    }
  }

  /** Returns what is known of a question over time, if that is kept of its type at all. */
  public @Nullable History history(CacheKey key) {
    return HoldRules.keepsHistory(key.qtype()) ? histories.find(key) : null;
  }

  /** Keeps the history of a question whose answer in the cache is about to be replaced or go. */
  public void keepHistory(CacheKey key) {
    if (HoldRules.keepsHistory(key.qtype())) {
      histories.keep(key);
    }
  }

  /**
   * Returns the history of a question that is known well enough for its absence to be disputed; the
   * same question with DO turned round speaks for it too.
   */
  public @Nullable History proven(CacheKey key, long nowNanos) {
    if (!HoldRules.keepsHistory(key.qtype()) || !HoldRules.isDisputable(key.qname())) {
      return null;
    }
    History own = histories.find(key);
    if (own != null && isLongKnown(own, nowNanos)) {
      return own;
    }
    History other = histories.find(key.otherDnssecVariant());
    return other != null && isLongKnown(other, nowNanos) ? other : null;
  }

  private boolean isLongKnown(History history, long nowNanos) {
    HoldConfig config = settings.config();
    return nowNanos - history.firstSeenNanos() >= config.minHistory().toNanos()
        && history.refreshes() >= config.minRefreshes();
  }

  /** Whether the history's last good records are served although upstreams say it is gone. */
  public boolean isHolding(CacheKey key, History history, long nowNanos) {
    return wouldHold(history, nowNanos) && settings.rules().mode(key.qname()) == HoldMode.ENFORCE;
  }

  /** Whether they are, or would be in a zone that enforces. */
  public boolean wouldHold(History history, long nowNanos) {
    return history.vanished()
        && !history.released()
        && nowNanos - history.vanishedAtNanos() < settings.windowNanos();
  }

  /**
   * Whether a name that is said not to exist at all has other types that are held, pinned, or would
   * be held as soon as they are asked for. Clients that ask for A and AAAA at once give up on a
   * name when either answer is NXDOMAIN.
   */
  public boolean isHeldByOtherType(CacheKey key, long nowNanos) {
    byte[] qname = key.qname();
    for (int type : HoldRules.HISTORY_TYPES) {
      CacheKey sibling =
          CacheKey.of(key.route(), qname, type, key.dnssecOk(), key.checkingDisabled());
      if (type != key.qtype() && (pins.find(sibling) != null || willHold(sibling, nowNanos))) {
        return true;
      }
    }
    return false;
  }

  private boolean willHold(CacheKey key, long nowNanos) {
    History proven =
        settings.rules().mode(key.qname()) == HoldMode.ENFORCE ? proven(key, nowNanos) : null;
    if (proven == null || proven.vanished()) {
      return proven != null && wouldHold(proven, nowNanos);
    }
    return nowNanos - proven.lastPositiveNanos() < settings.windowNanos();
  }

  /** Returns what is said in place of NXDOMAIN then: the name exists, this type of it does not. */
  public static Answer asNodata(Answer nxdomain) {
    return nxdomain.heldAsNodata(MAX_TTL_SECONDS, OTHER_TYPES_HELD);
  }

  /** Whether an answer says by whose decision a name is gone: that is believed at once. */
  public static boolean isIntended(Answer negative) {
    return negative.hasExtendedError(ExtendedError.BLOCKED, ExtendedError.PROHIBITED);
  }

  /** Judges an answer that says a proven name is gone, on which all upstreams agree. */
  public Verdict judge(CacheKey key, Answer negative, long nowNanos, LoopCounters counters) {
    if (isIntended(negative)) {
      histories.forget(key);
      histories.forget(key.otherDnssecVariant());
      return Verdict.BELIEVED;
    }
    History proven = proven(key, nowNanos);
    if (proven == null) {
      return Verdict.BELIEVED;
    }
    History gone = histories.vanished(key, proven, vanishedAtNanos(key, nowNanos));
    if (nowNanos - gone.vanishedAtNanos() >= settings.windowNanos()) {
      forgetVanished(key, gone.vanishedAtNanos());
      return Verdict.BELIEVED;
    }
    HoldMode mode = settings.rules().mode(key.qname());
    if (mode == HoldMode.OFF || gone.released()) {
      return Verdict.BELIEVED;
    }
    Verdict verdict = mode == HoldMode.ENFORCE ? Verdict.HELD : Verdict.WOULD_HAVE_HELD;
    counters.increment(
        verdict == Verdict.HELD ? Counter.ABSENCES_HELD : Counter.ABSENCES_WOULD_HAVE_HELD);
    if (!proven.vanished()) {
      log.vanished(key, negative, verdict);
    }
    return verdict;
  }

  /* A question and the same with DO turned round vanish once, whichever of them is asked first. */
  private long vanishedAtNanos(CacheKey key, long nowNanos) {
    History own = histories.find(key);
    History other = histories.find(key.otherDnssecVariant());
    if (other == null || !other.vanished()) {
      return nowNanos;
    }
    boolean backSince = own != null && own.lastPositiveNanos() - other.vanishedAtNanos() > 0;
    return backSince ? nowNanos : other.vanishedAtNanos();
  }

  /* What was answered with DO turned round speaks for it no longer, unless it came later. */
  private void forgetVanished(CacheKey key, long vanishedAtNanos) {
    histories.forget(key);
    CacheKey otherKey = key.otherDnssecVariant();
    History other = histories.find(otherKey);
    if (other != null && other.lastPositiveNanos() - vanishedAtNanos < 0) {
      histories.forget(otherKey);
    }
  }

  /** Returns the last good answer to a question, or null when none is known. */
  public @Nullable Answer lastGood(CacheKey key) {
    History history = histories.find(key);
    return history == null ? null : history.lastGood();
  }

  /**
   * Returns what is served in place of an answer judged {@link Verdict#HELD}, or null when the
   * history was forgotten since.
   */
  public @Nullable CacheEntry hold(CacheKey key, Answer lastGood, long nowNanos) {
    History history = histories.find(key);
    if (history == null) {
      return null;
    }
    long goneNanos = nowNanos - history.vanishedAtNanos();
    return held(lastGood, goneNanos, askAgainNanos(goneNanos), nowNanos);
  }

  /**
   * Returns what was served of a name that an earlier run held, to be asked for at once: nobody
   * knows for how long this server was away. Null when it is not held any more.
   */
  public @Nullable CacheEntry resume(
      CacheKey key, History history, Answer lastGood, long nowNanos) {
    return isHolding(key, history, nowNanos)
        ? held(lastGood, nowNanos - history.vanishedAtNanos(), /* askAgainNanos= */ 0, nowNanos)
        : null;
  }

  private CacheEntry held(Answer lastGood, long goneNanos, long askAgainNanos, long nowNanos) {
    Instant vanishedAt = wallClock.instant().minusNanos(goneNanos).truncatedTo(ChronoUnit.SECONDS);
    byte[] notice =
        ExtendedError.option(ExtendedError.STALE_ANSWER, "held: vanished at " + vanishedAt);
    Answer answer = lastGood.held(MAX_TTL_SECONDS, notice);
    return CacheEntry.held(answer, askAgainNanos, settings.windowNanos() - goneNanos, nowNanos);
  }

  private static long askAgainNanos(long goneNanos) {
    long pauseNanos =
        Math.clamp(goneNanos / ASK_AGAIN_DIVISOR, MIN_ASK_AGAIN_NANOS, MAX_ASK_AGAIN_NANOS);
    return pauseNanos - (long) (pauseNanos * JITTER * new SplittableRandom().nextDouble());
  }
}
