package dev.holdfast.cli;

import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.DemoUpstreams;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Breaks and heals the embedded upstreams of a server that was started with --demo. */
final class DemoCommand {

  private static final String START_HINT = "holdfast run --demo";
  private static final Set<String> SELECTIONS = Set.of("1", "2", DemoUpstreams.ALL);

  private DemoCommand() {}

  static CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().addOption(Main.helpOption());
    spec.usageMessage()
        .description("Break and heal the upstreams of holdfast run --demo.")
        .synopsisSubcommandLabel("COMMAND");
    spec.addSubcommand("break", new Break().spec);
    spec.addSubcommand("heal", new Heal().spec);
    spec.addSubcommand("show", new Show().spec);
    return spec;
  }

  /** What the three have in common: what to print. */
  private abstract static class Subcommand extends AdminCommand {

    Subcommand(String description) {
      super(description, START_HINT);
    }

    /** Asks the server and returns how its upstreams are now. */
    abstract Map<?, ?> ask(AdminClient client) throws IOException;

    @Override
    final void ask(AdminClient client, PrintWriter out) throws IOException {
      print(ask(client), out);
    }

    private static void print(Map<?, ?> reply, PrintWriter out) {
      if (reply.get("upstreams") instanceof List<?> upstreams) {
        for (Object each : upstreams) {
          if (each instanceof Map<?, ?> row) {
            out.printf(
                "upstream %s  %s  %-15s %s (%s queries so far)%n",
                row.get("upstream"),
                row.get("address"),
                row.get("kind"),
                row.get("meaning"),
                row.get("queries"));
          }
        }
      }
    }
  }

  /** A subcommand that changes some of the upstreams. */
  private abstract static class Change extends Subcommand {

    private final OptionSpec upstream =
        OptionSpec.builder("--upstream")
            .type(String.class)
            .paramLabel("1|2|all")
            .description("Which upstream; all if not given.")
            .build();

    Change(String description) {
      super(description);
      spec.addOption(upstream);
    }

    final String selection() {
      String which = upstream.getValue();
      if (which == null) {
        return DemoUpstreams.ALL;
      }
      if (!SELECTIONS.contains(which)) {
        throw refusal("--upstream: " + which + " (expected 1, 2 or all)");
      }
      return which;
    }
  }

  private static final class Break extends Change {

    private final PositionalParamSpec kind =
        PositionalParamSpec.builder()
            .type(String.class)
            .index("0")
            .arity("0..1")
            .required(false)
            .paramLabel("KIND")
            .description("What is to go wrong, one of those below.")
            .build();

    Break() {
      super("Break the upstreams in the way that is named, until they are healed.");
      spec.addPositional(kind);
      spec.usageMessage().footer(kinds().toArray(String[]::new));
    }

    @Override
    Map<?, ?> ask(AdminClient client) throws IOException {
      String name = kind.getValue();
      Breakage breakage = name == null ? null : Breakage.named(name);
      if (breakage == null || breakage == Breakage.NONE) {
        String problem = name == null ? "KIND is missing" : "unknown kind: " + name;
        throw refusal(problem + "\n" + String.join("\n", kinds()));
      }
      return client.post(
          DemoRoutes.BREAK_PATH + "?upstream=" + selection() + "&kind=" + breakage.kebabName());
    }

    private static List<String> kinds() {
      return DemoRoutes.kinds().stream()
          .map(each -> String.format("  %-16s %s", each.kebabName(), each.sentence()))
          .toList();
    }
  }

  private static final class Heal extends Change {

    Heal() {
      super("Let the upstreams answer again.");
    }

    @Override
    Map<?, ?> ask(AdminClient client) throws IOException {
      return client.post(DemoRoutes.HEAL_PATH + "?upstream=" + selection());
    }
  }

  private static final class Show extends Subcommand {

    Show() {
      super("Show how the upstreams are.");
    }

    @Override
    Map<?, ?> ask(AdminClient client) throws IOException {
      return client.get(DemoRoutes.SHOW_PATH);
    }
  }
}
