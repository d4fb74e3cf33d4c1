package dev.holdfast.cache;

import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What an answer is kept under: route, DO and CD, type, class and the name in lower case. A probe
 * is filled again for every query and confined to one loop; {@link #snapshot} makes the immutable
 * key that a map holds.
 */
public final class CacheKey {

  /*
   * | length 2 | route 1 | flags 1 | qtype 2 | qclass 2 | qname folded | subnet 18, if flagged |
   *
   * The length is that of all of it: a probe's array is longer. It is here and not in a field because
   * that makes each key smaller by an eighth. Never shorter than eight bytes, so that all of it can be read and written eight at a time.
   */
  private static final int LENGTH_OFFSET = 0;
  private static final int ROUTE_OFFSET = 2;
  private static final int FLAGS_OFFSET = 3;
  private static final int QTYPE_OFFSET = 4;
  private static final int QCLASS_OFFSET = 6;
  private static final int QNAME_OFFSET = 8;

  private static final int DNSSEC_OK = 1;
  private static final int CHECKING_DISABLED = 2;
  private static final int OF_SUBNET = 4;

  /** Family, prefix length and address. */
  private static final int SUBNET_LENGTH = 18;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Secrets of this process, so that nobody outside can choose names that collide. */
  private static final long SEED = new SecureRandom().nextLong();

  private static final long SECRET = new SecureRandom().nextLong();
  private static final long MULTIPLIER = 0x9e3779b97f4a7c15L;

  private final byte[] bytes;

  /**
   * 0 when it is to be calculated, as always in a probe. Nothing is written here for a query: a
   * collector may put the probe beside what other loops read.
   */
  private final int hash;

  private CacheKey(byte[] bytes, int hash) {
    this.bytes = bytes;
    this.hash = hash;
  }

  /** Returns a key to be filled by {@link #set}. */
  public static CacheKey probe() {
    return new CacheKey(new byte[QNAME_OFFSET + Names.MAX_LENGTH + SUBNET_LENGTH], 0);
  }

  /** Returns the key of a question about a name, folded, of class IN. */
  public static CacheKey of(
      int route, byte[] qname, int qtype, boolean dnssecOk, boolean checkingDisabled) {
    byte[] bytes = new byte[QNAME_OFFSET + qname.length];
    int flags = flags(dnssecOk, checkingDisabled);
    putFixed(bytes, bytes.length, route, flags, qtype, RecordClass.IN);
    System.arraycopy(qname, 0, bytes, QNAME_OFFSET, qname.length);
    return new CacheKey(bytes, hashOf(bytes, bytes.length));
  }

  private static int flags(boolean dnssecOk, boolean checkingDisabled) {
    return (dnssecOk ? DNSSEC_OK : 0) | (checkingDisabled ? CHECKING_DISABLED : 0);
  }

  private static void putFixed(
      byte[] bytes, int length, int route, int flags, int qtype, int qclass) {
    Header.putUint32(
        bytes, LENGTH_OFFSET, (long) length << Short.SIZE | (long) route << Byte.SIZE | flags);
    Header.putUint32(bytes, QTYPE_OFFSET, (long) qtype << Short.SIZE | qclass);
  }

  /** Fills a probe with a client's question. */
  public void set(int route, Query query) {
    int qnameLength = query.qnameLength();
    int flags = flags(query.dnssecOk(), query.checkingDisabled());
    int length = QNAME_OFFSET + qnameLength;
    putFixed(bytes, length, route, flags, query.qtype(), query.qclass());
    Names.fold(query.bytes(), query.qnameOffset(), bytes, QNAME_OFFSET, qnameLength);
  }

  /** Returns an immutable copy. */
  public CacheKey snapshot() {
    return new CacheKey(Arrays.copyOf(bytes, length()), hashCode());
  }

  /** Fills a probe with another key, DO turned round: the same question's other variant. */
  public void setOtherDnssecVariant(CacheKey key) {
    int length = key.length();
    System.arraycopy(key.bytes, 0, bytes, 0, length);
    bytes[FLAGS_OFFSET] ^= DNSSEC_OK;
  }

  /** Returns an immutable copy with DO turned round: the same question's other variant. */
  public CacheKey otherDnssecVariant() {
    byte[] copy = Arrays.copyOf(bytes, length());
    copy[FLAGS_OFFSET] ^= DNSSEC_OK;
    return new CacheKey(copy, hashOf(copy, copy.length));
  }

  /** Returns the key of the same question for another type. */
  public CacheKey withType(int qtype) {
    byte[] copy = Arrays.copyOf(bytes, length());
    Header.putUint16(copy, QTYPE_OFFSET, qtype);
    return new CacheKey(copy, hashOf(copy, copy.length));
  }

  /** Makes a probe one for its question from one network. */
  public void setSubnet(ClientSubnet subnet) {
    putSubnet(bytes, length(), subnet);
  }

  private static void putSubnet(byte[] bytes, int end, ClientSubnet subnet) {
    Header.putUint16(bytes, LENGTH_OFFSET, end + SUBNET_LENGTH);
    bytes[FLAGS_OFFSET] |= OF_SUBNET;
    bytes[end] = (byte) subnet.family();
    bytes[end + 1] = (byte) subnet.prefixLength();
    LONGS.set(bytes, end + 2, subnet.high());
    LONGS.set(bytes, end + 2 + Long.BYTES, subnet.low());
  }

  /** Returns the key of the same question from one network; this one must be from none. */
  public CacheKey withSubnet(ClientSubnet subnet) {
    int end = length();
    byte[] copy = Arrays.copyOf(bytes, end + SUBNET_LENGTH);
    putSubnet(copy, end, subnet);
    return new CacheKey(copy, hashOf(copy, copy.length));
  }

  /** Returns the key of the same question from any network. */
  public CacheKey withoutSubnet() {
    if (!isOfSubnet()) {
      return this;
    }
    byte[] copy = Arrays.copyOf(bytes, nameEnd());
    Header.putUint16(copy, LENGTH_OFFSET, copy.length);
    copy[FLAGS_OFFSET] &= ~OF_SUBNET;
    return new CacheKey(copy, hashOf(copy, copy.length));
  }

  /** Returns the network that the question is from, or null for any. */
  public @Nullable ClientSubnet subnet() {
    int end = nameEnd();
    return isOfSubnet()
        ? new ClientSubnet(
            bytes[end],
            bytes[end + 1] & 0xff,
            (long) LONGS.get(bytes, end + 2),
            (long) LONGS.get(bytes, end + 2 + Long.BYTES))
        : null;
  }

  /** Whether the question is from one network. */
  public boolean isOfSubnet() {
    return (bytes[FLAGS_OFFSET] & OF_SUBNET) != 0;
  }

  private int nameEnd() {
    return isOfSubnet() ? length() - SUBNET_LENGTH : length();
  }

  /** Returns how many bytes {@link #encode} writes. */
  public int encodedLength() {
    return length() - FLAGS_OFFSET;
  }

  /** Writes what other processes understand as well: everything but the route. */
  public void encode(byte[] out, int offset) {
    System.arraycopy(bytes, FLAGS_OFFSET, out, offset, encodedLength());
  }

  /**
   * Reads what {@link #encode} wrote between {@code offset} and {@code limit}, or returns null when
   * it is no key.
   */
  public static @Nullable CacheKey decode(int route, byte[] encoded, int offset, int limit) {
    int qname = offset + QNAME_OFFSET - FLAGS_OFFSET;
    if (qname >= limit
        || (encoded[offset] & ~(DNSSEC_OK | CHECKING_DISABLED)) != 0
        || Names.length(encoded, qname, limit) != limit - qname) {
      return null;
    }
    byte[] bytes = new byte[FLAGS_OFFSET + limit - offset];
    Header.putUint16(bytes, LENGTH_OFFSET, bytes.length);
    bytes[ROUTE_OFFSET] = (byte) route;
    System.arraycopy(encoded, offset, bytes, FLAGS_OFFSET, limit - offset);
    Names.fold(bytes, QNAME_OFFSET, bytes, QNAME_OFFSET, bytes.length - QNAME_OFFSET);
    return new CacheKey(bytes, hashOf(bytes, bytes.length));
  }

  public int route() {
    return bytes[ROUTE_OFFSET] & 0xff;
  }

  public boolean dnssecOk() {
    return (bytes[FLAGS_OFFSET] & DNSSEC_OK) != 0;
  }

  public boolean checkingDisabled() {
    return (bytes[FLAGS_OFFSET] & CHECKING_DISABLED) != 0;
  }

  public int qtype() {
    return Header.uint16(bytes, QTYPE_OFFSET);
  }

  public int qclass() {
    return Header.uint16(bytes, QCLASS_OFFSET);
  }

  /** Whether this is a question about a name, folded. */
  public boolean isAbout(byte[] qname) {
    return Arrays.equals(bytes, QNAME_OFFSET, nameEnd(), qname, 0, qname.length);
  }

  /** Whether this is a question about a name, folded, or one below it. */
  public boolean isAtOrBelow(byte[] suffix) {
    int end = nameEnd();
    int start = end - suffix.length;
    int position = QNAME_OFFSET;
    while (position < start) {
      position += bytes[position] + 1;
    }
    return position == start && Arrays.equals(bytes, position, end, suffix, 0, suffix.length);
  }

  /** Returns a copy of the folded name. */
  public byte[] qname() {
    return Arrays.copyOfRange(bytes, QNAME_OFFSET, nameEnd());
  }

  /** Returns the question in wire form: folded name, type and class. */
  public byte[] question() {
    int nameLength = nameEnd() - QNAME_OFFSET;
    int fixedLength = QNAME_OFFSET - QTYPE_OFFSET;
    byte[] question = new byte[nameLength + fixedLength];
    System.arraycopy(bytes, QNAME_OFFSET, question, 0, nameLength);
    System.arraycopy(bytes, QTYPE_OFFSET, question, nameLength, fixedLength);
    return question;
  }

  /** Bytes of the key's content. */
  public int sizeBytes() {
    return length();
  }

  private int length() {
    return Header.uint16(bytes, LENGTH_OFFSET);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof CacheKey key
        && Arrays.equals(bytes, 0, length(), key.bytes, 0, key.length());
  }

  @Override
  public int hashCode() {
    return hash == 0 ? hashOf(bytes, length()) : hash;
  }

  @Override
  public String toString() {
    return Names.toText(qname()) + " " + RecordType.toText(qtype());
  }

  /*
   * Sixteen bytes a step, the last of them over again unless the length is a multiple. A question
   * and the same with DO turned round stand side by side in a table, since a miss asks for both: the
   * bit is taken out of the first step.
   */
  private static int hashOf(byte[] bytes, int length) {
    long hash = SEED ^ (bytes[FLAGS_OFFSET] & (long) DNSSEC_OK) << (FLAGS_OFFSET * Byte.SIZE);
    int last = Math.max(0, length - 2 * Long.BYTES);
    for (int i = 0; i < last; i += 2 * Long.BYTES) {
      hash = mix(hash ^ (long) LONGS.get(bytes, i), SECRET ^ (long) LONGS.get(bytes, i + 8));
    }
    long first = (long) LONGS.get(bytes, last);
    long second = (long) LONGS.get(bytes, length - Long.BYTES);
    hash = mix(mix(hash ^ first, SECRET ^ second), MULTIPLIER ^ length);
    return (int) (hash ^ hash >>> 32);
  }

  /* A multiplication to 128 bits, folded into 64. */
  private static long mix(long a, long b) {
    return Math.unsignedMultiplyHigh(a, b) ^ (a * b);
  }
}
