package dev.holdfast.scenario;

import dev.holdfast.scenario.Entry.Match;
import dev.holdfast.wire.Header;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TTL;
import org.xbill.DNS.Type;

/**
 * Reads the lines between {@code ENTRY_BEGIN} and {@code ENTRY_END}, one entry after the other.
 * Confined to one thread.
 */
final class EntryParser {

  private static final long DEFAULT_TTL_SECONDS = 3600;

  /** Header bits by the words of REPLY lines, in the order of the header. */
  static final Map<String, Integer> FLAGS = new LinkedHashMap<>();

  static {
    FLAGS.put("QR", Header.QR);
    FLAGS.put("AA", Header.AA);
    FLAGS.put("TC", Header.TC);
    FLAGS.put("RD", Header.RD);
    FLAGS.put("RA", Header.RA);
    FLAGS.put("AD", Header.AD);
    FLAGS.put("CD", Header.CD);
  }

  private static final Map<String, Integer> OPCODES =
      Map.of(
          "QUERY", Opcode.QUERY,
          "IQUERY", Opcode.IQUERY,
          "STATUS", Opcode.STATUS,
          "NOTIFY", Opcode.NOTIFY,
          "UPDATE", Opcode.UPDATE);

  private static final Map<String, Integer> RCODES =
      Map.ofEntries(
          Map.entry("NOERROR", Rcode.NOERROR),
          Map.entry("FORMERR", Rcode.FORMERR),
          Map.entry("SERVFAIL", Rcode.SERVFAIL),
          Map.entry("NXDOMAIN", Rcode.NXDOMAIN),
          Map.entry("NOTIMP", Rcode.NOTIMP),
          Map.entry("NOTIMPL", Rcode.NOTIMP),
          Map.entry("REFUSED", Rcode.REFUSED),
          Map.entry("YXDOMAIN", Rcode.YXDOMAIN),
          Map.entry("YXRRSET", Rcode.YXRRSET),
          Map.entry("NXRRSET", Rcode.NXRRSET),
          Map.entry("NOTAUTH", Rcode.NOTAUTH),
          Map.entry("NOTZONE", Rcode.NOTZONE));

  private static final Map<String, Integer> SECTIONS =
      Map.of(
          "QUESTION", Section.QUESTION,
          "ANSWER", Section.ANSWER,
          "AUTHORITY", Section.AUTHORITY,
          "ADDITIONAL", Section.ADDITIONAL);

  private final String file;
  private boolean sawRecursionAvailable;
  private Name origin = Name.root;
  private long defaultTtlSeconds = DEFAULT_TTL_SECONDS;

  private int beginLine;
  private int lineNumber;
  private Set<Match> matches = EnumSet.noneOf(Match.class);
  private int extendedError;
  private boolean copyId;
  private boolean copyQuery;
  private int delaySeconds;
  private int flags;
  private int opcode;
  private int rcode;
  private boolean dnssecOk;

  /** Hexadecimal digits of EDNS options; null outside of such a block. */
  private @Nullable StringBuilder ednsDigits;

  private @Nullable List<EDNSOption> ednsOptions;
  private int section;
  private List<List<Record>> sections = List.of();

  EntryParser(String file) {
    this.file = file;
  }

  /** Whether any entry so far mentioned RA. */
  boolean sawRecursionAvailable() {
    return sawRecursionAvailable;
  }

