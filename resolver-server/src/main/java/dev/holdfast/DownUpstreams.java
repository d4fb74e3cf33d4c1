package dev.holdfast;

import dev.holdfast.store.Journal;
import dev.holdfast.store.Table;
import dev.holdfast.upstream.Health;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.Routes;
import dev.holdfast.upstream.Upstream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

/**
 * Notes in the journal which upstreams are down, and presumes after a restart that they still are,
 * so that nobody waits for them. Notes are taken on one thread; recalled on any.
 */
final class DownUpstreams {

  /*
   * A restart takes seconds, and a note that is older says little about the present. One that is
   * wrong costs little: until the upstream says something, within a round trip, clients with a stale
   * answer get it at once, and all others are asked for as ever.
   */
  private static final Duration OF_USE = Duration.ofMinutes(1);

  private final Journal journal;
  private Set<String> noted = new HashSet<>();

  DownUpstreams(Journal journal) {
    this.journal = journal;
  }

  /** Notes who is down at the moment; to be called every second or so. */
  void note(Routes routes) {
    long nowMillis = System.currentTimeMillis();
    Set<String> down = new HashSet<>();
    for (Route route : routes.all()) {
      for (Upstream upstream : route.upstreams()) {
        if (health(upstream).state() == Health.State.DOWN && down.add(upstream.toString())) {
          byte[] value = ByteBuffer.allocate(Long.BYTES).putLong(nowMillis).array();
          journal.put(Table.UPSTREAMS, key(upstream), value, nowMillis + OF_USE.toMillis());
        }
      }
    }
    for (String before : noted) {
      if (!down.contains(before)) {
        journal.remove(Table.UPSTREAMS, before.getBytes(StandardCharsets.US_ASCII));
      }
    }
    noted = down;
  }

  /** Presumes that the upstream of a note is down, unless the note is too old. */
  static void recall(Routes routes, byte[] key, byte[] value) {
    if (value.length != Long.BYTES
        || System.currentTimeMillis() - ByteBuffer.wrap(value).getLong() >= OF_USE.toMillis()) {
      return;
    }
    String name = new String(key, StandardCharsets.US_ASCII);
    for (Route route : routes.all()) {
      for (Upstream upstream : route.upstreams()) {
        if (upstream.toString().equals(name)) {
          health(upstream).presumeDown();
        }
      }
    }
  }

  private static Health health(Upstream upstream) {
    return upstream.health(upstream.spec().tcpOnly());
  }

  private static byte[] key(Upstream upstream) {
    return upstream.toString().getBytes(StandardCharsets.US_ASCII);
  }
}
