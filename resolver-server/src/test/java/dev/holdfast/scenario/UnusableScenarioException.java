package dev.holdfast.scenario;

/** A scenario that says nothing about a forwarder, or that this runner cannot play; with reason. */
final class UnusableScenarioException extends RuntimeException {

  private final String reason;

  UnusableScenarioException(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
