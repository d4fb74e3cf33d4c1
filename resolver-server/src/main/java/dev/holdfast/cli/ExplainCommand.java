package dev.holdfast.cli;

import dev.holdfast.admin.ControlRoutes;
import dev.holdfast.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Tells the story of a name: what would be answered, and why. */
final class ExplainCommand extends AdminCommand {

  private final NameArguments arguments =
      new NameArguments(this, /* nameRequired= */ true).withType();
  private final OptionSpec json = flag("--json", "Print what the server says as JSON.");

  ExplainCommand() {
    super("Tell what would be answered for a name now, and why.");
    spec().addOption(json);
  }

  @Override
  void ask(AdminClient client, PrintWriter out) throws IOException {
    Map<?, ?> reply = client.get(ControlRoutes.EXPLAIN_PATH + "?" + arguments.toQuery());
    if (isSet(json)) {
      out.println(Json.write(reply));
    } else {
      new ExplainText(new Fields(reply)).lines().forEach(out::println);
    }
  }
}
