package dev.holdfast.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * The inputs that a fuzz test begins with, and that it runs in every build, from a file beside its
 * class: lines of hexadecimal digits with a word of what they are behind a number sign, or texts.
 */
public final class Seeds {

  private static final HexFormat HEX = HexFormat.of();

  private Seeds() {}

  /** Returns the inputs of a fuzz test, which stand in {@code NAME.hex}. */
  public static Stream<byte[]> of(Class<?> test) {
    return read(test, ".hex")
        .lines()
        .map(line -> line.replaceAll("#.*|\\s", ""))
        .filter(line -> !line.isEmpty())
        .map(HEX::parseHex);
  }

  /** Returns the inputs of a fuzz test, which stand in {@code NAME.txt}, lines of == between. */
  public static Stream<byte[]> text(Class<?> test) {
    return Arrays.stream(read(test, ".txt").split("(?m)^==+\n", -1))
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
  }

  private static String read(Class<?> test, String suffix) {
    String name = test.getSimpleName() + suffix;
    try (InputStream in = test.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not beside " + test.getName());
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
