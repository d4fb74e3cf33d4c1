package dev.holdfast.demo;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Name;

/**
 * The answers that were built so far, by question, so that a question asked again costs one lookup.
 * Bounded: a full book is thrown away. Confined to the upstream's thread.
 */
final class AnswerBook {

  static final int MAX_PAGES = 65_536;

  /** What is known about one question: how often its name was asked, and the zone's answer. */
  static final class Page {
    final Name name;
    final AtomicLong nameCount;
    private @Nullable PreparedAnswer answer;
    private long answerVersion;
    private @Nullable PreparedAnswer denial;
    private long denialVersion;

    Page(Name name, AtomicLong nameCount) {
      this.name = name;
      this.nameCount = nameCount;
    }
  }

  private final Zone zone;
  private final QueryLog log;
  private final Map<Key, Page> pages = new HashMap<>();
  private final Key probe = new Key(new byte[0], 0);

  AnswerBook(Zone zone, QueryLog log) {
    this.zone = zone;
    this.log = log;
  }

  /** The page of the query's question, or null when it has no readable one. */
  @Nullable Page page(Query query) {
    if (!query.hasQuestion()) {
      return null;
    }
    probe.fold(query);
    Page page = pages.get(probe);
    return page == null ? newPage(query) : page;
  }

  /** The zone's answer, built if the zone has changed since. */
  PreparedAnswer answer(Page page, int qtype) {
    long version = zone.version();
    PreparedAnswer answer = page.answer;
    if (answer == null || page.answerVersion != version) {
      answer = zone.answer(page.name, qtype);
      page.answer = answer;
      page.answerVersion = version;
    }
    return answer;
  }

  /** The answer that the name or its records do not exist, whatever the zone knows. */
  PreparedAnswer denial(Page page, int qtype, int rcode, long negativeTtlSeconds) {
    long version = zone.version();
    PreparedAnswer denial = page.denial;
    if (denial == null || denial.rcode != rcode || page.denialVersion != version) {
      denial = zone.denial(page.name, qtype, rcode, negativeTtlSeconds);
      page.denial = denial;
      page.denialVersion = version;
    }
    return denial;
  }

  private @Nullable Page newPage(Query query) {
    Name name = query.name();
    if (name == null) {
      return null;
    }
    if (pages.size() >= MAX_PAGES) {
      pages.clear();
    }
    Page page = new Page(name, log.counterOf(name.toString().toLowerCase(Locale.ROOT)));
    pages.put(probe.copy(), page);
    return page;
  }

  /** Name in lower case, type and class. Only the probe is ever changed. */
  private static final class Key {
    private byte[] bytes;
    private int length;
    private int hash;

    Key(byte[] bytes, int hash) {
      this.bytes = bytes;
      this.length = bytes.length;
      this.hash = hash;
    }

    void fold(Query query) {
      length = query.questionEnd - Query.HEADER_LENGTH;
      if (bytes.length < length) {
        bytes = new byte[512];
      }
      int nameLength = length - Query.TYPE_AND_CLASS_LENGTH;
      int computed = 1;
      for (int i = 0; i < length; i++) {
        byte value = query.bytes[Query.HEADER_LENGTH + i];
        byte folded =
            i < nameLength && value >= 'A' && value <= 'Z' ? (byte) (value | 0x20) : value;
        bytes[i] = folded;
        computed = 31 * computed + folded;
      }
      hash = computed;
    }

    Key copy() {
      return new Key(Arrays.copyOf(bytes, length), hash);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && hash == key.hash
          && Arrays.equals(bytes, 0, length, key.bytes, 0, key.length);
    }

    @Override
    public int hashCode() {
      return hash;
    }
  }
}
