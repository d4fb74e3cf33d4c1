package dev.holdfast.wire;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * Records in presentation form (RFC 1035 §5.1), plain ASCII whatever is in them: everything unusual
 * in names and strings is escaped, and data that has no form of its own here is written as bytes
 * (RFC 3597 §5). Reused; confined to one thread.
 */
public final class RecordText {

  /** Records written of one answer; the rest is counted. */
  public static final int MAX_RECORDS = 32;

  /** Bytes written of data without a form of its own. */
  private static final int MAX_OPAQUE_BYTES = 64;

  private static final HexFormat HEX = HexFormat.of();

  private final RecordWalk walk = new RecordWalk();
  private final byte[] message = new byte[AnswerBuilder.MAX_MESSAGE_LENGTH];

  /**
   * Returns the records of the answer section, signatures left out, as in {@code "www.example.org.
   * 300 A 192.0.2.1"}.
   *
   * @param question name, type and class
   */
  public List<String> answers(byte[] question, Answer answer) {
    List<String> lines = new ArrayList<>();
    int length = answer.writeMessage(question, message);
    if (!walk.walk(message, length)) {
      return List.of();
    }
    int more = 0;
    for (int i = 0; i < walk.answerEnd(); i++) {
      if (walk.type(i) == RecordType.RRSIG) {
        continue;
      }
      if (lines.size() < MAX_RECORDS) {
        lines.add(line(i));
      } else {
        more++;
      }
    }
    if (more > 0) {
      lines.add("and " + more + " more");
    }
    return lines;
  }

  private String line(int record) {
    String owner = name(walk.owner(record));
    String type = RecordType.toText(walk.type(record));
    return owner + " " + walk.ttl(record) + " " + type + " " + data(record);
  }

  private String data(int record) {
    int start = walk.rdata(record);
    int end = walk.rdataEnd(record);
    return switch (walk.type(record)) {
      case RecordType.A -> ipv4(start);
      case RecordType.AAAA -> ipv6(start);
      case RecordType.NS, RecordType.CNAME, RecordType.PTR, RecordType.DNAME -> name(start);
      case RecordType.MX -> uint16(start) + " " + name(start + 2);
      case RecordType.SRV ->
          uint16(start) + " " + uint16(start + 2) + " " + uint16(start + 4) + " " + name(start + 6);
      case RecordType.TXT -> strings(start, end);
      case RecordType.SVCB, RecordType.HTTPS -> serviceBinding(start, end);
      default -> opaque(start, end);
    };
  }

  private String serviceBinding(int start, int end) {
    int target = start + 2;
    StringBuilder text = new StringBuilder();
    text.append(uint16(start)).append(' ').append(name(target));
    int position = CompressedNames.skip(message, target, end);
    while (position >= 0 && position + 4 <= end) {
      int value = position + 4;
      int valueEnd = value + uint16(position + 2);
      if (valueEnd > end) {
        return opaque(start, end);
      }
      text.append(' ').append(ServiceParameter.toText(message, uint16(position), value, valueEnd));
      position = valueEnd;
    }
    return position == end ? text.toString() : opaque(start, end);
  }

  private String strings(int start, int end) {
    StringBuilder text = new StringBuilder();
    int position = start;
    while (position < end) {
      int stringEnd = position + 1 + (message[position] & 0xff);
      if (stringEnd > end) {
        return opaque(start, end);
      }
      text.append(text.isEmpty() ? "\"" : " \"");
      text.append(escaped(message, position + 1, stringEnd)).append('"');
      position = stringEnd;
    }
    return text.toString();
  }

  /** Returns bytes as a quoted string holds them (RFC 1035 §5.1). */
  static String escaped(byte[] bytes, int start, int end) {
    StringBuilder text = new StringBuilder(end - start);
    for (int i = start; i < end; i++) {
      int value = bytes[i] & 0xff;
      if (value < ' ' || value > '~') {
        text.append(String.format("\\%03d", value));
      } else if (value == '"' || value == '\\') {
        text.append('\\').append((char) value);
      } else {
        text.append((char) value);
      }
    }
    return text.toString();
  }

  private String opaque(int start, int end) {
    int shown = Math.min(end - start, MAX_OPAQUE_BYTES);
    String hex = HEX.formatHex(message, start, start + shown);
    String cut = shown < end - start ? "..." : "";
    return "\\# " + (end - start) + (hex.isEmpty() ? "" : " ") + hex + cut;
  }

  private String ipv4(int offset) {
    return AddressText.ipv4(message, offset);
  }

  private String ipv6(int offset) {
    return AddressText.ipv6(message, offset);
  }

  private String name(int offset) {
    return Names.toText(CompressedNames.expand(message, offset));
  }

  private int uint16(int offset) {
    return Header.uint16(message, offset);
  }
}
