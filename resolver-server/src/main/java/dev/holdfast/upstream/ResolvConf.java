package dev.holdfast.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The name servers of a resolv.conf file (resolv.conf(5)). Lines of other keywords, comments and
 * addresses that are none are passed over, as the C library does.
 */
public final class ResolvConf {

  /** Name servers that are taken; the C library takes 3. */
  public static final int MAX_NAME_SERVERS = 8;

  private static final int MAX_FILE_BYTES = 64 * 1024;
  private static final String KEYWORD = "nameserver";

  private ResolvConf() {}

  /** Returns the name servers of {@code file}, in its order. */
  public static List<UpstreamSpec> read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(new String(in.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8));
    }
  }

  /** Returns the name servers of {@code text}, each once, in its order. */
  public static List<UpstreamSpec> parse(String text) {
    return text.lines().flatMap(ResolvConf::nameServer).distinct().limit(MAX_NAME_SERVERS).toList();
  }

  private static Stream<UpstreamSpec> nameServer(String line) {
    String[] words = line.split("[ \\t;#]+", 3);
    if (words.length < 2 || !words[0].equals(KEYWORD)) {
      return Stream.empty();
    }
    try {
      return Stream.of(UpstreamSpec.parse(words[1]));
    } catch (IllegalArgumentException notAnAddress) {
      return Stream.empty();
    }
  }
}
