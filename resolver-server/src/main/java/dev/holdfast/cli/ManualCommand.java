package dev.holdfast.cli;

import dev.holdfast.manual.Manual;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes the manual pages and completions of the whole program; called when it is packaged. */
final class ManualCommand implements Callable<Integer> {

  private final Supplier<CommandLine> program;
  private final PositionalParamSpec templates =
      folder("0", "TEMPLATES", "The folder of the pages' templates.");
  private final PositionalParamSpec configuration =
      folder("1", "FILE", "The documented configuration file.");
  private final PositionalParamSpec share =
      folder("2", "SHARE", "The folder to write below, laid out as /usr/share.");
  private final CommandSpec spec = CommandSpec.wrapWithoutInspection(this);

  /**
   * Creates the command.
   *
   * @param program makes the program as it is once installed, whose defaults the pages tell
   */
  ManualCommand(Supplier<CommandLine> program) {
    this.program = program;
    spec.usageMessage().hidden(true).description("Write the manual pages and completions.");
    spec.addPositional(templates).addPositional(configuration).addPositional(share);
    spec.addOption(Main.helpOption());
  }

  CommandSpec spec() {
    return spec;
  }

  @Override
  public Integer call() throws Exception {
    Manual.write(program.get(), templates.getValue(), configuration.getValue(), share.getValue());
    return Main.OK;
  }

  private static PositionalParamSpec folder(String index, String label, String description) {
    return PositionalParamSpec.builder()
        .index(index)
        .arity("1")
        .required(true)
        .type(Path.class)
        .paramLabel(label)
        .description(description)
        .build();
  }
}
