package dev.holdfast.lists;

import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Rule.Action;
import dev.holdfast.policy.Rule.Data;
import dev.holdfast.wire.Names;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gathers records by name, until each name has all of its own. Confined to one thread. */
final class RecordRules {

  /** Where rules for what is below a name stand apart from those for the name itself. */
  private static final byte[] WILDCARD = {1, '*'};

  private final Map<ByteBuffer, Gathered> names = new LinkedHashMap<>();

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Gathered(byte[] name, List<Data> records, int line) {}

  /** Adds a record of a name, or of those below one if its first label is {@code *}. */
  void add(byte[] owner, Data record, int line) {
    byte[] name = Names.folded(owner, 0, owner.length);
    List<Data> records =
        names
            .computeIfAbsent(
                ByteBuffer.wrap(name), key -> new Gathered(name, new ArrayList<>(), line))
            .records();
    if (records.stream().noneMatch(known -> isSame(known, record))) {
      records.add(record);
    }
  }

  private static boolean isSame(Data a, Data b) {
    return a.type() == b.type() && Arrays.equals(a.rdata(), b.rdata());
  }

  int size() {
    return names.size();
  }

  /**
   * Adds the rules for all names.
   *
   * @param otherwise for types without a record
   */
  void addTo(PolicyList.Builder list, Rule otherwise) {
    for (Gathered each : names.values()) {
      addTo(list, each.name(), Rule.data(each.records(), otherwise), each.line());
    }
  }

  /** Adds a rule for a name, or for those below one if its first label is {@code *}. */
  static void addTo(PolicyList.Builder list, byte[] owner, Rule rule, int line) {
    byte[] parent = wildcardParent(owner);
    if (parent == null) {
      list.add(owner, owner.length, rule, null, line);
    } else {
      list.add(parent, parent.length, null, rule, line);
    }
  }

  private static byte @Nullable [] wildcardParent(byte[] name) {
    return name[0] == WILDCARD[0] && name[1] == WILDCARD[1] ? Names.parent(name) : null;
  }

  /** What names with records of their own answer for types without any. */
  static Rule withoutNotice(int ttlSeconds) {
    return Rule.of(Action.NODATA, new byte[0], ttlSeconds);
  }
}
