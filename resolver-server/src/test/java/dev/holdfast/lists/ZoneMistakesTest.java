package dev.holdfast.lists;

import dev.holdfast.fuzz.Mistakes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Policy zones that are nearly right: what {@link ZoneFuzzTest} asks of any file, of lines with
 * something put in, left out or exchanged. They are the same in every build, and come sooner to
 * where two readings part than bytes by chance.
 */
final class ZoneMistakesTest {

  private static final int ZONES = 30_000;

  private static final List<String> LINES =
      List.of(
          "@ SOA a b 1 2 3 4 5",
          "$TTL 1h",
          "a A 192.0.2.1",
          "a 60 IN A 192.0.2.1",
          "a A \\# 4 c0000201",
          " AAAA 2001:db8::7",
          "b.example CNAME a",
          "@ CNAME .",
          "* CNAME *.",
          "A\\.b CNAME c\\.",
          "@ TXT a \"b\" c",
          "a IN 1h TXT ( b\n c ) ; d",
          "a MX 10 mail",
          "a HTTPS 1 . alpn=h2",
          "a.b.c SRV 1 2 3 d",
          "a NAPTR 1 2 \"u\" \"v\" \"\" .",
          "a CAA 0 issue \"x\"",
          "a NSEC b A TXT",
          "a TYPE65280 \\# 3 010203",
          "32.1.2.0.192.rpz-ip CNAME .");

  private static final List<String> PIECES =
      List.of(
          "a",
          ".",
          "a.",
          "a\\.",
          "a\\\\.",
          "@",
          "*",
          "*.",
          "$",
          "$TTL",
          "\n",
          "\n",
          "\t",
          "(",
          ")",
          "\"",
          "\"",
          "\"\"",
          "\"a b\"",
          ";",
          "\\",
          "\\",
          "\\\\",
          "\\.",
          "\\@",
          "\\;",
          "\\(",
          "\\\"",
          "\\ ",
          "\\\n",
          "\\1",
          "\\032",
          "\\256",
          "\\#",
          "0",
          "1",
          "60",
          "1h",
          "1h30m",
          "1h30",
          "+1",
          "2147483647",
          "2147483648",
          "4294967296",
          "99999999999w",
          "IN",
          "in",
          "CH",
          "CLASS1",
          "A",
          "TXT",
          "TYPE1",
          "OPT",
          "192.0.2.1",
          "c0000201",
          "rpz-ip",
          "rpz-drop.",
          "a".repeat(63),
          "a.".repeat(126));

  @Test
  void read_zonesWithMistakes_areRulesOrOnePrintableProblem() throws IOException {
    ZoneFuzzTest judge = new ZoneFuzzTest();
    Mistakes zones = new Mistakes(1, LINES, PIECES);
    for (int i = 0; i < ZONES; i++) {
      judge.read_anyFile_isRulesOrOnePrintableProblem(
          zones.next().getBytes(StandardCharsets.US_ASCII));
    }
  }
}
