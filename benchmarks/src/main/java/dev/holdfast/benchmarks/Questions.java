package dev.holdfast.benchmarks;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.QueryWriter;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * What clients ask, in the order they ask it: queries with EDNS for A records, one behind the other
 * as if just received. Immutable but for its bytes.
 */
public final class Questions {

  /** Names there are. */
  static final int NAMES = 100_000;

  private final byte[][] names = new byte[NAMES][];
  private final int[] order;
  private final int[] offsets;
  private final byte[] queries;

  private Questions(Popularity popularity) {
    order = new int[popularity.queries];
    offsets = new int[popularity.queries + 1];
    for (int i = 0; i < names.length; i++) {
      names[i] = Names.parse("host-" + i + ".service-" + i % 97 + ".example.org");
    }
    SplittableRandom random = new SplittableRandom(1);
    double[] upTo = popularity.cumulative();
    for (int i = 0; i < order.length; i++) {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * upTo[upTo.length - 1]);
      order[i] = Math.min(found < 0 ? -found - 1 : found, upTo.length - 1);
    }
    byte[] query = new byte[QueryWriter.MAX_LENGTH];
    for (int i = 0; i < order.length; i++) {
      offsets[i + 1] = offsets[i] + write(names[order[i]], query);
    }
    queries = new byte[offsets[order.length]];
    for (int i = 0; i < order.length; i++) {
      int length = write(names[order[i]], query);
      Header.putUint16(query, Header.ID_OFFSET, i);
      System.arraycopy(query, 0, queries, offsets[i], length);
    }
  }

  /** How often each name is asked for. */
  public enum Popularity {
    /** A thousand of the names, all alike. */
    HOT(1_000, 0, 1 << 14),
    /** All names, the n-th asked for 1/n as often as the first. */
    ZIPF(NAMES, 1, 1 << 20);

    private final int asked;
    private final double exponent;
    private final int queries;

    /**
     * @param queries before they begin anew: few enough to stay in a core's cache as received ones
     *     do, but enough to ask for most of the names
     */
    Popularity(int asked, double exponent, int queries) {
      this.queries = queries;
      this.asked = asked;
      this.exponent = exponent;
    }

    private double[] cumulative() {
      double[] sums = new double[asked];
      double sum = 0;
      for (int i = 0; i < asked; i++) {
        sum += Math.pow(i + 1.0, -exponent);
        sums[i] = sum;
      }
      return sums;
    }
  }

  static Questions of(Popularity popularity) {
    return new Questions(popularity);
  }

  private static int write(byte[] name, byte[] out) {
    byte[] question = Arrays.copyOf(name, name.length + 2 * Short.BYTES);
    Header.putUint16(question, name.length, RecordType.A);
    Header.putUint16(question, name.length + Short.BYTES, RecordClass.IN);
    return QueryWriter.write(out, question, false, false);
  }

  /** Returns a query with EDNS for the A records of a name. */
  static byte[] query(byte[] name) {
    byte[] query = new byte[QueryWriter.MAX_LENGTH];
    return Arrays.copyOf(query, write(name, query));
  }

  /** Takes a name in wire form and its rank among the popular ones. */
  interface NameConsumer {

    void accept(byte[] name, int rank);
  }

  /** Hands over every name once, popular ones beside others, as they come to a cache over time. */
  void forEachShuffled(NameConsumer action) {
    List<Integer> ranks = new ArrayList<>();
    for (int i = 0; i < names.length; i++) {
      ranks.add(i);
    }
    Collections.shuffle(ranks, new Random(1));
    ranks.forEach(rank -> action.accept(names[rank], rank));
  }

  /** Number of queries, a power of two. */
  int count() {
    return order.length;
  }

  /** Holds all queries. */
  byte[] bytes() {
    return queries;
  }

  /** Where a query begins; indexes wrap. */
  int offset(int index) {
    return offsets[index & (order.length - 1)];
  }

  int length(int index) {
    int i = index & (order.length - 1);
    return offsets[i + 1] - offsets[i];
  }

  /** Returns the cache's keys of all queries in their order, those of one name the same object. */
  CacheKey[] keys() {
    CacheKey[] byName = new CacheKey[names.length];
    Arrays.setAll(byName, i -> key(names[i]));
    CacheKey[] keys = new CacheKey[order.length];
    Arrays.setAll(keys, i -> byName[order[i]]);
    return keys;
  }

  /** Returns a key of its own for the question about a name. */
  static CacheKey key(byte[] name) {
    return CacheKey.of(0, name, RecordType.A, /* dnssecOk= */ false, /* checkingDisabled= */ false);
  }
}
