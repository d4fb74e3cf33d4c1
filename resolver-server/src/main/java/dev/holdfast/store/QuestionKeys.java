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
    byte[] suffix = question.isOfSubnet() ? null : routes.suffixOf(question.route());
    if (suffix == null) {
      return null;
    }
    byte[] key = new byte[1 + suffix.length + question.encodedLength()];
    key[0] = (byte) suffix.length;
    System.arraycopy(suffix, 0, key, 1, suffix.length);
    question.encode(key, 1 + suffix.length);
    return key;
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
