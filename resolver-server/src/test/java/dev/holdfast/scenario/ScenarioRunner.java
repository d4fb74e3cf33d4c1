package dev.holdfast.scenario;

import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.scenario.Entry.Match;
import dev.holdfast.scenario.Scenario.Kind;
import dev.holdfast.scenario.Scenario.Range;
import dev.holdfast.scenario.Scenario.Step;
import dev.holdfast.scenario.ScenarioClient.Answer;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.FailureKind;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Plays one {@link Scenario} against a resolver: scripted upstreams, a clock that only the scenario
 * moves, clients in the same process. Confined to one thread.
 *
 * <p>The format was made for resolvers that iterate. This is how it is read for a forwarder:
 *
 * <ul>
 *   <li>Every stub-addr and forward-addr is an upstream of the root route, and every scripted
 *       upstream reply has RA set: the scripted authority plays a recursive upstream.
 *   <li>There are two dialects. A file in which no REPLY line mentions RA is written for a client
 *       library: RA is not compared, the ADDRESS of a range is ignored, and among the entries that
 *       match in the current step the last one wins. In all others RA is compared, a range with an
 *       ADDRESS answers for that upstream only, later ranges go before earlier ones, and in a range
 *       the first match wins.
 *   <li>The current step is the one that comes next: a QUERY is answered from the ranges that cover
 *       the step after it.
 *   <li>TIMEOUT moves the clock to where the question that has waited longest times out, ERROR
 *       breaks it with a network error. When nothing waits these two do nothing: how often an
 *       upstream is asked again is the resolver's affair.
 *   <li>A question to an upstream times out when its time has passed, also without a TIMEOUT. A
 *       REPLY to it then comes too late and does nothing.
 *   <li>{@code ADJUST sleep=n} delays a reply by n seconds of the scenario's clock.
 *   <li>outbound-msg-retry, 5 unless the file says otherwise, bounds the sends per question, and
 *       client-wait-timeout is the answer deadline.
 *   <li>serve-expired turns stale answers on, without client-timeout or with 0 at once; prefetch is
 *       off unless the file turns it on; ede is always on.
 *   <li>At the end no answer may be left unchecked, and no question to an upstream unanswered
 *       unless a TIMEOUT or ERROR broke one before: those leave probes and refreshes behind.
 *   <li>A file whose upstream refers the question to others, or where only other servers than its
 *       upstreams could answer, iterates and is unusable.
 * </ul>
 */
final class ScenarioRunner {

  private static final int MAX_ROUNDS = 10_000;
  private static final int FIRST_QUERY_ID = 0x1001;

  /** Builds the resolver that a scenario is played against. */
  interface ResolverFactory {
    Resolver create(ScenarioSettings settings, VirtualLoop loop, Exchange exchange);
  }

  private final Scenario scenario;
  private final EntryMatcher matcher;
  private final VirtualLoop loop = new VirtualLoop();
  private final ScriptedExchange exchange = new ScriptedExchange(loop);
  private final ScenarioSettings settings;
  private final Resolver resolver;
  private final Set<InetAddress> upstreams = new HashSet<>();

  /** Answers that no step has checked yet. */
  private final List<Answer> answers = new ArrayList<>();

  /** Questions to upstreams that ranges have nothing more to say to. */
  private final Set<ScriptedExchange.Query> settled = new HashSet<>();

  private final Set<Record> clientQuestions = new HashSet<>();
  private boolean broken;
  private int nextQueryId = FIRST_QUERY_ID;

  private ScenarioRunner(Scenario scenario, ResolverFactory factory) {
    this.scenario = scenario;
    this.matcher = new EntryMatcher(!scenario.clientDialect());
    this.settings = ScenarioSettings.of(scenario);
    settings.upstreams().forEach(spec -> upstreams.add(spec.address().getAddress()));
    this.resolver = factory.create(settings, loop, exchange);
  }

  /**
   * Plays {@code scenario}.
   *
   * @throws AssertionError when a check fails; the message opens with file and line
   * @throws UnusableScenarioException when the scenario says nothing about a forwarder
   */
  static void play(Scenario scenario, ResolverFactory factory) {
    new ScenarioRunner(scenario, factory).run();
  }

