package dev.holdfast.cli;

import dev.holdfast.Version;
import dev.holdfast.config.Machine;
import dev.holdfast.log.LogProvider;
import dev.holdfast.log.LogSetup;
import dev.holdfast.metrics.MemoryExhaustion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The holdfast program. Results go to standard output, problems to standard error; it exits with 0
 * when all is well, 1 when something failed and 2 when it was called the wrong way.
 */
public final class Main {

  static final int OK = CommandLine.ExitCode.OK;
  static final int FAILURE = CommandLine.ExitCode.SOFTWARE;
  static final int USAGE = CommandLine.ExitCode.USAGE;

  private static final int HELP_WIDTH = 100;

  /** The configuration of an installed service, read when no other is named and it exists. */
  private static final Path SERVICE_CONFIG = Path.of("/etc/holdfast/holdfast.yaml");

  /** Where the launcher says that the distribution is. */
  private static final String HOME_PROPERTY = "holdfast.home";

  private static final long FIRST_PROCESS = 1;

  private Main() {}

  public static void main(String[] arguments) {
    LogProvider.install();
    MemoryExhaustion.watchThreads();
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    ForegroundServer server =
        new ForegroundServer(
            Machine.local(),
            installedConfig(),
            RunningServer::start,
            ProcessHandle.current().pid() == FIRST_PROCESS);
    int code = run(server, out, err, arguments);
    LogSetup.close();
    System.exit(code);
  }

  /** Runs the program and returns its exit code. */
  static int run(ForegroundServer server, PrintWriter out, PrintWriter err, String... arguments) {
    PlainRun run = PlainRun.parse(arguments);
    return run == null
        ? commandLine(server, out, err).execute(withHelpAsOption(arguments))
        : run.run(server, out, err);
  }

  /** Takes {@code help COMMAND}, as other programs have it, for {@code COMMAND --help}. */
  private static String[] withHelpAsOption(String[] arguments) {
    if (arguments.length == 0 || !arguments[0].equals("help")) {
      return arguments;
    }
    String[] asOption = Arrays.copyOfRange(arguments, 1, arguments.length + 1);
    asOption[arguments.length - 1] = "--help";
    return asOption;
  }

  /** The file that is read when none is named: the service's, else the distribution's own. */
  private static Path installedConfig() {
    String home = System.getProperty(HOME_PROPERTY);
    return home == null || Files.exists(SERVICE_CONFIG)
        ? SERVICE_CONFIG
        : Path.of(home, "conf", "holdfast.yaml");
  }

  /** Returns the program with all its commands, built without reflection to start fast. */
  private static CommandLine commandLine(
      ForegroundServer server, PrintWriter out, PrintWriter err) {
    Machine machine = server.machine();
    Path installedConfig = server.installedConfig();
    CommandSpec program =
        CommandSpec.wrapWithoutInspection(null)
            .name("holdfast")
            .addOption(helpOption())
            .addOption(
                OptionSpec.builder("-V", "--version")
                    .versionHelp(true)
                    .description("Print the version and exit.")
                    .build())
            .versionProvider(Version::lines);
    program
        .usageMessage()
        .synopsisSubcommandLabel("COMMAND")
        .description("A caching DNS forwarder that keeps answering when its upstreams fail.")
        .footer("", "holdfast COMMAND --help tells more about a command.");
    Clock clock = Clock.system(ZoneId.systemDefault());
    program
        .addSubcommand("run", new RunCommand(server).spec())
        .addSubcommand("check", new CheckCommand(machine, installedConfig).spec())
        .addSubcommand("query", new QueryCommand().spec())
        .addSubcommand("replay", new ReplayCommand(machine, installedConfig).spec())
        .addSubcommand("bench", new BenchCommand().spec())
        .addSubcommand("explain", new ExplainCommand().spec())
        .addSubcommand("flush", new FlushCommand().spec())
        .addSubcommand("pin", SteerCommand.pin(clock).spec())
        .addSubcommand("unpin", SteerCommand.unpin(clock).spec())
        .addSubcommand("release", SteerCommand.release(clock).spec())
        .addSubcommand("rollback", SteerCommand.rollback(clock).spec())
        .addSubcommand("reload", new ReloadCommand().spec())
        .addSubcommand("status", new StatusCommand().spec())
        .addSubcommand("demo", DemoCommand.spec())
        .addSubcommand(
            "manual", new ManualCommand(() -> commandLine(installed(machine), out, err)).spec());
    return new CommandLine(program)
        .setExpandAtFiles(false)
        .setUsageHelpWidth(HELP_WIDTH)
        .setOut(out)
        .setErr(err)
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setExecutionStrategy(Main::execute)
        .setParameterExceptionHandler(Main::refuse)
        .setExecutionExceptionHandler(Main::fail);
  }

  /** As it is on a machine where it is installed. */
  private static ForegroundServer installed(Machine machine) {
    return new ForegroundServer(
        machine, SERVICE_CONFIG, RunningServer::start, /* firstProcess= */ false);
  }

  /** The option that every command has. */
  static OptionSpec helpOption() {
    return OptionSpec.builder("-h", "--help")
        .usageHelp(true)
        .description("Print this help and exit.")
        .build();
  }

  private static int execute(CommandLine.ParseResult arguments) {
    boolean helpOnly = arguments.isUsageHelpRequested() || arguments.isVersionHelpRequested();
    if (helpOnly || arguments.hasSubcommand()) {
      return new CommandLine.RunLast().execute(arguments);
    }
    CommandLine program = arguments.commandSpec().commandLine();
    program.usage(program.getErr());
    return USAGE;
  }

  private static int refuse(ParameterException problem, String[] arguments) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("holdfast: " + problem.getMessage());
    UnmatchedArgumentException.printSuggestions(problem, err);
    err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    return USAGE;
  }

  private static int fail(
      Exception problem, CommandLine command, CommandLine.ParseResult arguments) {
    Failures.print(problem, command.getErr());
    return FAILURE;
  }
}
