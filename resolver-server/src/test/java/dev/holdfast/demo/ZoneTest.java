package dev.holdfast.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

class ZoneTest {

  private final Zone zone =
      new Zone()
          .apex("example.org", 300)
          .set("a.b.example.org", "A", 60, "192.0.2.1", "192.0.2.2")
          .set("alias.example.org", "CNAME", 60, "next.example.net.")
          .set("next.example.net", "CNAME", 60, "a.b.example.org.")
          .set("dangling.example.org", "CNAME", 60, "nowhere.example.org.")
          .set("loop.example.org", "CNAME", 60, "loop.example.org.")
          .set("*.wild.example.org", "A", 60, "192.0.2.9");

  @Test
  void answer_chain_isFollowedAcrossDomains() {
    PreparedAnswer answer = answer("alias.example.org", Type.A);

    assertThat(answer.rcode).isEqualTo(Rcode.NOERROR);
    assertThat(answer.answerCount).isEqualTo(4);
    assertThat(answer.authorityCount).isZero();
  }

  @Test
  void answer_chainEndsInNothing_isNxdomainWithTheLink() {
    PreparedAnswer answer = answer("dangling.example.org", Type.A);

    assertThat(answer.rcode).isEqualTo(Rcode.NXDOMAIN);
    assertThat(answer.answerCount).isEqualTo(1);
    assertThat(answer.authorityCount).isEqualTo(1);
  }

  @Test
  void answer_loop_ends() {
    assertThat(answer("loop.example.org", Type.A).answerCount).isPositive();
  }

  @Test
  void answer_emptyNonTerminal_isNodata() {
    PreparedAnswer answer = answer("b.example.org", Type.A);

    assertThat(answer.rcode).isEqualTo(Rcode.NOERROR);
    assertThat(answer.answerCount).isZero();
    assertThat(answer.authorityCount).isEqualTo(1);
  }

  @Test
  void answer_otherType_isNodata() {
    assertThat(answer("a.b.example.org", Type.AAAA).rcode).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void answer_belowWildcard_isSynthesised() {
    assertThat(answer("x.wild.example.org", Type.A).answerCount).isEqualTo(1);
    assertThat(answer("x.y.wild.example.org", Type.A).answerCount).isEqualTo(1);
    assertThat(answer("x.wild.example.org", Type.MX).rcode).isEqualTo(Rcode.NOERROR);
  }

  @Test
  void answer_outsideAllApexes_hasTheRootsSoa() {
    PreparedAnswer answer = answer("unknown.example.com", Type.A);

    assertThat(answer.rcode).isEqualTo(Rcode.NXDOMAIN);
    assertThat(answer.authorityCount).isEqualTo(1);
  }

  @Test
  void remove_record_leavesNodataOrNothing() {
    zone.set("a.b.example.org", "AAAA", 60, "2001:db8::1").remove("a.b.example.org", "A");
    assertThat(answer("a.b.example.org", Type.A).rcode).isEqualTo(Rcode.NOERROR);

    zone.remove("a.b.example.org");
    assertThat(answer("a.b.example.org", Type.A).rcode).isEqualTo(Rcode.NXDOMAIN);
  }

  @Test
  void set_nonsense_saysWhatIsWrong() {
    assertThatThrownBy(() -> zone.set("a..b", "A", 60, "192.0.2.1"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a..b");
    assertThatThrownBy(() -> zone.set("example.org", "NOPE", 60, "x")).hasMessageContaining("NOPE");
    assertThatThrownBy(() -> zone.set("example.org", "A", 60, "nonsense"))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("nonsense");
  }

  private PreparedAnswer answer(String name, int type) {
    return zone.answer(Zone.parseName(name), type);
  }
}
