package dev.holdfast.policy;

import dev.holdfast.wire.Names;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Names with a rule for each itself, for those below it, or both, in about 45 bytes a name: a
 * million of them are a few hundred arrays and no other object. The most specific name decides.
 * Immutable.
 */
final class RuleTable {

  /** {@link #find}: there is no rule. */
  static final long NONE = 0;

  /*
   * Names stand one behind another in chunks, each as
   *
   *   | its own rule 4 | the rule of those below 4 | line 4 | folded name |
   *
   * and no name reaches into the next chunk. A slot is 32 bits of a name's hash above its place
   * plus one; slots follow each other until one is empty. Hash and name must both match.
   */
  private static final int OWN_OFFSET = 0;
  private static final int BELOW_OFFSET = 4;
  private static final int LINE_OFFSET = 8;
  private static final int NAME_OFFSET = 12;

  private static final int CHUNK_SHIFT = 16;
  private static final int CHUNK_LENGTH = 1 << CHUNK_SHIFT;
  private static final long PLACE_MASK = 0xffff_ffffL;

  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private final byte[][] chunks;
  private final long[] slots;
  private final Rule[] rules;
  private final int size;

  private RuleTable(byte[][] chunks, long[] slots, Rule[] rules, int size) {
    this.chunks = chunks;
    this.slots = slots;
    this.rules = rules;
    this.size = size;
  }

  /** Number of names. */
  int size() {
    return size;
  }

  /** Bytes of the arrays. */
  long sizeBytes() {
    long bytes = (long) slots.length * Long.BYTES;
    for (byte[] chunk : chunks) {
      bytes += chunk.length;
    }
    return bytes;
  }

  /** Looks for the rule of a name; {@link #rule} and {@link #line} tell what was found. */
  long find(NameProbe probe) {
    long found = NONE;
    for (int i = 0; i < probe.suffixes() && found == NONE; i++) {
      long slot = slots[slotOf(probe, i, slots, chunks)];
      if (slot != 0) {
        found = content(place(slot), i == 0 ? OWN_OFFSET : BELOW_OFFSET);
      }
    }
    return found;
  }

  private long content(int place, int ruleOffset) {
    byte[] chunk = chunks[place >>> CHUNK_SHIFT];
    int start = place & (CHUNK_LENGTH - 1);
    int rule = (int) INTS.get(chunk, start + ruleOffset);
    int line = (int) INTS.get(chunk, start + LINE_OFFSET);
    return rule == 0 ? NONE : ((long) rule << Integer.SIZE) | line;
  }

  Rule rule(long found) {
    return rules[(int) (found >>> Integer.SIZE) - 1];
  }

  /** The line that says so. */
  static int line(long found) {
    return (int) found;
  }

  /** Returns the slot of a name, or the empty one where it belongs. */
  private static int slotOf(NameProbe probe, int suffix, long[] slots, byte[][] chunks) {
    long hash = probe.hash(suffix);
    int index = firstSlot(hash, slots.length);
    while (slots[index] != 0) {
      boolean sameHash = slots[index] >>> Integer.SIZE == (hash & PLACE_MASK);
      if (sameHash && isAt(place(slots[index]), probe, suffix, chunks)) {
        return index;
      }
      index = index + 1 == slots.length ? 0 : index + 1;
    }
    return index;
  }

  /* The upper half of a hash chooses the slot, the lower one stands in it. */
  private static int firstSlot(long hash, int slots) {
    return (int) (((hash >>> Integer.SIZE) * slots) >>> Integer.SIZE);
  }

  private static int place(long slot) {
    return (int) (slot & PLACE_MASK) - 1;
  }

  private static boolean isAt(int place, NameProbe probe, int suffix, byte[][] chunks) {
    byte[] chunk = chunks[place >>> CHUNK_SHIFT];
    int start = (place & (CHUNK_LENGTH - 1)) + NAME_OFFSET;
    int nameStart = probe.start(suffix);
    int end = start + probe.length() - nameStart;
    return end <= chunk.length
        && Arrays.equals(chunk, start, end, probe.bytes(), nameStart, probe.length());
  }

