package dev.holdfast.tap;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.resolve.QueryTap;
import dev.holdfast.wire.Names;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** The names and clients that ask most, over all loops, in the last minutes. Thread-safe. */
public final class Talkers {

  /** Names and clients that are told. */
  public static final int TOLD = 10;

  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final List<LoopTalkers> loops = new ArrayList<>();
  private final LongSupplier nanoClock;

  public Talkers(int loopCount, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    long seed = new SecureRandom().nextLong();
    for (int i = 0; i < loopCount; i++) {
      loops.add(new LoopTalkers(seed));
    }
  }

  /** One that asks or is asked for, and about how often in the last minutes. */
  public record Talker(String text, long queries) {}

  /** Those at the top, most first. */
  public record Top(List<Talker> names, List<Talker> clients) {}

  /** Returns what the given loop shows its answered queries to. */
  public QueryTap tap(int loop) {
    return loops.get(loop);
  }

  /** Returns who asks most, as of a second ago. */
  public Top read() {
    Map<String, Long> names = new HashMap<>();
    Map<String, Long> clients = new HashMap<>();
    for (LoopTalkers loop : loops) {
      LoopTalkers.Seen seen = loop.last();
      if (nanoClock.getAsLong() - seen.untilNanos() < FORGET_NANOS) {
        addUp(names, seen.names(), each -> Names.toText(each.label()));
        addUp(clients, seen.clients(), Talkers::address);
      }
    }
    return new Top(top(names), top(clients));
  }

  private static void addUp(
      Map<String, Long> sums,
      HeavyHitters.Hitter[] hitters,
      Function<HeavyHitters.Hitter, String> text) {
    for (HeavyHitters.Hitter hitter : hitters) {
      sums.merge(text.apply(hitter), hitter.count(), Long::sum);
    }
  }

  private static String address(HeavyHitters.Hitter hitter) {
    return Addresses.toInetAddress(hitter.keyHigh(), hitter.keyLow(), 0).getHostAddress();
  }

  private static List<Talker> top(Map<String, Long> sums) {
    return sums.entrySet().stream()
        .map(each -> new Talker(each.getKey(), each.getValue()))
        .sorted(Comparator.comparingLong(Talker::queries).reversed().thenComparing(Talker::text))
        .limit(TOLD)
        .toList();
  }
}
