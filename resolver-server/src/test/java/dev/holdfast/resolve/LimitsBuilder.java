package dev.holdfast.resolve;

import static dev.holdfast.resolve.LimitsConfig.DEFAULTS;

import java.time.Duration;

/** The default limits, but for what a test is about. */
public final class LimitsBuilder {

  private int inFlight = DEFAULTS.inFlight();
  private int inFlightPerUpstream = DEFAULTS.inFlightPerUpstream();
  private int waitersPerQuestion = DEFAULTS.waitersPerQuestion();
  private int waitersPerClient = DEFAULTS.waitersPerClient();
  private int sendsPerQuestion = DEFAULTS.sendsPerQuestion();
  private Duration answerDeadline = DEFAULTS.answerDeadline();

  public LimitsBuilder inFlight(int questions) {
    inFlight = questions;
    return this;
  }

  public LimitsBuilder inFlightPerUpstream(int questions) {
    inFlightPerUpstream = questions;
    return this;
  }

  public LimitsBuilder waitersPerQuestion(int waiters) {
    waitersPerQuestion = waiters;
    return this;
  }

  public LimitsBuilder waitersPerClient(int waiters) {
    waitersPerClient = waiters;
    return this;
  }

  public LimitsBuilder sendsPerQuestion(int sends) {
    sendsPerQuestion = sends;
    return this;
  }

  public LimitsBuilder answerDeadline(Duration deadline) {
    answerDeadline = deadline;
    return this;
  }

  public LimitsConfig build() {
    return new LimitsConfig(
        inFlight,
        inFlightPerUpstream,
        waitersPerQuestion,
        waitersPerClient,
        sendsPerQuestion,
        DEFAULTS.cnameChain(),
        DEFAULTS.cachedRecords(),
        DEFAULTS.cachedSizeBytes(),
        DEFAULTS.responsesPerSecond(),
        DEFAULTS.lateResponsesPerSecond(),
        answerDeadline);
  }
}
