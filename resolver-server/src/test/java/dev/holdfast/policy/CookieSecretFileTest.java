package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CookieSecretFileTest {

  private static final String FIRST = "000102030405060708090a0b0c0d0e0f";
  private static final String SECOND = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";

  @TempDir private Path folder;

  @Test
  void read_oneOrTwoLines_areSecretsInTheirOrder() throws Exception {
    assertThat(CookieSecretFile.read(file(FIRST))).containsExactly(HexFormat.of().parseHex(FIRST));
    assertThat(CookieSecretFile.read(file(FIRST + " \r\n\n" + SECOND + "\n")))
        .containsExactly(HexFormat.of().parseHex(FIRST), HexFormat.of().parseHex(SECOND));
  }

  @ParameterizedTest
  @CsvSource({
    "'', 0 secrets (expected one or two",
    "'0001', ':1: 4 characters (expected 32 hexadecimal digits'",
    "'000102030405060708090a0b0c0d0e0g', ':1: 32 characters (expected 32 hexadecimal digits'"
  })
  void read_noSecrets_saysWhereAndWhat(String text, String problem) throws Exception {
    Path file = file(text);

    assertThatThrownBy(() -> CookieSecretFile.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("cookies.secret-file: " + file)
        .hasMessageContaining(problem)
        .message()
        .doesNotContain("0c0d0e0g");
  }

  @Test
  void read_threeSecrets_saysHowManyThereAre() throws Exception {
    Path file = file((FIRST + "\n").repeat(3));

    assertThatThrownBy(() -> CookieSecretFile.read(file)).hasMessageContaining("3 secrets");
  }

  @Test
  void read_largeFile_isTooLong() throws Exception {
    Path file = file((FIRST + "\n").repeat(100));

    assertThatThrownBy(() -> CookieSecretFile.read(file))
        .hasMessageContaining("too long")
        .hasMessageContaining("make one with: od ");
  }

  @Test
  void read_noFile_saysHowToMakeOne() {
    assertThatThrownBy(() -> CookieSecretFile.read(folder.resolve("none")))
        .hasMessageContaining("is not there; make one with: od ");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("secrets"), text);
  }
}
