package dev.holdfast.hold;

import static dev.holdfast.hold.HoldAnswers.addresses;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cache.CacheEntry;
import dev.holdfast.cache.CacheKey;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PinsTest {

  private static final CacheKey KEY = HoldAnswers.key(RecordType.A);
  private static final CacheKey QUESTION = Pins.question(KEY.qname(), KEY.qtype());
  private static final long NOW_NANOS = Long.MAX_VALUE - 5;
  private static final Answer RECORDS = addresses("192.0.2.1");

  private Instant wallClock = Instant.parse("2025-10-20T07:00:00Z");
  private final Pins pins = new Pins(() -> wallClock);

  @Test
  void entry_pinned_isServedAsHeldWithItsNotice() {
    pins.set(QUESTION, pin(wallClock.plusSeconds(3600)));

    CacheEntry entry = Objects.requireNonNull(pins.entry(KEY, NOW_NANOS));

    assertThat(entry.isHeld()).isTrue();
    assertThat(
            RECORDS.held(
                Holds.MAX_TTL_SECONDS,
                ExtendedError.option(
                    ExtendedError.STALE_ANSWER, "pinned by operator until 2025-10-20T08:00:00Z")))
        .usingRecursiveComparison()
        .isEqualTo(entry.answer());
    assertThat(entry.isFresh(NOW_NANOS + TimeUnit.SECONDS.toNanos(30) - 1)).isTrue();
    assertThat(entry.isFresh(NOW_NANOS + TimeUnit.SECONDS.toNanos(30))).isFalse();
  }

  @Test
  void entry_otherVariants_arePinnedToo() {
    Answer signed = addresses("192.0.2.1", "192.0.2.2");
    pins.set(QUESTION, new Pin(Pin.Kind.PINNED, RECORDS, signed, wallClock, null));

    assertThat(records(KEY.otherDnssecVariant()).hasSameRecords(signed)).isTrue();
    CacheKey checkingDisabled = CacheKey.of(3, KEY.qname(), KEY.qtype(), false, true);
    assertThat(records(checkingDisabled).hasSameRecords(RECORDS)).isTrue();
    assertThat(pins.entry(HoldAnswers.key(RecordType.AAAA), NOW_NANOS)).isNull();
    assertThat(pins.entry(HoldAnswers.key("example.org.", RecordType.A, false), NOW_NANOS))
        .isNull();
  }

  @Attack(Threat.GHOST_DOMAIN)
  @Test
  void entry_endNear_livesNoLonger() {
    pins.set(QUESTION, pin(wallClock.plusSeconds(7)));

    CacheEntry entry = Objects.requireNonNull(pins.entry(KEY, NOW_NANOS));

    assertThat(entry.lifeNanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
    assertThat(entry.staleNanos()).isZero();
  }

  @Test
  void find_timeCome_isGone() {
    pins.set(QUESTION, pin(wallClock.plusSeconds(7)));
    assertThat(pins.removeEnded()).isEmpty();
    wallClock = wallClock.plusSeconds(7);

    assertThat(pins.find(KEY)).isNull();
    assertThat(pins.entry(KEY, NOW_NANOS)).isNull();
    assertThat(pins.removeEnded())
        .singleElement()
        .extracting(Pins.Pinned::question)
        .isEqualTo(QUESTION);
    assertThat(pins.size()).isZero();
  }

  @Test
  void remove_replacedMeanwhile_isLeft() {
    Pins.Pinned first = new Pins.Pinned(QUESTION, pin(wallClock.plusSeconds(7)));
    pins.set(QUESTION, first.pin());
    pins.set(QUESTION, pin(null));

    assertThat(pins.remove(first)).isFalse();
    assertThat(pins.find(KEY)).isNotNull();
  }

  @Test
  void set_full_refusesFurtherQuestionsOnly() {
    for (int i = 0; i < Pins.MAX_PINS; i++) {
      assertThat(pins.set(question("host" + i + ".example.org"), pin(null))).isTrue();
    }

    assertThat(pins.set(question("one.more.example.org"), pin(null))).isFalse();
    assertThat(pins.set(question("host7.example.org"), pin(null))).isTrue();
    assertThat(pins.size()).isEqualTo(Pins.MAX_PINS);
  }

  @Test
  void listen_changes_areHeardOf() {
    List<String> heard = new ArrayList<>();
    pins.listen((question, pin) -> heard.add(question + (pin == null ? " unpinned" : " pinned")));

    pins.set(QUESTION, pin(wallClock.plusSeconds(7)));
    wallClock = wallClock.plusSeconds(7);
    pins.removeEnded();
    pins.removeEnded();

    assertThat(heard).containsExactly("www.example.org. A pinned", "www.example.org. A unpinned");
  }

  @Test
  void recall_pinsOfAnEarlierRun_countUnlessOverOrReplaced() {
    pins.recall(QUESTION, pin(wallClock));
    assertThat(pins.size()).isZero();

    Pin newer = pin(null);
    pins.set(QUESTION, newer);
    pins.recall(QUESTION, pin(wallClock.plusSeconds(7)));

    assertThat(pins.find(KEY)).isSameAs(newer);
  }

  @Test
  void decode_encoded_isTheSamePin() {
    PinCodec codec = new PinCodec();
    Answer signed = addresses("192.0.2.1", "192.0.2.2");
    for (Pin pin :
        List.of(
            pin(null),
            pin(wallClock.plusSeconds(7)),
            new Pin(Pin.Kind.ROLLED_BACK, RECORDS, signed, wallClock, null))) {
      byte[] value = Objects.requireNonNull(PinCodec.encode(pin));

      assertThat(codec.decode(QUESTION, value)).usingRecursiveComparison().isEqualTo(pin);
      for (int length = 0; length < value.length; length++) {
        Pin cut = codec.decode(QUESTION, Arrays.copyOf(value, length));
        assertThat(cut == null || cut.signed() == null).as("cut to %d", length).isTrue();
      }
    }
  }

  @Test
  void decode_garbage_isNoPin() {
    byte[] value = Objects.requireNonNull(PinCodec.encode(pin(null)));
    for (int i = 0; i < 2; i++) {
      byte[] damaged = value.clone();
      damaged[i] = 9;

      assertThat(new PinCodec().decode(QUESTION, damaged)).isNull();
    }
  }

  private static CacheKey question(String name) {
    return Pins.question(Names.parse(name), RecordType.A);
  }

  private Pin pin(@Nullable Instant until) {
    return new Pin(Pin.Kind.PINNED, RECORDS, null, wallClock, until);
  }

  private Answer records(CacheKey key) {
    return Objects.requireNonNull(pins.entry(key, NOW_NANOS)).answer();
  }
}
