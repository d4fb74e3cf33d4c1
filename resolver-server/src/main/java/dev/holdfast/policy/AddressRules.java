package dev.holdfast.policy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Address blocks with a rule for each; the longest prefix decides. Immutable. */
final class AddressRules {

  static final AddressRules NONE = new AddressRules(Map.of());

  /** A rule for a block, and the line that says so. */
  record Entry(Rule rule, int line) {}

  /** The blocks of one prefix length, in ascending order. */
  private record Blocks(List<Cidr> blocks, List<Entry> entries) {

    private @Nullable Entry find(long high, long low) {
      int from = 0;
      int to = blocks.size() - 1;
      while (from <= to) {
        int middle = (from + to) >>> 1;
        Cidr block = blocks.get(middle);
        if (block.contains(high, low)) {
          return entries.get(middle);
        }
        if (compare(block.high(), block.low(), high, low) < 0) {
          from = middle + 1;
        } else {
          to = middle - 1;
        }
      }
      return null;
    }
  }

  private final List<Blocks> longestFirst;
  private final int size;

  AddressRules(Map<Cidr, Entry> entries) {
    Map<Integer, Map<Cidr, Entry>> byLength = new TreeMap<>(Comparator.reverseOrder());
    entries.entrySet().stream()
        .sorted(Map.Entry.comparingByKey((a, b) -> compare(a.high(), a.low(), b.high(), b.low())))
        .forEach(
            each ->
                byLength
                    .computeIfAbsent(each.getKey().prefixLength(), length -> new LinkedHashMap<>())
                    .put(each.getKey(), each.getValue()));
    List<Blocks> blocks = new ArrayList<>();
    byLength.forEach(
        (length, of) -> blocks.add(new Blocks(List.copyOf(of.keySet()), List.copyOf(of.values()))));
    this.longestFirst = List.copyOf(blocks);
    this.size = entries.size();
  }

  private static int compare(long high, long low, long otherHigh, long otherLow) {
    int byHigh = Long.compareUnsigned(high, otherHigh);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, otherLow);
  }

  /** Number of blocks. */
  int size() {
    return size;
  }

  /** Returns what decides about an address, as a ruling of {@code list}, or null. */
  @Nullable Ruling find(PolicyList list, long high, long low) {
    for (int i = 0; i < longestFirst.size(); i++) {
      Entry entry = longestFirst.get(i).find(high, low);
      if (entry != null) {
        return new Ruling(list, entry.rule(), entry.line());
      }
    }
    return null;
  }
}
