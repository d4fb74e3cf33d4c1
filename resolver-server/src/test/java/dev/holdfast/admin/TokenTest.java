package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {

  private static final String SECRET = "0123456789abcdef";

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"Bearer " + SECRET, "bearer " + SECRET, "Bearer  " + SECRET + " "})
  void isIn_headerWithIt_letsIn(String header) {
    assertThat(Token.of(SECRET).isIn(header)).isTrue();
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(
      strings = {"", "Bearer", "Bearer ", SECRET, "Basic " + SECRET, "Bearer 0123456789abcdeF"})
  void isIn_anyOtherHeader_doesNot(String header) {
    assertThat(Token.of(SECRET).isIn(header)).isFalse();
  }

  @Test
  void read_fileWithOneLine_isIt() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), SECRET + "\n");

    assertThat(Token.read(file).isIn("Bearer " + SECRET)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "short", "two lines 01234567\nof it", "umlaut-äöü-0123456789"})
  void read_otherContent_isRefusedSayingWhatToDo(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("token"), content);

    assertThatThrownBy(() -> Token.read(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("admin.token-file: " + file)
        .hasMessageContaining("expected 16..512 printable ones")
        .hasMessageContaining("head -c 32 /dev/urandom | base64");
  }

  @Test
  void read_noSuchFile_saysHowToMakeOne() {
    assertThatThrownBy(() -> Token.read(folder.resolve("absent")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("is not there; make one with");
  }
}
