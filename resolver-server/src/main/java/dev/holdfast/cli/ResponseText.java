package dev.holdfast.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A response in lines of printable text, whatever its sender put into it. */
final class ResponseText {

  private static final int[] FLAGS = {Flags.AA, Flags.TC, Flags.RD, Flags.RA, Flags.AD, Flags.CD};

  private final Message response;
  private final List<String> lines = new ArrayList<>();

  private ResponseText(Message response) {
    this.response = response;
  }

  /** Returns the lines, without line ends. */
  static List<String> lines(Message response) {
    return new ResponseText(response).lines();
  }

  private List<String> lines() {
    add("status   " + Rcode.string(response.getRcode()));
    add("flags    " + flags());
    OPTRecord opt = response.getOPT();
    if (opt != null) {
      opt.getOptions().stream()
          .filter(ExtendedErrorCodeOption.class::isInstance)
          .map(ExtendedErrorCodeOption.class::cast)
          .forEach(error -> add("error    " + error(error)));
    }
    addSection("answer", Section.ANSWER);
    addSection("authority", Section.AUTHORITY);
    addSection("additional", Section.ADDITIONAL);
    return lines;
  }

  private String flags() {
    StringBuilder flags = new StringBuilder();
    for (int flag : FLAGS) {
      if (response.getHeader().getFlag(flag)) {
        flags.append(flags.isEmpty() ? "" : " ").append(Flags.string(flag));
      }
    }
    return flags.isEmpty() ? "none" : flags.toString().toLowerCase(Locale.ROOT);
  }

  private static String error(ExtendedErrorCodeOption error) {
    String text = error.getText();
    String name = ExtendedErrorText.of(error.getErrorCode());
    return text == null || text.isEmpty() ? name : name + ": " + text;
  }

  private void addSection(String title, int section) {
    List<Record> records =
        response.getSection(section).stream().filter(each -> each.getType() != Type.OPT).toList();
    if (records.isEmpty()) {
      return;
    }
    add(title);
    int nameWidth =
        records.stream().mapToInt(each -> each.getName().toString().length()).max().orElse(0);
    for (Record each : records) {
      add(
          String.format(
              "  %-" + nameWidth + "s  %6d  %-6s  %s",
              each.getName(),
              each.getTTL(),
              Type.string(each.getType()),
              data(each)));
    }
  }

  private static String data(Record each) {
    try {
      return each.rdataToString();
    } catch (RuntimeException e) {
      return "(unreadable)";
    }
  }

  private void add(String line) {
    StringBuilder printable = new StringBuilder(line.length());
    line.codePoints()
        .forEach(
            character -> {
              boolean plain =
                  character >= ' ' && !Character.isISOControl(character) && isVisible(character);
              printable.appendCodePoint(plain ? character : '?');
            });
    lines.add(printable.toString());
  }

  private static boolean isVisible(int character) {
    return switch (Character.getType(character)) {
      case Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