  /** Opens an entry. */
  void begin(int line) {
    beginLine = line;
    matches = EnumSet.noneOf(Match.class);
    extendedError = Entry.NO_EXTENDED_ERROR;
    copyId = false;
    copyQuery = false;
    delaySeconds = 0;
    flags = 0;
    opcode = Opcode.QUERY;
    rcode = Rcode.NOERROR;
    dnssecOk = false;
    ednsDigits = null;
    ednsOptions = null;
    section = Section.QUESTION;
    sections = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  /** Closes the entry. */
  Entry end() {
    return new Entry(
        beginLine,
        matches,
        extendedError,
        copyId,
        copyQuery,
        delaySeconds,
        flags,
        opcode,
        rcode,
        dnssecOk,
        ednsOptions,
        sections);
  }

  /** Takes one line that is neither blank nor a comment. */
  void line(int number, String line) {
    lineNumber = number;
    if (ednsDigits != null && !line.equals("HEX_EDNSDATA_END")) {
      ednsDigits.append(line.replaceAll("\\s+", ""));
      return;
    }
    String[] words = line.split("\\s+");
    switch (words[0]) {
      case "MATCH" -> forEachArgument(words, this::match);
      case "ADJUST" -> forEachArgument(words, this::adjust);
      case "REPLY" -> forEachArgument(words, this::reply);
      case "SECTION" -> section = known(SECTIONS, words.length == 2 ? words[1] : "", "section");
      case "$TTL" -> defaultTtlSeconds = ttl(words.length == 2 ? words[1] : "");
      case "$ORIGIN" -> origin = name(words.length == 2 ? words[1] : "");
      case "HEX_EDNSDATA_BEGIN" -> ednsDigits = new StringBuilder();
      case "HEX_EDNSDATA_END" -> closeEdnsData();
      case "EXTRA_PACKET", "HEX_ANSWER_BEGIN" ->
          throw unusable("unknown directive " + words[0] + " in an entry");
      default -> sections.get(section).add(resource(line));
    }
  }

  private interface Argument {
    void take(String word);
  }

  private static void forEachArgument(String[] words, Argument argument) {
    for (int i = 1; i < words.length; i++) {
      argument.take(words[i]);
    }
  }

  private void match(String word) {
    if (word.toLowerCase(Locale.ROOT).startsWith("ede=")) {
      matches.add(Match.EDE);
      String code = word.substring("ede=".length());
      extendedError =
          code.equalsIgnoreCase("any") ? Entry.NO_EXTENDED_ERROR : number(code, "an info-code");
      return;
    }
    for (Match match : Match.values()) {
      if (match != Match.EDE && match.name().equalsIgnoreCase(word)) {
        matches.add(match);
        return;
      }
    }
    throw unusable("unknown word " + word + " after MATCH");
  }

  private void adjust(String word) {
    if (word.equals("copy_id")) {
      copyId = true;
    } else if (word.equals("copy_query")) {
      copyQuery = true;
    } else if (word.startsWith("sleep=")) {
      delaySeconds = number(word.substring("sleep=".length()), "seconds");
    } else {
      throw unusable("unknown word " + word + " after ADJUST");
    }
  }

  private void reply(String word) {
    if (FLAGS.containsKey(word)) {
      flags |= known(FLAGS, word, "flag");
      sawRecursionAvailable |= word.equals("RA");
    } else if (OPCODES.containsKey(word)) {
      opcode = known(OPCODES, word, "opcode");
    } else if (RCODES.containsKey(word)) {
      rcode = known(RCODES, word, "rcode");
    } else if (word.equals("DO")) {
      dnssecOk = true;
    } else {
      throw unusable("unknown word " + word + " after REPLY");
    }
  }

  /** Options are code, length and content (RFC 6891 §6.1.2). */
  private void closeEdnsData() {
    String digits = ednsDigits == null ? "" : ednsDigits.toString();
    ednsDigits = null;
    List<EDNSOption> options = new ArrayList<>();
    try {
      ByteBuffer bytes = ByteBuffer.wrap(HexFormat.of().parseHex(digits));
      while (bytes.hasRemaining()) {
        int code = Short.toUnsignedInt(bytes.getShort());
        byte[] content = new byte[Short.toUnsignedInt(bytes.getShort())];
        bytes.get(content);
        options.add(new GenericEDNSOption(code, content));
      }
    } catch (IllegalArgumentException | BufferUnderflowException e) {
      throw syntax("EDNS data \"" + digits + "\" (expected options in hexadecimal)");
    }
    ednsOptions = options;
  }

  private int known(Map<String, Integer> table, String word, String what) {
    Integer value = table.get(word);
    if (value == null) {
      throw syntax(what + " \"" + word + "\" (expected one of " + table.keySet() + ")");
    }
    return value;
  }

  /** Reads {@code NAME [TTL] [CLASS] TYPE RDATA}, or the same without TTL and RDATA. */
  private Record resource(String line) {
    String[] head = line.split("\\s+", 2);
    Name name = name(head[0]);
    long ttlSeconds = defaultTtlSeconds;
    int dclass = DClass.IN;
    String rest = head.length == 2 ? head[1] : "";
    while (true) {
      String[] next = rest.split("\\s+", 2);
      String word = next[0];
      rest = next.length == 2 ? next[1] : "";
      if (!word.isEmpty() && Character.isDigit(word.charAt(0))) {
        ttlSeconds = ttl(word);
      } else if (DClass.value(word) >= 0 && !word.equalsIgnoreCase("ANY")) {
        dclass = DClass.value(word);
      } else if (Type.value(word) >= 0) {
        return resource(name, Type.value(word), dclass, ttlSeconds, rest);
      } else {
        throw syntax("\"" + line + "\" (expected NAME [TTL] [CLASS] TYPE RDATA)");
      }
    }
  }

  private Record resource(Name name, int type, int dclass, long ttlSeconds, String rdata) {
    if (section == Section.QUESTION) {
      return Record.newRecord(name, type, dclass);
    }
    try {
      return Record.fromString(name, type, dclass, ttlSeconds, rdata, origin);
    } catch (IOException | RuntimeException e) {
      throw syntax(Type.string(type) + " \"" + rdata + "\": " + e.getMessage());
    }
  }

  private Name name(String word) {
    try {
      return Name.fromString(word, origin);
    } catch (IOException e) {
      throw syntax("name \"" + word + "\": " + e.getMessage());
    }
  }

  private long ttl(String word) {
    try {
      return TTL.parseTTL(word);
    } catch (NumberFormatException e) {
      throw syntax("TTL \"" + word + "\" (expected seconds)");
    }
  }

  private int number(String word, String expected) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException e) {
      throw syntax("\"" + word + "\" (expected " + expected + ")");
    }
  }

  private ScenarioSyntaxException syntax(String problem) {
    return new ScenarioSyntaxException(file, lineNumber, problem);
  }

  private UnusableScenarioException unusable(String problem) {
    return new UnusableScenarioException(file + ":" + lineNumber + ": " + problem);
  }
}
