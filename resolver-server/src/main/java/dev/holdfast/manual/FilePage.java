package dev.holdfast.manual;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The keys of the documented configuration file as a list in mdoc(7): what stands in comments above
 * keys becomes their text. Confined to one thread.
 */
final class FilePage {

  /** What makes a line a setting that shows its default, unlike prose: no space, or two. */
  private static final Pattern COMMENTED_OUT = Pattern.compile("^#(?=[^ ]|  )");

  private static final Pattern COMMENT = Pattern.compile("\\s*# ?(.*)");
  private static final Pattern SETTING = Pattern.compile("( *)([a-z-]+):(.*)");
  private static final int INDENT = 2;
  private static final int DEEPEST = 2;

  private final StringBuilder items = new StringBuilder();
  private final List<String> path = new ArrayList<>();
  private final List<String> comment = new ArrayList<>();
  private final List<String> heads = new ArrayList<>();

  private FilePage() {}

  static String items(List<String> lines) {
    FilePage page = new FilePage();
    lines.forEach(page::read);
    page.flush();
    return ".Bl -tag -width Ds\n" + page.items + ".El\n";
  }

  private void read(String line) {
    String text = COMMENTED_OUT.matcher(line).replaceFirst("");
    Matcher setting = SETTING.matcher(text);
    Matcher prose = COMMENT.matcher(text);
    if (text.isBlank()) {
      flush();
    } else if (prose.matches()) {
      if (!heads.isEmpty()) {
        flush();
      }
      comment.add(prose.group(1));
    } else if (setting.matches()) {
      add(setting.group(1).length() / INDENT, setting.group(2), setting.group(3).strip());
    }
  }

  private void add(int depth, String key, String value) {
    if (depth >= DEEPEST) {
      return;
    }
    path.subList(depth, path.size()).clear();
    path.add(key);
    String name = String.join(".", path);
    heads.removeIf(head -> name.startsWith(head + "."));
    heads.add(value.isEmpty() ? name : name + ": " + value);
  }

  /** Writes the keys read since the last comment with that comment. */
  private void flush() {
    if (!heads.isEmpty() && !comment.isEmpty()) {
      items
          .append(".It ")
          .append(
              heads.stream()
                  .map(head -> "Ic " + Mdoc.argument(head))
                  .collect(Collectors.joining(" , ")))
          .append('\n')
          .append(Mdoc.prose(String.join(" ", comment)));
    }
    heads.clear();
    comment.clear();
  }
}
