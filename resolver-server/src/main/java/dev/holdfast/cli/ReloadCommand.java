package dev.holdfast.cli;

import dev.holdfast.Reload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;

/** Lets a server read its configuration anew. */
final class ReloadCommand extends AdminCommand {

  ReloadCommand() {
    super(
        "Let a running server read its configuration anew, with the options it was started with. A"
            + " bad configuration changes nothing.");
  }

  @Override
  void ask(AdminClient client, PrintWriter out) throws IOException {
    Fields reply = new Fields(client.post(Reload.PATH));
    List<String> changed = reply.texts("changed");
    List<String> needsRestart = reply.texts("needs_restart");
    out.println(changed.isEmpty() ? "reloaded: nothing has changed" : "reloaded:");
    changed.forEach(change -> out.println("  " + change));
    if (!needsRestart.isEmpty()) {
      out.println("needs a restart:");
      needsRestart.forEach(change -> out.println("  " + change));
    }
  }
}
