package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.fuzz.Choices;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.operate.FastResolver;
import dev.holdfast.operate.Rules;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * One name through weeks of upstreams that answer, deny, fail and fall silent, as the bytes of an
 * input say, against what may be known at every moment: the last address that an upstream told,
 * never older than its TTL and a day, or than its hold; nothing after a denial that was believed.
 */
final class ModelFuzzTest {

  private static final String NAME = "www.example.org.";
  private static final int MAX_LENGTH = 256;
  private static final int DNSSEC_OK = 0x80;
  private static final int[] TTLS = {0, 1, 5, 30, 300, 3_600, 86_400, 604_800};
  private static final int MAX_TTL_SECONDS = 86_400;
  private static final long STALE_SECONDS = 86_400;
  private static final long WINDOW_SECONDS = 6 * 3_600;
  private static final int NOTICE_TTL_SECONDS = 30;
  private static final int NEGATIVE_TTL_SECONDS = 300;
  private static final int FAILURE_SECONDS = 40;

  /**
   * How long a question may wait for upstreams, while what it is answered with comes to its end.
   */
  private static final int LONGEST_WAIT_SECONDS = 4;

  private static final long NEVER = Long.MIN_VALUE / 2;
  private static final int BLOCKED = 15;

  private FastResolver resolver = new FastResolver(HoldMode.OFF, 1);
  private boolean enforced;
  private int version;

  private Known known = Known.NOTHING;

  /**
   * What upstreams said, and when, in seconds.
   *
   * @param version the last address
   * @param firstDeniedAt of the denials since then
   * @param intended whether one of them was on purpose
   */
  private record Known(
      int version,
      long toldAt,
      int ttlSeconds,
      long deniedAt,
      long firstDeniedAt,
      boolean intended,
      long failedAt) {

    static final Known NOTHING = new Known(0, NEVER, 0, NEVER, NEVER, false, NEVER);

    Known told(int newVersion, int newTtlSeconds, long now) {
      return new Known(newVersion, now, newTtlSeconds, NEVER, NEVER, false, failedAt);
    }

    Known denied(boolean intent, long now) {
      long first = firstDeniedAt == NEVER ? now : firstDeniedAt;
      return new Known(version, toldAt, ttlSeconds, now, first, intended || intent, failedAt);
    }

    Known failed(long now) {
      return new Known(version, toldAt, ttlSeconds, deniedAt, firstDeniedAt, intended, now);
    }
  }

  static Stream<byte[]> seeds() {
    return Seeds.of(ModelFuzzTest.class);
  }

  @Attack({Threat.GHOST_DOMAIN, Threat.STALE_AUTHENTICITY})
  @MethodSource("seeds")
  @FuzzTest
  void ask_whateverHappens_answersOnlyWhatMayBeKnown(byte[] input) {
    if (input.length > MAX_LENGTH) {
      return;
    }
    Choices choices = new Choices(input);
    int how = choices.next();
    begin(HoldMode.values()[how % HoldMode.values().length]);
    boolean dnssecOk = (how & DNSSEC_OK) != 0;
    while (choices.hasNext()) {
      switch (choices.next(16)) {
        case 0 -> answer(choices.next(TTLS.length));
        case 1 -> deny(Rules.empty(), false);
        case 2 -> deny(Rules.bareEmpty(), false);
        case 3 -> deny(Rules.nxdomain(), false);
        case 4 -> deny(Rules.emptyWith(BLOCKED), true);
        case 5 -> fail(Rules.failure(Rcode.SERVFAIL));
        case 6 -> fail(Rules.failure(Rcode.REFUSED));
        case 7 -> fail((query, reply) -> false);
        case 8 -> resolver.pass(Duration.ofSeconds(choices.next()));
        case 9 -> resolver.pass(Duration.ofSeconds(choices.next16()));
        case 10 -> resolver.pass(Duration.ofMillis(choices.next16()));
        default -> {
          resolver.pass(Duration.ZERO); // What is under way arrives before the question.
          Known before = known;
          check(resolver.ask(NAME, Type.A, dnssecOk), before);
        }
      }
    }
  }

  private void begin(HoldMode mode) {
    enforced = mode == HoldMode.ENFORCE;
    resolver =
        new FastResolver(
            new HoldConfig(mode, Duration.ZERO, 0, Duration.ofSeconds(WINDOW_SECONDS), List.of()),
            StaleConfig.DEFAULTS,
            1);
    version = 0;
    known = Known.NOTHING;
    answer(4);
  }

  /** From now on there is a new address. */
  private void answer(int ttl) {
    version = version % 250 + 1;
    int ttlSeconds = TTLS[ttl];
    resolver.upstreams(
        (query, reply) -> {
          known = known.told(version, Math.min(ttlSeconds, MAX_TTL_SECONDS), now());
          reply.getHeader().setFlag(Flags.AD);
          return Rules.records(Type.A, ttlSeconds, "192.0.2." + version).reply(query, reply);
        });
  }

  private void deny(FastResolver.Rule rule, boolean intent) {
    resolver.upstreams(
        (query, reply) -> {
          known = known.denied(intent, now());
          return rule.reply(query, reply);
        });
  }

  private void fail(FastResolver.Rule rule) {
    resolver.upstreams(
        (query, reply) -> {
          known = known.failed(now());
          return rule.reply(query, reply);
        });
  }

  private long now() {
    return resolver.loop().elapsed().toSeconds();
  }

  /* A refresh in the background may have learnt more by the time the answer is looked at. */
  private void check(Message answer, Known before) {
    if (problem(answer, before) != null) {
      assertThat(problem(answer, known)).as("%s by %s", answer, known).isNull();
    }
  }

  private @Nullable String problem(Message answer, Known by) {
    List<Record> records = answer.getSection(Section.ANSWER);
    if (records.isEmpty()) {
      return problemOfAbsence(answer.getRcode(), by);
    }
    List<String> errors = FastResolver.errors(answer);
    boolean held = errors.stream().anyMatch(error -> error.startsWith("3 held"));
    boolean stale = !held && errors.stream().anyMatch(error -> error.startsWith("3"));
    long age = now() - by.toldAt;
    long ttl = records.getFirst().getTTL();
    if (!FastResolver.data(answer).equals(List.of("192.0.2." + by.version))) {
      return "not the last address";
    }
    if ((held || stale) && (ttl > NOTICE_TTL_SECONDS || answer.getHeader().getFlag(Flags.AD))) {
      return "TTL or AD of what is not fresh";
    }
    if (held) {
      boolean denied = enforced && by.deniedAt != NEVER && !by.intended;
      return denied && now() - by.firstDeniedAt <= WINDOW_SECONDS + LONGEST_WAIT_SECONDS
          ? null
          : "held too long";
    }
    if (by.deniedAt != NEVER) {
      return "after a denial";
    }
    if (stale) {
      return age <= by.ttlSeconds + STALE_SECONDS + LONGEST_WAIT_SECONDS ? null : "stale too long";
    }
    return age <= by.ttlSeconds && Math.abs(by.ttlSeconds - age - ttl) <= 1 ? null : "wrong TTL";
  }

  private @Nullable String problemOfAbsence(int rcode, Known by) {
    if (rcode == Rcode.NOERROR || rcode == Rcode.NXDOMAIN) {
      return now() - by.deniedAt <= NEGATIVE_TTL_SECONDS ? null : "a denial that is too old";
    }
    boolean failing = by.failedAt != NEVER && by.failedAt >= Math.max(by.toldAt, by.deniedAt);
    return failing || now() - by.failedAt <= FAILURE_SECONDS ? null : "no failure lately";
  }
}
