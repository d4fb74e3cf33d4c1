package dev.holdfast.listener;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Rcode;

/** The SERVFAIL for a query that the resolver failed on: header and question alone. Thread-safe. */
final class ServerFailure {

  private static final int TYPE_AND_CLASS_LENGTH = 4;

  private ServerFailure() {}

  /** Writes the response and returns its length, or 0 for what must not be answered. */
  static int write(byte[] query, int length, byte[] response) {
    if (length < Header.LENGTH || (Header.uint16(query, Header.FLAGS_OFFSET) & Header.QR) != 0) {
      return 0;
    }
    int questionLength = questionLength(query, length);
    int flags = Header.uint16(query, Header.FLAGS_OFFSET) & (Header.OPCODE_MASK | Header.RD);
    System.arraycopy(query, 0, response, 0, Header.LENGTH + questionLength);
    Header.putUint16(response, Header.FLAGS_OFFSET, Header.QR | flags | Header.RA | Rcode.SERVFAIL);
    Header.putUint16(response, Header.QDCOUNT_OFFSET, questionLength == 0 ? 0 : 1);
    Header.putUint16(response, Header.ANCOUNT_OFFSET, 0);
    Header.putUint16(response, Header.NSCOUNT_OFFSET, 0);
    Header.putUint16(response, Header.ARCOUNT_OFFSET, 0);
    return Header.LENGTH + questionLength;
  }

  private static int questionLength(byte[] query, int length) {
    if (Header.uint16(query, Header.QDCOUNT_OFFSET) != 1) {
      return 0;
    }
    int nameLength = Names.length(query, Header.LENGTH, length);
    int questionLength = nameLength + TYPE_AND_CLASS_LENGTH;
    return nameLength < 0 || Header.LENGTH + questionLength > length ? 0 : questionLength;
  }
}
