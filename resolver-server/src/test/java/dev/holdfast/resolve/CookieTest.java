package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.lists.LocalPolicies;
import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.GenericEDNSOption;
import org.xbill.DNS.OPTRecord;

/** Cookies between clients and the walk of their queries (RFC 7873 §5.2). */
final class CookieTest {

  private static final String NAME = "www.example.org";
  private static final byte[] CLIENT_COOKIE = {1, 2, 3, 4, 5, 6, 7, 8};

  private final ResolverFixture fixture = ResolverFixture.start();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Attack(Threat.REFLECTION)
  void resolve_cookieOfThisServer_provesTheAddress(boolean stream) {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    byte[] cookie = cookie(ask(CLIENT_COOKIE, "10.0.0.1", stream));
    assertThat(fixture.count(Counter.COOKIES_NEW)).isEqualTo(1);
    assertThat(cookie).startsWith(CLIENT_COOKIE).hasSize(24);

    assertThat(cookie(ask(cookie, "10.0.0.1", stream))).isEqualTo(cookie);
    assertThat(fixture.count(Counter.COOKIES_VALID)).isEqualTo(1);
    assertThat(cookie(ask(cookie, "10.0.0.2", stream))).isNotEqualTo(cookie);
    assertThat(fixture.count(Counter.COOKIES_INVALID)).isEqualTo(1);
    assertThat(fixture.count(Counter.ANSWERS_FRESH)).isEqualTo(3);
  }

  @Test
  void resolve_missWithCookie_isAnsweredWithOne() {
    Asked asked = ask(CLIENT_COOKIE, "10.0.0.1", false);
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");

    assertThat(asked.answers()).hasSize(1);
    assertThat(cookie(asked)).startsWith(CLIENT_COOKIE).hasSize(24);
    assertThat(cookie(ask(cookie(asked), "10.0.0.1", false))).isEqualTo(cookie(asked));
  }

  @Test
  void resolve_missWithCookieThatARuleAnswers_isAnsweredWithOne() {
    fixture.use(new LocalPolicies().withRpz("32.1.2.0.192.rpz-ip 30 A 198.51.100.7").policy());
    Asked asked = ask(CLIENT_COOKIE, "10.0.0.1", false);
    fixture.replyWith("www.example.org. 300 A 192.0.2.1");

    assertThat(asked.answers()).containsExactly("www.example.org. 30 A 198.51.100.7");
    assertThat(cookie(asked)).startsWith(CLIENT_COOKIE).hasSize(24);
  }

  @Test
  void resolve_noCookie_getsNone() {
    fixture.learn("www.example.org. 300 A 192.0.2.1");
    Asked asked = fixture.ask(MessageBytes.query(NAME, RecordType.A).opt(1232, 0));

    assertThat(asked.response().getOPT().getOptions()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 9, 15, 41})
  @Attack(Threat.EDNS_GARBAGE)
  void resolve_cookieOfImpossibleLength_isMalformed(int length) {
    Asked asked = ask(new byte[length], "10.0.0.1", false);

    assertThat(asked.rcode()).isEqualTo(Rcode.FORMERR);
    assertThat(fixture.count(Counter.REJECTED_MALFORMED)).isEqualTo(1);
  }

  @Test
  void resolve_noQuestion_asksForACookie() {
    Asked first = fixture.ask(MessageBytes.query().opt(1232, 0, option(CLIENT_COOKIE)));
    assertThat(first.rcode()).isEqualTo(Rcode.NOERROR);
    byte[] cookie = cookie(first);

    Asked again = fixture.ask(MessageBytes.query().opt(1232, 0, option(cookie)));
    assertThat(again.rcode()).isEqualTo(Rcode.NOERROR);
    cookie[23] ^= 1;
    Asked forged = fixture.ask(MessageBytes.query().opt(1232, 0, option(cookie)));
    assertThat(forged.rcode()).isEqualTo(Rcode.BADCOOKIE);
    assertThat(cookie(forged)).startsWith(CLIENT_COOKIE).isNotEqualTo(cookie);
    assertThat(fixture.counters().responses().get(false, Rcode.BADCOOKIE)).isEqualTo(1);
  }

  @Test
  void resolve_answerThatLeavesNoRoomForTheCookie_isTruncated() {
    fixture.ask("big.example.org", RecordType.TXT);
    fixture.replyWith("big.example.org. 300 TXT " + "x".repeat(250) + " " + "y".repeat(190));
    MessageBytes query = MessageBytes.query("big.example.org", RecordType.TXT);
    Asked plain = fixture.ask(MessageBytes.of(query.toBytes()).opt(512, 0));
    Asked cookie = fixture.ask(query.opt(512, 0, option(CLIENT_COOKIE)));

    assertThat(plain.answers()).hasSize(1);
    assertThat(cookie.answers()).isEmpty();
    assertThat(cookie.flag(Flags.TC)).isTrue();
    assertThat(cookie(cookie)).hasSize(24);
  }

  private Asked ask(byte[] cookie, String address, boolean stream) {
    MessageBytes query = MessageBytes.query(NAME, RecordType.A).opt(1232, 0, option(cookie));
    return fixture.ask(query, address, 40_000, stream);
  }

  private static byte[] option(byte[] cookie) {
    return MessageBytes.option(Edns.OPTION_COOKIE, cookie);
  }

  private static byte[] cookie(Asked asked) {
    OPTRecord opt = asked.response().getOPT();
    List<EDNSOption> options = opt.getOptions(Edns.OPTION_COOKIE);
    assertThat(options).hasSize(1);
    byte[] wire = options.getFirst().toWire();
    assertThat(options.getFirst()).isNotInstanceOf(GenericEDNSOption.class);
    return Arrays.copyOfRange(wire, Edns.OPTION_HEADER_LENGTH, wire.length);
  }
}
