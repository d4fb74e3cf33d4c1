package dev.holdfast.replay;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plays a day against a running server in compressed time: with a scale of 60 its minutes are
 * seconds, and so are its TTLs, though none is less than 1 s. Clients ask as often as they do in
 * real time. Confined to one thread.
 */
public final class RealDay {

  private static final double PROGRESS_EVERY_SECONDS = 1800;
  private static final double LEARN_MILLIS = 3000;
  private static final double LEARN_EVERY_MILLIS = 100;

  private final Day day;
  private final double scale;
  private final DayTally tally;
  private final byte[] query = Judge.query(Day.NAME);
  private long startNanos;

  private RealDay(Day day, double scale) {
    this.day = day;
    this.scale = scale;
    this.tally = new DayTally(day, scale);
  }

  /**
   * Plays the day.
   *
   * @param scale how many seconds of the day pass in one
   * @param progress hears now and then which second of the day it is
   */
  public static DayResult play(
      Day day, double scale, ServerUnderTest.Starter starter, DoubleConsumer progress)
      throws IOException {
    return new RealDay(day, scale).play(starter, progress);
  }

  private DayResult play(ServerUnderTest.Starter starter, DoubleConsumer progress)
      throws IOException {
    Path folder = ReplayFolder.create();
    try (ScriptedUpstream first = ScriptedUpstream.start(zone());
        ScriptedUpstream second = ScriptedUpstream.start(zone());
        ServerUnderTest server =
            starter.start(
                new ServerUnderTest.Settings(
                    first.address(), second.address(), folder, Day.ZONE, /* restarts= */ false));
        Asker asker = new Asker(server.address(), Pace.FULL.giveUpMillis())) {
      if (!ScenarioRun.awaitReady(asker)) {
        throw new IOException("no answer after the start: " + server);
      }
      learn(asker);
      startNanos = System.nanoTime();
      at(asker, day.goneSecond(), () -> withdraw(first, second));
      at(asker, day.backSecond(), () -> publish(List.of(first, second), Day.NEW_ADDRESS));
      askOn(asker, 0);
      for (double at = day.startSecond(); at < day.endSecond(); at += PROGRESS_EVERY_SECONDS) {
        double now = at;
        at(asker, at, () -> progress.accept(now));
      }
      asker.runUntil(nanos(day.endSecond()));
      asker.clearAgenda();
      asker.runUntil(
          () -> asker.pending() == 0,
          System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(Pace.FULL.giveUpMillis()));
      Stream.of(first, second).forEach(this::countQueries);
      return tally.result();
    } finally {
      ReplayFolder.delete(folder);
    }
  }

  private void learn(Asker asker) throws IOException {
    for (double millis = 0; millis < LEARN_MILLIS; millis += LEARN_EVERY_MILLIS) {
      asker.ask(query, (message, sentNanos, latencyNanos) -> {});
      asker.runUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos((long) LEARN_EVERY_MILLIS));
    }
  }

  private void askOn(Asker asker, long number) {
    long dueNanos = startNanos + Math.round(number / day.questionsPerSecond() * 1e9);
    asker.at(
        dueNanos,
        () -> {
          asker.ask(query, this::answered);
          askOn(asker, number + 1);
        });
  }

  private void answered(byte @Nullable [] message, long sentNanos, long latencyNanos) {
    tally.answered(
        second(sentNanos),
        second(sentNanos + latencyNanos),
        message,
        message == null ? 0 : message.length,
        latencyNanos);
  }

  /** The records go, the name stays: its answers are empty, with an SOA. */
  private static void withdraw(ScriptedUpstream... upstreams) {
    for (ScriptedUpstream upstream : upstreams) {
      upstream.zone().remove(Day.NAME, "A");
    }
  }

  private void publish(List<ScriptedUpstream> upstreams, String address) {
    upstreams.forEach(upstream -> upstream.zone().set(Day.NAME, "A", ttlSeconds(), address));
  }

  private Zone zone() {
    return new Zone()
        .apex(Day.ZONE, scaled(day.negativeTtlSeconds()))
        .apex(Names.ZONE, 1)
        .set(Names.READY, "A", 1, "203.0.113.1")
        .set(Day.NAME, "TXT", 1, "\"still there\"")
        .set(Day.NAME, "A", ttlSeconds(), Day.FORMER_ADDRESS);
  }

  private long ttlSeconds() {
    return scaled(day.ttlSeconds());
  }

  private long scaled(int seconds) {
    return Math.max(1, Math.round(seconds / scale));
  }

  private void countQueries(ScriptedUpstream upstream) {
    upstream.lastQueries().forEach(each -> tally.askedUpstream(second(each.receivedAtNanos())));
  }

  private void at(Asker asker, double second, Runnable command) {
    asker.at(nanos(second), command);
  }

  private long nanos(double second) {
    return startNanos + Math.round((second - day.startSecond()) / scale * 1e9);
  }

  private double second(long nanos) {
    return day.startSecond() + (nanos - startNanos) / 1e9 * scale;
  }
}
