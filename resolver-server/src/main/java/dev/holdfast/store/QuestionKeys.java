package dev.holdfast.store;

import dev.holdfast.cache.CacheKey;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Questions as keys that outlive the process: the number of the route becomes its suffix.
 *
 * <pre>
 * | suffix length 1 | suffix of the route | cache key without the route |
 * </pre>
 */
public record QuestionKeys(RouteNames routes) {

  /** Returns the key of a question, or null when its route is no more or it is of one network. */
  public byte @Nullable [] key(CacheKey question) {
    byte[] suffix = suffix(question);
    if (suffix == null) {
      return null;
    }
    byte[] key = new byte[length(question, suffix)];
    write(question, suffix, key, 0);
    return key;
  }

  /** Returns the suffix in a question's key, or null when it has no key. */
  byte @Nullable [] suffix(CacheKey question) {
    return question.isOfSubnet() ? null : routes.suffixOf(question.route());
  }

  /** Returns the length of a question's key. */
  static int length(CacheKey question, byte[] suffix) {
    return 1 + suffix.length + question.encodedLength();
  }

  /** Writes a question's key at {@code offset}. */
  static void write(CacheKey question, byte[] suffix, byte[] out, int offset) {
    out[offset] = (byte) suffix.length;
    System.arraycopy(suffix, 0, out, offset + 1, suffix.length);
    question.encode(out, offset + 1 + suffix.length);
  }

  /** Returns the question of a key, or null when it is none or its route is no more. */
  public @Nullable CacheKey question(byte[] key) {
    return question(key, 0, key.length);
  }

  /** Returns the question of a key inside other bytes, or null likewise. */
  @Nullable CacheKey question(byte[] bytes, int offset, int limit) {
    int suffixEnd = offset < limit ? offset + 1 + (bytes[offset] & 0xff) : limit + 1;
    if (suffixEnd > limit) {
      return null;
    }
    int route = routes.routeOf(Arrays.copyOfRange(bytes, offset + 1, suffixEnd));
    return route == RouteNames.NONE ? null : CacheKey.decode(route, bytes, suffixEnd, limit);
  }
}
