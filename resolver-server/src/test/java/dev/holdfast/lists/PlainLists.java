package dev.holdfast.lists;

import dev.holdfast.policy.Rule.Data;
import dev.holdfast.wire.RecordType;
import java.io.ByteArrayOutputStream;
import java.net.IDN;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A second reading of a list of names and of a hosts file, by patterns and sets of text: slow, and
 * plain enough to see that it is right. Confined to one thread.
 *
 * @param lineCount lines of the file
 * @param blocked names, and whether those below are meant as well
 * @param excepted the same
 * @param addresses of the names of a hosts file
 */
record PlainLists(
    int lineCount,
    Map<String, Set<Boolean>> blocked,
    Map<String, Set<Boolean>> excepted,
    Map<String, Set<String>> addresses) {

  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9_-]{1,63}(?:\\.[A-Za-z0-9_-]{1,63})*\\.?");
  private static final int MAX_TEXT_LENGTH = 253;

  private static final Pattern RULE =
      Pattern.compile("(@@)?\\|\\|([^^]*)\\^\\|?(?:\\$important)?", Pattern.DOTALL);
  private static final Pattern ANY_RULE = Pattern.compile("(@@)?\\|\\|.*", Pattern.DOTALL);
  private static final Pattern DOMAIN =
      Pattern.compile("\\*?\\.?([^ \\t]*)(?:[ \\t]+#.*)?", Pattern.DOTALL);
  private static final Pattern COMMENT = Pattern.compile("[#!\\[].*", Pattern.DOTALL);
  private static final Pattern LOCALHOST = Pattern.compile("(.*\\.)?localhost");

  static PlainLists of(byte[] file) {
    List<String> lines = lines(file);
    PlainLists lists =
        new PlainLists(lines.size(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    for (String line : lines) {
      lists.readList(line);
      lists.readHosts(line);
    }
    return lists;
  }

  /** The lines of a file, those that are too long as empty ones. */
  static List<String> lines(byte[] file) {
    List<String> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte each : file) {
      if (each == '\n') {
        lines.add(line(line.toByteArray(), lines.isEmpty()));
        line.reset();
      } else {
        line.write(each);
      }
    }
    if (line.size() > 0) {
      lines.add(line(line.toByteArray(), lines.isEmpty()));
    }
    return lines;
  }

  private static String line(byte[] bytes, boolean first) {
    int start = 0;
    int end = bytes.length;
    end -= end > 0 && bytes[end - 1] == '\r' ? 1 : 0;
    byte[] mark = "\ufeff".getBytes(StandardCharsets.UTF_8);
    if (first && end >= mark.length && Arrays.equals(Arrays.copyOf(bytes, mark.length), mark)) {
      start = mark.length;
    }
    return end - start > LineReader.MAX_LINE_LENGTH
        ? ""
        : new String(bytes, start, end - start, StandardCharsets.UTF_8);
  }

  private void readList(String whole) {
    String line = whole.replaceAll("\\A[ \\t]+|[ \\t]+\\z", "");
    if (line.isEmpty() || COMMENT.matcher(line).matches()) {
      return;
    }
    Matcher rule = RULE.matcher(line);
    if (ANY_RULE.matcher(line).matches()) {
      if (rule.matches()) {
        add(rule.group(1) == null ? blocked : excepted, host(rule.group(2)), true);
      }
      return;
    }
    List<String> words = List.of(line.split("[ \\t]+"));
    if (isAddress(words.getFirst())) {
      for (int i = 1; i < words.size() && !words.get(i).startsWith("#"); i++) {
        String name = host(words.get(i));
        if (name != null && name.indexOf('.') >= 0 && !isAddress(words.get(i))) {
          add(blocked, name, false);
        }
      }
      return;
    }
    Matcher domain = DOMAIN.matcher(line);
    String name = domain.matches() ? host(domain.group(1)) : null;
    if (name != null && name.indexOf('.') >= 0) {
      add(blocked, name, true);
    }
  }

  private static void add(Map<String, Set<Boolean>> into, @Nullable String name, boolean below) {
    if (name != null) {
      into.computeIfAbsent(name, key -> new TreeSet<>()).add(below);
    }
  }

  private void readHosts(String line) {
    String content = line.replaceFirst("(?s)#.*", "").strip();
    if (content.isEmpty()) {
      return;
    }
    List<String> words = List.of(content.split("\\s+"));
    byte[] address = hostsAddress(words.getFirst());
    for (int i = 1; i < words.size() && address != null; i++) {
      String name = host(words.get(i));
      if (name != null && !LOCALHOST.matcher(name).matches()) {
        int type = address.length == 4 ? RecordType.A : RecordType.AAAA;
        addresses
            .computeIfAbsent(name, key -> new TreeSet<>())
            .add(text(new Data(type, 0, address)));
      }
    }
  }

  static String text(Data record) {
    return RecordType.toText(record.type()) + " " + Arrays.toString(record.rdata());
  }

  /** The name in lower case without a final dot, or null. */
  private static @Nullable String host(String word) {
    String ascii = word;
    if (!word.chars().allMatch(each -> each < 0x80)) {
      try {
        ascii = IDN.toASCII(word);
      } catch (IllegalArgumentException noName) {
        return null;
      }
    }
    String name = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
    return HOST.matcher(ascii).matches() && name.length() <= MAX_TEXT_LENGTH
        ? name.toLowerCase(Locale.ROOT)
        : null;
  }

  private static boolean isAddress(String word) {
    return word.matches("[0-9A-Fa-f.:]*") && parse(word) != null;
  }

  /* An interface behind the address is left out; short forms of IPv4 are refused. */
  private static byte @Nullable [] hostsAddress(String word) {
    boolean ipv4 = word.indexOf(':') < 0;
    return ipv4 && !word.matches("(\\d|[1-9]\\d{1,2})(\\.(\\d|[1-9]\\d{1,2})){3}")
        ? null
        : parse(word.replaceFirst("(?s)%.*", ""));
  }

  private static byte @Nullable [] parse(String word) {
    try {
      return InetAddress.ofLiteral(word).getAddress();
    } catch (IllegalArgumentException noAddress) {
      return null;
    }
  }
}
