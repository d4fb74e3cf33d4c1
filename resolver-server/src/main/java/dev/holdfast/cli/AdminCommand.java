package dev.holdfast.cli;

import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** A command that asks a running server's admin address. */
abstract class AdminCommand implements Callable<Integer> {

  static final InetSocketAddress DEFAULT_ADMIN =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9153);

  final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  private final String startHint;
  private final OptionSpec admin =
      OptionSpec.builder("--admin")
          .type(String.class)
          .paramLabel("ADDR:PORT")
          .description(
              "The server's admin address; "
                  + SocketAddresses.format(DEFAULT_ADMIN)
                  + " if not given.")
          .build();

  /**
   * A command without options of its own.
   *
   * @param startHint the command that starts a server, told when there is none
   */
  AdminCommand(String description, String startHint) {
    this.startHint = startHint;
    spec.usageMessage().description(description);
    spec.addOption(admin).addOption(Main.helpOption());
  }

  AdminCommand(String description) {
    this(description, "holdfast run");
  }

  final CommandSpec spec() {
    return spec;
  }

  /** Asks the server and prints what it says. */
  abstract void ask(AdminClient client, PrintWriter out) throws IOException;

  @Override
  public final Integer call() throws IOException {
    ask(new AdminClient(server(), startHint), spec.commandLine().getOut());
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

  /** Says that the command was called the wrong way. */
  final ParameterException refusal(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** An option without a value. */
  static OptionSpec flag(String name, String description) {
    return OptionSpec.builder(name).type(boolean.class).arity("0").description(description).build();
  }

  static boolean isSet(OptionSpec flag) {
    return Boolean.TRUE.equals(flag.getValue());
  }
}
