package dev.holdfast.wire;

import java.util.Arrays;
import java.util.Base64;

/** A parameter of an SVCB or HTTPS record in presentation form (RFC 9460 §2.1). */
final class ServiceParameter {

  private static final int MANDATORY = 0;
  private static final int ALPN = 1;
  private static final int NO_DEFAULT_ALPN = 2;
  private static final int PORT = 3;
  private static final int IPV4_HINT = 4;
  private static final int ECH = 5;
  private static final int IPV6_HINT = 6;

  private static final String[] KEYS = {
    "mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint"
  };

  private static final int IPV4_LENGTH = 4;
  private static final int IPV6_LENGTH = 16;

  private ServiceParameter() {}

  /** Returns {@code key=value}, the value as bytes when it has not the shape its key demands. */
  static String toText(byte[] message, int key, int start, int end) {
    String value = value(message, key, start, end);
    return value.isEmpty() ? key(key) : key(key) + "=" + value;
  }

  private static String key(int key) {
    return key < KEYS.length ? KEYS[key] : "key" + key;
  }

  private static String value(byte[] message, int key, int start, int end) {
    int length = end - start;
    StringBuilder list = new StringBuilder();
    if (key == PORT && length == 2) {
      return Integer.toString(Header.uint16(message, start));
    } else if (key == ECH) {
      return Base64.getEncoder().encodeToString(Arrays.copyOfRange(message, start, end));
    } else if (key == MANDATORY && length % 2 == 0) {
      for (int i = start; i < end; i += 2) {
        comma(list).append(key(Header.uint16(message, i)));
      }
    } else if (key == IPV4_HINT && length % IPV4_LENGTH == 0) {
      for (int i = start; i < end; i += IPV4_LENGTH) {
        comma(list).append(AddressText.ipv4(message, i));
      }
    } else if (key == IPV6_HINT && length % IPV6_LENGTH == 0) {
      for (int i = start; i < end; i += IPV6_LENGTH) {
        comma(list).append(AddressText.ipv6(message, i));
      }
    } else if (key == ALPN && isStrings(message, start, end)) {
      for (int i = start; i < end; i += 1 + (message[i] & 0xff)) {
        comma(list).append(RecordText.escaped(message, i + 1, i + 1 + (message[i] & 0xff)));
      }
    } else if (key != NO_DEFAULT_ALPN || length > 0) {
      list.append('"').append(RecordText.escaped(message, start, end)).append('"');
    }
    return list.toString();
  }

  private static boolean isStrings(byte[] message, int start, int end) {
    int position = start;
    while (position < end) {
      position += 1 + (message[position] & 0xff);
    }
    return position == end;
  }

  private static StringBuilder comma(StringBuilder list) {
    return list.isEmpty() ? list : list.append(',');
  }
}
