package dev.holdfast.replay;

import static dev.holdfast.replay.Measure.FIRST_ANSWER;
import static dev.holdfast.replay.Measure.FRESH_AFTER;
import static dev.holdfast.replay.Measure.GOOD;
import static dev.holdfast.replay.Measure.NOTED;
import static dev.holdfast.replay.Measure.P50;
import static dev.holdfast.replay.Measure.P99;
import static dev.holdfast.replay.Measure.P99_AFTER_THREE;
import static dev.holdfast.replay.Measure.SIGNALLED;
import static dev.holdfast.replay.Measure.UNSEEN_LATER;
import static dev.holdfast.replay.Measure.UPSTREAM_RATIO;
import static dev.holdfast.replay.Measure.WRONG;

import dev.holdfast.demo.Breakage;
import dev.holdfast.replay.Scenario.Action;
import dev.holdfast.replay.Scenario.Step;
import dev.holdfast.replay.Scenario.Which;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outages that are replayed, and what is demanded in each. */
public final class Scenarios {

  /** One query for each question whose answer has expired, some hedges and probes. */
  private static final double ONE_ASKED = 1.25;

  private static final List<Scenario> ALL = build();

  private Scenarios() {}

  /** Every scenario, in the order of the table. */
  public static List<Scenario> all() {
    return ALL;
  }

  /** Returns the scenario of that name, or null. */
  public static @Nullable Scenario named(String name) {
    return ALL.stream().filter(scenario -> scenario.name().equals(name)).findFirst().orElse(null);
  }

  private static List<Scenario> build() {
    List<Scenario> scenarios = new ArrayList<>();
    addFailures(scenarios);
    addMalformed(scenarios);
    addHalfFailures(scenarios);
    addVanishings(scenarios);
    addMixes(scenarios);
    return List.copyOf(scenarios);
  }

  private static void addFailures(List<Scenario> scenarios) {
    scenarios.add(dead("silence", "Nobody answers.", Breakage.SILENCE).bar(P50, 5).bar(P99, 1900));
    scenarios.add(error("closed", "The ports are closed.", Breakage.CLOSED));
    scenarios.add(error("servfail", "Both say SERVFAIL.", Breakage.SERVFAIL));
    scenarios.add(error("refused", "Both say REFUSED.", Breakage.REFUSED));
    scenarios.add(error("notimp", "Both say NOTIMP.", Breakage.NOTIMP));
    scenarios.add(error("formerr", "Both say FORMERR.", Breakage.FORMERR));
    scenarios.add(Scenario.of("slow", "Every answer takes 3 s.", both(Breakage.SLOW)));
    scenarios.add(Scenario.of("loss", "Half of the answers are lost.", both(Breakage.LOSS)));
    scenarios.add(
        dead("restart", "Nobody answers, and the server is killed.", Breakage.SILENCE)
            .then(new Step(0, new Action.Restarts()))
            .bar(FIRST_ANSWER, 1000));
    scenarios.add(
        Scenario.of(
                "late-third", "A third of the answers is 800 ms late.", both(Breakage.LATE_THIRD))
            .bar(P99, 400));
    scenarios.add(
        Scenario.of(
                "data-changes",
                "Nothing is broken, the owner changes the addresses.",
                new Step(0, new Action.Renumbers()))
            .without(FRESH_AFTER)
            .bar(UPSTREAM_RATIO, ONE_ASKED));
  }

  private static void addMalformed(List<Scenario> scenarios) {
    scenarios.add(dead("garbage", "Both answer with random bytes.", Breakage.GARBAGE));
    scenarios.add(dead("cut-short", "Answers end inside a record.", Breakage.CUT_SHORT));
    scenarios.add(
        dead("other-question", "Answers are to other questions.", Breakage.OTHER_QUESTION));
    scenarios.add(dead("wrong-id", "Answers carry other ids.", Breakage.WRONG_ID));
    scenarios.add(
        dead("tc-tcp-dead", "UDP says ask over TCP, TCP is closed.", Breakage.TC_TCP_DEAD));
    scenarios.add(
        Scenario.of(
            "malformed-first",
            "A damaged answer comes ahead of every right one.",
            both(Breakage.MALFORMED_FIRST)));
  }

  private static void addHalfFailures(List<Scenario> scenarios) {
    scenarios.add(one("one-silent", "One of the two is silent.", Breakage.SILENCE));
    scenarios.add(one("one-slow", "One of the two takes 3 s.", Breakage.SLOW));
    scenarios.add(one("one-closed", "One of the two has closed its ports.", Breakage.CLOSED));
    scenarios.add(one("one-servfail", "One of the two says SERVFAIL.", Breakage.SERVFAIL));
    scenarios.add(one("one-refused", "One of the two says REFUSED.", Breakage.REFUSED));
    scenarios.add(
        Scenario.of(
                "one-empty",
                "The first of the two says that there are no records.",
                first(Breakage.EMPTY))
            .knownNamesOnly());
    scenarios.add(
        Scenario.of(
                "second-empty",
                "The second of the two says that there are no records.",
                new Step(0, new Action.Breaks(Which.SECOND, Breakage.EMPTY)))
            .knownNamesOnly());
    scenarios.add(
        Scenario.of(
                "lost-at-one",
                "The zone of one of the two has lost the names.",
                new Step(0, new Action.Loses(Which.FIRST)))
            .knownNamesOnly());
  }