  private void run() {
    List<Step> steps = scenario.steps();
    int next = 0;
    for (int round = 0; next < steps.size(); round++) {
      if (round > MAX_ROUNDS) {
        throw failure(steps.get(next), "no rest after " + MAX_ROUNDS + " rounds");
      }
      loop.runDue();
      Step step = steps.get(next);
      if (step.kind() == Kind.CHECK_OUT_QUERY && checkUpstreamQuery(step)) {
        next++;
      } else if (step.kind() == Kind.CHECK_ANSWER && !answers.isEmpty()) {
        checkAnswer(step);
        next++;
      } else if (!answerFromRanges(step)) {
        next++;
        perform(step);
      }
    }
    if (!steps.isEmpty()) {
      finish(steps.getLast());
    }
  }

  private void finish(Step last) {
    do {
      loop.runDue();
    } while (answerFromRanges(last));
    if (!answers.isEmpty()) {
      throw failure(last, "answers that no step checks: " + answers);
    }
    if (!broken && !exchange.pending().isEmpty()) {
      throw failure(last, "questions to upstreams left unanswered: " + exchange.pending());
    }
  }

  private void perform(Step step) {
    switch (step.kind()) {
      case QUERY -> query(step);
      case REPLY -> reply(step);
      case TIMEOUT -> {
        broken = true;
        exchange.pending().stream()
            .filter(query -> concerns(step, query))
            .min(Comparator.comparingLong(query -> query.deadlineNanos() - loop.nowNanos()))
            .ifPresent(query -> loop.advanceTo(query.deadlineNanos()));
      }
      case ERROR -> {
        broken = true;
        exchange.pending().stream()
            .filter(query -> concerns(step, query))
            .findFirst()
            .ifPresent(query -> query.fail(FailureKind.NETWORK_ERROR));
      }
      case TIME_PASSES -> {
        long end = loop.nowNanos() + step.elapse().toNanos();
        while (loop.advanceToNext(end)) {
          while (answerFromRanges(step)) {
            loop.runDue();
          }
        }
        loop.advanceTo(end);
      }
      case CHECK_ANSWER -> throw missingAnswer(step);
      case CHECK_OUT_QUERY -> throw missingUpstreamQuery(step);
      case TRAFFIC, NOTHING -> {}
    }
  }

  private void query(Step step) {
    Entry entry = entryOf(step);
    Message query = entry.toQuery(nextQueryId++);
    clientQuestions.addAll(query.getSection(Section.QUESTION));
    InetAddress address =
        step.address() == null ? InetAddress.getLoopbackAddress() : step.address();
    new ScenarioClient(address, entry.compares(Match.TCP), query, answers::add)
        .ask(resolver, loop.nowNanos());
  }

  private void reply(Step step) {
    Entry entry = entryOf(step);
    List<ScriptedExchange.Query> waiting =
        exchange.pending().stream().filter(query -> concerns(step, query)).toList();
    if (waiting.isEmpty()) {
      if (matchesAny(entry, exchange.timedOut())) {
        return;
      }
      throw failure(step, "no question to an upstream waits");
    }
    ScriptedExchange.Query query =
        waiting.stream()
            .filter(asked -> matcher.matches(entry, asked.message(), asked.stream()))
            .findFirst()
            .orElse(waiting.getLast());
    deliver(query, entry);
  }

  private boolean matchesAny(Entry entry, List<ScriptedExchange.Query> queries) {
    return queries.stream()
        .anyMatch(query -> matcher.matches(entry, query.message(), query.stream()));
  }

  private boolean checkUpstreamQuery(Step step) {
    Entry entry = entryOf(step);
    for (ScriptedExchange.Query query : exchange.pending()) {
      if (concerns(step, query) && matcher.matches(entry, query.message(), query.stream())) {
        if (entry.copyId()) {
          deliver(query, entry);
        }
        return true;
      }
    }
    return false;
  }

  private void checkAnswer(Step step) {
    Entry entry = entryOf(step);
    for (Answer answer : answers) {
      boolean concerned =
          step.address() == null || step.address().equals(answer.client().address());
      if (concerned && matcher.matches(entry, answer.message(), answer.client().stream())) {
        answers.remove(answer);
        return;
      }
    }
    StringBuilder problem = new StringBuilder("no answer matches");
    for (Answer answer : answers) {
      problem.append("\n  answer to ").append(answer.client()).append(':');
      matcher
          .differences(entry, answer.message(), answer.client().stream())
          .forEach(difference -> problem.append("\n    ").append(difference));
    }
    throw failure(step, problem.toString());
  }

