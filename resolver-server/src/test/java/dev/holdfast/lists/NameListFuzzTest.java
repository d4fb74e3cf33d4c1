package dev.holdfast.lists;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.lists.PolicyFile.Content;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule.Action;
import dev.holdfast.policy.Ruling;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Any file as a list of names and as a hosts file: what is taken is what {@link PlainLists} reads
 * in it, what is not is told with its line, and a bound on entries holds.
 */
final class NameListFuzzTest {

  private static final int MAX_LENGTH = 1 << 16;
  private static final int FEW_ENTRIES = 3;
  private static final int TTL_SECONDS = 60;
  private static final Pattern PLACE = Pattern.compile("file:(\\d+): [a-z ]+: [ -~]*");

  private static final ListConfig LIST =
      new ListConfig("ads", Path.of("ads.txt"), ListAction.NXDOMAIN, ListReason.BLOCKED);

  static Stream<byte[]> seeds() {
    return Seeds.text(NameListFuzzTest.class);
  }

  @MethodSource("seeds")
  @FuzzTest
  void read_anyFile_saysWhatItsLinesSay(byte[] file) throws IOException {
    if (file.length > MAX_LENGTH) {
      return;
    }
    assertList(file);
    assertHosts(file);
  }

  private static void assertList(byte[] file) throws IOException {
    PlainLists plain = PlainLists.of(file);
    Notes notes = new Notes("file");
    Content content = read(Parsers.list(LIST, TTL_SECONDS), file, notes, Integer.MAX_VALUE);
    assertPlaces(notes, plain.lineCount());
    if (content == null) {
      assertThat(plain.blocked()).isEmpty();
      assertThat(plain.excepted()).isEmpty();
      assertThat(notes.ignored()).isPositive();
      return;
    }
    assertNames(content.rules(), plain.blocked(), Action.NXDOMAIN);
    assertNames(content.exceptions(), plain.excepted(), Action.PASS);

    Notes notesOfFew = new Notes("file");
    Content few =
        requireNonNull(read(Parsers.list(LIST, TTL_SECONDS), file, notesOfFew, FEW_ENTRIES));
    assertThat(few.size()).isEqualTo(Math.min(FEW_ENTRIES, content.size()));
    if (content.size() != FEW_ENTRIES) {
      assertThat(notesOfFew.cutEntries() > 0).isEqualTo(content.size() > FEW_ENTRIES);
    }
  }

  private static void assertNames(PolicyList list, Map<String, Set<Boolean>> names, Action action) {
    assertThat(list.size()).isEqualTo(names.size());
    names.forEach(
        (name, kinds) -> {
          Ruling itself = requireNonNull(find(list, name), name);
          assertThat(itself.rule().action()).isEqualTo(action);
          String below = "a." + name;
          boolean expected = kinds.contains(true);
          if (expected && below.length() < Names.MAX_LENGTH - 1) {
            assertThat(find(list, below)).as(below).isNotNull();
          }
        });
  }

  private static void assertHosts(byte[] file) throws IOException {
    PlainLists plain = PlainLists.of(file);
    Notes notes = new Notes("file");
    Content content =
        requireNonNull(read(Parsers.hosts(TTL_SECONDS), file, notes, Integer.MAX_VALUE));
    assertPlaces(notes, plain.lineCount());
    Map<String, Set<String>> addresses = plain.addresses();
    int pointers = 0;
    for (Map.Entry<String, Set<String>> each : addresses.entrySet()) {
      Ruling ruling = requireNonNull(find(content.rules(), each.getKey()), each.getKey());
      List<String> data =
          ruling.rule().data().stream()
              .filter(record -> record.type() != RecordType.PTR)
              .map(PlainLists::text)
              .toList();
      assertThat(data).containsExactlyInAnyOrderElementsOf(each.getValue());
      pointers += each.getValue().size();
    }
    assertThat(content.rules().size()).isBetween(addresses.size(), addresses.size() + pointers);
    Content few =
        requireNonNull(read(Parsers.hosts(TTL_SECONDS), file, new Notes("file"), FEW_ENTRIES));
    assertThat(few.rules().size()).isEqualTo(Math.min(FEW_ENTRIES, content.rules().size()));
  }

  private static void assertPlaces(Notes notes, int lineCount) {
    assertThat(notes.places())
        .hasSize((int) Math.min(Notes.MAX_PLACES, notes.ignored()))
        .allSatisfy(
            place -> {
              Matcher matcher = PLACE.matcher(place);
              assertThat(matcher.matches()).as(place).isTrue();
              assertThat(Integer.parseInt(matcher.group(1))).isBetween(1, lineCount);
            });
  }

  private static @Nullable Ruling find(PolicyList list, String name) {
    byte[] wire = Names.parse(name);
    return new PolicyLookup().ofName(new LocalPolicy(List.of(list)), wire, 0, wire.length);
  }

  private static @Nullable Content read(
      PolicyFile.Parser parser, byte[] file, Notes notes, int maxEntries) throws IOException {
    try {
      return parser.parse(
          new LineReader(new ByteArrayInputStream(file)), "file", notes, maxEntries);
    } catch (BadListException noList) {
      assertThat(noList).hasMessage("file: none of its " + notes.ignored() + " lines has a name");
      return null;
    }
  }
}