  private static void addVanishings(List<Scenario> scenarios) {
    scenarios.add(held("empty", "Both say that there are no records.", Breakage.EMPTY));
    scenarios.add(held("bare-empty", "The same without an SOA.", Breakage.BARE_EMPTY));
    scenarios.add(held("nxdomain", "Both say that the names do not exist.", Breakage.NXDOMAIN));
    scenarios.add(
        held("empty-long", "There are no records for 30 s.", Breakage.EMPTY).lasting(30_000));
    scenarios.add(believed("empty-observed", "No records, in an observed zone.", Breakage.EMPTY));
    scenarios.add(
        believed("nxdomain-observed", "No such names, in an observed zone.", Breakage.NXDOMAIN));
  }

  private static void addMixes(List<Scenario> scenarios) {
    scenarios.add(
        Scenario.of(
            "flapping",
            "Both are silent and well in turns of 3 s.",
            both(Breakage.SILENCE),
            new Step(3000, new Action.Breaks(Which.BOTH, Breakage.NONE)),
            new Step(6000, new Action.Breaks(Which.BOTH, Breakage.SILENCE))));
    scenarios.add(
        Scenario.of(
            "flapping-in-turns",
            "Only one of the two answers, for 3 s each.",
            first(Breakage.SILENCE),
            new Step(3000, new Action.Breaks(Which.FIRST, Breakage.NONE)),
            new Step(3000, new Action.Breaks(Which.SECOND, Breakage.SILENCE)),
            new Step(6000, new Action.Breaks(Which.SECOND, Breakage.NONE)),
            new Step(6000, new Action.Breaks(Which.FIRST, Breakage.SILENCE))));
    scenarios.add(
        Scenario.of(
            "silent-and-third",
            "One is silent, the other answers every third question.",
            first(Breakage.SILENCE),
            new Step(0, new Action.Breaks(Which.SECOND, Breakage.THIRD))));
    scenarios.add(
        Scenario.of(
            "garbage-and-slow",
            "One answers with random bytes, the other after 3 s.",
            first(Breakage.GARBAGE),
            new Step(0, new Action.Breaks(Which.SECOND, Breakage.SLOW))));
    scenarios.add(
        Scenario.of("udp-dead", "UDP is not answered, TCP works.", both(Breakage.UDP_DEAD)));
    scenarios.add(
        Scenario.of("third", "Only every third question is answered.", both(Breakage.THIRD)));
    scenarios.add(
        Scenario.of(
            "lost-questions",
            "Half of the questions are lost on their way.",
            both(Breakage.LOST_QUESTIONS)));
  }

  /** No upstream helps. */
  private static Scenario dead(String name, String sentence, Breakage kind) {
    return Scenario.of(name, sentence, both(kind)).bar(UPSTREAM_RATIO, 1).bar(UNSEEN_LATER, 50);
  }

  /** No upstream helps, and each says so at once. */
  private static Scenario error(String name, String sentence, Breakage kind) {
    return dead(name, sentence, kind).bar(P99, 50).bar(UPSTREAM_RATIO, 0.5);
  }

  /** One upstream does not help. */
  private static Scenario one(String name, String sentence, Breakage kind) {
    return Scenario.of(name, sentence, first(kind))
        .bar(P99_AFTER_THREE, 100)
        .bar(UPSTREAM_RATIO, ONE_ASKED);
  }

  /** Both upstreams say that the names have vanished, and are not believed. */
  private static Scenario held(String name, String sentence, Breakage kind) {
    return Scenario.of(name, sentence, both(kind))
        .knownNamesOnly()
        .inEnforcedZone()
        .bar(SIGNALLED, 100)
        .bar(UPSTREAM_RATIO, 1)
        .bar(FRESH_AFTER, 5);
  }

  /** Both upstreams say that the names have vanished, and are believed. */
  private static Scenario believed(String name, String sentence, Breakage kind) {
    return Scenario.of(name, sentence, both(kind))
        .knownNamesOnly()
        .without(GOOD)
        .without(WRONG)
        .bar(NOTED, 1)
        .bar(UPSTREAM_RATIO, 1)
        .bar(FRESH_AFTER, 30);
  }

  private static Step both(Breakage kind) {
    return new Step(0, new Action.Breaks(Which.BOTH, kind));
  }

  private static Step first(Breakage kind) {
    return new Step(0, new Action.Breaks(Which.FIRST, kind));
  }
}
