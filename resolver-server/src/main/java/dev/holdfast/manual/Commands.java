package dev.holdfast.manual;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The commands of a program as its manual sees them: without what is hidden. Stateless. */
final class Commands {

  private Commands() {}

  /** Returns the commands directly below one. */
  static List<CommandSpec> below(CommandSpec command) {
    return command.subcommands().values().stream()
        .map(CommandLine::getCommandSpec)
        .filter(each -> !each.usageMessage().hidden())
        .distinct()
        .toList();
  }

  /** Returns all commands that do something: those with no other below them. */
  static List<CommandSpec> leaves(CommandSpec command) {
    List<CommandSpec> leaves = new ArrayList<>();
    for (CommandSpec each : below(command)) {
      if (below(each).isEmpty()) {
        leaves.add(each);
      } else {
        leaves.addAll(leaves(each));
      }
    }
    return leaves;
  }

  /** Returns the options of a command that are its own, without the help that all have. */
  static List<OptionSpec> options(CommandSpec command) {
    return command.options().stream()
        .filter(option -> !option.hidden() && !option.usageHelp() && !option.versionHelp())
        .toList();
  }

  static boolean takesValue(OptionSpec option) {
    return option.arity().max() > 0;
  }

  static String description(CommandSpec command) {
    return String.join(" ", command.usageMessage().description());
  }

  static String description(OptionSpec option) {
    return String.join(" ", option.description());
  }
}
