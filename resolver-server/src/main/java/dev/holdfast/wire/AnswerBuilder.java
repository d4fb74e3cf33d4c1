package dev.holdfast.wire;

import java.util.Arrays;

/**
 * Writes records behind a question, names compressed, and makes an {@link Answer} of them. Reused;
 * confined to one thread.
 */
public final class AnswerBuilder {

  /** Largest DNS message. */
  public static final int MAX_MESSAGE_LENGTH = 65_535;

  /** Most bytes of extended errors relayed with one answer. */
  public static final int MAX_EDNS_OPTIONS_LENGTH = 256;

  /** Highest offset that a compression pointer reaches (RFC 1035 §4.1.4). */
  private static final int MAX_POINTER = 0x3fff;

  /** Labels remembered as targets of compression; further ones are just not compressed. */
  private static final int MAX_TARGETS = 96;

  /** Labels of the longest name, without the root. */
  private static final int MAX_LABELS = Names.MAX_LENGTH / 2;

  private static final int POINTER = 0xc000;

  /*
   * The buffer is a whole message whose header stays empty: what is written behind the question has
   * the offsets it will have in every response, which is what makes its compression pointers right.
   */
  private final byte[] message = new byte[MAX_MESSAGE_LENGTH];
  private final short[] targets = new short[MAX_TARGETS];
  private final int[] targetHashes = new int[MAX_TARGETS];

  /** Of the name that is written: where its labels come from, and where they went. */
  private final int[] sources = new int[MAX_LABELS];

  private final int[] written = new int[MAX_LABELS];

  /** Of the same name: a hash of the name that each label begins. */
  private final int[] hashes = new int[MAX_LABELS];

  private final int[] counts = new int[Section.values().length];
  private final byte[] ednsOptions = new byte[MAX_EDNS_OPTIONS_LENGTH];
  private int[] ttlOffsets = new int[64];
  private int ttlCount;
  private int targetCount;
  private int start;
  private int position;
  private int withoutAdditional;
  private int rdlengthOffset;
  private int ednsOptionsLength;
  private int nameBytes;
  private long minTtlSeconds;
  private boolean overflow;

  /** Starts anew behind a copy of the question at {@code offset}: name, type and class. */
  public AnswerBuilder begin(byte[] bytes, int offset, int questionLength) {
    System.arraycopy(bytes, offset, message, Header.LENGTH, questionLength);
    start = Header.LENGTH + questionLength;
    position = start;
    withoutAdditional = start;
    ttlCount = 0;
    targetCount = 0;
    ednsOptionsLength = 0;
    minTtlSeconds = Long.MAX_VALUE;
    overflow = false;
    nameBytes = 0;
    Arrays.fill(counts, 0);
    if (questionLength > 0) {
      int labels = readName(message, Header.LENGTH);
      System.arraycopy(sources, 0, written, 0, labels);
      remember(labels);
    }
    return this;
  }

  /**
   * Starts anew with records that stay as they are: at {@code offset} a question, and behind it
   * records that stood behind it before. {@link #keep} must follow for each of them.
   */
  void beginKept(byte[] bytes, int offset, int questionLength, int recordsLength) {
    begin(bytes, offset, 0);
    System.arraycopy(bytes, offset, message, Header.LENGTH, questionLength + recordsLength);
    start = Header.LENGTH + questionLength;
    position = start;
    withoutAdditional = start;
  }

  /**
   * Keeps the record that ends at {@code end} of a message and has its TTL at {@code ttlOffset}.
   */
  void keep(Section section, int ttlOffset, long ttlSeconds, int end) {
    noteTtl(ttlOffset - start, ttlSeconds);
    position = end;
    counts[section.ordinal()]++;
    if (section != Section.ADDITIONAL) {
      withoutAdditional = end;
    }
  }

  private void noteTtl(int offset, long ttlSeconds) {
    if (ttlCount == ttlOffsets.length) {
      ttlOffsets = Arrays.copyOf(ttlOffsets, ttlCount * 2);
    }
    ttlOffsets[ttlCount++] = offset;
    minTtlSeconds = Math.min(minTtlSeconds, ttlSeconds);
  }

  /** Adds a whole record whose owner and data hold no compression pointers. */
  public AnswerBuilder record(
      Section section, byte[] owner, int type, int recordClass, long ttlSeconds, byte[] rdata) {
    startRecord(section, owner, 0, type, recordClass, ttlSeconds);
    rdata(type, rdata, 0, rdata.length);
    return this;
  }

  /** Writes a record up to its data; {@link #rdata} must follow. Sections come in their order. */
  void startRecord(
      Section section, byte[] bytes, int owner, int type, int recordClass, long ttlSeconds) {
    writeName(bytes, owner, true);
    if (!hasRoom(10)) {
      return;
    }
    Header.putUint16(message, position, type);
    Header.putUint16(message, position + 2, recordClass);
    Header.putUint32(message, position + 4, ttlSeconds);
    noteTtl(position + 4 - start, ttlSeconds);
    rdlengthOffset = position + 8;
    position += 10;
    counts[section.ordinal()]++;
  }

