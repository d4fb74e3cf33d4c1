package dev.holdfast.manual;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Completion for zsh: commands with their descriptions, then the options of each. Stateless. */
final class ZshCompletion {

  private ZshCompletion() {}

  static String of(CommandLine program) {
    StringBuilder script = new StringBuilder();
    script.append("#compdef ").append(program.getCommandName()).append("\n\n");
    function(script, program.getCommandSpec());
    return script.append(functionName(program.getCommandSpec())).append(" \"$@\"\n").toString();
  }

  /** Appends the function of a command, after those of the commands below it. */
  private static void function(StringBuilder script, CommandSpec command) {
    List<CommandSpec> below = Commands.below(command);
    below.forEach(each -> function(script, each));
    script.append(functionName(command)).append("() {\n");
    List<String> arguments = new ArrayList<>();
    arguments.add("{-h,--help}'[print this help and exit]'");
    for (OptionSpec option : Commands.options(command)) {
      for (String name : option.names()) {
        arguments.add(argument(name, option));
      }
    }
    if (below.isEmpty()) {
      arguments.add("'*:argument:_files'");
      script.append("  _arguments").append(lines(arguments, "    ")).append("}\n\n");
      return;
    }
    script.append("  local -a line state commands\n  commands=(");
    List<String> commands =
        below.stream()
            .map(each -> quote(each.name() + ":" + escape(Commands.description(each))))
            .toList();
    script.append(lines(commands, "    ").replace(" \\\n", "\n")).append("  )\n");
    arguments.add("'1: :->command'");
    arguments.add("'*:: :->arguments'");
    script.append("  _arguments -C").append(lines(arguments, "    "));
    script.append("  case $state in\n");
    script.append("    command) _describe command commands ;;\n");
    script.append("    arguments)\n      case $line[1] in\n");
    for (CommandSpec each : below) {
      script.append("        ").append(each.name()).append(") ");
      script.append(functionName(each)).append(" ;;\n");
    }
    script.append("      esac ;;\n  esac\n}\n\n");
  }

  private static String argument(String name, OptionSpec option) {
    boolean repeatable = option.isMultiValue();
    String description = "[" + escape(Commands.description(option)) + "]";
    String value = Commands.takesValue(option) ? ":" + escape(option.paramLabel()) + ":_files" : "";
    return quote((repeatable ? "*" : "") + name + description + value);
  }

  private static String lines(List<String> words, String indent) {
    return " \\\n" + indent + String.join(" \\\n" + indent, words) + "\n";
  }

  private static String functionName(CommandSpec command) {
    return "_" + command.qualifiedName("_");
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace(":", "\\:").replace("[", "\\[").replace("]", "\\]");
  }

  private static String quote(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
