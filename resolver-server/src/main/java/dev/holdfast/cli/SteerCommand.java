package dev.holdfast.cli;

import dev.holdfast.admin.ControlRoutes;
import dev.holdfast.config.Quantities;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.OptionSpec;

/** Decides about one name: pin, rollback, unpin or release. */
final class SteerCommand extends AdminCommand {

  /** What is decided. */
  private enum Decision {
    PIN(ControlRoutes.PIN_PATH, "pinned"),
    ROLLBACK(ControlRoutes.ROLLBACK_PATH, "rolled back"),
    UNPIN(ControlRoutes.UNPIN_PATH, "unpinned"),
    RELEASE(ControlRoutes.RELEASE_PATH, "released");

    private final String path;
    private final String done;

    Decision(String path, String done) {
      this.path = path;
      this.done = done;
    }
  }

  private final Decision decision;
  private final Clock clock;
  private final NameArguments arguments;
  private final OptionSpec until =
      OptionSpec.builder("--until")
          .type(String.class)
          .paramLabel("TIME")
          .description(
              "When it ends: 2025-10-20T12:00:00Z, or in this machine's time zone 2025-10-20T12:00"
                  + " or 12:00.")
          .build();
  private final OptionSpec length =
      OptionSpec.builder("--for")
          .type(String.class)
          .paramLabel("DURATION")
          .description("How long: 30m, 2h, 1d.")
          .build();

  private SteerCommand(Decision decision, Clock clock, String description) {
    super(description);
    this.decision = decision;
    this.clock = clock;
    arguments = new NameArguments(this, /* nameRequired= */ true).withType();
    if (decision == Decision.PIN || decision == Decision.ROLLBACK) {
      spec().addOption(until).addOption(length);
    }
  }

  static SteerCommand pin(Clock clock) {
    return new SteerCommand(
        Decision.PIN, clock, "Serve the last good records of a name, whatever upstreams say.");
  }

  static SteerCommand rollback(Clock clock) {
    return new SteerCommand(
        Decision.ROLLBACK,
        clock,
        "Serve the records that a name had before its last good ones, until it is unpinned.");
  }

  static SteerCommand unpin(Clock clock) {
    return new SteerCommand(Decision.UNPIN, clock, "Take a pin or a rollback back.");
  }

  static SteerCommand release(Clock clock) {
    return new SteerCommand(
        Decision.RELEASE,
        clock,
        "End the hold of a name: upstreams that say it is gone are believed until they have it"
            + " again.");
  }

  @Override
  void ask(AdminClient client, PrintWriter out) throws IOException {
    Instant end = end();
    if (decision == Decision.PIN && end == null) {
      throw refusal("for how long? (expected --until TIME or --for DURATION)");
    }
    String ends = end == null ? "" : "&until=" + encoded(end.toString());
    Fields reply = new Fields(client.post(decision.path + "?" + arguments.toQuery() + ends));
    for (Fields question : reply.objects("questions")) {
      out.println(
          decision.done
              + " "
              + reply.text("name")
              + " "
              + question.text("type")
              + (end == null ? "" : " until " + end));
      List<String> records = question.texts("records");
      records.forEach(each -> out.println("  " + each));
    }
  }

  private @Nullable Instant end() {
    String untilText = until.getValue();
    String forText = length.getValue();
    if (untilText != null && forText != null) {
      throw refusal("--until and --for: one of them is enough");
    }
    try {
      if (untilText != null) {
        return EndTime.parse(untilText, clock);
      }
      return forText == null
          ? null
          : clock.instant().plus(positive(forText)).truncatedTo(ChronoUnit.SECONDS);
    } catch (IllegalArgumentException e) {
      throw refusal((untilText != null ? "--until: " : "--for: ") + e.getMessage());
    }
  }

  private static Duration positive(String text) {
    Duration duration = Quantities.duration(text);
    if (!duration.isPositive()) {
      throw new IllegalArgumentException(text + " (expected more than 0s)");
    }
    return duration;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
