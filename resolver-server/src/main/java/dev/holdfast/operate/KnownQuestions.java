package dev.holdfast.operate;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.wire.RecordType;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Finds what is known of a name in the cache, the histories and the failures. They are looked
 * through from end to end, which takes a while and no memory; nobody waits for it but an operator.
 * Thread-safe.
 */
final class KnownQuestions {

  private final Resolvers resolvers;

  KnownQuestions(Resolvers resolvers) {
    this.resolvers = resolvers;
  }

  /** Returns the questions about a name, folded, of one type or, for ANY, of all. */
  Set<CacheKey> of(byte[] qname, int qtype) {
    Predicate<CacheKey> wanted = about(qname, qtype);
    Set<CacheKey> keys = new HashSet<>(resolvers.cache().keys((key, entry) -> wanted.test(key)));
    keys.addAll(resolvers.holds().histories().keys((key, history) -> wanted.test(key)));
    keys.addAll(resolvers.failures().keys(wanted));
    return keys;
  }

  /** Whether a question is about a name, of one type or, for ANY, of whatever type. */
  static Predicate<CacheKey> about(byte[] qname, int qtype) {
    return key -> (qtype == RecordType.ANY || key.qtype() == qtype) && key.isAbout(qname);
  }
}
