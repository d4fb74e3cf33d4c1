package dev.holdfast.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Choices;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.ResponseAssembler;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A cookie of this server that comes back changed, late, from another address or signed with an old
 * secret: it proves an address if and only if nothing was changed and it is neither old nor of a
 * secret before the last. The bytes of an input say what is done to it.
 */
final class CookieFuzzTest {

  private static final int COOKIE_LENGTH = 24;
  private static final int MAX_AGE_SECONDS = 3_600;
  private static final int MAX_AHEAD_SECONDS = 300;
  private static final long ADDRESS = 0xffff_c000_0201L;
  private static final long BEGIN_MILLIS = 1_767_225_600_000L;

  private long nowMillis;

  static Stream<byte[]> seeds() {
    return Seeds.of(CookieFuzzTest.class);
  }

  @MethodSource("seeds")
  @FuzzTest
  void answer_changedCookie_provesNothing(byte[] input) {
    if (input.length > 128) {
      return;
    }
    Choices choices = new Choices(input);
    nowMillis = BEGIN_MILLIS;
    CookieSecrets secrets = new CookieSecrets();
    ServerCookies cookies = new ServerCookies(secrets, () -> nowMillis);
    byte[] client = new byte[Edns.CLIENT_COOKIE_LENGTH];
    Arrays.fill(client, (byte) choices.next());
    byte[] given = answered(cookies, client, 0, ADDRESS);
    assertThat(given).hasSize(COOKIE_LENGTH).startsWith(client);

    int rolls = choices.next(3);
    for (int i = 0; i < rolls; i++) {
      secrets.roll();
    }
    int laterSeconds = choices.next16() - (1 << 15);
    nowMillis += 1000L * laterSeconds;
    long high = choices.next(4) == 3 ? choices.next() : 0;
    long address = ADDRESS ^ choices.next();
    byte[] shown = given.clone();
    boolean changed = high != 0 || address != ADDRESS;
    for (int i = 0; i < COOKIE_LENGTH && choices.hasNext(); i++) {
      int change = choices.next();
      shown[i] ^= (byte) change;
      changed |= change != 0;
    }

    Query query = query(shown);
    cookies.answer(query, high, address);

    boolean inTime = laterSeconds <= MAX_AGE_SECONDS && laterSeconds >= -MAX_AHEAD_SECONDS;
    assertThat(query.addressProven()).isEqualTo(!changed && inTime && rolls < 2);
    byte[] next = cookieOfResponse(query);
    assertThat(next).startsWith(Arrays.copyOf(shown, client.length));
    Query again = query(next);
    cookies.answer(again, high, address);
    assertThat(again.addressProven()).as("the cookie that is given is good").isTrue();
  }

  private static byte[] answered(ServerCookies cookies, byte[] cookie, long high, long low) {
    Query query = query(cookie);
    cookies.answer(query, high, low);
    assertThat(query.addressProven()).isFalse();
    return cookieOfResponse(query);
  }

  private static Query query(byte[] cookie) {
    byte[] message =
        MessageBytes.query("www.example.org", RecordType.A)
            .opt(Edns.MAX_PAYLOAD, 0, MessageBytes.option(Edns.OPTION_COOKIE, cookie))
            .toBytes();
    Query query = new Query();
    assertThat(query.parse(message, 0, message.length)).isEqualTo(Query.ACCEPTED);
    return query;
  }

  private static byte[] cookieOfResponse(Query query) {
    byte[] out = new byte[Edns.MIN_PAYLOAD];
    int length = new ResponseAssembler(100).error(query, Rcode.REFUSED, /* stream= */ false, out);
    return Arrays.copyOfRange(out, length - COOKIE_LENGTH, length);
  }
}
