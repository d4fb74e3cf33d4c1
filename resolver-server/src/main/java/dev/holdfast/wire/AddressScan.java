package dev.holdfast.wire;

/**
 * Finds the addresses in an answer: in A and AAAA records, and in the hints of SVCB and HTTPS
 * records (RFC 9460 §7.3). Stateless.
 */
public final class AddressScan {

  /** Looks at an address of 128 bits; IPv4 is mapped into ::ffff:0:0/96 (RFC 4291 §2.5.5.2). */
  @FunctionalInterface
  public interface AddressTest {

    boolean test(long high, long low);
  }

  private static final int IPV4_HINT = 4;
  private static final int IPV6_HINT = 6;

  private static final int IPV4_LENGTH = 4;
  private static final int IPV6_LENGTH = 16;
  private static final int PRIORITY_LENGTH = 2;

  /** Key and length that open a parameter. */
  private static final int PARAMETER_HEADER_LENGTH = 4;

  private static final long MAPPED = 0xffff_0000_0000L;

  private AddressScan() {}

  /** Whether an address in any section passes. */
  public static boolean any(Answer answer, AddressTest test) {
    byte[] bytes = answer.bytes();
    for (int i = 0; i < answer.recordCount(); i++) {
      if (anyOfRecord(answer.type(i), bytes, answer.rdataOffset(i), answer.recordEnd(i), test)) {
        return true;
      }
    }
    return false;
  }

  /** Whether an address in a record's data passes. */
  public static boolean anyOfRecord(int type, byte[] bytes, int rdata, int end, AddressTest test) {
    return switch (type) {
      case RecordType.A -> anyOf(bytes, rdata, end, IPV4_LENGTH, test);
      case RecordType.AAAA -> anyOf(bytes, rdata, end, IPV6_LENGTH, test);
      case RecordType.SVCB, RecordType.HTTPS -> anyHint(bytes, rdata, end, test);
      default -> false;
    };
  }

  private static boolean anyHint(byte[] bytes, int rdata, int end, AddressTest test) {
    int name = rdata + PRIORITY_LENGTH;
    int length = Names.length(bytes, name, end);
    int position = name + length;
    while (length > 0 && position + PARAMETER_HEADER_LENGTH <= end) {
      int value = position + PARAMETER_HEADER_LENGTH;
      int next = Math.min(value + Header.uint16(bytes, position + 2), end);
      boolean found =
          switch (Header.uint16(bytes, position)) {
            case IPV4_HINT -> anyOf(bytes, value, next, IPV4_LENGTH, test);
            case IPV6_HINT -> anyOf(bytes, value, next, IPV6_LENGTH, test);
            default -> false;
          };
      if (found) {
        return true;
      }
      position = next;
    }
    return false;
  }

  private static boolean anyOf(byte[] bytes, int start, int end, int length, AddressTest test) {
    for (int i = start; i + length <= end; i += length) {
      boolean found =
          length == IPV4_LENGTH
              ? test.test(0, MAPPED | Header.uint32(bytes, i))
              : test.test(uint64(bytes, i), uint64(bytes, i + Long.BYTES));
      if (found) {
        return true;
      }
    }
    return false;
  }

  private static long uint64(byte[] bytes, int offset) {
    return Header.uint32(bytes, offset) << Integer.SIZE | Header.uint32(bytes, offset + 4);
  }
}
