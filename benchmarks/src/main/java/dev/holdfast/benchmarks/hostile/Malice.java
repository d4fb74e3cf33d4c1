package dev.holdfast.benchmarks.hostile;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Messages that mean no good, made by chance. Confined to one thread. */
final class Malice {

  private static final int MAX_MESSAGE_LENGTH = 65_535;
  private static final int MAX_DATAGRAM_LENGTH = 65_000;

  private final Random random;
  private long asked;

  Malice(long seed) {
    random = new Random(seed);
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  /** Returns what a hostile client might send. */
  byte[] query() {
    byte[] query = Wire.query(random.nextInt(1 << 16), "n" + asked++ + ".hostile.example", Wire.A);
    switch (random.nextInt(8)) {
      case 0 -> query = noise(random.nextInt(4300));
      case 1 -> query[2] = (byte) random.nextInt(256);
      case 2 -> query[4 + random.nextInt(8)] = (byte) random.nextInt(256);
      case 3 -> query[12] = (byte) (0x40 << random.nextInt(2));
      case 4 -> query = Arrays.copyOf(query, random.nextInt(query.length));
      case 5 -> damage(query);
      default -> {}
    }
    return query;
  }

  /** Returns what a hostile upstream might answer, right answers among it; none is silence. */
  List<byte[]> replies(byte[] query, boolean stream) {
    byte[] right = Wire.answer(query);
    int limit = stream ? MAX_MESSAGE_LENGTH : MAX_DATAGRAM_LENGTH;
    return switch (random.nextInt(12)) {
      case 0 -> List.of();
      case 1 -> List.of(noise(random.nextInt(600)));
      case 2 -> List.of(damage(right));
      case 3 -> List.of(Arrays.copyOf(right, Wire.HEADER_LENGTH));
      case 4 -> List.of(Arrays.copyOf(right, random.nextInt(right.length)));
      case 5 -> List.of(pointers(right, limit));
      case 6 -> strangers(right);
      case 7 -> List.of(truncated(right));
      case 8 -> List.of(counts(right));
      case 9 -> List.of(Arrays.copyOf(right, Math.min(limit, right.length + 20_000)));
      default -> List.of(right);
    };
  }

  byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] damage(byte[] message) {
    for (int i = random.nextInt(6); i >= 0; i--) {
      message[2 + random.nextInt(message.length - 2)] = (byte) random.nextInt(256);
    }
    return message;
  }

  /* Aliases that point at each other with names as long and as often compressed as may be. */
  private byte[] pointers(byte[] right, int limit) {
    int question = Wire.questionEnd(right);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(right, 0, Math.max(question, Wire.HEADER_LENGTH));
    int records = 0;
    int last = Wire.HEADER_LENGTH;
    while (out.size() + 100 < Math.min(limit, 16_000) && records < 1000) {
      int start = out.size();
      Wire.putUint16(out, 0xc000 | last);
      out.writeBytes(new byte[] {0, 5, 0, 1, 0, 0, 0, 60, 0, 66, 63});
      out.writeBytes(noise(63));
      Wire.putUint16(out, 0xc000 | (random.nextInt(3) == 0 ? start : last));
      last = start + 12;
      records++;
    }
    byte[] message = out.toByteArray();
    message[6] = (byte) (records >>> 8);
    message[7] = (byte) records;
    return message;
  }

  private List<byte[]> strangers(byte[] right) {
    byte[] otherId = right.clone();
    otherId[0] ^= (byte) (1 + random.nextInt(255));
    byte[] otherName = right.clone();
    otherName[13] ^= 1;
    return List.of(otherId, otherName, right);
  }

  private static byte[] truncated(byte[] right) {
    right[2] |= 2;
    return right;
  }

  private byte[] counts(byte[] right) {
    right[4 + random.nextInt(8)] = (byte) (1 + random.nextInt(255));
    return right;
  }
}
