package dev.holdfast.replay;

import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.ReceivedQuery;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.metrics.Counter;
import dev.holdfast.replay.Scenario.Action;
import dev.holdfast.replay.Scenario.Step;
import dev.holdfast.replay.Scenario.Which;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Plays one scenario against one fresh server: learn, break, let expire, ask, let expire, heal, ask
 * on until all is fresh. Confined to one thread.
 */
final class ScenarioRun {

  /** From here on a server can know that its upstreams are down. */
  static final long KNOWN_DOWN_MILLIS = 5000;

  private static final long READY_MILLIS = 20_000;
  private static final long READY_AGAIN_MILLIS = 50;
  private static final long LEARN_AGAIN_MILLIS = 1000;
  private static final long LEARN_LIMIT_MILLIS = 10_000;
  private static final long LEARN_PAUSE_MILLIS = 5;
  private static final long EXPIRY_MARGIN_MILLIS = 400;
  private static final long LAST_LOOK_MILLIS = 1000;

  /** When names are asked for that nobody has asked for before, as written for the full pace. */
  private static final long[] UNSEEN_AT_MILLIS = {50, 1500, 3000, 5050, 5800, 6600, 7400, 8200};

  private final Scenario scenario;
  private final Pace pace;
  private final ServerUnderTest.Starter starter;
  private final ScriptedUpstream first;
  private final ScriptedUpstream second;
  private final List<Sample> samples = new ArrayList<>();
  private final boolean[] known = new boolean[Names.ALL];
  private final boolean[] fresh = new boolean[Names.ALL];
  private final byte[][] queries = new byte[Names.ALL][];
  private int generation;
  private boolean formerIsTrue;
  private boolean asking;
  private long zeroNanos;

  ScenarioRun(Scenario scenario, Pace pace, ServerUnderTest.Starter starter) {
    this.scenario = scenario;
    this.pace = pace;
    this.starter = starter;
    this.first = ScriptedUpstream.start(Names.zone(pace.ttlSeconds()));
    this.second = ScriptedUpstream.start(Names.zone(pace.ttlSeconds()));
    Arrays.setAll(queries, index -> Judge.query(Names.name(index)));
  }

  /** Plays the scenario; a server that does not start or learn makes a result that says so. */
  Result play() throws IOException {
    Path folder = ReplayFolder.create();
    try (first;
        second;
        ServerUnderTest server =
            starter.start(
                new ServerUnderTest.Settings(
                    first.address(),
                    second.address(),
                    folder,
                    scenario.enforced() ? Names.ZONE : null,
                    scenario.restarts()));
        Asker asker = new Asker(server.address(), pace.giveUpMillis())) {
      if (!awaitReady(asker)) {
        return Result.notPlayed(scenario, "no answer after the start: " + server);
      }
      if (!learn(asker)) {
        return Result.notPlayed(scenario, "did not learn all names in time: " + server);
      }
      return play(server, asker);
    } finally {
      ReplayFolder.delete(folder);
    }
  }

  private Result play(ServerUnderTest server, Asker asker) throws IOException {
    scenario.steps().stream().filter(step -> step.atMillis() == 0).forEach(this::change);
    long expiryMillis = TimeUnit.SECONDS.toMillis(pace.ttlSeconds()) + EXPIRY_MARGIN_MILLIS;
    asker.runUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(expiryMillis));
    double firstAnswerMillis = scenario.restarts() ? restart(server, asker) : Double.NaN;

    zeroNanos = System.nanoTime();
    asking = true;
    double countedBefore = upstreamQueries(server);
    askThroughOutage(asker);
    double counted = upstreamQueries(server) - countedBefore;

