package dev.holdfast.listener;

import dev.holdfast.wire.Header;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Messages of a header and a text, which is all that a listener looks at. */
final class Messages {

  private Messages() {}

  static byte[] query(int id, String text) {
    byte[] body = text.getBytes(StandardCharsets.US_ASCII);
    byte[] message = new byte[Header.LENGTH + body.length];
    Header.putUint16(message, Header.ID_OFFSET, id);
    System.arraycopy(body, 0, message, Header.LENGTH, body.length);
    return message;
  }

  static byte[] response(int id, String text) {
    byte[] message = query(id, text);
    Header.putUint16(message, Header.FLAGS_OFFSET, Header.QR);
    return message;
  }

  static String text(byte[] message, int offset, int length) {
    return new String(
        message, offset + Header.LENGTH, length - Header.LENGTH, StandardCharsets.US_ASCII);
  }

  static int id(byte[] message) {
    return Header.uint16(message, Header.ID_OFFSET);
  }

  /** Returns {@code message} behind its two-byte length. */
  static byte[] frame(byte[] message) {
    byte[] frame = new byte[2 + message.length];
    Header.putUint16(frame, 0, message.length);
    System.arraycopy(message, 0, frame, 2, message.length);
    return frame;
  }

  static byte[] concat(byte[]... parts) {
    byte[] all = {};
    for (byte[] part : parts) {
      all = Arrays.copyOf(all, all.length + part.length);
      System.arraycopy(part, 0, all, all.length - part.length, part.length);
    }
    return all;
  }
}
