package dev.holdfast.policy;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses, such as {@code 10.0.0.0/8} or {@code ::1}, as 128 bits in two halves; IPv4
 * is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2).
 *
 * @param prefixLength leading bits that count, 0..128; an IPv4 prefix is 96 longer than written
 */
public record Cidr(long high, long low, int prefixLength) {

  /** Bits before the IPv4 address in its mapped form. */
  private static final int MAPPED_PREFIX_LENGTH = 96;

  private static final long MAPPED_LOW = 0xffff_0000_0000L;

  private static final String EXPECTED =
      " (expected an address block such as 10.0.0.0/8, 192.0.2.1, fc00::/7 or ::1)";

  public Cidr {
    if (prefixLength < 0 || prefixLength > 128) {
      throw new IllegalArgumentException("prefix length: " + prefixLength + " (expected 0..128)");
    }
    if ((high & ~highMask(prefixLength)) != 0 || (low & ~lowMask(prefixLength)) != 0) {
      throw new IllegalArgumentException(
          "address: bits set after the first " + prefixLength + " (expected zeros)");
    }
  }

  /**
   * Reads a block as the operator writes it; an address without a prefix length stands for itself.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    boolean ipv4 = address.indexOf(':') < 0;
    InetAddress parsed = literal(address, ipv4);
    if (parsed == null) {
      throw new IllegalArgumentException(text + EXPECTED);
    }
    int longest = ipv4 ? 32 : 128;
    int written = slash < 0 ? longest : prefixLength(text.substring(slash + 1), longest);
    if (written < 0) {
      throw new IllegalArgumentException(
          text + " (expected a prefix length of 0.." + longest + " after the slash)");
    }
    int prefixLength = ipv4 ? written + MAPPED_PREFIX_LENGTH : written;
    byte[] bytes = parsed.getAddress();
    long high = high(bytes);
    long low = low(bytes);
    Cidr block = new Cidr(high & highMask(prefixLength), low & lowMask(prefixLength), prefixLength);
    if (block.high != high || block.low != low) {
      throw new IllegalArgumentException(
          text
              + " (expected zeros after the first "
              + written
              + " bits). Did you mean \""
              + block
              + "\"?");
    }
    return block;
  }

  /** Whether the address belongs to this block. */
  public boolean contains(long addressHigh, long addressLow) {
    return (addressHigh & highMask(prefixLength)) == high
        && (addressLow & lowMask(prefixLength)) == low;
  }

  /** Whether all of {@code other} belongs to this block. */
  public boolean contains(Cidr other) {
    return prefixLength <= other.prefixLength && contains(other.high, other.low);
  }

  /** Upper half of an address of 4 or 16 bytes. */
  public static long high(byte[] address) {
    return address.length == 4 ? 0 : ByteBuffer.wrap(address).getLong();
  }

  /** Lower half of an address of 4 or 16 bytes. */
  public static long low(byte[] address) {
    ByteBuffer bytes = ByteBuffer.wrap(address);
    return address.length == 4 ? MAPPED_LOW | (bytes.getInt() & 0xffff_ffffL) : bytes.getLong(8);
  }

  private static long highMask(int prefixLength) {
    return prefixLength >= 64 ? -1L : prefixLength == 0 ? 0 : -1L << (64 - prefixLength);
  }

  private static long lowMask(int prefixLength) {
    return prefixLength <= 64 ? 0 : -1L << (128 - prefixLength);
  }

  private static @Nullable InetAddress literal(String text, boolean ipv4) {
    if (text.indexOf('%') >= 0 || text.indexOf('[') >= 0) {
      return null;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(text);
      return ipv4 && !address.getHostAddress().equals(text) ? null : address;
    } catch (IllegalArgumentException notAnAddress) {
      return null;
    }
  }

  private static int prefixLength(String text, int longest) {
    for (int length = 0; length <= longest; length++) {
      if (text.equals(Integer.toString(length))) {
        return length;
      }
    }
    return -1;
  }

  @Override
  public String toString() {
    boolean ipv4 = prefixLength >= MAPPED_PREFIX_LENGTH && high == 0 && low >>> 32 == 0xffff;
    if (ipv4) {
      int bits = (int) low;
      return (bits >>> 24)
          + "."
          + (bits >>> 16 & 0xff)
          + "."
          + (bits >>> 8 & 0xff)
          + "."
          + (bits & 0xff)
          + "/"
          + (prefixLength - MAPPED_PREFIX_LENGTH);
    }
    StringBuilder text = new StringBuilder();
    for (int shift = 48; shift >= 0; shift -= 16) {
      text.append(Long.toHexString(high >>> shift & 0xffff)).append(':');
    }
    for (int shift = 48; shift >= 0; shift -= 16) {
      text.append(Long.toHexString(low >>> shift & 0xffff)).append(shift > 0 ? ":" : "");
    }
    return text.toString().replaceFirst("(^|:)0(:0)+(:|$)", "::") + "/" + prefixLength;
  }
}
