package dev.holdfast.lists;

import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Tokenizer;
import org.xbill.DNS.Type;

/**
 * Reads records in zone file syntax (RFC 1035 §5.1): owners, TTLs, classes and types here, so that
 * every mistake has its line; their data by dnsjava. Used once.
 */
final class ZoneReader {

  private static final long MAX_TTL = Integer.MAX_VALUE;

  private static final Pattern TTL_PART = Pattern.compile("(?i)\\G(\\d{1,10})([wdhms])");

  /** As a block of text in a configuration has it. */
  private static final Pattern LINE_END = Pattern.compile("[\\r\\n]+\\z");

  private static final byte[] ROOT = {0};

  /** Type, class, TTL and length behind the root as owner. */
  private static final int RDATA_OFFSET = 11;

  /** A record of the file: owner and data in wire form, as they were written. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record ZoneRecord(byte[] owner, int type, int ttlSeconds, byte[] rdata, int line) {}

  /** A line that is no record. */
  static final class BadRecordException extends Exception {

    private static final long serialVersionUID = 1;

    BadRecordException(String message) {
      super(message);
    }
  }

  private final LineReader lines;
  private byte[] origin;
  private Name dnsjavaOrigin;
  private int defaultTtlSeconds;
  private byte @Nullable [] lastOwner;
  private int line;

  ZoneReader(LineReader lines, byte[] origin, int defaultTtlSeconds) {
    this.lines = lines;
    this.origin = origin;
    this.dnsjavaOrigin = dnsjavaName(origin);
    this.defaultTtlSeconds = defaultTtlSeconds;
  }

  /** Reads one record of one line, which may have its end; names are relative to the root. */
  static ZoneRecord parse(String text, int defaultTtlSeconds) throws BadRecordException {
    ZoneReader reader =
        new ZoneReader(new LineReader(InputStream.nullInputStream()), ROOT, defaultTtlSeconds);
    ZoneEntry entry = new ZoneEntry();
    entry.add(LINE_END.matcher(text).replaceFirst(""));
    List<String> words = entry.words();
    if (entry.isOpen() || words.isEmpty()) {
      throw new BadRecordException("a record of one line, such as a.example. 300 IN A 192.0.2.7");
    }
    return reader.record(entry, words);
  }

  /** Where names without a final dot belong. */
  byte[] origin() {
    return origin;
  }

  /** The line that the last record began in. */
  int line() {
    return line;
  }

  /** Returns the next record, or null at the end of the file. */
  @Nullable ZoneRecord next() throws IOException, BadRecordException {
    while (lines.next()) {
      line = lines.number();
      ZoneEntry entry = new ZoneEntry();
      entry.add(checkedLine());
      while (entry.isOpen()) {
        if (!lines.next()) {
          throw new BadRecordException("a parenthesis that is never closed");
        }
        entry.add(checkedLine());
      }
      List<String> words = entry.words();
      if (words.isEmpty()) {
        continue;
      }
      if (!entry.beginsBlank() && words.getFirst().startsWith("$")) {
        directive(words);
      } else {
        return record(entry, words);
      }
    }
    return null;
  }

  private String checkedLine() throws BadRecordException {
    if (lines.isTooLong()) {
      throw new BadRecordException("longer than " + LineReader.MAX_LINE_LENGTH + " bytes");
    }
    return lines.text();
  }

  private void directive(List<String> words) throws BadRecordException {
    String directive = words.getFirst();
    if (directive.equals("$ORIGIN") && words.size() == 2) {
      origin = name(words.get(1));
      dnsjavaOrigin = dnsjavaName(origin);
    } else if (directive.equals("$TTL") && words.size() == 2) {
      defaultTtlSeconds = ttl(words.get(1));
    } else {
      throw new BadRecordException(
          Notes.shown(directive) + " (expected $ORIGIN or $TTL with one word)");
    }
  }

