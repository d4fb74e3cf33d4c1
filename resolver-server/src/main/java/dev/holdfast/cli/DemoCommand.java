package dev.holdfast.cli;

import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.DemoUpstreams;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;

/** Breaks and heals the embedded upstreams of a server that was started with --demo. */
final class DemoCommand {

  static final InetSocketAddress DEFAULT_ADMIN =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9153);

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

  /** What the three have in common: whom to ask, and what to print. */
  private abstract static class Subcommand implements Callable<Integer> {

    final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

    private final OptionSpec admin =
        OptionSpec.builder("--admin")
            .type(String.class)
            .paramLabel("ADDR:PORT")
            .description(
                "The server's admin address; "
                    + SocketAddresses.format(DEFAULT_ADMIN)
                    + " if not given.")
            .build();

    Subcommand(String description) {
      spec.usageMessage().description(description);
      spec.addOption(admin).addOption(Main.helpOption());
    }

    /** Asks the server and returns how its upstreams are now. */
    abstract Map<?, ?> ask(AdminClient client) throws IOException;

    @Override
    public final Integer call() throws IOException {
      print(ask(new AdminClient(server(), START_HINT)), spec.commandLine().getOut());
      return Main.OK;
    }

    private InetSocketAddress server() {
      String text = admin.getValue();
      try {
        return text == null ? DEFAULT_ADMIN : SocketAddresses.parse(text, DEFAULT_ADMIN.getPort());
      } catch (IllegalArgumentException e) {
        throw refusal("--admin: " + e.getMessage());
      }
    }

    final ParameterException refusal(String message) {
      return new ParameterException(spec.commandLine(), message);
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
