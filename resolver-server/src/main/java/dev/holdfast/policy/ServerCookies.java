package dev.holdfast.policy;

import dev.holdfast.policy.CookieSecrets.Secrets;
import dev.holdfast.wire.Edns;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.SipHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the cookies of clients and gives them theirs (RFC 7873 §5.2, RFC 9018 §4). Who shows one of
 * ours got a response at its address within the hour. Confined to one event loop.
 *
 * <pre>
 * client cookie | version | reserved | timestamp | hash of all this, the address and a secret
 *       8            1         3           4                          8
 * </pre>
 */
public final class ServerCookies {

  private static final int VERSION = 1;
  private static final int VERSION_OFFSET = Edns.CLIENT_COOKIE_LENGTH;
  private static final int TIMESTAMP_OFFSET = VERSION_OFFSET + 4;
  private static final int HASH_OFFSET = TIMESTAMP_OFFSET + 4;
  private static final int LENGTH = HASH_OFFSET + Long.BYTES;

  private static final int MAX_AGE_SECONDS = 3600;
  private static final int MAX_AHEAD_SECONDS = 300;

  /** A cookie older than this is replaced by a new one (RFC 9018 §4.3). */
  private static final int RENEWED_AFTER_SECONDS = 1800;

  private static final long IPV4_MAPPED = 0xffff;
  private static final int MILLIS_PER_SECOND = 1000;

  private static final VarHandle LITTLE_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle BIG_LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private final CookieSecrets secrets;
  private final LongSupplier wallClockMillis;

  /** What is hashed: the cookie up to its hash, and the address. */
  private final byte[] input = new byte[HASH_OFFSET + 2 * Long.BYTES];

  /** The option that goes out with the response. */
  private final byte[] option = new byte[Edns.OPTION_HEADER_LENGTH + LENGTH];

  public ServerCookies(CookieSecrets secrets, LongSupplier wallClockMillis) {
    this.secrets = secrets;
    this.wallClockMillis = wallClockMillis;
    Header.putUint16(option, 0, Edns.OPTION_COOKIE);
    Header.putUint16(option, 2, LENGTH);
  }

  /**
   * Looks at the cookie that came with a query, and gives the response one. The query must have
   * one.
   */
  public void answer(Query query, long addressHigh, long addressLow) {
    int now = (int) (wallClockMillis.getAsLong() / MILLIS_PER_SECOND);
    Secrets both = secrets.secrets();
    byte[] bytes = query.bytes();
    int cookie = query.cookieOffset();
    boolean proven = false;
    boolean renew = true;
    if (query.cookieLength() == LENGTH && bytes[cookie + VERSION_OFFSET] == VERSION) {
      int age = now - (int) Header.uint32(bytes, cookie + TIMESTAMP_OFFSET); // RFC 1982 arithmetic
      System.arraycopy(bytes, cookie, input, 0, HASH_OFFSET);
      int length = putAddress(addressHigh, addressLow);
      boolean inTime = age <= MAX_AGE_SECONDS && age >= -MAX_AHEAD_SECONDS;
      boolean current = inTime && isSigned(both.current(), length, bytes, cookie);
      proven = current || (inTime && isSigned(both.other(), length, bytes, cookie));
      renew = !current || age > RENEWED_AFTER_SECONDS;
    }
    if (renew) {
      make(both.current(), bytes, cookie, now, addressHigh, addressLow);
    } else {
      System.arraycopy(bytes, cookie, option, Edns.OPTION_HEADER_LENGTH, LENGTH);
    }
    query.answerCookie(option, proven);
  }

  private boolean isSigned(@Nullable SipHash secret, int inputLength, byte[] bytes, int cookie) {
    return secret != null
        && secret.hash(input, 0, inputLength)
            == (long) LITTLE_LONGS.get(bytes, cookie + HASH_OFFSET);
  }

  private void make(
      SipHash secret, byte[] bytes, int cookie, int now, long addressHigh, long addressLow) {
    System.arraycopy(bytes, cookie, input, 0, Edns.CLIENT_COOKIE_LENGTH);
    Header.putUint32(input, VERSION_OFFSET, VERSION << 24);
    Header.putUint32(input, TIMESTAMP_OFFSET, now);
    int length = putAddress(addressHigh, addressLow);
    System.arraycopy(input, 0, option, Edns.OPTION_HEADER_LENGTH, HASH_OFFSET);
    LITTLE_LONGS.set(
        option, Edns.OPTION_HEADER_LENGTH + HASH_OFFSET, secret.hash(input, 0, length));
  }

  /** Puts 4 or 16 bytes behind the rest of the input, and returns its length. */
  private int putAddress(long high, long low) {
    if (high == 0 && low >>> Integer.SIZE == IPV4_MAPPED) {
      Header.putUint32(input, HASH_OFFSET, low);
      return HASH_OFFSET + Integer.BYTES;
    }
    BIG_LONGS.set(input, HASH_OFFSET, high);
    BIG_LONGS.set(input, HASH_OFFSET + Long.BYTES, low);
    return HASH_OFFSET + 2 * Long.BYTES;
  }
}
