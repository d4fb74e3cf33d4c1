package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class WaiterQuotaTest {

  @Test
  void take_upToTheLimit_thenNoMore() {
    WaiterQuota quota = new WaiterQuota(2, 1);
    int slot = quota.slot(0, 7);

    assertThat(quota.take(slot)).isTrue();
    assertThat(quota.take(slot)).isTrue();
    assertThat(quota.take(slot)).isFalse();
    quota.giveBack(slot);
    assertThat(quota.take(slot)).isTrue();
    assertThat(quota.take(slot)).isFalse();
  }

  @Test
  void take_neighboursOfEveryKind_haveSlotsOfTheirOwnMostly() {
    for (long seed : new long[] {0, 1, -1, 0x123456789abcdefL}) {
      assertThat(slots(seed, 0, 0xffff_0a00_0000L, 0, 1)).isGreaterThan(900);
      assertThat(slots(seed, 0, 0xffff_0a00_0000L, 0, 256)).isGreaterThan(900);
      assertThat(slots(seed, 0x2001_0db8_0000_0000L, 1, 1, 0)).isGreaterThan(900);
      assertThat(slots(seed, 0x2001_0db8_0000_0000L, 1, 1L << 32, 1L << 48)).isGreaterThan(900);
    }
  }

  @Test
  void take_addressesOfOneIpv6Network_areOneClient() {
    assertThat(slots(1, 0x2001_0db8_0000_0000L, 1, 0, 1)).isEqualTo(1);
  }

  /** Returns how many slots 1000 addresses take of the 16384. */
  private static int slots(long seed, long high, long low, long highStep, long lowStep) {
    WaiterQuota quota = new WaiterQuota(1_000, seed);
    Set<Integer> slots = new HashSet<>();
    for (int i = 0; i < 1_000; i++) {
      slots.add(quota.slot(high + i * highStep, low + i * lowStep));
    }
    return slots.size();
  }
}
