package dev.holdfast.cli;

import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** A command that asks a running server's admin address. */
abstract class AdminCommand implements Callable<Integer> {

  static final InetSocketAddress DEFAULT_ADMIN =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9153);

  private static final String TOKEN_VARIABLE = "HOLDFAST_TOKEN";

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

  private final OptionSpec tokenFile =
      OptionSpec.builder("--token-file")
          .type(String.class)
          .paramLabel("FILE")
          .description(
              "Holds the token of a server that wants one (admin.token-file); without it the"
                  + " variable "
                  + TOKEN_VARIABLE
                  + " is taken.")
          .build();

  /**
   * A command without options of its own.
   *
   * @param startHint the command that starts a server, told when there is none
   */
  AdminCommand(String description, String startHint) {
    this.startHint = startHint;
    spec.usageMessage().description(description);
    spec.addOption(admin).addOption(tokenFile).addOption(Main.helpOption());
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
    ask(new AdminClient(server(), token(), startHint), spec.commandLine().getOut());
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

  /* Not as an option itself: every user of the machine sees the arguments of processes. */
  private @Nullable String token() throws IOException {
    String file = tokenFile.getValue();
    String inEnvironment = System.getenv(TOKEN_VARIABLE);
    if (file == null && inEnvironment != null) {
      return inEnvironment.strip();
    }
    return file == null ? null : readToken(Path.of(file));
  }

  private static String readToken(Path file) throws IOException {
    try {
      String text = Files.readString(file).strip();
      if (text.isEmpty() || !text.chars().allMatch(each -> each > ' ' && each <= '~')) {
        throw new IOException("--token-file: " + file + " (expected one line with the token)");
      }
      return text;
    } catch (NoSuchFileException | AccessDeniedException e) {
      throw new IOException("--token-file: " + file + " cannot be read", e);
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
