package dev.holdfast.tap;

import dev.holdfast.resolve.AnsweredQuery;
import dev.holdfast.resolve.QueryTap;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import java.util.concurrent.TimeUnit;

/**
 * The names and clients that one event loop saw most often of late. It looks at every query while
 * there are few, at one in so many while there are many. Confined to that loop, but for {@link
 * #last}.
 */
final class LoopTalkers implements QueryTap {

  static final int PLACES = 256;

  private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int LOOKS_PER_SECOND = 1000;
  private static final int SECONDS_TO_HALVE = 60;
  private static final int MAX_NAME_BYTES = 255;

  private final long seed;
  private final HeavyHitters names = new HeavyHitters(PLACES);
  private final HeavyHitters clients = new HeavyHitters(PLACES);
  private final byte[] name = new byte[MAX_NAME_BYTES];
  private int stride = 1;
  private int untilNext = 1;
  private long queriesThisSecond;
  private long secondBeganNanos;
  private int seconds;
  private volatile Seen last = new Seen(0, new HeavyHitters.Hitter[0], new HeavyHitters.Hitter[0]);

  /**
   * @param seed keeps clients from choosing names that are taken for one another
   */
  LoopTalkers(long seed) {
    this.seed = seed;
  }

  /** What was seen until a time of the loop's clock. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Seen(long untilNanos, HeavyHitters.Hitter[] names, HeavyHitters.Hitter[] clients) {}

  /** What was seen as of a second ago; readable by any thread. */
  Seen last() {
    return last;
  }

  @Override
  public void answered(AnsweredQuery query) {
    queriesThisSecond++;
    if (--untilNext > 0) {
      return;
    }
    untilNext = stride;
    if (query.answeredAtNanos() - secondBeganNanos >= SECOND_NANOS) {
      endSecond(query.answeredAtNanos());
    }
    clients.add(query.addressHigh(), query.addressLow(), name, 0, 0, stride);
    int start = query.queryOffset() + Header.LENGTH;
    int length = Names.length(query.query(), start, query.queryOffset() + query.queryLength());
    if (length > 0) {
      Names.fold(query.query(), start, name, 0, length);
      names.add(hash(length, seed), hash(length, ~seed), name, 0, length, stride);
    }
  }

  private void endSecond(long nowNanos) {
    stride = (int) Math.max(1, queriesThisSecond / LOOKS_PER_SECOND);
    queriesThisSecond = 0;
    secondBeganNanos = nowNanos;
    if (++seconds == SECONDS_TO_HALVE) {
      seconds = 0;
      names.halve();
      clients.halve();
    }
    last = new Seen(nowNanos, names.read(), clients.read());
  }

  private long hash(int length, long start) {
    long hash = start;
    for (int i = 0; i < length; i++) {
      hash = (hash ^ name[i]) * 0x9e37_79b9_7f4a_7c15L;
      hash ^= hash >>> 32;
    }
    return hash;
  }
}
