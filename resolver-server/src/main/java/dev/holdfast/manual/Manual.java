package dev.holdfast.manual;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * What is installed beside the program for those who type: holdfast(1), holdfast.yaml(5), and
 * completion for bash and zsh. The pages are templates whose generated part is marked.
 */
public final class Manual {

  private static final String COMMANDS_MARK = ".\\\" commands\n";
  private static final String KEYS_MARK = ".\\\" keys\n";

  private Manual() {}

  /**
   * Writes all of it below a folder, where /usr/share has it.
   *
   * @param templates the folder of the two pages
   * @param configuration the documented configuration file
   */
  public static void write(CommandLine program, Path templates, Path configuration, Path share)
      throws IOException {
    String name = program.getCommandName();
    write(
        share.resolve("man/man1/holdfast.1"),
        fill(templates.resolve("holdfast.1"), COMMANDS_MARK, CommandPage.sections(program)));
    write(
        share.resolve("man/man5/holdfast.yaml.5"),
        fill(
            templates.resolve("holdfast.yaml.5"),
            KEYS_MARK,
            FilePage.items(Files.readAllLines(configuration))));
    write(share.resolve("bash-completion/completions/holdfast"), AutoComplete.bash(name, program));
    write(share.resolve("zsh/site-functions/_holdfast"), ZshCompletion.of(program));
  }

  private static String fill(Path template, String mark, String text) throws IOException {
    String page = Files.readString(template);
    if (!page.contains(mark)) {
      throw new IOException(template + ": no line " + mark.strip());
    }
    return page.replace(mark, text);
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
