package dev.holdfast.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class CacheKeyTest {

  private static final int KEYS = 100_000;

  @Test
  void set_otherCase_isTheSameKey() {
    CacheKey lower = key("www.example.org", RecordType.A);
    CacheKey mixed = key("wWw.EXAMPLE.oRg", RecordType.A);

    assertThat(mixed).isEqualTo(lower).hasSameHashCodeAs(lower);
    assertThat(mixed.qname()).isEqualTo(Names.parse("www.example.org"));
    assertThat(mixed).hasToString("www.example.org. A");
  }

  @Test
  void set_headerAndEdnsVariants_areTheSameKey() {
    MessageBytes plain = MessageBytes.query("www.example.org", RecordType.A);

    assertThat(
            List.of(
                key(0, plain.id(7)),
                key(0, plain.flags(0)),
                key(0, plain.flags(Header.RD | Header.AD)),
                key(0, MessageBytes.query("www.example.org", RecordType.A).opt(512, 0)),
                key(
                    0,
                    MessageBytes.query("www.example.org", RecordType.A)
                        .opt(4096, 0x7fff, MessageBytes.option(10, new byte[8])))))
        .allMatch(key("www.example.org", RecordType.A)::equals);
  }

  @Test
  void withSubnet_isAnotherKeyOfTheSameQuestion() {
    CacheKey any = key("www.example.org", RecordType.A);
    ClientSubnet subnet = ClientSubnet.of(0x2001_0db8_0001_02ffL, 7, 24, 56);

    CacheKey scoped = any.withSubnet(subnet);
    CacheKey probe = CacheKey.probe();
    probe.set(0, parsed(MessageBytes.query("www.example.org", RecordType.A)));
    probe.setSubnet(subnet);

    assertThat(scoped).isNotEqualTo(any).isEqualTo(probe).isEqualTo(probe.snapshot());
    assertThat(scoped).isNotEqualTo(any.withSubnet(ClientSubnet.UNTOLD));
    assertThat(scoped.subnet()).isEqualTo(subnet);
    assertThat(scoped.qname()).isEqualTo(any.qname());
    assertThat(scoped.question()).isEqualTo(any.question());
    assertThat(scoped.isAbout(any.qname())).isTrue();
    assertThat(scoped.isAtOrBelow(Names.parse("example.org"))).isTrue();
    assertThat(scoped.withType(RecordType.AAAA).subnet()).isEqualTo(subnet);
    assertThat(scoped.withoutSubnet()).isEqualTo(any).hasSameHashCodeAs(any);
    assertThat(any.subnet()).isNull();
  }

  @Test
  @Attack(Threat.UNSOLICITED_RECORDS)
  void set_whatTellsQuestionsApart_isAnotherKey() {
    MessageBytes cd =
        MessageBytes.query("www.example.org", RecordType.A).flags(Header.RD | Header.CD);
    MessageBytes dnssecOk = MessageBytes.query("www.example.org", RecordType.A).opt(512, Edns.DO);
    MessageBytes chaos =
        MessageBytes.query().question(Names.parse("www.example.org"), 1, RecordClass.CH);
    List<CacheKey> keys =
        List.of(
            key("www.example.org", RecordType.A),
            key("www.example.org", RecordType.AAAA),
            key("www.example.org", 257),
            key("example.org", RecordType.A),
            key(".", RecordType.A),
            key("wwwwexample.org", RecordType.A),
            key("www.example.orh", RecordType.A),
            key(0, cd),
            key(0, dnssecOk),
            key(0, MessageBytes.of(dnssecOk.toBytes()).withFlags(Header.CD)),
            key(0, chaos),
            key(1, MessageBytes.query("www.example.org", RecordType.A)));

    assertThat(new HashSet<>(keys)).hasSize(keys.size());
  }

  @Test
  void snapshot_andItsProbe_areEqualBothWays() {
    CacheKey probe = CacheKey.probe();
    probe.set(3, parsed(MessageBytes.query("a.very.long.name.example.org", RecordType.A)));
    probe.set(3, parsed(MessageBytes.query("Www.example.org", RecordType.A)));

    CacheKey snapshot = probe.snapshot();

    assertThat(snapshot).isEqualTo(probe).hasSameHashCodeAs(probe);
    assertThat(probe).isEqualTo(snapshot);
    assertThat(snapshot.sizeBytes()).isEqualTo(probe.sizeBytes());

    probe.set(3, parsed(MessageBytes.query("b.example.org", RecordType.AAAA)));

    assertThat(probe).isNotEqualTo(snapshot);
    assertThat(snapshot).isEqualTo(key(3, MessageBytes.query("www.example.org", RecordType.A)));
    assertThat(snapshot.qtype()).isEqualTo(RecordType.A);
  }

  @Test
  void otherDnssecVariant_turnsDnssecOkRoundOnly() {
    MessageBytes cd = MessageBytes.query("www.example.org", RecordType.A).flags(Header.CD);
    MessageBytes cdAndDnssecOk = MessageBytes.of(cd.toBytes()).opt(512, Edns.DO);
    CacheKey plain = key(5, cd);

    CacheKey other = plain.otherDnssecVariant();

    assertThat(other).isEqualTo(key(5, cdAndDnssecOk)).hasSameHashCodeAs(key(5, cdAndDnssecOk));
    assertThat(other).isNotEqualTo(plain);
    assertThat(other.dnssecOk()).isTrue();
    assertThat(other.checkingDisabled()).isTrue();
    assertThat(other.route()).isEqualTo(5);
    assertThat(other.otherDnssecVariant()).isEqualTo(plain).hasSameHashCodeAs(plain);
  }

  @Test
  void question_isTheFoldedWireForm() {
    CacheKey key = key("Www.Example.org", RecordType.AAAA);

    assertThat(key.question())
        .isEqualTo(
            MessageBytes.join(
                Names.parse("www.example.org"),
                MessageBytes.uint16(RecordType.AAAA),
                MessageBytes.uint16(RecordClass.IN)));
    assertThat(key.qclass()).isEqualTo(RecordClass.IN);
    assertThat(key.sizeBytes()).isEqualTo(8 + 17);
  }

  @Test
  void set_longestName_fits() {
    String longest = ("a".repeat(63) + ".").repeat(3) + "B".repeat(61);

    CacheKey key = key(longest, RecordType.A);

    assertThat(key.qname()).hasSize(255);
    assertThat(key).isEqualTo(key(longest.toLowerCase(Locale.ROOT), RecordType.A));
  }

  @Attack(Threat.HASH_COLLISIONS)
  @Test
  void hashCode_namesThatDifferALittle_spread() {
    assertSpread(i -> "host" + i + ".example.org");
    assertSpread(i -> "www.zone" + i + ".example");
    assertSpread(i -> Integer.toBinaryString(i | 1 << 20) + ".example.org");
    assertSpread(i -> "a" + "b.".repeat(1 + i % 100) + i + ".example");
  }

  @Attack(Threat.HASH_COLLISIONS)
  @Test
  void hashCode_namesMadeToCollideInCommonHashes_spread() {
    /* "an" and "c0" are the same to a hash that multiplies by 31, and so is every row of them. */
    assertSpread(i -> collidingUnder31(i) + ".example.org");
    /* The same bytes in blocks of eight, in every order: an xor or a sum of blocks collides. */
    Random random = new Random(1);
    assertSpread(
        i -> {
          List<String> blocks =
              new ArrayList<>(IntStream.range(0, 12).mapToObj("block%02d"::formatted).toList());
          Collections.shuffle(blocks, random);
          return String.join(".", blocks);
        });
  }

  private static String collidingUnder31(int index) {
    StringBuilder name = new StringBuilder();
    for (int bit = 0; bit < 17; bit++) {
      name.append((index >> bit & 1) == 0 ? "an" : "c0");
    }
    return name.toString();
  }

  /** Few collisions in all 32 bits, and no crowded slot in a table of 65536. */
  private static void assertSpread(IntFunction<String> names) {
    Set<CacheKey> keys = new HashSet<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add(key(names.apply(i), RecordType.A));
    }
    Map<Integer, Integer> slots = new HashMap<>();
    Set<Integer> hashes = new HashSet<>();
    for (CacheKey key : keys) {
      hashes.add(key.hashCode());
      slots.merge(key.hashCode() & 0xffff, 1, Integer::sum);
    }
    assertThat(keys.size() - hashes.size()).isLessThan(20);
    assertThat(slots.values()).allMatch(count -> count < 20);
  }

  static CacheKey key(String name, int type) {
    return key(0, MessageBytes.query(name, type));
  }

  static CacheKey key(int route, MessageBytes message) {
    CacheKey probe = CacheKey.probe();
    probe.set(route, parsed(message));
    return probe.snapshot();
  }

  private static Query parsed(MessageBytes message) {
    byte[] bytes = message.toBytes();
    Query query = new Query();
    if (query.parse(bytes, 0, bytes.length) != Query.ACCEPTED) {
      throw new IllegalArgumentException("no well-formed query");
    }
    return query;
  }
}
