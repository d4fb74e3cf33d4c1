package dev.holdfast.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutstandingTest {

  private static final int FIRST = 65_530;
  private static final int IDS = 1 << 16;

  private final Outstanding outstanding = new Outstanding(/* sockets= */ 2, FIRST);

  @Test
  void end_sameIdOnAnotherSocket_isUnknown() {
    int id = outstanding.begin(0, 100);

    assertThat(id).isEqualTo(FIRST);
    assertThat(outstanding.end(1, id)).isEqualTo(Outstanding.UNKNOWN);
    assertThat(outstanding.end(0, id + 1)).isEqualTo(Outstanding.UNKNOWN);
    assertThat(outstanding.end(0, id)).isEqualTo(100);
    assertThat(outstanding.end(0, id)).isEqualTo(Outstanding.DUPLICATE);
    assertThat(outstanding.total()).isZero();
  }

  @Test
  void expire_oldQueries_areGivenUpAndTheirAnswersLate() {
    int first = outstanding.begin(0, 100);
    int second = outstanding.begin(0, 200);
    int third = outstanding.begin(0, 300);
    outstanding.end(0, first);

    assertThat(outstanding.expire(0, 300)).isEqualTo(1);
    assertThat(outstanding.end(0, second)).isEqualTo(Outstanding.LATE);
    assertThat(outstanding.end(0, third)).isEqualTo(300);
    assertThat(outstanding.waiting(0)).isZero();
  }

  @Test
  void begin_idComesRound_oldestIsGivenUp() {
    int first = outstanding.begin(0, 1);
    for (int i = 1; i < IDS; i++) {
      outstanding.end(0, outstanding.begin(0, 2));
    }

    assertThat(outstanding.isFull(0)).isTrue();
    assertThat(outstanding.makeRoom(0)).isEqualTo(1);
    assertThat(outstanding.isFull(0)).isFalse();
    assertThat(outstanding.begin(0, 3)).isEqualTo(first);
    assertThat(outstanding.end(0, first)).isEqualTo(3);
    assertThat(outstanding.total()).isZero();
  }

  @Test
  void end_manySockets_windowIsSmallerAndOlderAnswersAreLate() {
    Outstanding many = new Outstanding(10_000, 0);
    int first = many.begin(7, 1);
    int given = 0;
    for (int i = 1; i < 300; i++) {
      given += many.isFull(7) ? many.makeRoom(7) : 0;
      many.begin(7, i + 1);
    }

    assertThat(given).isPositive();
    assertThat(many.end(7, first)).isEqualTo(Outstanding.LATE);
    assertThat(many.total()).isEqualTo(300 - given);
  }
}
