package dev.holdfast.lists;

import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.Rule;
import dev.holdfast.wire.Names;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list of names, each line in whatever format it has. Of a hosts file a name is meant
 * itself; of the other formats those below it too. What an ad blocker's list says of anything but
 * whole domains is ignored. Used once.
 *
 * <pre>
 *   0.0.0.0 ads.example.org     # hosts file: the address does not matter
 *   ads.example.org             # a domain; *.ads.example.org and .ads.example.org are the same
 *   ||ads.example.org^          ! an ad blocker's rule for a domain
 *   @@||www.example.org^        ! and an exception from such rules
 * </pre>
 */
final class NameListReader {

  private static final byte[] RULE = {'|', '|'};
  private static final byte[] EXCEPTION = {'@', '@', '|', '|'};
  private static final byte[] IMPORTANT = "$important".getBytes(StandardCharsets.US_ASCII);

  private final LineReader lines;
  private final Rule rule;
  private final Notes notes;
  private final int maxEntries;
  private final NameText name = new NameText();
  private final PolicyList.Builder names = new PolicyList.Builder();
  private final PolicyList.Builder exceptions = new PolicyList.Builder();
  private byte[] bytes = {};
  private int end;

  NameListReader(LineReader lines, Rule rule, Notes notes, int maxEntries) {
    this.lines = lines;
    this.rule = rule;
    this.notes = notes;
    this.maxEntries = maxEntries;
  }

  /** Reads all lines. */
  void read() throws IOException {
    while (lines.next()) {
      bytes = lines.bytes();
      end = lines.end();
      int start = skipBlanks(lines.start());
      while (end > start && isBlank(bytes[end - 1])) {
        end--;
      }
      if (lines.isTooLong()) {
        notes.ignored(lines.number(), "longer than a line may be", "");
      } else if (start < end && !isComment(start) && !readLine(start)) {
        notes.ignored(lines.number(), "no name", lines.text());
      }
    }
  }

  /** The names. */
  PolicyList names(String listName, String place) {
    return names.build(listName, place);
  }

  /** The names that the list itself excepts. */
  PolicyList exceptions(String listName, String place) {
    return exceptions.build(listName, place);
  }

  /* An ad blocker's list begins with its format in brackets. */
  private boolean isComment(int start) {
    return bytes[start] == '#' || bytes[start] == '!' || bytes[start] == '[';
  }

  private boolean readLine(int start) {
    if (startsWith(EXCEPTION, start)) {
      return readRule(start + EXCEPTION.length, exceptions, Rule.PASS);
    }
    if (startsWith(RULE, start)) {
      return readRule(start + RULE.length, names, rule);
    }
    int wordEnd = wordEnd(start);
    if (isAddress(start, wordEnd)) {
      return readHosts(wordEnd);
    }
    int rest = skipBlanks(wordEnd);
    if (rest < end && bytes[rest] != '#') {
      return false;
    }
    int from = start + (bytes[start] == '*' ? 1 : 0);
    from += from < wordEnd && bytes[from] == '.' ? 1 : 0;
    int length = name.read(bytes, from, wordEnd);
    boolean isDomain = length != NameText.NONE && name.labels() > 1;
    return isDomain && add(names, length, rule, rule);
  }

  /* Rules with conditions, such as for third parties only, cannot be kept by a resolver. */
  private boolean readRule(int start, PolicyList.Builder into, Rule wanted) {
    int nameEnd = start;
    while (nameEnd < end && bytes[nameEnd] != '^') {
      nameEnd++;
    }
    int rest = nameEnd + 1;
    rest += rest < end && bytes[rest] == '|' ? 1 : 0;
    boolean unconditional =
        rest == end || (end - rest == IMPORTANT.length && startsWith(IMPORTANT, rest));
    if (nameEnd == end || !unconditional) {
      return false;
    }
    int length = name.read(bytes, start, nameEnd);
    return length != NameText.NONE && add(into, length, wanted, wanted);
  }

  /* Names of one label are those of the machine that the file was made for. */
  private boolean readHosts(int addressEnd) {
    int start = skipBlanks(addressEnd);
    boolean valid = start < end;
    while (start < end && bytes[start] != '#') {
      int wordEnd = wordEnd(start);
      int length = name.read(bytes, start, wordEnd);
      if (length == NameText.NONE) {
        valid = false;
      } else if (name.labels() > 1 && !isAddress(start, wordEnd)) {
        add(names, length, rule, null);
      }
      start = skipBlanks(wordEnd);
    }
    return valid;
  }

  private boolean add(PolicyList.Builder into, int length, Rule own, @Nullable Rule below) {
    if (names.size() + exceptions.size() < maxEntries) {
      into.add(name.bytes(), length, own, below, lines.number());
    } else {
      notes.cut();
    }
    return true;
  }

  /* Whether a word is an address; what cannot be one is told without making text of it. */
  private boolean isAddress(int start, int wordEnd) {
    boolean possible = false;
    for (int i = start; i < wordEnd; i++) {
      byte character = Names.fold(bytes[i]);
      boolean digit = character >= '0' && character <= '9';
      boolean hex = character >= 'a' && character <= 'f';
      possible |= digit || character == ':';
      if (!digit && !hex && character != ':' && character != '.') {
        return false;
      }
    }
    if (!possible) {
      return false;
    }
    try {
      InetAddress.ofLiteral(new String(bytes, start, wordEnd - start, StandardCharsets.US_ASCII));
      return true;
    } catch (IllegalArgumentException aName) {
      return false;
    }
  }

  private boolean startsWith(byte[] prefix, int start) {
    for (int i = 0; i < prefix.length; i++) {
      if (start + i >= end || bytes[start + i] != prefix[i]) {
        return false;
      }
    }
    return true;
  }

  private int wordEnd(int start) {
    int i = start;
    while (i < end && !isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private int skipBlanks(int start) {
    int i = start;
    while (i < end && isBlank(bytes[i])) {
      i++;
    }
    return i;
  }

  private static boolean isBlank(byte character) {
    return character == ' ' || character == '\t';
  }
}
