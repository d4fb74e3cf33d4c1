package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Aliases: CNAME and DNAME chains from the question's name (RFC 1034 §3.6.2, RFC 6672). */
final class ReplyReaderChainTest {

  private static final String SOA =
      "example.net. 3600 SOA ns.example.net. admin.example.net. 1 7200 900 86400 300";

  private final Walk walk = Walk.everything();

  @Test
  void read_chainInAnyOrder_isFollowed() {
    List<String> records =
        new ArrayList<>(
            List.of(
                "www.example.org. 300 CNAME a.example.net.",
                "a.example.net. 200 CNAME b.example.com.",
                "b.example.com. 100 A 192.0.2.1",
                "b.example.com. 100 A 192.0.2.2"));
    for (int seed = 0; seed < 24; seed++) {
      Collections.shuffle(records, new Random(seed));
      DnsjavaReply reply =
          DnsjavaReply.to("www.example.org. A").answer(records.toArray(String[]::new));

      assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
      assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(100);
      assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
          .containsExactlyElementsOf(records);
    }
  }

  @Test
  void read_aliasMadeByADname_takesTheCaseOfTheQuestion() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.one.example.org. A")
            .answer(
                "example.org. 300 DNAME Example.net.",
                "www.one.example.org. 300 CNAME wWw.ONe.Example.net.",
                "wWw.ONe.Example.net. 300 CNAME wWw.OTHER.Example.net.",
                "wWw.OTHER.Example.net. 300 A 192.0.2.1");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly(
            "example.org. 300 DNAME Example.net.",
            "www.one.example.org. 300 CNAME www.one.Example.net.",
            "www.one.Example.net. 300 CNAME www.OTHER.Example.net.",
            "www.OTHER.Example.net. 300 A 192.0.2.1");
  }

  @Test
  void read_aliasWithoutADname_keepsItsCase() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "www.example.org. 300 CNAME WWW.example.net.", "WWW.example.net. 300 A 192.0.2.1");

    walk.read(reply);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly(
            "www.example.org. 300 CNAME WWW.example.net.", "WWW.example.net. 300 A 192.0.2.1");
  }

  @Test
  void read_aliasWithoutItsTarget_isNodata() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A").answer("www.example.org. 300 CNAME a.example.net.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().soaFound()).isFalse();
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. 300 CNAME a.example.net.");
  }

  @Test
  void read_chainThatEndsInNothing_holdsForTheShortestTtl() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer("www.example.org. 20 CNAME a.example.net.")
            .authority(SOA);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().soaFound()).isTrue();
    assertThat(walk.reader().answer().minTtlSeconds()).isEqualTo(20);
  }

  @Test
  void read_nxdomainAtTheEndOfAChain_keepsTheChain() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .rcode(Rcode.NXDOMAIN)
            .answer("www.example.org. 300 CNAME gone.example.net.")
            .authority(SOA);

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NXDOMAIN);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. 300 CNAME gone.example.net.");
    assertThat(Walk.records(walk.assembled(reply), Section.AUTHORITY)).hasSize(1);
  }

  @Test
  void read_soaOfTheFirstZoneOfAChain_isNotTheEnds() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer("www.example.org. 300 CNAME gone.example.net.")
            .authority(SOA.replace("example.net. 3600", "example.org. 3600"));

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().soaFound()).isFalse();
  }

  @Test
  void read_aliasAsked_isPositiveAndNotFollowed() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. CNAME")
            .answer(
                "www.example.org. 300 CNAME a.example.net.",
                "a.example.net. 300 CNAME b.example.net.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly("www.example.org. 300 CNAME a.example.net.");
  }

  @Test
  void read_longestChain_isFollowed() {
    DnsjavaReply reply = DnsjavaReply.to("n0.example. A").answer(chain(11));
    reply.answer("n11.example. 300 A 192.0.2.1");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().answerCount()).isEqualTo(12);
  }

  @Test
  void read_longerChain_isFailure() {
    DnsjavaReply reply = DnsjavaReply.to("n0.example. A").answer(chain(12));
    reply.answer("n12.example. 300 A 192.0.2.1");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.FAILURE);
    assertThat(walk.reader().rcode()).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void read_shorterOrLongerBound_isKept() {
    for (int bound : new int[] {1, 2, ReplyReader.MAX_CHAIN_LENGTH}) {
      ReplyReader reader = new ReplyReader(Walk.NO_LIMITS, false, bound);
      byte[] fits = DnsjavaReply.to("n0.example. A").answer(chain(bound)).toBytes();
      byte[] tooLong = DnsjavaReply.to("n0.example. A").answer(chain(bound + 1)).toBytes();

      assertThat(reader.read(fits, fits.length, true)).isEqualTo(ReplyKind.NODATA);
      assertThat(reader.read(tooLong, tooLong.length, true)).isEqualTo(ReplyKind.FAILURE);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 33})
  void constructor_boundOutOfRange_isRefused(int bound) {
    assertThatThrownBy(() -> new ReplyReader(Walk.NO_LIMITS, false, bound))
        .hasMessageContaining("chain length: " + bound + " (expected 1..32)");
  }

  private static String[] chain(int aliases) {
    return IntStream.range(0, aliases)
        .mapToObj(i -> "n" + i + ".example. 300 CNAME n" + (i + 1) + ".example.")
        .toArray(String[]::new);
  }

  @Test
  void read_chainThatBitesItsTail_isFailure() {
    assertThat(
            walk.read(
                DnsjavaReply.to("a.example. A")
                    .answer(
                        "a.example. 300 CNAME b.example.",
                        "b.example. 300 CNAME c.example.",
                        "c.example. 300 CNAME B.example.")))
        .isEqualTo(ReplyKind.FAILURE);
    assertThat(walk.read(DnsjavaReply.to("a.example. A").answer("a.example. 300 CNAME A.EXAMPLE.")))
        .isEqualTo(ReplyKind.FAILURE);
  }

  @Test
  void read_dnameWithItsAlias_keepsBoth() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "example.org. 300 DNAME example.net.",
                "www.example.org. 300 CNAME www.example.net.",
                "www.example.net. 300 A 192.0.2.1");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(Walk.records(walk.assembled(reply), Section.ANSWER))
        .containsExactly(
            "example.org. 300 DNAME example.net.",
            "www.example.org. 300 CNAME www.example.net.",
            "www.example.net. 300 A 192.0.2.1");
  }

  @Test
  void read_dnameBehindAnAlias_isKept() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .answer(
                "a.b.example.com. 300 CNAME a.example.net.",
                "a.example.net. 300 A 192.0.2.1",
                "b.example.com. 300 DNAME example.net.",
                "www.example.org. 300 CNAME a.b.example.com.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().answerCount()).isEqualTo(4);
  }

  @Test
  void read_aliasMadeByDnameAsked_keepsTheDname() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. CNAME")
            .answer(
                "example.org. 300 DNAME example.net.",
                "www.example.org. 300 CNAME www.example.net.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().answerCount()).isEqualTo(2);
  }

  @Test
  void read_dnameAsked_isPositive() {
    DnsjavaReply reply =
        DnsjavaReply.to("example.org. DNAME").answer("example.org. 300 DNAME example.net.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().answerCount()).isEqualTo(1);
  }

  @Test
  void read_dnameAtTheQuestionItself_isNotItsAnswer() {
    DnsjavaReply reply =
        DnsjavaReply.to("example.org. A").answer("example.org. 300 DNAME example.net.");

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NODATA);
    assertThat(walk.reader().answer().answerCount()).isZero();
  }
}
