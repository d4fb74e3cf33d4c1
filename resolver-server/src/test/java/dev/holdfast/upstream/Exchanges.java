package dev.holdfast.upstream;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** Messages of exchanges in tests. */
final class Exchanges {

  private static final int TYPE_A = 1;
  private static final int CLASS_IN = 1;

  private Exchanges() {}

  /** A query for the addresses of {@code name} with the id 0 and an empty OPT record. */
  static byte[] query(String name) {
    byte[] wire = Names.parse(name);
    return ByteBuffer.allocate(Header.LENGTH + wire.length + 4 + 11)
        .putShort((short) 0)
        .putShort((short) Header.RD)
        .putShort((short) 1)
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) 1)
        .put(wire)
        .putShort((short) TYPE_A)
        .putShort((short) CLASS_IN)
        .put(new byte[] {0, 0, 41, 4, (byte) 0xd0, 0, 0, 0, 0, 0, 0})
        .array();
  }

  /** The query made a response. */
  static byte[] response(byte[] query) {
    byte[] response = query.clone();
    Header.putUint16(response, Header.FLAGS_OFFSET, Header.QR | Header.RD | Header.RA);
    return response;
  }

  /** The response to the query, altered. */
  static byte[] altered(byte[] query, Consumer<byte[]> change) {
    byte[] response = response(query);
    change.accept(response);
    return response;
  }

  static int id(byte[] message) {
    return Header.uint16(message, Header.ID_OFFSET);
  }

  /** Offset of the type behind the name of the question. */
  static int typeOffset(byte[] message) {
    return Header.LENGTH + Names.length(message, Header.LENGTH, message.length);
  }

  /** The first label of the question. */
  static String firstLabel(byte[] message) {
    String name = Names.toText(message, Header.LENGTH);
    return name.substring(0, name.indexOf('.'));
  }
}
