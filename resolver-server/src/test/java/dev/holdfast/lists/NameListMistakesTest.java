package dev.holdfast.lists;

import dev.holdfast.fuzz.Mistakes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Lists and hosts files that are nearly right: what {@link NameListFuzzTest} asks of any file. They
 * are the same in every build.
 */
final class NameListMistakesTest {

  private static final int FILES = 8_000;

  private static final List<String> LINES =
      List.of(
          "# Title",
          "[Adblock Plus 2.0]",
          "0.0.0.0 ads.example.org",
          "192.0.2.7 Printer.home.example printer # why",
          "192.0.2.7 a 7.2.0.192.in-addr.arpa",
          "127.0.0.1 localhost",
          "2001:db8::7 a.example a.example",
          "::ffff:192.0.2.1 b.example",
          "fe80::1%lo c.example",
          "1.2.3 d.example",
          "017.0.0.1 e.example",
          "dead.beef",
          "ads.example.org",
          "*.ads.example.com",
          ".ads.example.net # comment",
          "ADS.Example.org.",
          "b\u00fccher.example.org",
          "||ads.example.org^",
          "||zip^|",
          "||ads.example.org^$important",
          "@@||www.example.org^");

  private static final List<String> PIECES =
      List.of(
          " ",
          "\t",
          "#",
          "!",
          ".",
          "*.",
          "||",
          "@@||",
          "^",
          "|",
          "$important",
          "%",
          "-",
          "_",
          "::",
          "1",
          "\r",
          "\n",
          "\0",
          "\u000b",
          "\u001c",
          "\u0085",
          "\u00ad",
          "\u2003",
          "\u2028",
          "\u3002",
          "\ufeff",
          "\ufffd",
          "\u0130",
          "\u212a",
          "\ud83d\ude00",
          "xn--a",
          "localhost",
          "ip6.arpa",
          "a".repeat(63),
          "a.".repeat(126));

  @Test
  void read_filesWithMistakes_sayWhatTheirLinesSay() throws IOException {
    NameListFuzzTest judge = new NameListFuzzTest();
    Mistakes files = new Mistakes(1, LINES, PIECES);
    for (int i = 0; i < FILES; i++) {
      judge.read_anyFile_saysWhatItsLinesSay(files.next().getBytes(StandardCharsets.UTF_8));
    }
  }
}
