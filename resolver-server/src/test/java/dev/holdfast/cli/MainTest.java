package dev.holdfast.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

  private final Program program = new Program();

  @Test
  void execute_version_printsTheBuildAndWhatItRunsOn() {
    assertThat(program.run("--version")).isZero();
    assertThat(program.out())
        .matches(
            "(?s)holdfast \\d+\\.\\d+\\.\\d+\\S*\\R.*Java " + Runtime.version().feature() + ".*");
    assertThat(program.err()).isEmpty();
  }

  @Test
  void execute_help_listsTheCommands() {
    assertThat(program.run("--help")).isZero();
    assertThat(program.out()).contains("run ", "check ", "query ").containsOnlyOnce("Usage:");
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "check", "query"})
  void execute_helpOfACommand_listsItsOptions(String command) {
    assertThat(program.run(command, "--help")).isZero();
    assertThat(program.out()).startsWith("Usage: holdfast " + command).contains("--help");
    assertThat(program.server.started).isEmpty();
  }

  @Test
  void execute_helpAsACommand_isTheOption() {
    assertThat(program.run("help")).isZero();
    assertThat(program.out()).startsWith("Usage: holdfast [-hV] COMMAND");
  }

  @Test
  void execute_helpOfACommandAsACommand_isTheOptionOfThat() {
    assertThat(program.run("help", "demo", "break")).isZero();
    assertThat(program.out()).startsWith("Usage: holdfast demo break");
  }

  @Test
  void execute_noCommand_isAUsageErrorWithHelp() {
    assertThat(program.run()).isEqualTo(2);
    assertThat(program.err()).startsWith("Usage: holdfast");
    assertThat(program.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chek | Did you mean: holdfast check",
        "run --lisen 127.0.0.1 | '--lisen'",
        "run --config | '--config' (FILE)",
        "run --threads 1 --threads 2 | '--threads' (N) should be specified only once",
        "run --demo --upstream 192.0.2.1 | --demo brings its own upstreams",
        "check extra | 'extra'",
        "query | 'NAME'",
        "query example.org BOGUS | BOGUS (expected a record type",
        "query a..b | a..b (expected a domain name or an address)",
        "query example.org @192.0.2.1 | Did you mean \"--server 192.0.2.1\"?",
        "query example.org --server localhost | Did you mean \"127.0.0.1:53\"?",
      })
  void execute_wrongUse_saysWhatIsWrongInAFewLines(String arguments, String message) {
    assertThat(program.run(arguments.split(" "))).isEqualTo(2);
    assertThat(program.err()).startsWith("holdfast: ").contains(message).contains("--help'.");
    assertThat(program.err().lines().count()).isLessThan(4);
    assertThat(program.out()).isEmpty();
  }
}
