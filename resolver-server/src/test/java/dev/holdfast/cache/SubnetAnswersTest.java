package dev.holdfast.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ReplyKind;
import org.junit.jupiter.api.Test;

class SubnetAnswersTest {

  private static final long SECOND = 1_000_000_000L;
  private static final CacheKey QUESTION =
      CacheKey.of(1, Names.parse("cdn.example.org"), RecordType.A, false, false);
  private static final int TTL_SECONDS = 60;

  private final SubnetAnswers answers = new SubnetAnswers(1 << 20);

  @Test
  void lookup_networksInsideEachOther_isTheSmallest() {
    SubnetEntry wide = put(network(0, 16), 0);
    SubnetEntry narrow = put(network(7, 24), 0);

    assertThat(answers.lookup(QUESTION, network(7, 24), 0)).isSameAs(narrow);
    assertThat(answers.lookup(QUESTION, network(8, 24), 0)).isSameAs(wide);
  }

  @Test
  void lookup_smallestIsOver_isTheOneWithinItsTime() {
    put(network(7, 24), 0);
    SubnetEntry wide = new SubnetEntry(answer(), ReplyKind.POSITIVE, 900, 0, 0, network(0, 16));
    put(network(0, 16), wide);
    SubnetEntry narrow = put(network(7, 24), 0);

    assertThat(answers.lookup(QUESTION, network(7, 24), SECOND)).isSameAs(narrow);
    assertThat(answers.lookup(QUESTION, network(7, 24), TTL_SECONDS * SECOND)).isSameAs(wide);
  }

  @Test
  void put_widerNetwork_replacesItsParts() {
    put(network(7, 24), 0);
    SubnetEntry everybody = put(ClientSubnet.EVERYBODY, 0);

    assertThat(answers.lookup(QUESTION, network(7, 24), 0)).isSameAs(everybody);
    answers.remove(QUESTION, ClientSubnet.EVERYBODY);
    assertThat(answers.lookup(QUESTION, network(7, 24), 0)).isNull();
  }

  @Test
  void put_moreNetworksThanThereMayBe_pushesOutTheOldest() {
    for (int i = 0; i <= SubnetAnswers.MAX_NETWORKS; i++) {
      put(network(i, 24), 0);
    }

    assertThat(answers.lookup(QUESTION, network(0, 24), 0)).isNull();
    assertThat(answers.lookup(QUESTION, network(1, 24), 0)).isNotNull();
    assertThat(answers.takePushedOut()).isOne();
    assertThat(answers.takePushedOut()).isZero();
  }

  @Test
  void put_moreQuestionsThanFit_pushesSomeOut() {
    for (int i = 0; i < 10_000; i++) {
      CacheKey question =
          CacheKey.of(1, Names.parse("n" + i + ".example.org"), RecordType.A, false, false);
      answers.put(question, entry(network(i & 0xff, 24), 0));
    }

    assertThat(answers.takePushedOut()).isPositive();
    assertThat(answers.removeIf(key -> true)).isBetween(1, 5000);
  }

  @Test
  void removeIf_aQuestion_forgetsItForAllNetworks() {
    put(network(1, 24), 0);
    put(network(2, 24), 0);

    assertThat(answers.removeIf(QUESTION::equals)).isOne();
    assertThat(answers.lookup(QUESTION, network(1, 24), 0)).isNull();
  }

  private SubnetEntry put(ClientSubnet network, long nowNanos) {
    return put(network, entry(network, nowNanos));
  }

  private SubnetEntry put(ClientSubnet network, SubnetEntry entry) {
    assertThat(entry.network()).isEqualTo(network);
    answers.put(QUESTION, entry);
    return entry;
  }

  private static SubnetEntry entry(ClientSubnet network, long nowNanos) {
    return new SubnetEntry(answer(), ReplyKind.POSITIVE, TTL_SECONDS, 0, nowNanos, network);
  }

  private static Answer answer() {
    return Answer.empty(Rcode.NOERROR, new byte[0]);
  }

  /** The network 198.51.third.0 of a prefix length. */
  private static ClientSubnet network(int third, int prefix) {
    return ClientSubnet.of(0, 0xffff_0000_0000L | 198L << 24 | 51 << 16 | third << 8, prefix, 56);
  }
}
