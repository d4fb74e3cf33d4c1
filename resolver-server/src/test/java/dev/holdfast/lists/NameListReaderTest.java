package dev.holdfast.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.lists.PolicyFile.Content;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Rule.Action;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Names;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NameListReaderTest {

  private final Notes notes = new Notes("ads.txt");

  @ParameterizedTest
  @CsvSource({
    "ads.example.org, ads.example.org, true",
    "ads.example.org, a.b.ads.example.org, true",
    "ads.example.org, xads.example.org, false",
    "ads.example.org, example.org, false",
    "ADS.Example.org., ads.example.org, true",
    "*.ads.example.org, ads.example.org, true",
    "*.ads.example.org, a.ads.example.org, true",
    ".ads.example.org, ads.example.org, true",
    "ads.example.org # comment, a.ads.example.org, true",
    "0.0.0.0 ads.example.org, ads.example.org, true",
    "0.0.0.0 ads.example.org, a.ads.example.org, false",
    "0.0.0.0\tads.example.org # why, ads.example.org, true",
    "127.0.0.1 a.example.org b.example.org, b.example.org, true",
    "::1 ads.example.org, ads.example.org, true",
    "||ads.example.org^, a.ads.example.org, true",
    "||ads.example.org^, ads.example.org, true",
    "||ads.example.org^$important, ads.example.org, true",
    "||zip^, a.zip, true",
    "_dmarc.example.org, _dmarc.example.org, true",
    "bücher.example.org, xn--bcher-kva.example.org, true",
  })
  void read_line_blocksWhatItMeans(String line, String name, boolean blocked) {
    PolicyList list = read(line).rules();

    assertThat(action(list, name)).isEqualTo(blocked ? Action.NXDOMAIN : null);
    assertThat(notes.ignored()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "||ads.example.org^$third-party",
        "||ads.example.org/banner^",
        "||ads*.example.org^",
        "||ads.example.org",
        "/banner[0-9]+/",
        "example.org##.banner",
        "example.org#@#.banner",
        "@@||www.example.org^$document",
        "forbidden",
        "a..example.org",
        "-example.org/path",
        "two words.example",
        "192.0.2.1",
        "<!DOCTYPE html>",
      })
  void read_lineThatMeansNothing_isIgnoredAndCounted(String line) {
    Content content = read(line, "ads.example.com");

    assertThat(content.size()).isEqualTo(1);
    assertThat(notes.ignored()).isEqualTo(1);
    assertThat(notes.places()).containsExactly("ads.txt:1: no name: " + line);
  }

  @Test
  void read_comments_areNoNames() {
    Content content =
        read(
            "\ufeff# Title",
            "",
            "   ",
            "! Expires: 1 day",
            "[Adblock Plus 2.0]",
            "a.example.org\r");

    assertThat(content.size()).isEqualTo(1);
    assertThat(notes.ignored()).isZero();
  }

  @Test
  void read_namesOfTheMachineInAHostsFile_areNotBlocked() {
    Content content =
        read(
            "127.0.0.1 localhost",
            "255.255.255.255 broadcasthost",
            "0.0.0.0 0.0.0.0",
            "0.0.0.0 a.example.org");

    assertThat(content.size()).isEqualTo(1);
    assertThat(notes.ignored()).isZero();
  }

  @Test
  void read_exceptions_standApart() {
    Content content = read("||example.org^", "@@||www.example.org^", "@@||good.example.org^|");

    assertThat(action(content.rules(), "www.example.org")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(content.exceptions(), "www.example.org")).isEqualTo(Action.PASS);
    assertThat(action(content.exceptions(), "a.good.example.org")).isEqualTo(Action.PASS);
    assertThat(action(content.exceptions(), "example.org")).isNull();
  }

  @Test
  void read_sameNameItselfAndWithAllBelow_isBothOfThem() {
    PolicyList list = read("0.0.0.0 ads.example.org", "ads.example.org").rules();

    assertThat(list.size()).isEqualTo(1);
    assertThat(action(list, "ads.example.org")).isEqualTo(Action.NXDOMAIN);
    assertThat(action(list, "a.ads.example.org")).isEqualTo(Action.NXDOMAIN);
  }

  @Test
  void read_longestNames_areTaken() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);

    Content content = read(longest, "x" + longest, label + "a.example.org", label + ".example.org");

    assertThat(content.size()).isEqualTo(2);
    assertThat(action(content.rules(), longest)).isEqualTo(Action.NXDOMAIN);
    assertThat(notes.ignored()).isEqualTo(2);
  }

  @Test
  void read_lineLongerThanTheBuffer_isIgnoredAndTheNextOneIsRead() {
    Content content = read("x".repeat(200_000) + ".example.org", "ads.example.org");

    assertThat(content.size()).isEqualTo(1);
    assertThat(notes.places()).containsExactly("ads.txt:1: longer than a line may be: ");
    assertThat(ruling(content.rules(), "ads.example.org").line()).isEqualTo(2);
  }

  @Test
  void read_moreNamesThanAllowed_cutsAndCounts() {
    Content content =
        LocalPolicies.parse(parser(), notes, 2, "a.example.org", "b.example.org", "c.example.org");

    assertThat(content.size()).isEqualTo(2);
    assertThat(notes.cutEntries()).isEqualTo(1);
  }

  @Test
  void read_noNameAtAll_isNoList() {
    assertThatThrownBy(() -> read("<html>", "<p>Too many requests</p>", "</html>"))
        .hasMessage("file: none of its 3 lines has a name");
  }

  @Test
  void read_commentsAlone_isAnEmptyList() {
    assertThat(read("# nothing yet").size()).isZero();
  }

  @Test
  void find_manyNames_isExact() {
    int count = 100_000;
    String[] lines = new String[count];
    for (int i = 0; i < count; i++) {
      lines[i] = "n" + i + ".example.org";
    }
    PolicyList list = read(lines).rules();

    assertThat(list.size()).isEqualTo(count);
    for (int i = 0; i < count; i++) {
      Ruling ruling = ruling(list, "n" + i + ".example.org");
      assertThat(ruling.line()).isEqualTo(i + 1);
    }
    for (int i = 0; i < count; i++) {
      assertThat(action(list, "m" + i + ".example.org")).isNull();
    }
  }

  @Test
  void sizeBytes_aMillionNames_isFarBelowTheBudget() {
    int count = 1_000_000;
    PolicyList.Builder builder = new PolicyList.Builder();
    for (int i = 0; i < count; i++) {
      byte[] name = Names.parse("host" + Integer.toHexString(i * 31) + ".ads.example.org");
      builder.add(name, name.length, Rule.PASS, null, i);
    }
    PolicyList list = builder.build("ads", "ads.txt");

    assertThat(list.size()).isEqualTo(count);
    assertThat(list.sizeBytes()).isLessThan(60L << 20);
  }

  private static PolicyFile.Parser parser() {
    return Parsers.list(
        new ListConfig("ads", Path.of("ads.txt"), ListAction.NXDOMAIN, ListReason.BLOCKED), 60);
  }

  private Content read(String... lines) {
    return LocalPolicies.parse(parser(), notes, Integer.MAX_VALUE, lines);
  }

  private static @Nullable Action action(PolicyList list, String name) {
    Ruling ruling = find(list, name);
    return ruling == null ? null : ruling.rule().action();
  }

  private static Ruling ruling(PolicyList list, String name) {
    return Objects.requireNonNull(find(list, name), name);
  }

  private static @Nullable Ruling find(PolicyList list, String name) {
    byte[] wire = Names.parse(name.toUpperCase(Locale.ROOT));
    return new PolicyLookup().ofName(new LocalPolicy(List.of(list)), wire, 0, wire.length);
  }
}