  /** Takes names one by one. Confined to one thread. */
  static final class Builder {

    private static final int FIRST_SLOTS = 16;

    /** Slots per ten names at least while there may be more, and when there are no more. */
    private static final int LEAST_SLOTS_PER_TEN = 12;

    private static final int FINAL_SLOTS_PER_TEN = 14;

    private final List<Rule> rules = new ArrayList<>();
    private final IdentityHashMap<Rule, Integer> ruleNumbers = new IdentityHashMap<>();
    private final NameProbe moved = new NameProbe();
    private byte[][] chunks = new byte[4][];
    private int chunkCount;
    private long[] slots = new long[FIRST_SLOTS];
    private int position = CHUNK_LENGTH;
    private int size;

    /** Number of names so far. */
    int size() {
      return size;
    }

    /**
     * Adds rules for a name itself and for those below it, null for none; what was said of either
     * before stays.
     */
    void add(NameProbe probe, @Nullable Rule own, @Nullable Rule below, int line) {
      int index = slotOf(probe, 0, slots, chunks);
      int place = place(slots[index]);
      if (place < 0) {
        place = append(probe, line);
        slots[index] = (probe.hash(0) << Integer.SIZE) | (place + 1);
        if (++size * (long) LEAST_SLOTS_PER_TEN / 10 >= slots.length) {
          move(new long[slots.length * 2]);
        }
      }
      put(place + OWN_OFFSET, own);
      put(place + BELOW_OFFSET, below);
    }

    private int append(NameProbe probe, int line) {
      int length = NAME_OFFSET + probe.length();
      if (position + length > CHUNK_LENGTH) {
        if (chunkCount == chunks.length) {
          chunks = Arrays.copyOf(chunks, chunkCount * 2);
        }
        chunks[chunkCount++] = new byte[CHUNK_LENGTH];
        position = 0;
      }
      byte[] chunk = chunks[chunkCount - 1];
      INTS.set(chunk, position + LINE_OFFSET, line);
      System.arraycopy(probe.bytes(), 0, chunk, position + NAME_OFFSET, probe.length());
      int place = ((chunkCount - 1) << CHUNK_SHIFT) + position;
      position += length;
      return place;
    }

    private void put(int place, @Nullable Rule rule) {
      byte[] chunk = chunks[place >>> CHUNK_SHIFT];
      int offset = place & (CHUNK_LENGTH - 1);
      if (rule != null && (int) INTS.get(chunk, offset) == 0) {
        INTS.set(chunk, offset, numberOf(rule));
      }
    }

    private int numberOf(Rule rule) {
      Integer known = ruleNumbers.get(rule);
      if (known == null) {
        rules.add(rule);
        known = rules.size();
        ruleNumbers.put(rule, known);
      }
      return known;
    }

    private void move(long[] larger) {
      for (long slot : slots) {
        if (slot != 0) {
          int place = place(slot);
          byte[] chunk = chunks[place >>> CHUNK_SHIFT];
          int start = (place & (CHUNK_LENGTH - 1)) + NAME_OFFSET;
          int length = Names.length(chunk, start, chunk.length);
          larger[slotOf(moved.set(chunk, start, length), 0, larger, chunks)] = slot;
        }
      }
      slots = larger;
    }

    /** Returns the table; this builder is of no use afterwards. */
    RuleTable build() {
      if (chunkCount > 0) {
        chunks[chunkCount - 1] = Arrays.copyOf(chunks[chunkCount - 1], position);
      }
      move(new long[Math.toIntExact(Math.max(1, size * (long) FINAL_SLOTS_PER_TEN / 10 + 1))]);
      return new RuleTable(
          Arrays.copyOf(chunks, chunkCount), slots, rules.toArray(Rule[]::new), size);
    }
  }
}
