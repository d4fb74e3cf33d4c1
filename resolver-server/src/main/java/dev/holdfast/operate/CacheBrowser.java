package dev.holdfast.operate;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordText;
import dev.holdfast.wire.RecordType;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Shows the cache page by page, names below each other in the order of their zones. A page costs
 * one look at every answer and memory for its own; nobody waits for it but an operator. Confined to
 * one thread.
 */
public final class CacheBrowser {

  /** Answers on a page. */
  public static final int MAX_LIMIT = 1000;

  /** Records shown of an answer. */
  public static final int MAX_RECORDS = 8;

  private final Resolvers resolvers;
  private final InstantSource wallClock;
  private final RecordText text = new RecordText();

  CacheBrowser(Resolvers resolvers, InstantSource wallClock) {
    this.resolvers = resolvers;
    this.wallClock = wallClock;
  }

  /**
   * Returns a page.
   *
   * @param suffix a folded name; it and the names below it are shown
   * @param limit how many answers
   * @param after the last key of the page before, or null for the first page
   */
  public CachePage page(byte[] suffix, int limit, @Nullable CacheKey after) {
    Place from = after == null ? null : Place.of(after, null);
    PriorityQueue<Place> page = new PriorityQueue<>(limit + 1, Place.ORDER.reversed());
    long[] matching = new long[1];
    resolvers
        .cache()
        .forEach(
            (key, entry) -> {
              if (!key.isAtOrBelow(suffix)) {
                return;
              }
              matching[0]++;
              Place place = Place.of(key, entry);
              if (from == null || Place.ORDER.compare(place, from) > 0) {
                page.add(place);
                if (page.size() > limit + 1) {
                  page.remove();
                }
              }
            });
    List<Place> sorted = new ArrayList<>(page);
    sorted.sort(Place.ORDER);
    boolean more = sorted.size() > limit;
    List<Place> shown = more ? sorted.subList(0, limit) : sorted;
    Moment now = new Moment(wallClock.instant(), resolvers.nowNanos());
    return new CachePage(
        Names.toText(suffix),
        matching[0],
        shown.stream().map(place -> answer(place, now)).toList(),
        more ? shown.getLast().key : null);
  }

  private CachePage.CachedAnswer answer(Place place, Moment now) {
    CacheKey key = place.key;
    CacheEntry entry = Objects.requireNonNull(place.entry);
    long expiresNanos = entry.storedAtNanos() + entry.lifeNanos();
    return new CachePage.CachedAnswer(
        Names.toText(key.qname()),
        RecordType.toText(key.qtype()),
        key.dnssecOk(),
        key.checkingDisabled(),
        state(entry, now),
        entry.kind(),
        now.at(entry.storedAtNanos()),
        now.at(expiresNanos),
        entry.staleNanos() > 0 ? now.at(expiresNanos + entry.staleNanos()) : null,
        entry.answer().answerCount(),
        text.answers(key.question(), entry.answer()).stream().limit(MAX_RECORDS).toList());
  }

  private static CachePage.State state(CacheEntry entry, Moment now) {
    if (entry.isHeld()) {
      return CachePage.State.HELD;
    }
    if (entry.isFresh(now.nanos())) {
      return CachePage.State.FRESH;
    }
    return entry.isServableStale(now.nanos()) ? CachePage.State.STALE : CachePage.State.EXPIRED;
  }

  /** Where an answer stands: by its labels from the root on, then by what was asked. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Place(byte[] labels, CacheKey key, @Nullable CacheEntry entry) {

    static final Comparator<Place> ORDER =
        Comparator.<Place, byte[]>comparing(place -> place.labels, Arrays::compareUnsigned)
            .thenComparingInt(place -> place.key.qtype())
            .thenComparing(place -> place.key.checkingDisabled())
            .thenComparing(place -> place.key.dnssecOk())
            .thenComparingInt(place -> place.key.qclass())
            .thenComparingInt(place -> place.key.route())
            .thenComparing(place -> place.key.qname(), Arrays::compareUnsigned);

    static Place of(CacheKey key, @Nullable CacheEntry entry) {
      return new Place(reversed(key.qname()), key, entry);
    }

    /* Labels from the root on, each with a zero behind it, so that the shorter one comes first. */
    private static byte[] reversed(byte[] qname) {
      byte[] reversed = new byte[qname.length];
      int end = reversed.length;
      for (int position = 0; qname[position] != 0; ) {
        int length = qname[position];
        end -= length + 1;
        System.arraycopy(qname, position + 1, reversed, end, length);
        position += length + 1;
      }
      return reversed;
    }
  }
}
