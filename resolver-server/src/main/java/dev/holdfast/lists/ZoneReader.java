package dev.holdfast.lists;

import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TTL;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Tokenizer;
import org.xbill.DNS.Type;

/**
 * Reads records in zone file syntax (RFC 1035 §5.1): owners, TTLs, classes and types here, so that
 * every mistake has its line; their data by dnsjava. Used once.
 */
final class ZoneReader {

  private static final long MAX_TTL = Integer.MAX_VALUE;

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

  /** Reads one record of one line, names relative to the root. */
  static ZoneRecord parse(String text, int defaultTtlSeconds) throws BadRecordException {
    ZoneReader reader =
        new ZoneReader(new LineReader(InputStream.nullInputStream()), ROOT, defaultTtlSeconds);
    Entry entry = new Entry();
    entry.add(text);
    if (entry.depth != 0 || entry.isBlank()) {
      throw new BadRecordException("a record of one line, such as a.example. 300 IN A 192.0.2.7");
    }
    return reader.record(entry.text.toString());
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
      Entry entry = new Entry();
      entry.add(checkedLine());
      while (entry.depth > 0) {
        if (!lines.next()) {
          throw new BadRecordException("a parenthesis that is never closed");
        }
        entry.add(checkedLine());
      }
      if (entry.isBlank()) {
        continue;
      }
      String text = entry.text.toString();
      if (text.startsWith("$")) {
        directive(words(text));
      } else {
        return record(text);
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

  /** The lines of one record as one, without comments and parentheses. */
  private static final class Entry {

    private final StringBuilder text = new StringBuilder();
    private int depth;

    void add(String line) throws BadRecordException {
      boolean quoted = false;
      for (int i = 0; i < line.length(); i++) {
        char character = line.charAt(i);
        if (character == '\\' && i + 1 < line.length()) {
          text.append(character).append(line.charAt(++i));
          continue;
        }
        quoted ^= character == '"';
        if (!quoted && character == ';') {
          break;
        }
        if (!quoted && (character == '(' || character == ')')) {
          depth += character == '(' ? 1 : -1;
          text.append(' ');
        } else {
          text.append(character);
        }
      }
      if (quoted || depth < 0) {
        throw new BadRecordException(
            quoted ? "a quote that is never closed" : "a parenthesis that was never opened");
      }
      text.append(' ');
    }

    boolean isBlank() {
      return text.toString().isBlank();
    }
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

  private ZoneRecord record(String text) throws BadRecordException {
    List<String> words = words(text);
    int index = 0;
    if (!Character.isWhitespace(text.charAt(0))) {
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
    int type = index < words.size() ? Type.value(words.get(index), true) : -1;
    if (type < 0 || type == RecordType.OPT || (type >= 128 && type <= RecordType.ANY)) {
      throw new BadRecordException(
          (index < words.size() ? Notes.shown(words.get(index)) : "nothing")
              + " (expected a record type such as A, AAAA or CNAME)");
    }
    String data = afterWords(text, index + 1);
    return new ZoneRecord(owner, type, ttlSeconds, rdata(type, data), line);
  }

  private byte[] rdata(int type, String data) throws BadRecordException {
    if (type == RecordType.CNAME && words(data).size() == 1) {
      return name(words(data).getFirst()); // most of a policy zone
    }
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
      if (endsWithRoot(text)) {
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

  private static boolean isTtl(String word) {
    return Character.isDigit(word.charAt(0)) && word.matches("(?i)(\\d{1,10}[wdhms]?)+");
  }

  private static boolean isClass(String word) throws BadRecordException {
    if (word.equalsIgnoreCase("CH") || word.equalsIgnoreCase("HS")) {
      throw new BadRecordException(word + " (expected class IN)");
    }
    return word.equalsIgnoreCase("IN");
  }

  private static int ttl(String word) throws BadRecordException {
    try {
      long ttl = TTL.parseTTL(word);
      if (ttl <= MAX_TTL) {
        return (int) ttl;
      }
    } catch (NumberFormatException tooLong) {
      // refused below
    }
    throw new BadRecordException(
        Notes.shown(word) + " (expected a TTL of at most " + MAX_TTL + ")");
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    int i = 0;
    while ((i = wordStart(text, i)) < text.length()) {
      int end = wordEnd(text, i);
      words.add(text.substring(i, end));
      i = end;
    }
    return words;
  }

  private static String afterWords(String text, int count) {
    int i = 0;
    for (int word = 0; word < count; word++) {
      i = wordEnd(text, wordStart(text, i));
    }
    return text.substring(i);
  }

  private static int wordStart(String text, int from) {
    int i = from;
    while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
      i++;
    }
    return i;
  }

  private static int wordEnd(String text, int from) {
    int i = from;
    while (i < text.length() && !Character.isWhitespace(text.charAt(i))) {
      i += text.charAt(i) == '\\' ? 2 : 1;
    }
    return Math.min(i, text.length());
  }

  /* A dot after an odd number of backslashes is a part of the last label. */
  private static boolean endsWithRoot(String text) {
    int backslashes = 0;
    for (int i = text.length() - 2; i >= 0 && text.charAt(i) == '\\'; i--) {
      backslashes++;
    }
    return text.endsWith(".") && backslashes % 2 == 0;
  }
}
