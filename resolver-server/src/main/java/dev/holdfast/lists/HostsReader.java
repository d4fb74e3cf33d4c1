package dev.holdfast.lists;

import dev.holdfast.policy.Rule.Data;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file in the format of /etc/hosts: an address and its names, of which the first is what
 * the address is called. What says localhost is left to RFC 6761. Used once.
 */
final class HostsReader {

  private static final byte[] LOCALHOST = Names.parse("localhost");

  private final LineReader lines;
  private final RecordRules records;
  private final Notes notes;
  private final int ttlSeconds;
  private final int maxEntries;
  private final NameText name = new NameText();

  HostsReader(LineReader lines, RecordRules records, Notes notes, int ttlSeconds, int maxEntries) {
    this.lines = lines;
    this.records = records;
    this.notes = notes;
    this.ttlSeconds = ttlSeconds;
    this.maxEntries = maxEntries;
  }

  /** Reads all lines. */
  void read() throws IOException {
    while (lines.next()) {
      String line = lines.text();
      int comment = line.indexOf('#');
      String content = (comment < 0 ? line : line.substring(0, comment)).strip();
      if (lines.isTooLong()) {
        notes.ignored(lines.number(), "longer than a line may be", "");
      } else if (!content.isEmpty()) {
        readLine(List.of(content.split("\\s+")));
      }
    }
  }

  private void readLine(List<String> words) {
    InetAddress address = address(words.getFirst());
    if (address == null) {
      notes.ignored(lines.number(), "no address", words.getFirst());
      return;
    }
    byte[] bytes = address.getAddress();
    int type = bytes.length == Integer.BYTES ? RecordType.A : RecordType.AAAA;
    boolean first = true;
    for (String word : words.subList(1, words.size())) {
      byte[] owner = name(word);
      if (owner == null) {
        notes.ignored(lines.number(), "no name", word);
      } else if (!Names.endsWith(owner, LOCALHOST)) {
        add(owner, new Data(type, ttlSeconds, bytes));
        if (first) {
          add(reverse(bytes), new Data(RecordType.PTR, ttlSeconds, owner));
        }
        first = false;
      }
    }
  }

  private void add(byte[] owner, Data record) {
    if (records.size() < maxEntries) {
      records.add(owner, record, lines.number());
    } else {
      notes.cut();
    }
  }

  private byte @Nullable [] name(String word) {
    byte[] text = word.getBytes(StandardCharsets.UTF_8);
    int length = name.read(text, 0, text.length);
    return length == NameText.NONE ? null : Arrays.copyOf(name.bytes(), length);
  }

  private static @Nullable InetAddress address(String word) {
    try {
      InetAddress address = InetAddress.ofLiteral(word.replaceFirst("(?s)%.*", ""));
      boolean whole = word.indexOf(':') >= 0 || address.getHostAddress().equals(word);
      return whole ? address : null;
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }

  /** The name under which an address is looked up (RFC 1035 §3.5, RFC 3596 §2.5). */
  static byte[] reverse(byte[] address) {
    StringBuilder text = new StringBuilder();
    boolean ipv4 = address.length == Integer.BYTES;
    for (int i = address.length - 1; i >= 0; i--) {
      int octet = address[i] & 0xff;
      if (ipv4) {
        text.append(octet).append('.');
      } else {
        text.append(Integer.toHexString(octet & 0xf)).append('.');
        text.append(Integer.toHexString(octet >>> 4)).append('.');
      }
    }
    return Names.parse(text + (ipv4 ? "in-addr.arpa" : "ip6.arpa"));
  }
}
