package dev.holdfast.manual;

import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The commands as sections of a manual page in mdoc(7). Stateless. */
final class CommandPage {

  private CommandPage() {}

  /** Returns one section for each command that does something. */
  static String sections(CommandLine program) {
    StringBuilder page = new StringBuilder();
    for (CommandSpec command : Commands.leaves(program.getCommandSpec())) {
      page.append(section(command));
    }
    return page.toString();
  }

  private static String section(CommandSpec command) {
    StringBuilder section = new StringBuilder();
    section.append(".Ss ").append(command.qualifiedName()).append('\n');
    section.append(".Ic ").append(command.qualifiedName());
    if (!Commands.options(command).isEmpty()) {
      section.append(" Op Ar options");
    }
    for (PositionalParamSpec each : command.positionalParameters()) {
      section.append(each.arity().min() == 0 ? " Op Ar " : " Ar ").append(label(each));
      section.append(each.arity().max() > 1 ? " ..." : "");
    }
    section.append("\n.Pp\n").append(Mdoc.prose(Commands.description(command)));
    if (hasItems(command)) {
      section.append(".Bl -tag -width Ds\n");
      for (PositionalParamSpec each : command.positionalParameters()) {
        section.append(".It Ar ").append(label(each)).append('\n');
        section.append(Mdoc.prose(String.join(" ", each.description())));
      }
      for (OptionSpec each : Commands.options(command)) {
        section.append(item(each));
      }
      section.append(".El\n");
    }
    return section.toString();
  }

  private static boolean hasItems(CommandSpec command) {
    return !command.positionalParameters().isEmpty() || !Commands.options(command).isEmpty();
  }

  private static String item(OptionSpec option) {
    StringBuilder item = new StringBuilder(".It");
    String separator = " ";
    for (String name : option.names()) {
      item.append(separator).append("Fl ").append(Mdoc.argument(name.substring(1)));
      separator = " , ";
    }
    if (Commands.takesValue(option)) {
      item.append(" Ar ").append(Mdoc.argument(option.paramLabel()));
    }
    return item.append('\n').append(Mdoc.prose(Commands.description(option))).toString();
  }

  /** Picocli writes repeatable parameters as their name and dots. */
  private static String label(PositionalParamSpec parameter) {
    return Mdoc.argument(parameter.paramLabel());
  }
}
