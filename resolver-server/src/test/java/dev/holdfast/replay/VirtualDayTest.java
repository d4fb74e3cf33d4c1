package dev.holdfast.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VirtualDayTest {

  private static final Path SHIPPED =
      Path.of(System.getProperty("project.root", ".."), "conf", "holdfast.yaml");

  /** The day with fewer clients. */
  private static final Day DAY = lasting(Day.FULL.backSecond() - Day.FULL.goneSecond());

  @Test
  void play_shippedConfiguration_nobodyIsToldThatTheNameIsGone() throws InvalidConfigException {
    DayResult day = play(DAY);

    assertThat(day.wrongSeconds()).isZero();
    assertThat(day.count(Outcome.WRONG)).isZero();
    assertThat(day.count(Outcome.FAILED)).isZero();
    assertThat(day.percent(Outcome.HELD)).isBetween(60.0, 70.0);
  }

  @Test
  void play_shippedConfiguration_everybodyIsFreshSoonAfterTheReturn()
      throws InvalidConfigException {
    assertThat(play(DAY).freshAfterSeconds()).isLessThanOrEqualTo(30 + DAY.everySeconds());
  }

  @Test
  void play_shippedConfiguration_upstreamsAreAskedLessThanWhenAllIsWell()
      throws InvalidConfigException {
    assertThat(play(DAY).upstreamPerSecond()).isLessThan(1.0 / DAY.ttlSeconds());
  }

  @Test
  void play_returnAfterFiveMinutes_nobodyNoticesAndAllAreFreshSoon() throws InvalidConfigException {
    Day day = lasting(300);
    DayResult result = play(day);

    assertThat(result.wrongSeconds()).isZero();
    assertThat(result.freshAfterSeconds()).isLessThanOrEqualTo(15 + day.everySeconds());
  }

  @Test
  void play_observedZone_absenceIsBelievedAndForgottenSoonAfterTheReturn()
      throws InvalidConfigException {
    DayResult day = play(DAY, "hold.zones.amazonaws.com=observe");

    assertThat(day.count(Outcome.HELD)).isZero();
    assertThat(day.wrongSeconds()).isGreaterThan(9000);
    assertThat(day.freshAfterSeconds()).isLessThanOrEqualTo(30 + DAY.everySeconds());
  }

  private static DayResult play(Day day, String... settings) throws InvalidConfigException {
    List<OptionSetting> options = Stream.of(settings).map(OptionSetting::set).toList();
    HoldfastConfig config = new ConfigReader(Machine.local()).read(SHIPPED, options);
    return VirtualDay.play(day, config, second -> {});
  }

  private static Day lasting(double seconds) {
    Day full = Day.FULL;
    return new Day(
        full.startSecond(),
        full.goneSecond(),
        full.goneSecond() + seconds,
        full.endSecond(),
        100,
        full.everySeconds(),
        full.ttlSeconds(),
        full.negativeTtlSeconds());
  }
}
