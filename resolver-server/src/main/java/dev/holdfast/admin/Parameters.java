package dev.holdfast.admin;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** The parameters that routes share, read from the text behind the question mark. */
final class Parameters {

  private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
  private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

  private Parameters() {}

  /** Makes what a handler refuses an answer that says so. */
  static AdminRoute.Handler checked(AdminRoute.Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (BadParameterException e) {
        return AdminResponse.error(400, String.valueOf(e.getMessage()), "see /openapi.yaml");
      }
    };
  }

  /** Returns the name that must be given, folded. */
  static byte[] name(AdminRequest request, String parameter) {
    String name = request.parameter(parameter);
    if (name == null) {
      throw new BadParameterException(parameter + ": missing (expected a domain name)");
    }
    return parseName(parameter, name);
  }

  /** Returns a name, folded. */
  static byte[] parseName(String parameter, String text) {
    try {
      byte[] name = Names.parse(text);
      return Names.folded(name, 0, name.length);
    } catch (IllegalArgumentException e) {
      throw new BadParameterException(parameter + ": " + e.getMessage());
    }
  }

  /** Returns the type, or ANY when none is given. */
  static int type(AdminRequest request) {
    String type = request.parameter("type");
    try {
      return type == null ? RecordType.ANY : RecordType.parse(type);
    } catch (IllegalArgumentException e) {
      throw new BadParameterException("type: " + e.getMessage());
    }
  }

  /** Returns the end that is given, or null. */
  static @Nullable Instant until(AdminRequest request) {
    String until = request.parameter("until");
    try {
      return until == null ? null : Instant.parse(until);
    } catch (DateTimeParseException e) {
      throw new BadParameterException(
          "until: " + until + " (expected a time as 2025-10-20T12:00:00Z)");
    }
  }

  /** Returns a number from 1 to {@code most}. */
  static int limit(AdminRequest request, int usual, int most) {
    String limit = request.parameter("limit");
    if (limit == null) {
      return usual;
    }
    int number = limit.matches("[0-9]{1,9}") ? Integer.parseInt(limit) : 0;
    if (number < 1 || number > most) {
      throw new BadParameterException("limit: " + limit + " (expected 1.." + most + ")");
    }
    return number;
  }

  /** Returns the text by which a page of the cache goes on after a key. */
  static String cursor(CacheKey key) {
    byte[] bytes = new byte[1 + key.encodedLength()];
    bytes[0] = (byte) key.route();
    key.encode(bytes, 1);
    return ENCODER.encodeToString(bytes);
  }

  /** Returns the key after which a page of the cache goes on, or null for the first page. */
  static @Nullable CacheKey after(AdminRequest request) {
    String after = request.parameter("after");
    if (after == null) {
      return null;
    }
    CacheKey key = null;
    try {
      byte[] bytes = DECODER.decode(after);
      key = bytes.length == 0 ? null : CacheKey.decode(bytes[0] & 0xff, bytes, 1, bytes.length);
    } catch (IllegalArgumentException e) {
      // The same as other bytes that are no key.
    }
    if (key == null) {
      throw new BadParameterException("after: " + after + " (expected \"next\" of a page before)");
    }
    return key;
  }
}
