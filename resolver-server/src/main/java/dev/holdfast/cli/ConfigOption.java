package dev.holdfast.cli;

/** An option that overrides what the configuration file says. */
enum ConfigOption {
  LISTEN(
      "--listen",
      "listen",
      /* repeatable= */ true,
      "ADDR:PORT",
      "Serve clients on this address, over UDP and TCP. Repeatable."),
  UPSTREAM(
      "--upstream",
      "upstreams",
      /* repeatable= */ true,
      "SPEC",
      "Ask this server: 192.0.2.53, 192.0.2.53:5300 or tcp://192.0.2.53. Repeatable."),
  THREADS("--threads", "threads", /* repeatable= */ false, "N", "Threads that answer, or auto."),
  STATE_DIR(
      "--state-dir",
      "state-dir",
      /* repeatable= */ false,
      "DIR",
      "Keep here what survives a restart."),
  ADMIN(
      "--admin",
      "admin.listen",
      /* repeatable= */ false,
      "ADDR:PORT",
      "Serve metrics and control here, or off."),
  SET("--set", "", /* repeatable= */ true, "KEY=VALUE", "Set any key of the file. Repeatable.");

  private final String option;
  private final String key;
  private final boolean repeatable;
  private final String label;
  private final String description;

  ConfigOption(String option, String key, boolean repeatable, String label, String description) {
    this.option = option;
    this.key = key;
    this.repeatable = repeatable;
    this.label = label;
    this.description = description;
  }

  String option() {
    return option;
  }

  /** The key of the file that it sets. */
  String key() {
    return key;
  }

  boolean repeatable() {
    return repeatable;
  }

  String label() {
    return label;
  }

  String description() {
    return description;
  }
}