  private ZoneRecord record(ZoneEntry entry, List<String> words) throws BadRecordException {
    int index = 0;
    if (!entry.beginsBlank()) {
      lastOwner = name(words.get(index++));
    }
    byte[] owner = lastOwner;
    if (owner == null) {
      throw new BadRecordException("no name to belong to");
    }
    int ttlSeconds = defaultTtlSeconds;
    while (index < words.size() && (isTtl(words.get(index)) || isClass(words.get(index)))) {
      ttlSeconds = isTtl(words.get(index)) ? ttl(words.get(index)) : ttlSeconds;
      index++;
    }
    int type = index < words.size() ? Type.value(words.get(index)) : -1;
    if (type < 0 || type == RecordType.OPT || (type >= 128 && type <= RecordType.ANY)) {
      throw new BadRecordException(
          (index < words.size() ? Notes.shown(words.get(index)) : "nothing")
              + " (expected a record type such as A, AAAA or CNAME)");
    }
    index++;
    byte[] rdata =
        type == RecordType.CNAME && index == words.size() - 1
            ? name(words.get(index)) // most of a policy zone
            : rdata(type, entry.behind(index));
    return new ZoneRecord(owner, type, ttlSeconds, rdata, line);
  }

  private byte[] rdata(int type, String data) throws BadRecordException {
    try {
      Record record =
          Record.fromString(Name.root, type, DClass.IN, 0, new Tokenizer(data), dnsjavaOrigin);
      byte[] wire = record.toWire(Section.ANSWER);
      return Arrays.copyOfRange(wire, RDATA_OFFSET, wire.length);
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).replaceFirst("^<none>:\\d+: ", "");
      throw new BadRecordException(
          Type.string(type) + " " + Notes.shown(data.strip()) + ": " + Notes.shown(reason));
    }
  }

  private byte[] name(String text) throws BadRecordException {
    try {
      if (text.equals("@")) {
        return origin;
      }
      if (text.indexOf('"') >= 0) {
        throw new BadRecordException(Notes.shown(text) + " (expected a name without quotes)");
      }
      byte[] name = Names.parse(text);
      if (ZoneEntry.isAbsolute(text)) {
        return name;
      }
      byte[] absolute = Arrays.copyOf(name, name.length - 1 + origin.length);
      System.arraycopy(origin, 0, absolute, name.length - 1, origin.length);
      if (absolute.length > Names.MAX_LENGTH) {
        throw new BadRecordException(Notes.shown(text) + " (expected a name of at most 255 bytes)");
      }
      return absolute;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadRecordException(Notes.shown(text) + " (expected a domain name)");
    }
  }

  private static Name dnsjavaName(byte[] name) {
    try {
      return Name.fromString(Names.toText(name));
    } catch (TextParseException e) {
      throw new IllegalArgumentException(Names.toText(name), e);
    }
  }

  /* No type begins with a digit. */
  private static boolean isTtl(String word) {
    return word.charAt(0) >= '0' && word.charAt(0) <= '9';
  }

  private static boolean isClass(String word) throws BadRecordException {
    if (word.equalsIgnoreCase("CH") || word.equalsIgnoreCase("HS")) {
      throw new BadRecordException(word + " (expected class IN)");
    }
    return word.equalsIgnoreCase("IN");
  }

  /* Seconds, or numbers with units such as 1h30m. */
  private static int ttl(String word) throws BadRecordException {
    String parts = word.matches("\\d+") ? word + "s" : word;
    Matcher part = TTL_PART.matcher(parts);
    long seconds = 0;
    int end = 0;
    while (part.find()) {
      seconds += Long.parseLong(part.group(1)) * unitSeconds(part.group(2));
      end = part.end();
    }
    if (end < parts.length() || seconds > MAX_TTL) {
      throw new BadRecordException(
          Notes.shown(word) + " (expected a TTL of at most " + MAX_TTL + ", or a record type)");
    }
    return (int) seconds;
  }

  private static int unitSeconds(String unit) {
    return switch (Character.toLowerCase(unit.charAt(0))) {
      case 'w' -> 604_800;
      case 'd' -> 86_400;
      case 'h' -> 3600;
      case 'm' -> 60;
      default -> 1;
    };
  }
}