  /** Lets the ranges of {@code step} answer one question to an upstream; false when none can. */
  private boolean answerFromRanges(Step step) {
    for (ScriptedExchange.Query query : exchange.pending()) {
      if (!settings.namesUpstream()) {
        throw new UnusableScenarioException("iterates: names neither forward-addr nor stub-addr");
      }
      Entry entry = settled.contains(query) ? null : entryFor(query, step);
      if (entry != null) {
        refuseReferral(query, entry);
        deliver(query, entry);
        return true;
      }
    }
    return false;
  }

  private void deliver(ScriptedExchange.Query query, Entry entry) {
    Message reply = entry.toReply(query.message());
    if (entry.delaySeconds() > 0) {
      settled.add(query);
      var _ =
          loop.schedule(
              () -> exchange.pending().contains(query) && query.reply(reply),
              entry.delaySeconds(),
              TimeUnit.SECONDS);
    } else if (!query.reply(reply)) {
      settled.add(query);
    }
  }

  private @Nullable Entry entryFor(ScriptedExchange.Query query, Step step) {
    Entry found = null;
    List<Range> ranges =
        scenario.clientDialect() ? scenario.ranges() : scenario.ranges().reversed();
    for (Range range : ranges) {
      if (!range.covers(step.number()) || !answersFor(range, query)) {
        continue;
      }
      for (Entry entry : range.entries()) {
        if (matcher.matches(entry, query.message(), query.stream())) {
          if (!scenario.clientDialect()) {
            return entry;
          }
          found = entry;
        }
      }
    }
    return found;
  }

  private boolean answersFor(Range range, ScriptedExchange.Query query) {
    return scenario.clientDialect()
        || range.addresses().isEmpty()
        || range.addresses().contains(addressOf(query));
  }

  private static InetAddress addressOf(ScriptedExchange.Query query) {
    return query.upstream().spec().address().getAddress();
  }

  private static boolean concerns(Step step, ScriptedExchange.Query query) {
    return step.address() == null || step.address().equals(addressOf(query));
  }

  private void refuseReferral(ScriptedExchange.Query query, Entry entry) {
    List<Record> authority = entry.section(Section.AUTHORITY);
    boolean referral =
        entry.rcode() == Rcode.NOERROR
            && entry.section(Section.ANSWER).isEmpty()
            && authority.stream().anyMatch(record -> record.getType() == Type.NS)
            && authority.stream().noneMatch(record -> record.getType() == Type.SOA);
    if (referral && !scenario.clientDialect()) {
      Name zone = authority.getFirst().getName();
      throw new UnusableScenarioException(
          "iterates: "
              + addressOf(query).getHostAddress()
              + " refers "
              + ScriptedExchange.text(query.message().getQuestion())
              + " to the servers of "
              + zone);
    }
  }

  private Error missingAnswer(Step step) {
    for (ScriptedExchange.Query query : exchange.pending()) {
      for (Range range : scenario.ranges()) {
        boolean other =
            range.covers(step.number())
                && !answersFor(range, query)
                && upstreams.stream().noneMatch(range.addresses()::contains);
        for (Entry entry : other ? range.entries() : List.<Entry>of()) {
          if (matcher.matches(entry, query.message(), query.stream())) {
            throw new UnusableScenarioException(
                "iterates: only "
                    + range.addresses().getFirst().getHostAddress()
                    + " answers "
                    + ScriptedExchange.text(query.message().getQuestion()));
          }
        }
      }
    }
    return failure(step, "no answer came; waiting for " + exchange.pending());
  }

  private Error missingUpstreamQuery(Step step) {
    List<Record> expected = entryOf(step).section(Section.QUESTION);
    if (!expected.isEmpty() && !clientQuestions.contains(expected.getFirst())) {
      throw new UnusableScenarioException(
          "iterates: expects "
              + ScriptedExchange.text(expected.getFirst())
              + " to be asked, which is no client's question");
    }
    return failure(step, "not asked of an upstream; waiting for " + exchange.pending());
  }

  private static Entry entryOf(Step step) {
    return Objects.requireNonNull(step.entry());
  }

  private AssertionError failure(Step step, String problem) {
    int line = step.entry() == null ? step.line() : step.entry().line();
    return new AssertionError(
        scenario.file()
            + ":"
            + line
            + ": STEP "
            + step.number()
            + " "
            + step.kind()
            + ": "
            + problem);
  }
}
