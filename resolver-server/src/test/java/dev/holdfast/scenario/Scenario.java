package dev.holdfast.scenario;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code .rpl} file: a configuration, what the upstreams answer in which steps, and the steps.
 * Immutable.
 *
 * @param file the name of the file as shown to a reader
 * @param clientDialect whether the file speaks the dialect of a client library instead of that of a
 *     resolver ({@link ScenarioRunner} says what that changes)
 */
record Scenario(
    String file,
    ScenarioConfig config,
    String title,
    List<Range> ranges,
    List<Step> steps,
    boolean clientDialect) {

  Scenario {
    ranges = List.copyOf(ranges);
    steps = List.copyOf(steps);
  }

  /** What upstreams answer from step {@code first} to step {@code last}; no address means all. */
  record Range(int first, int last, List<InetAddress> addresses, List<Entry> entries) {

    Range {
      addresses = List.copyOf(addresses);
      entries = List.copyOf(entries);
    }

    boolean covers(int step) {
      return first <= step && step <= last;
    }
  }

  /** What a step does. */
  enum Kind {
    /** A client asks. */
    QUERY(true),
    /** An answer must have come to a client. */
    CHECK_ANSWER(true),
    /** An upstream must have been asked. */
    CHECK_OUT_QUERY(true),
    /** An upstream answers. */
    REPLY(true),
    /** The time of a question to an upstream is up. */
    TIMEOUT(false),
    /** The network breaks a question to an upstream. */
    ERROR(false),
    TIME_PASSES(false),
    /** Room for questions to upstreams to be answered. */
    TRAFFIC(false),
    NOTHING(false);

    final boolean takesEntry;

    Kind(boolean takesEntry) {
      this.takesEntry = takesEntry;
    }
  }

  /**
   * One thing that happens.
   *
   * @param address of the client or the upstream, where the step names one
   * @param entry there whenever the kind takes one
   */
  record Step(
      int line,
      int number,
      Kind kind,
      @Nullable InetAddress address,
      Duration elapse,
      @Nullable Entry entry) {}
}
