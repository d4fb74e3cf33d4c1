package dev.holdfast.cli;

import dev.holdfast.admin.ControlRoutes;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;

/** Lets a server forget names. */
final class FlushCommand extends AdminCommand {

  private final NameArguments arguments = new NameArguments(this, /* nameRequired= */ false);
  private final OptionSpec subtree =
      OptionSpec.builder("--subtree")
          .type(String.class)
          .paramLabel("NAME")
          .description("Forget a name and everything below it.")
          .build();
  private final List<OptionSpec> parts =
      List.of(
          flag("--negative", "Forget which names and types do not exist."),
          flag("--stale", "Forget answers past their TTL."),
          flag("--held", "End all holds: what upstreams say is gone is gone."),
          flag("--all", "Forget everything, histories too: no name is proven any more."));

  FlushCommand() {
    super(
        "Forget a name: its answers, failures and history. If upstreams say that it is gone, that"
            + " is believed from then on.");
    spec().addOption(subtree);
    parts.forEach(spec()::addOption);
  }

  @Override
  void ask(AdminClient client, PrintWriter out) throws IOException {
    Fields reply = new Fields(client.post(ControlRoutes.FLUSH_PATH + "?" + what()));
    out.printf(
        "forgot %s, %s and %s%n",
        count(reply.number("answers"), "answer", "answers"),
        count(reply.number("failures"), "failure", "failures"),
        count(reply.number("histories"), "history", "histories"));
    reply.texts("questions").forEach(question -> out.println("  " + question));
    reply
        .texts("still_pinned")
        .forEach(question -> out.println("still pinned: " + question + " (see holdfast unpin)"));
  }

  private String what() {
    List<String> chosen = new ArrayList<>();
    if (arguments.name() != null) {
      chosen.add(arguments.toQuery());
    }
    String suffix = subtree.getValue();
    if (suffix != null) {
      chosen.add("subtree=" + arguments.encoded(suffix));
    }
    for (OptionSpec part : parts) {
      if (isSet(part)) {
        chosen.add("part=" + part.longestName().substring("--".length()));
      }
    }
    if (chosen.size() != 1) {
      throw refusal(
          chosen.isEmpty()
              ? "what is to be forgotten? (expected NAME, --subtree, --negative, --stale, --held"
                  + " or --all)"
              : "one thing at a time (expected NAME or one option)");
    }
    return chosen.getFirst();
  }

  private static String count(long number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }
}
