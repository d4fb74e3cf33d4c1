package dev.holdfast.scenario;

import dev.holdfast.scenario.Entry.Match;
import dev.holdfast.wire.Header;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Compares messages with what an {@link Entry} demands. Sections are compared as sets, names
 * without regard to case, TTLs only on demand, OPT records never as records. Stateless.
 *
 * @param compareRecursionAvailable whether RA counts among the flags
 */
record EntryMatcher(boolean compareRecursionAvailable) {

  private static final String[] SECTION_NAMES = {"QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"};

  private static final int[] DATA_SECTIONS = {
    Section.ANSWER, Section.AUTHORITY, Section.ADDITIONAL
  };

  boolean matches(Entry entry, Message message, boolean stream) {
    return differences(entry, message, stream).isEmpty();
  }

  /** Returns what keeps {@code message} from matching, one sentence each; empty when it matches. */
  List<String> differences(Entry entry, Message message, boolean stream) {
    List<String> differences = new ArrayList<>();
    boolean all = entry.compares(Match.ALL);
    if (all || entry.compares(Match.OPCODE)) {
      compare(
          "opcode",
          Opcode.string(entry.opcode()),
          Opcode.string(message.getHeader().getOpcode()),
          differences);
    }
    if (all || entry.compares(Match.RCODE)) {
      compare("rcode", Rcode.string(entry.rcode()), Rcode.string(message.getRcode()), differences);
    }
    if (all || entry.compares(Match.FLAGS)) {
      int ignored = compareRecursionAvailable ? 0 : Header.RA;
      compare(
          "flags",
          flagText(entry.flags() & ~ignored),
          flagText(Entry.flagsOf(message) & ~ignored),
          differences);
    }
    compareTransport(entry, stream, differences);
    compareQuestion(entry, message, differences);
    compareEdns(entry, message, differences);
    compareSingleFlags(entry, message, differences);
    boolean ttl = entry.compares(Match.TTL);
    if (all) {
      for (int section : DATA_SECTIONS) {
        compareSection(section, entry, message, ttl, differences);
      }
    } else if (entry.compares(Match.ANSWER)) {
      compareSection(Section.ANSWER, entry, message, ttl, differences);
    }
    return differences;
  }

  private static void compareTransport(Entry entry, boolean stream, List<String> differences) {
    if (entry.compares(stream ? Match.UDP : Match.TCP)) {
      differences.add("transport: " + (stream ? "TCP (expected UDP)" : "UDP (expected TCP)"));
    }
  }

  private static void compareQuestion(Entry entry, Message message, List<String> differences) {
    if (entry.compares(Match.ALL) || entry.compares(Match.QUESTION)) {
      compareSection(Section.QUESTION, entry, message, false, differences);
      return;
    }
    Record asked = message.getQuestion();
    if (entry.section(Section.QUESTION).isEmpty()) {
      return;
    }
    Record wanted = entry.section(Section.QUESTION).getFirst();
    Name name = asked == null ? null : asked.getName();
    if (entry.compares(Match.QTYPE)) {
      compare(
          "qtype",
          Type.string(wanted.getType()),
          asked == null ? "none" : Type.string(asked.getType()),
          differences);
    }
    if (entry.compares(Match.QNAME) && !wanted.getName().equals(name)) {
      differences.add("qname: " + name + " (expected " + wanted.getName() + ")");
    }
    if (entry.compares(Match.SUBDOMAIN) && (name == null || !name.subdomain(wanted.getName()))) {
      differences.add("qname: " + name + " (expected a name below " + wanted.getName() + ")");
    }
  }

  private static void compareEdns(Entry entry, Message message, List<String> differences) {
    OPTRecord opt = message.getOPT();
    boolean demanded = entry.compares(Match.DO) || (entry.compares(Match.ALL) && entry.dnssecOk());
    if (demanded && (opt == null || (opt.getFlags() & ExtendedFlags.DO) == 0)) {
      differences.add("EDNS: " + (opt == null ? "none" : "DO clear") + " (expected DO set)");
    }
    if (entry.compares(Match.NOEDNS) && opt != null) {
      differences.add("EDNS: there (expected none)");
    }
    if (entry.compares(Match.EDNSDATA)) {
      List<EDNSOption> expected = entry.ednsOptions() == null ? List.of() : entry.ednsOptions();
      List<EDNSOption> found = opt == null ? List.of() : opt.getOptions();
      if (!found.equals(expected)) {
        differences.add("EDNS options: " + found + " (expected " + expected + ")");
      }
    }
    if (entry.compares(Match.EDE)) {
      List<Integer> codes = extendedErrors(opt);
      boolean any = entry.extendedError() == Entry.NO_EXTENDED_ERROR;
      if (any ? codes.isEmpty() : !codes.contains(entry.extendedError())) {
        differences.add(
            "EDE: " + codes + " (expected " + (any ? "any" : entry.extendedError()) + ")");
      }
    }
  }

  private static List<Integer> extendedErrors(@Nullable OPTRecord opt) {
    List<Integer> codes = new ArrayList<>();
    if (opt != null) {
      for (EDNSOption option : opt.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR)) {
        codes.add(((ExtendedErrorCodeOption) option).getErrorCode());
      }
    }
    return codes;
  }

  private static void compareSingleFlags(Entry entry, Message message, List<String> differences) {
    int flags = Entry.flagsOf(message);
    if (entry.compares(Match.AD) && (flags & Header.AD) == 0) {
      differences.add("AD: clear (expected set)");
    }
    if (entry.compares(Match.CD) && (flags & Header.CD) == 0) {
      differences.add("CD: clear (expected set)");
    }
    if (entry.compares(Match.RD) && (flags & Header.RD) == 0) {
      differences.add("RD: clear (expected set)");
    }
  }

  private static void compareSection(
      int section, Entry entry, Message message, boolean ttl, List<String> differences) {
    List<Record> missing = new ArrayList<>(entry.section(section));
    List<Record> surplus = new ArrayList<>();
    for (Record found : message.getSection(section)) {
      if (found.getType() != Type.OPT && !removeEqual(missing, found, ttl)) {
        surplus.add(found);
      }
    }
    for (Record expected : missing) {
      differences.add(SECTION_NAMES[section] + " lacks " + text(expected));
    }
    for (Record found : surplus) {
      differences.add(SECTION_NAMES[section] + " has surplus " + text(found));
    }
  }

  private static boolean removeEqual(List<Record> records, Record wanted, boolean ttl) {
    for (int i = 0; i < records.size(); i++) {
      Record record = records.get(i);
      if (record.equals(wanted) && (!ttl || record.getTTL() == wanted.getTTL())) {
        records.remove(i);
        return true;
      }
    }
    return false;
  }

  private static String text(Record record) {
    return record.toString().replaceAll("\\s+", " ");
  }

  private static String flagText(int flags) {
    StringBuilder text = new StringBuilder();
    EntryParser.FLAGS.forEach((name, bit) -> text.append((flags & bit) != 0 ? name + " " : ""));
    return text.toString().strip();
  }

  private static void compare(
      String what, String expected, String found, List<String> differences) {
    if (!expected.equals(found)) {
      differences.add(what + ": " + found + " (expected " + expected + ")");
    }
  }
}
