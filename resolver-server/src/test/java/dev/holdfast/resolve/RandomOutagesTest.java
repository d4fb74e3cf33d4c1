package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.scenario.ScriptedExchange;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/**
 * Random sequences of questions, answers and failures against a model of one line per name: what
 * was learnt last, and when. No failure ever removes, replaces or shortens data, and none is served
 * beyond its time.
 */
final class RandomOutagesTest {

  private static final int STEPS = 3_000;
  private static final int MAX_STALE_SECONDS = 900;
  private static final List<String> NAMES =
      List.of("a.example.org", "b.example.org", "c.example.net");

  /** What a name is known to be: an address, or absent. */
  private record Known(String address, long ttlSeconds, long learntAtNanos, int negativeRcode) {

    private static final int POSITIVE = -1;

    boolean isPositive() {
      return negativeRcode == POSITIVE;
    }

    long ageSeconds(long nowNanos) {
      return Duration.ofNanos(nowNanos - learntAtNanos).toSeconds();
    }

    boolean isFresh(long nowNanos) {
      return ageSeconds(nowNanos) < ttlSeconds;
    }

    boolean isServableStale(long nowNanos) {
      return isPositive()
          && !isFresh(nowNanos)
          && ageSeconds(nowNanos) < ttlSeconds + MAX_STALE_SECONDS;
    }
  }

  private final ResolverFixture fixture =
      ResolverFixture.with()
          .upstreams(2)
          .loops(2)
          .withoutPrefetch()
          .stale(Duration.ofSeconds(MAX_STALE_SECONDS), Duration.ofMillis(1_800))
          .start();
  private final @Nullable Known[] known = new Known[NAMES.size()];
  private int lastAddress;
  private int asks;
  private int stale;
  private int failures;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void resolve_randomOutages_dataOutlivesEveryFailure(long seed) {
    Random random = new Random(seed);
    for (int step = 0; step < STEPS; step++) {
      switch (random.nextInt(4)) {
        case 0 -> fixture.advanceMillis(random.nextInt(20_000));
        case 1 -> fixture.advanceSeconds(random.nextInt(random.nextInt(20) == 0 ? 1_500 : 40));
        default -> ask(random.nextInt(NAMES.size()), random);
      }
    }
    assertThat(asks).isGreaterThan(STEPS / 4);
    assertThat(stale).isGreaterThan(STEPS / 100);
    assertThat(failures).isGreaterThan(STEPS / 100);
  }

  private void ask(int index, Random random) {
    asks++;
    Known before = known[index];
    MessageBytes query = MessageBytes.query(NAMES.get(index), RecordType.A).opt(1232, 0);
    Asked asked = fixture.askOn(random.nextInt(2), query, "10.0.0.1", 1_000, random.nextBoolean());
    if (before != null && before.isFresh(fixture.nowNanos())) {
      assertThat(asked.isAnsweredAtOnce()).isTrue();
      assertKnown(asked, before, before.ttlSeconds() - before.ageSeconds(fixture.nowNanos()));
      return;
    }
    boolean learnt = asked.isWaiting() && playUpstreams(index, random);
    if (learnt) {
      Known now = known[index];
      assertThat(now).isNotNull();
      assertKnown(asked, now, now.ttlSeconds());
    } else if (before != null && before.isServableStale(fixture.nowNanos())) {
      stale++;
      assertKnown(asked, before, Math.min(30, before.ttlSeconds()));
      assertThat(asked.extendedErrors()).containsExactly(ExtendedError.STALE_ANSWER);
    } else if (before == null || !couldStillBeServed(before)) {
      failures++;
      assertThat(asked.rcode()).isEqualTo(Rcode.SERVFAIL);
      assertThat(asked.answers()).isEmpty();
    }
    fixture.heal();
  }

  /* The stale time ended while upstreams were asked: either answer is right. */
  private boolean couldStillBeServed(Known before) {
    return before.isServableStale(fixture.nowNanos() - Duration.ofSeconds(5).toNanos());
  }

  private static void assertKnown(Asked asked, Known known, long ttlSeconds) {
    if (known.isPositive()) {
      assertThat(asked.rcode()).isEqualTo(Rcode.NOERROR);
      assertThat(asked.answers()).hasSize(1);
      assertThat(asked.answers().getFirst()).endsWith(". " + ttlSeconds + " A " + known.address());
    } else {
      assertThat(asked.rcode()).isEqualTo(known.negativeRcode());
      assertThat(asked.answers()).isEmpty();
    }
  }

  /** Speaks for the upstreams until the question is over; true when it was answered. */
  private boolean playUpstreams(int index, Random random) {
    int mood = random.nextInt(9);
    while (!fixture.pending().isEmpty()) {
      ScriptedExchange.Query query = fixture.pending().getFirst();
      switch (mood) {
        case 0, 1 -> {
          answer(query, index, random);
          return true;
        }
        case 2 -> {
          deny(query, index, random);
          return true;
        }
        case 3 -> fixture.deliver(query, DnsjavaReply.to(query.message()).rcode(Rcode.SERVFAIL));
        case 4 -> fixture.fail(query, FailureKind.REFUSED_CONNECTION);
        case 5 -> fixture.advanceSeconds(5);
        case 6 -> {
          byte[] reply = DnsjavaReply.to(query.message()).toBytes();
          assertThat(query.reply(Arrays.copyOf(reply, reply.length - 1))).isFalse();
          fixture.fail(query, FailureKind.NEAR_MISSES);
        }
        case 7 -> truncateOrFail(query);
        default -> {
          fixture.deliver(query, DnsjavaReply.to(query.message()).rcode(Rcode.REFUSED));
          mood = random.nextInt(8);
        }
      }
    }
    return false;
  }

  private void truncateOrFail(ScriptedExchange.Query query) {
    if (query.stream()) {
      fixture.fail(query, FailureKind.NETWORK_ERROR);
    } else {
      fixture.deliver(query, DnsjavaReply.to(query.message()).flag(Flags.TC));
    }
  }

  private void answer(ScriptedExchange.Query query, int index, Random random) {
    String address = "192.0.2." + (++lastAddress % 256);
    int ttlSeconds = 1 + random.nextInt(random.nextInt(10) == 0 ? 600 : 60);
    known[index] = new Known(address, ttlSeconds, fixture.nowNanos(), Known.POSITIVE);
    fixture.deliver(
        query,
        DnsjavaReply.to(query.message())
            .answer(name(query.message()) + " " + ttlSeconds + " A " + address));
  }

  private void deny(ScriptedExchange.Query query, int index, Random random) {
    int rcode = random.nextBoolean() ? Rcode.NXDOMAIN : Rcode.NOERROR;
    int ttlSeconds = 1 + random.nextInt(60);
    known[index] = new Known("", ttlSeconds, fixture.nowNanos(), rcode);
    String soa = " SOA ns.example.org. admin.example.org. 1 2 3 4 " + ttlSeconds;
    String zone = name(query.message()).substring(2);
    fixture.deliver(
        query,
        DnsjavaReply.to(query.message()).rcode(rcode).authority(zone + " " + ttlSeconds + soa));
  }

  private static String name(Message query) {
    return query.getQuestion().getName().toString();
  }
}
