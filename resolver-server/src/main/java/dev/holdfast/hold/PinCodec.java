package dev.holdfast.hold;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerCodec;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Pins as bytes that outlive the process, and back. Reused; confined to one thread.
 *
 * <pre>
 * | version 1 | kind 1 | since, ms 8 | until, ms or 0 8 | length 2, records | length 2, signed |
 * </pre>
 */
public final class PinCodec {

  /** Longest pin; one with more records is not kept. */
  private static final int MAX_LENGTH = 1 << 16;

  private static final byte VERSION = 1;
  private static final int FIXED_LENGTH = 18;

  private final AnswerCodec codec = new AnswerCodec();

  /** Returns a pin as bytes, or null when it is too long. */
  public static byte @Nullable [] encode(Pin pin) {
    Answer signed = pin.signed();
    int recordsLength = AnswerCodec.encodedLength(pin.records());
    int signedLength = signed == null ? 0 : AnswerCodec.encodedLength(signed);
    int length = FIXED_LENGTH + 2 + recordsLength + 2 + signedLength;
    if (length > MAX_LENGTH) {
      return signed == null
          ? null
          : encode(new Pin(pin.kind(), pin.records(), null, pin.since(), pin.until()));
    }
    byte[] value = new byte[length];
    Instant until = pin.until();
    ByteBuffer out = ByteBuffer.wrap(value);
    out.put(VERSION)
        .put(pin.kind().code())
        .putLong(pin.since().toEpochMilli())
        .putLong(until == null ? 0 : until.toEpochMilli());
    put(out, value, pin.records(), recordsLength);
    put(out, value, signed, signedLength);
    return value;
  }

  private static void put(ByteBuffer out, byte[] value, @Nullable Answer answer, int length) {
    out.putShort((short) length);
    if (answer != null) {
      AnswerCodec.encode(answer, value, out.position());
      out.position(out.position() + length);
    }
  }

  /** Returns the pin that {@link #encode} wrote, or null when the bytes are none. */
  public @Nullable Pin decode(CacheKey question, byte[] value) {
    ByteBuffer in = ByteBuffer.wrap(value);
    try {
      if (in.get() != VERSION) {
        return null;
      }
      Pin.Kind kind = Pin.Kind.of(in.get());
      Instant since = Instant.ofEpochMilli(in.getLong());
      long untilMillis = in.getLong();
      Answer records = answer(question, in, value);
      Answer signed = answer(question, in, value);
      return kind == null || records == null
          ? null
          : new Pin(
              kind,
              records,
              signed,
              since,
              untilMillis == 0 ? null : Instant.ofEpochMilli(untilMillis));
    } catch (BufferUnderflowException cutShort) {
      return null;
    }
  }

  private @Nullable Answer answer(CacheKey question, ByteBuffer in, byte[] value) {
    int length = in.getShort() & 0xffff;
    if (length == 0 || length > in.remaining()) {
      return null;
    }
    int start = in.position();
    in.position(start + length);
    return codec.decode(question.question(), value, start, start + length);
  }
}
