package dev.holdfast.replay;

import dev.holdfast.demo.Breakage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One outage: what the two upstreams do while names are asked for, and what must come of it.
 *
 * @param name as on the command line
 * @param sentence what happens
 * @param enforced whether the zone of the names is one that does not believe that they vanished
 * @param outageMillis how long names are asked for, as written for {@link Pace#FULL}; 0 for its own
 * @param steps in the order of time; those at 0 happen before the learnt answers expire
 * @param bars what is demanded
 */
public record Scenario(
    String name,
    String sentence,
    boolean enforced,
    long outageMillis,
    List<Step> steps,
    List<Bar> bars) {

  /** Which upstreams a step is about. */
  enum Which {
    FIRST,
    SECOND,
    BOTH
  }

  /** What happens to an upstream, or to the server. */
  sealed interface Action {

    /** Answers are as wrong, late or absent as the kind says. */
    record Breaks(Which which, Breakage kind) implements Action {}

    /** The upstream is right, and its zone has lost all names. */
    record Loses(Which which) implements Action {}

    /** The owner of the names gives them new addresses. */
    record Renumbers() implements Action {}

    /** The server is killed without warning and started again on what it has left on disk. */
    record Restarts() implements Action {}
  }

  /**
   * Something that happens.
   *
   * @param atMillis since the first question, as written for {@link Pace#FULL}
   */
  record Step(long atMillis, Action action) {}

  private static final Set<Breakage> LIES =
      EnumSet.of(Breakage.EMPTY, Breakage.BARE_EMPTY, Breakage.NXDOMAIN);
  private static final Set<Breakage> HIDING = EnumSet.of(Breakage.CLOSED, Breakage.LOST_QUESTIONS);

  public Scenario {
    steps = List.copyOf(steps);
    bars = List.copyOf(bars);
  }

  /** A scenario with the demands that hold for all in which no upstream lies. */
  static Scenario of(String name, String sentence, Step... steps) {
    List<Bar> bars =
        List.of(
            new Bar(Measure.GOOD, 100),
            new Bar(Measure.WRONG, 0),
            new Bar(Measure.MALFORMED, 0),
            new Bar(Measure.FRESH_AFTER, 2),
            new Bar(Measure.UNSEEN, 4000),
            new Bar(Measure.UNSEEN_TOLD, 100));
    return new Scenario(name, sentence, false, 0, Arrays.asList(steps), bars);
  }

  /** This scenario with one demand more, or another limit for it. */
  Scenario bar(Measure measure, double limit) {
    List<Bar> changed = new ArrayList<>(without(measure).bars);
    changed.add(new Bar(measure, limit));
    return new Scenario(name, sentence, enforced, outageMillis, steps, changed);
  }

  /** This scenario without one of the demands that hold for all. */
  Scenario without(Measure measure) {
    List<Bar> kept = bars.stream().filter(bar -> bar.measure() != measure).toList();
    return new Scenario(name, sentence, enforced, outageMillis, steps, kept);
  }

  /** This scenario without demands on names that were never seen, for upstreams that lie. */
  Scenario knownNamesOnly() {
    return without(Measure.UNSEEN).without(Measure.UNSEEN_TOLD);
  }

  /** This scenario for names of an enforced zone. */
  Scenario inEnforcedZone() {
    return new Scenario(name, sentence, true, outageMillis, steps, bars);
  }

  /** This scenario with names asked for during a time of its own. */
  Scenario lasting(long millis) {
    return new Scenario(name, sentence, enforced, millis, steps, bars);
  }

  /** This scenario with one more step. */
  Scenario then(Step step) {
    List<Step> more = new ArrayList<>(steps);
    more.add(step);
    return new Scenario(name, sentence, enforced, outageMillis, more, bars);
  }

  /** How long names are asked for, as written for {@link Pace#FULL}. */
  long lengthMillis() {
    return outageMillis == 0 ? Pace.WRITTEN_FOR.toMillis() : outageMillis;
  }

  /** Whether an upstream says of names that they do not exist. */
  boolean lies() {
    return steps.stream()
        .anyMatch(
            step ->
                step.action() instanceof Action.Loses
                    || (step.action() instanceof Action.Breaks(Which _, Breakage kind)
                        && LIES.contains(kind)));
  }

  /** Whether an upstream does not see all that is sent to it. */
  boolean hidesQueries() {
    return steps.stream()
        .anyMatch(
            step ->
                step.action() instanceof Action.Breaks(Which _, Breakage kind)
                    && HIDING.contains(kind));
  }

  boolean restarts() {
    return steps.stream().anyMatch(step -> step.action() instanceof Action.Restarts);
  }
}