    asker.runUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(expiryMillis));
    long healedNanos = System.nanoTime();
    heal();
    askUntilFresh(asker, healedNanos);
    samples.sort(Comparator.comparingDouble(Sample::sentMillis));
    return new Result(
        scenario.name(),
        "",
        samples,
        asker.strays(),
        millis(healedNanos),
        counted,
        upstreamPerSlot(),
        firstAnswerMillis,
        server.count(Counter.ABSENCES_WOULD_HAVE_HELD));
  }

  /** Asks until the server answers; false when it does not. */
  static boolean awaitReady(Asker asker) throws IOException {
    return answeredMillis(asker, Judge.query(Names.READY), READY_MILLIS) >= 0;
  }

  /** Asks again and again until there is an answer; returns how long it took, or -1. */
  private static double answeredMillis(Asker asker, byte[] query, long limitMillis)
      throws IOException {
    long startNanos = System.nanoTime();
    long deadlineNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(limitMillis);
    boolean[] answered = new boolean[1];
    while (!answered[0] && System.nanoTime() - deadlineNanos < 0) {
      asker.ask(
          query,
          (message, sentNanos, latencyNanos) ->
              answered[0] |= message != null && message.length > 3 && (message[3] & 0xf) == 0);
      long againNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(READY_AGAIN_MILLIS);
      asker.runUntil(() -> answered[0], againNanos);
    }
    return answered[0] ? (System.nanoTime() - startNanos) / 1e6 : -1;
  }

  /** Asks for the known names until each was answered with its address. */
  private boolean learn(Asker asker) throws IOException {
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LEARN_LIMIT_MILLIS);
    while (System.nanoTime() - deadlineNanos < 0) {
      long nanos = System.nanoTime();
      for (int index = 0; index < Names.KNOWN; index++) {
        int name = index;
        if (!known[name]) {
          nanos += TimeUnit.MILLISECONDS.toNanos(LEARN_PAUSE_MILLIS);
          asker.at(nanos, () -> ask(asker, name, generation));
        }
      }
      long againNanos = nanos + TimeUnit.MILLISECONDS.toNanos(LEARN_AGAIN_MILLIS);
      if (asker.runUntil(() -> allKnown(), againNanos)) {
        return true;
      }
    }
    return false;
  }

  private boolean allKnown() {
    for (int index = 0; index < Names.KNOWN; index++) {
      if (!known[index]) {
        return false;
      }
    }
    return true;
  }

  private double restart(ServerUnderTest server, Asker asker) throws IOException {
    server.restart();
    double answeredMillis = answeredMillis(asker, queries[0], READY_MILLIS);
    return answeredMillis < 0 ? READY_MILLIS : answeredMillis;
  }

  private void askThroughOutage(Asker asker) throws IOException {
    long lengthMillis = pace.scaledMillis(scenario.lengthMillis());
    long rounds = pace.rounds() * scenario.lengthMillis() / Pace.WRITTEN_FOR.toMillis();
    long questions = rounds * Names.KNOWN;
    for (int i = 0; i < questions; i++) {
      int name = i % Names.KNOWN;
      at(asker, i * lengthMillis / questions, () -> ask(asker, name, generation));
    }
    for (int i = 0; i < Names.UNSEEN; i++) {
      int name = Names.KNOWN + i;
      at(asker, pace.scaledMillis(UNSEEN_AT_MILLIS[i]), () -> ask(asker, name, generation));
    }
    for (Step step : scenario.steps()) {
      if (step.atMillis() > 0) {
        at(asker, pace.scaledMillis(step.atMillis()), () -> change(step));
      }
    }
    asker.runUntil(zeroNanos + TimeUnit.MILLISECONDS.toNanos(lengthMillis));
    asker.runUntil(
        () -> asker.pending() == 0,
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pace.goodMillis()));
  }

  private void at(Asker asker, long millis, Runnable command) {
    asker.at(zeroNanos + TimeUnit.MILLISECONDS.toNanos(millis), command);
  }

  private void heal() {
    formerIsTrue = generation == 0;
    renumber();
    first.heal();
    second.heal();
  }

  private void renumber() {
    generation = 1;
    Names.publish(first.zone(), pace.ttlSeconds(), generation);
    Names.publish(second.zone(), pace.ttlSeconds(), generation);
  }

  /** Asks for all names in turn until each is fresh, and a little longer. */
  private void askUntilFresh(Asker asker, long healedNanos) throws IOException {
    int names = scenario.lies() ? Names.KNOWN : Names.ALL;
    long stepNanos = TimeUnit.MILLISECONDS.toNanos(pace.askAgainMillis()) / names;
    long limitNanos = healedNanos + TimeUnit.MILLISECONDS.toNanos(pace.healLimitMillis());
    askInTurn(asker, 0, names, healedNanos, stepNanos);
    asker.runUntil(() -> allFresh(names), limitNanos);
    asker.runUntil(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LAST_LOOK_MILLIS));
    asker.clearAgenda();
    asker.runUntil(
        () -> asker.pending() == 0,
        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pace.goodMillis()));
  }

  private void askInTurn(Asker asker, int name, int names, long nanos, long stepNanos) {
    asker.at(
        nanos,
        () -> {
          ask(asker, name, generation);
          askInTurn(asker, (name + 1) % names, names, nanos + stepNanos, stepNanos);
        });
  }

  private boolean allFresh(int names) {
    for (int index = 0; index < names; index++) {
      if (!fresh[index]) {
        return false;
      }
    }
    return true;
  }

  private void ask(Asker asker, int name, int askedGeneration) {
    asker.ask(
        queries[name],
        (message, sentNanos, latencyNanos) ->
            note(name, askedGeneration, message, sentNanos, latencyNanos));
  }

  private void note(
      int name, int askedGeneration, byte @Nullable [] message, long sentNanos, long latencyNanos) {
    Judge.Verdict verdict =
        Judge.judge(
            message,
            latencyNanos,
            Names.name(name),
            Names.address(name, generation),
            formerIsTrue ? Names.address(name, 0) : null,
            pace.goodMillis());
    boolean right = verdict.outcome().isGood() && verdict.current();
    known[name] |= right;
    fresh[name] = right && askedGeneration > 0;
    if (asking && sentNanos - zeroNanos >= 0) {
      samples.add(
          new Sample(
              name,
              millis(sentNanos),
              latencyNanos / 1e6,
              verdict.outcome(),
              verdict.rcode(),
              verdict.extendedError(),
              verdict.current()));
    }
  }

  private void change(Step step) {
    switch (step.action()) {
      case Action.Breaks(Which which, Breakage kind) ->
          of(which).forEach(upstream -> upstream.breakWith(kind));
      case Action.Loses(Which which) ->
          of(which).forEach(upstream -> Names.withdraw(upstream.zone()));
      case Action.Renumbers() -> renumber();
      case Action.Restarts() -> {}
    }
  }

  private List<ScriptedUpstream> of(Which which) {
    return switch (which) {
      case FIRST -> List.of(first);
      case SECOND -> List.of(second);
      case BOTH -> List.of(first, second);
    };
  }

  /** Messages to upstreams so far; what never arrived only the server knows. */
  private double upstreamQueries(ServerUnderTest server) {
    long sent = server.count(Counter.UPSTREAM_QUERIES);
    if (sent >= 0) {
      return sent + server.count(Counter.PROBES_SENT);
    }
    return scenario.hidesQueries() ? Double.NaN : first.queries() + second.queries();
  }

  private List<Integer> upstreamPerSlot() {
    List<Integer> slots = new ArrayList<>();
    Stream.of(first, second)
        .flatMap(upstream -> upstream.lastQueries().stream())
        .map(ReceivedQuery::receivedAtNanos)
        .map(nanos -> (int) Math.floor(millis(nanos) / Result.SLOT_MILLIS))
        .filter(slot -> slot >= 0)
        .forEach(
            slot -> {
              while (slots.size() <= slot) {
                slots.add(0);
              }
              slots.set(slot, slots.get(slot) + 1);
            });
    return slots;
  }

  private double millis(long nanos) {
    return (nanos - zeroNanos) / 1e6;
  }
}