  /** Writes the record's data; names in it are read from {@code bytes}, pointers included. */
  void rdata(int type, byte[] bytes, int offset, int length) {
    int rdataStart = position;
    RdataLayout layout = RdataLayout.of(type);
    int limit = offset + length;
    int source = offset;
    if (layout.names() > 0) {
      int firstName = layout.firstName(bytes, offset, limit);
      copy(bytes, offset, firstName - offset);
      source = firstName;
      for (int i = 0; i < layout.names(); i++) {
        writeName(bytes, source, layout.compressible());
        source = CompressedNames.skip(bytes, source, limit);
      }
    }
    copy(bytes, source, limit - source);
    if (!overflow) {
      Header.putUint16(message, rdlengthOffset, position - rdataStart);
      if (counts[Section.ADDITIONAL.ordinal()] == 0) {
        withoutAdditional = position;
      }
    }
  }

  /** Adds an EDNS option that travels with the answer; dropped when there is no room for it. */
  public AnswerBuilder ednsOption(byte[] bytes, int offset, int length) {
    if (ednsOptionsLength + length <= MAX_EDNS_OPTIONS_LENGTH) {
      System.arraycopy(bytes, offset, ednsOptions, ednsOptionsLength, length);
      ednsOptionsLength += length;
    }
    return this;
  }

  /** Returns the answer, or throws if {@link #overflowed}. */
  public Answer build(int rcode, boolean authenticData) {
    if (overflow) {
      throw new IllegalStateException("records exceed " + MAX_MESSAGE_LENGTH + " bytes");
    }
    return new Answer(this, rcode, authenticData);
  }

  /** Whether the records did not fit into a message. */
  boolean overflowed() {
    return overflow;
  }

  /** Bytes of the names that were to be written so far, without compression. */
  int nameBytes() {
    return nameBytes;
  }

  byte[] copyRecordsAndTtlOffsets() {
    int length = position - start;
    byte[] copy = new byte[length + 2 * ttlCount];
    System.arraycopy(message, start, copy, 0, length);
    for (int i = 0; i < ttlCount; i++) {
      Header.putUint16(copy, length + 2 * i, ttlOffsets[i]);
    }
    return copy;
  }

  int recordsLength() {
    return position - start;
  }

  int withoutAdditionalLength() {
    return withoutAdditional - start;
  }

  int count(Section section) {
    return counts[section.ordinal()];
  }

  int minTtlSeconds() {
    return ttlCount == 0 ? 0 : (int) minTtlSeconds;
  }

  byte[] copyEdnsOptions() {
    return Arrays.copyOf(ednsOptions, ednsOptionsLength);
  }

  /* Writes labels until the rest of the name stands somewhere already, then points there. */
  private void writeName(byte[] bytes, int offset, boolean compress) {
    int labels = readName(bytes, offset);
    int target = -1;
    int count = 0;
    while (count < labels) {
      target = compress ? find(bytes, count) : -1;
      int length = bytes[sources[count]] + 1;
      if (target >= 0 || !hasRoom(length)) {
        break;
      }
      System.arraycopy(bytes, sources[count], message, position, length);
      written[count++] = position;
      position += length;
    }
    if (!hasRoom(target >= 0 ? 2 : 1)) {
      return;
    }
    if (target >= 0) {
      Header.putUint16(message, position, POINTER | target);
      position += 2;
    } else {
      message[position++] = 0;
    }
    remember(count);
  }

  /* Finds the labels of a name and returns their number; hashes are built from the end. */
  private int readName(byte[] bytes, int offset) {
    int labels = 0;
    int label = CompressedNames.resolve(bytes, offset);
    while (bytes[label] != 0) {
      sources[labels++] = label;
      nameBytes += bytes[label] + 1;
      label = CompressedNames.resolve(bytes, label + bytes[label] + 1);
    }
    int hash = 0;
    for (int i = labels - 1; i >= 0; i--) {
      hash = CompressedNames.hashLabel(hash, bytes, sources[i]);
      hashes[i] = hash;
    }
    return labels;
  }

  /* Hashes first: comparing every pair of long names would let a reply cost seconds. */
  private int find(byte[] bytes, int label) {
    int hash = hashes[label];
    for (int i = 0; i < targetCount; i++) {
      if (targetHashes[i] == hash
          && CompressedNames.equal(message, targets[i], bytes, sources[label])) {
        return targets[i];
      }
    }
    return -1;
  }

  /* Only a name that stands complete is a target, or a name could point into itself. */
  private void remember(int labels) {
    for (int i = 0; i < labels && targetCount < MAX_TARGETS && written[i] <= MAX_POINTER; i++) {
      targets[targetCount] = (short) written[i];
      targetHashes[targetCount++] = hashes[i];
    }
  }

  private void copy(byte[] bytes, int offset, int length) {
    if (hasRoom(length)) {
      System.arraycopy(bytes, offset, message, position, length);
      position += length;
    }
  }

  private boolean hasRoom(int length) {
    overflow |= position + length > MAX_MESSAGE_LENGTH;
    return !overflow;
  }
}
