package dev.holdfast.lists;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.lists.PolicyFile.Content;
import dev.holdfast.lists.ZoneReader.BadRecordException;
import dev.holdfast.lists.ZoneReader.ZoneRecord;
import dev.holdfast.policy.LocalPolicy;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.PolicyLookup;
import dev.holdfast.policy.Rule.Action;
import dev.holdfast.policy.Ruling;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Master;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * Any file as a policy zone: rules, or one printable problem with its line. What dnsjava's parser
 * takes as well are the same records, and the rules are those that the records say.
 */
final class ZoneFuzzTest {

  private static final int MAX_LENGTH = 8192;
  private static final int TTL_SECONDS = 60;
  private static final int RDATA_OFFSET = 10;
  private static final byte[] ORIGIN = Names.parse("threats.example.");
  private static final HexFormat HEX = HexFormat.of();

  private static final Pattern PROBLEM = Pattern.compile("file:(\\d+): .*");
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\x00-\\x1f\\x7f-\\x9f]");

  /**
   * What dnsjava is asked about. It takes bytes for characters, and names behind $ORIGIN for names
   * below the root, where RFC 1035 §5.1 means the last origin.
   */
  private static final Pattern COMPARED = Pattern.compile("(?is)(?!.*\\$origin)[\\t\\n -~]*");

  private static final Pattern NO_NAME_TRIGGER =
      Pattern.compile("(.*\\.)?(rpz-ip|rpz-client-ip|rpz-nsip|rpz-nsdname)\\.");

  private static final Map<String, Action> ACTIONS =
      Map.of(
          ".", Action.NXDOMAIN,
          "*.", Action.NODATA,
          "rpz-passthru.", Action.PASS,
          "rpz-drop.", Action.DROP,
          "rpz-tcp-only.", Action.TCP_ONLY);

  private static final RpzConfig ZONE =
      new RpzConfig("threats.example", Path.of("threats.zone"), ListReason.BLOCKED);

  static Stream<byte[]> seeds() {
    return Seeds.text(ZoneFuzzTest.class);
  }

  @Attack(Threat.INJECTION)
  @MethodSource("seeds")
  @FuzzTest
  void read_anyFile_isRulesOrOnePrintableProblem(byte[] file) throws IOException {
    if (file.length > MAX_LENGTH) {
      return;
    }
    Content content = rules(file);
    List<ZoneRecord> records = new ArrayList<>();
    String apex = readAll(file, records);
    if (apex == null) {
      assertThat(content).isNull();
      return;
    }
    assertThat(records.size()).isLessThanOrEqualTo(lineCount(file));
    for (ZoneRecord record : records) {
      assertThat(Names.length(record.owner(), 0, record.owner().length))
          .isEqualTo(record.owner().length);
      assertThat(record.ttlSeconds()).isNotNegative();
      assertThat(record.line()).isBetween(1, lineCount(file));
    }
    String text = new String(file, StandardCharsets.ISO_8859_1);
    if (COMPARED.matcher(text).matches()) {
      List<String> judged = judge(file);
      if (judged != null) {
        assertThat(records.stream().map(ZoneFuzzTest::text).toList()).isEqualTo(judged);
      }
    }
    if (content != null) {
      assertRules(content.rules(), apex, records);
    }
    assertOneRecord(new String(file, StandardCharsets.UTF_8));
  }

  private static void assertRules(PolicyList rules, String apex, List<ZoneRecord> records) {
    assertThat(rules.size()).isLessThanOrEqualTo(records.size());
    Map<String, List<ZoneRecord>> triggers = new LinkedHashMap<>();
    for (ZoneRecord record : records) {
      String owner = lower(record.owner());
      String trigger =
          apex.equals(".") ? owner : owner.substring(0, owner.length() - apex.length());
      if (!trigger.isEmpty()
          && !trigger.equals(".")
          && !NO_NAME_TRIGGER.matcher(trigger).matches()) {
        triggers.computeIfAbsent(trigger, key -> new ArrayList<>()).add(record);
      }
    }
    triggers.forEach((trigger, own) -> assertRule(rules, trigger, own));
  }

  private static void assertRule(PolicyList rules, String trigger, List<ZoneRecord> records) {
    boolean wildcard = trigger.startsWith("*.") && trigger.length() > 1;
    String name = wildcard ? "none-like-it" + trigger.substring(1) : trigger;
    byte[] wire;
    try {
      wire = Names.parse(name);
    } catch (IllegalArgumentException tooLong) {
      return;
    }
    Ruling ruling =
        Objects.requireNonNull(
            new PolicyLookup().ofName(new LocalPolicy(List.of(rules)), wire, 0, wire.length),
            trigger);
    Action expected =
        records.stream()
            .map(record -> action(record, trigger))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(Action.DATA);
    assertThat(ruling.rule().action()).as(trigger).isEqualTo(expected);
    if (expected == Action.DATA) {
      assertThat(ruling.rule().data())
          .extracting(data -> data.type() + " " + HEX.formatHex(data.rdata()))
          .containsExactlyElementsOf(
              records.stream()
                  .map(record -> record.type() + " " + HEX.formatHex(record.rdata()))
                  .distinct()
                  .toList());
    }
  }

  private static @Nullable Action action(ZoneRecord record, String trigger) {
    if (record.type() != RecordType.CNAME) {
      return null;
    }
    String target = lower(record.rdata());
    return target.equals(trigger) ? Action.PASS : ACTIONS.get(target);
  }

  private static String lower(byte[] name) {
    return Names.toText(name).toLowerCase(Locale.ROOT);
  }

  private static void assertOneRecord(String text) {
    try {
      ZoneRecord record = ZoneReader.parse(text, TTL_SECONDS);
      assertThat(Names.length(record.owner(), 0, record.owner().length)).isPositive();
    } catch (BadRecordException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  /** The zone's rules, or null when it was refused as it should be. */
  private static @Nullable Content rules(byte[] file) throws IOException {
    try {
      return Parsers.rpz(ZONE, TTL_SECONDS)
          .parse(
              new LineReader(new ByteArrayInputStream(file)),
              "file",
              new Notes("file"),
              Integer.MAX_VALUE);
    } catch (BadListException refused) {
      String problem = refused.getMessage();
      assertThat(problem).doesNotContainPattern(UNPRINTABLE);
      Matcher matcher = PROBLEM.matcher(problem);
      assertThat(matcher.matches()).as(problem).isTrue();
      assertThat(Integer.parseInt(matcher.group(1))).isBetween(0, lineCount(file));
      return null;
    }
  }

  /** Adds all records and returns the apex; null when there is none, or a record that is none. */
  private static @Nullable String readAll(byte[] file, List<ZoneRecord> records)
      throws IOException {
    ZoneReader reader =
        new ZoneReader(new LineReader(new ByteArrayInputStream(file)), ORIGIN, TTL_SECONDS);
    String apex = null;
    try {
      for (ZoneRecord record = reader.next(); record != null; record = reader.next()) {
        if (apex == null) {
          apex = lower(record.type() == RecordType.SOA ? record.owner() : reader.origin());
        }
        records.add(record);
      }
      return apex;
    } catch (BadRecordException refused) {
      return null;
    }
  }

  /** What dnsjava reads, or null when it refuses the file. */
  private static @Nullable List<String> judge(byte[] file) {
    List<String> records = new ArrayList<>();
    try (Master master =
        new Master(
            new ByteArrayInputStream(file), Name.fromString("threats.example."), TTL_SECONDS)) {
      master.disableIncludes();
      for (Record record = master.nextRecord(); record != null; record = master.nextRecord()) {
        byte[] owner = record.getName().toWire();
        byte[] wire = record.toWire(Section.ANSWER);
        int rdata = owner.length + RDATA_OFFSET;
        records.add(
            text(
                new ZoneRecord(
                    owner,
                    record.getType(),
                    (int) record.getTTL(),
                    Arrays.copyOfRange(wire, rdata, wire.length),
                    0)));
      }
      return records;
    } catch (IOException | RuntimeException refused) {
      return null;
    }
  }

  /* dnsjava goes on in the case in which a name came first. */
  private static String text(ZoneRecord record) {
    return "%s %d %d %s"
        .formatted(
            lower(record.owner()),
            record.ttlSeconds(),
            record.type(),
            HEX.formatHex(record.rdata()));
  }

  private static int lineCount(byte[] file) {
    int lines = 1;
    for (byte each : file) {
      lines += each == '\n' ? 1 : 0;
    }
    return lines;
  }
}
