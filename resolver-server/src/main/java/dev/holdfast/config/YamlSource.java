package dev.holdfast.config;

import dev.holdfast.config.Origin.InFile;
import dev.holdfast.config.Setting.Entry;
import dev.holdfast.config.Setting.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Reads YAML into settings that know their line and column. Whatever the text is, the outcome is
 * settings or problems.
 */
final class YamlSource {

  /** Sections and lists inside each other; the deepest key that has a meaning needs four. */
  private static final int MAX_DEPTH = 16;

  private static final int MAX_FILE_BYTES = 1 << 20;

  private static final Pattern BARE_IPV6 =
      Pattern.compile("\\[[0-9A-Fa-f.:]*:[0-9A-Fa-f.:]*](:\\d+)?");

  private static final LoadSettings SETTINGS = LoadSettings.builder().build();

  private final Function<@Nullable Mark, Origin> origins;
  private final Set<Problem> problems;

  private YamlSource(Function<@Nullable Mark, Origin> origins, Set<Problem> problems) {
    this.origins = origins;
    this.problems = problems;
  }

  /** Reads the file, or returns null and adds the reason to {@code problems}. */
  static @Nullable Section readFile(Path file, Set<Problem> problems) {
    Origin whole = new InFile(file.toString(), 0, 0);
    String text;
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
      if (bytes.length > MAX_FILE_BYTES) {
        problems.add(new Problem(whole, "", "too long (expected at most 1MiB)"));
        return null;
      }
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException missing) {
      problems.add(new Problem(whole, "", "no such file (expected a readable YAML file)"));
      return null;
    } catch (CharacterCodingException notUtf8) {
      problems.add(new Problem(whole, "", "not text in UTF-8 (expected a YAML file)"));
      return null;
    } catch (AccessDeniedException forbidden) {
      problems.add(new Problem(whole, "", "no permission to read it (expected a YAML file)"));
      return null;
    } catch (IOException unreadable) {
      String reason = Files.isDirectory(file) ? "a folder" : unreadable.getClass().getSimpleName();
      problems.add(new Problem(whole, "", reason + " (expected a readable YAML file)"));
      return null;
    }
    return readText(file.toString(), text, problems);
  }

  /** Reads the text of a file, or returns null and adds the reason to {@code problems}. */
  static @Nullable Section readText(String file, String text, Set<Problem> problems) {
    YamlSource source =
        new YamlSource(
            mark ->
                mark == null
                    ? new InFile(file, 1, 1)
                    : new InFile(file, mark.getLine() + 1, mark.getColumn() + 1),
            problems);
    Setting root = source.read(text);
    if (root instanceof Section section) {
      return section;
    }
    if (root != null && !(root instanceof Setting.Empty)) {
      problems.add(new Problem(root.origin(), "", "not a section (expected keys such as listen:)"));
      return null;
    }
    return root == null ? null : new Section(root.origin());
  }

  /** Reads a value given with an option; null when it is no YAML. */
  static @Nullable Setting readValue(Origin option, String text) {
    Set<Problem> problems = new LinkedHashSet<>();
    Setting value = new YamlSource(mark -> option, problems).read(text);
    return problems.isEmpty() ? value : null;
  }

  private @Nullable Setting read(String text) {
    try {
      if (!isPlainTree(text)) {
        return null;
      }
      Optional<Node> root = new Compose(SETTINGS).composeString(text);
      return root.isPresent() ? convert("", root.get()) : new Setting.Empty(origins.apply(null));
    } catch (MarkedYamlEngineException e) {
      Mark mark = e.getProblemMark().orElse(null);
      String hint = mark == null ? "" : quotesHint(text, mark.getLine());
      addProblem(mark, e.getProblem() + hint);
    } catch (ReaderException e) {
      addProblem(null, String.format("character U+%04X (expected text)", e.getCodePoint()));
    } catch (RuntimeException e) {
      addProblem(null, "not YAML (" + e.getMessage() + ")");
    }
    return null;
  }

  /** Composing recurses and follows aliases, so both are bounded before. */
  private boolean isPlainTree(String text) {
    int depth = 0;
    for (Event event : new Parse(SETTINGS).parseString(text)) {
      if (event instanceof AliasEvent) {
        addProblem(event.getStartMark().orElse(null), "an alias (expected the value itself)");
        return false;
      }
      depth += event instanceof CollectionStartEvent ? 1 : 0;
      depth -= event instanceof CollectionEndEvent ? 1 : 0;
      if (depth > MAX_DEPTH) {
        addProblem(
            event.getStartMark().orElse(null),
            "nested too deeply (expected at most " + MAX_DEPTH + " levels)");
        return false;
      }
    }
    return true;
  }

  private Setting convert(String path, Node node) {
    Origin origin = origins.apply(node.getStartMark().orElse(null));
    if (node instanceof MappingNode mapping) {
      return section(path, origin, mapping);
    }
    if (node instanceof SequenceNode sequence) {
      return new Setting.Items(
          origin, sequence.getValue().stream().map(item -> convert(path, item)).toList());
    }
    return node instanceof ScalarNode scalar && !isEmpty(scalar)
        ? new Setting.Scalar(origin, scalar.getValue())
        : new Setting.Empty(origin);
  }

  private static boolean isEmpty(ScalarNode scalar) {
    return scalar.isPlain()
        && (scalar.getValue().isEmpty()
            || scalar.getValue().equals("~")
            || scalar.getValue().equals("null"));
  }

  private Section section(String path, Origin origin, MappingNode mapping) {
    Section section = new Section(origin);
    for (NodeTuple tuple : mapping.getValue()) {
      Mark mark = tuple.getKeyNode().getStartMark().orElse(null);
      Origin keyOrigin = origins.apply(mark);
      if (!(tuple.getKeyNode() instanceof ScalarNode key) || isEmpty(key)) {
        problems.add(new Problem(keyOrigin, path, "not a key (expected a word and a colon)"));
        continue;
      }
      String keyPath = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
      Entry entry = new Entry(keyOrigin, convert(keyPath, tuple.getValueNode()));
      Entry first = section.entries().putIfAbsent(key.getValue(), entry);
      if (first != null) {
        String where =
            first.origin() instanceof InFile place ? ", first in line " + place.line() : "";
        problems.add(new Problem(keyOrigin, keyPath, "given twice" + where + " (expected once)"));
      }
    }
    return section;
  }

  private void addProblem(@Nullable Mark mark, String detail) {
    problems.add(new Problem(origins.apply(mark), "", detail));
  }

  private static String quotesHint(String text, int lineIndex) {
    String line = text.lines().skip(lineIndex).findFirst().orElse("");
    Matcher address = BARE_IPV6.matcher(line);
    return address.find() ? " (expected quotes around \"" + address.group() + "\")" : "";
  }
}
