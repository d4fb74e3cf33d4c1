package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ResponseAssembler;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Cookies as RFC 9018 makes them, with the examples of its appendix A. */
final class ServerCookiesTest {

  private static final String SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf";
  private static final String CLIENT = "2464c4abcf10c957";
  private static final String ADDRESS = "198.51.100.100";
  private static final long JUNE_5 = 1_559_731_985;
  private static final String COOKIE = "2464c4abcf10c957010000005cf79f111f8130c3eee29480";

  private final Deque<String> keys = new ArrayDeque<>(List.of(SECRET));
  private final CookieSecrets secrets = new CookieSecrets(this::nextKey);
  private final Query query = new Query();
  private long nowSeconds = JUNE_5;
  private final ServerCookies cookies = new ServerCookies(secrets, () -> nowSeconds * 1000 + 999);

  private void nextKey(byte[] key) {
    System.arraycopy(HexFormat.of().parseHex(keys.remove()), 0, key, 0, key.length);
  }

  @Test
  void answer_firstCookieOfAClient_isThatOfAppendixA1() {
    assertThat(answer(CLIENT, ADDRESS)).isEqualTo(COOKIE);
    assertThat(query.addressProven()).isFalse();
  }

  @Test
  void answer_sameClientLater_isThatOfAppendixA2() {
    nowSeconds = 1_559_734_385;

    assertThat(answer(COOKIE, ADDRESS)).isEqualTo(CLIENT + "010000005cf7a871d4a564a1442aca77");
    assertThat(query.addressProven()).isTrue();
  }

  @Test
  void answer_anotherClientWithReservedBits_isThatOfAppendixA3() {
    String cookie = "fc93fc62807ddb8601abcdef5cf78f71a314227b6679ebf5";
    nowSeconds = 1_559_727_985;
    answer(cookie, "203.0.113.203");
    assertThat(query.addressProven()).isTrue();

    nowSeconds = 1_559_734_700;
    assertThat(answer(cookie, "203.0.113.203"))
        .isEqualTo("fc93fc62807ddb86010000005cf7a9acf73a7810aca2381e");
  }

  @Test
  void answer_ipv6ClientAfterTheSecretChanged_isThatOfAppendixA4() {
    keys.addAll(List.of("dd3bdf9344b678b185a6f5cb60fca715", "445536bcd2513298075a5d379663c962"));
    secrets.roll();
    secrets.roll();
    nowSeconds = 1_559_741_961;

    assertThat(
            answer(
                "22681ab97d52c298010000005cf7c57926556bd0934c72f8",
                "2001:db8:220:1:59de:d0f4:8769:82b8"))
        .isEqualTo("22681ab97d52c298010000005cf7c609a6bb79d16625507a");
    assertThat(query.addressProven()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-300, -1, 0, 1, 1800})
  void answer_youngCookie_comesBackAsItIs(long ageSeconds) {
    nowSeconds = JUNE_5 + ageSeconds;

    assertThat(answer(COOKIE, ADDRESS)).isEqualTo(COOKIE);
    assertThat(query.addressProven()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1801, true", "3600, true", "3601, false", "-301, false", "2147483648, false"})
  void answer_cookieOutOfItsTime_isReplaced(long ageSeconds, boolean proven) {
    nowSeconds = JUNE_5 + ageSeconds;

    assertThat(answer(COOKIE, ADDRESS)).startsWith(CLIENT).isNotEqualTo(COOKIE);
    assertThat(query.addressProven()).isEqualTo(proven);
  }

  @Test
  void answer_anythingElseInTheCookieOrAddress_provesNothing() {
    byte[] cookie = HexFormat.of().parseHex(COOKIE);
    for (int bit = 0; bit < cookie.length * Byte.SIZE; bit++) {
      byte[] other = cookie.clone();
      other[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      answer(HexFormat.of().formatHex(other), ADDRESS);
      assertThat(query.addressProven()).as("bit %d", bit).isFalse();
    }
    answer(COOKIE, "198.51.100.101");
    assertThat(query.addressProven()).isFalse();
    answer(COOKIE, "2001:db8::1");
    assertThat(query.addressProven()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 23, 25, 32, 40})
  void answer_cookieOfAnotherLength_isReplaced(int length) {
    byte[] other = Arrays.copyOf(HexFormat.of().parseHex(COOKIE), length);

    assertThat(answer(HexFormat.of().formatHex(other), ADDRESS)).isEqualTo(COOKIE);
    assertThat(query.addressProven()).isFalse();
  }

  @Test
  void roll_twice_cookiesOfTheFirstSecretProveNothing() {
    keys.addAll(List.of("00".repeat(16), "11".repeat(16)));
    secrets.roll();
    answer(COOKIE, ADDRESS);
    assertThat(query.addressProven()).isTrue();
    secrets.roll();
    answer(COOKIE, ADDRESS);
    assertThat(query.addressProven()).isFalse();
  }

  @Test
  void parse_nextQuery_forgetsWhatTheLastOneProved() {
    answer(COOKIE, ADDRESS);
    byte[] plain = MessageBytes.query("example.com", RecordType.A).toBytes();
    query.parse(plain, 0, plain.length);

    assertThat(query.addressProven()).isFalse();
  }

  @Test
  void answer_sharedSecrets_firstSignsAndBothAreGood() {
    String before = answer(CLIENT, ADDRESS);
    byte[] old = HexFormat.of().parseHex(SECRET);
    byte[] next = HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f");

    secrets.share(List.of(old, next)); // the new one is announced
    assertThat(answer(before, ADDRESS)).isEqualTo(before);
    secrets.share(List.of(next, old)); // and signs
    String after = answer(before, ADDRESS);
    assertThat(query.addressProven()).isTrue();
    assertThat(after).isNotEqualTo(before);
    secrets.roll(); // is for others to do
    secrets.share(List.of(next)); // the old one is over
    assertThat(answer(after, ADDRESS)).isEqualTo(after);
    answer(before, ADDRESS);
    assertThat(query.addressProven()).isFalse();
  }

  @Test
  void answer_sharedNoMore_drawsItsOwnAgain() {
    secrets.share(List.of(HexFormat.of().parseHex("000102030405060708090a0b0c0d0e0f")));
    String shared = answer(CLIENT, ADDRESS);
    keys.add("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff");

    secrets.share(List.of());

    assertThat(answer(shared, ADDRESS)).isNotEqualTo(shared);
    assertThat(query.addressProven()).isTrue();
    secrets.share(List.of());
    assertThat(keys).as("drawn once").isEmpty();
  }

  /** Returns the cookie of the response. */
  private String answer(String cookie, String address) {
    byte[] option = MessageBytes.option(Edns.OPTION_COOKIE, HexFormat.of().parseHex(cookie));
    byte[] message = MessageBytes.query("example.com", RecordType.A).opt(1232, 0, option).toBytes();
    assertThat(query.parse(message, 0, message.length)).isEqualTo(Query.ACCEPTED);
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    if (bytes.length == Integer.BYTES) {
      cookies.answer(query, 0, 0xffff_0000_0000L | Integer.toUnsignedLong(buffer.getInt()));
    } else {
      cookies.answer(query, buffer.getLong(), buffer.getLong());
    }
    byte[] out = new byte[512];
    int length = new ResponseAssembler(100).error(query, Rcode.REFUSED, false, out);
    int start = length - Edns.CLIENT_COOKIE_LENGTH - 16;
    assertThat(Header.uint16(out, start - 4)).isEqualTo(Edns.OPTION_COOKIE);
    return HexFormat.of().formatHex(out, start, length);
  }
}
