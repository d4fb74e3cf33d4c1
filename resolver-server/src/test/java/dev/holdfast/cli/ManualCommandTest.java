package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pages that are installed tell every command, option and key that there is. */
class ManualCommandTest {

  private static final Path PROJECT = Path.of(System.getProperty("project.root", ".."));
  private static final Path CONFIGURATION = PROJECT.resolve("conf/holdfast.yaml");

  @TempDir Path share;

  private final Program program = new Program();

  @BeforeEach
  void write() {
    String templates = PROJECT.resolve("packaging/man").toString();
    assertThat(program.run("manual", templates, CONFIGURATION.toString(), share.toString()))
        .isZero();
  }

  @Test
  void call_commandPage_hasEveryOptionOfACommand() throws IOException {
    String page = Files.readString(share.resolve("man/man1/holdfast.1"));

    for (String command : List.of("run", "query", "flush", "demo break")) {
      assertThat(page).contains(".Ss holdfast " + command + "\n");
    }
    program.run("run", "--help");
    List<String> options = optionsOf(program.out());
    assertThat(options).contains("state\\-dir", "demo");
    assertThat(options).allSatisfy(each -> assertThat(page).contains(".It Fl \"\\-" + each));
    assertThat(page).doesNotContain("holdfast manual").contains("Without it: /etc/holdfast/");
  }

  @Test
  void call_filePage_hasEveryKeyWithItsText() throws IOException {
    String page = Files.readString(share.resolve("man/man5/holdfast.yaml.5"));

    assertThat(page)
        .contains(
            ".It Ic \"listen: [\\(dq127.0.0.1:5353\\(dq, \\(dq[::1]:5353\\(dq]\"\nWhere clients")
        .contains(".It Ic \"cache.max\\-size: 128MiB\"\nMemory for answers.\nRange: 1MiB..1TiB;")
        .contains(
            "Ic \"tcp.max\\-connections: 1024\" , Ic \"tcp.max\\-connections\\-per\\-address");
    Matcher keys =
        Pattern.compile("(?m)^#(?:  )?([a-z-]+): \\S").matcher(Files.readString(CONFIGURATION));
    assertThat(keys.results().map(key -> key.group(1).replace("-", "\\-")))
        .hasSizeGreaterThan(30)
        .allSatisfy(key -> assertThat(page).containsPattern(Pattern.quote(key) + ":"));
  }

  @Test
  void call_completions_offerCommandsAndOptions() throws IOException {
    assertThat(Files.readString(share.resolve("bash-completion/completions/holdfast")))
        .contains("complete -F _complete_holdfast", "explain", "--no-recurse");
    assertThat(Files.readString(share.resolve("zsh/site-functions/_holdfast")))
        .startsWith("#compdef holdfast\n")
        .contains("explain) _holdfast_explain ;;", "'--no-recurse[")
        .endsWith("_holdfast \"$@\"\n");
  }

  @Test
  void call_templateWithoutMark_isRefused() throws IOException {
    Files.writeString(share.resolve("holdfast.1"), ".Sh NAME\n");

    String folder = share.toString();
    assertThat(program.run("manual", folder, CONFIGURATION.toString(), folder)).isOne();
    assertThat(program.err()).contains("holdfast.1: no line .\\\" commands");
  }

  private static List<String> optionsOf(String help) {
    return Pattern.compile("(?m)^ +(?:-\\w, )?--([a-z-]+)")
        .matcher(help)
        .results()
        .map(option -> option.group(1).replace("-", "\\-"))
        .filter(option -> !option.equals("help"))
        .toList();
  }
}
