package dev.holdfast.resolve;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.RecordType;

/**
 * Eight clients that ask for names that nobody asked for before, at so little cost that there can
 * be millions. Confined to the thread of its test.
 */
final class UnseenNames extends DatagramClient {

  private static final long FIRST_ADDRESS = IPV4_MAPPED | 0x0a00_0101;
  private static final int CLIENTS = 8;
  private static final int DIGITS_OFFSET = Header.LENGTH + 2; // behind a length and a letter
  private static final int DIGITS = 8;

  private final ResolverFixture fixture;
  private final byte[] query = MessageBytes.query("n00000000.example.org", RecordType.A).toBytes();
  private final byte[] response = new byte[Resolver.MAX_RESPONSE_LENGTH];
  private int asked;
  private int answered;

  UnseenNames(ResolverFixture fixture) {
    this.fixture = fixture;
  }

  /** Asks for so many names more, all at this moment. */
  void ask(int names) {
    for (int end = asked + names; asked < end; asked++) {
      for (int i = 0, rest = asked; i < DIGITS; i++, rest /= 10) {
        query[DIGITS_OFFSET + DIGITS - 1 - i] = (byte) ('0' + rest % 10);
      }
      Header.putUint16(query, Header.ID_OFFSET, asked & 0xffff);
      if (fixture.resolver().resolve(query, 0, query.length, this, fixture.nowNanos(), response)
          > 0) {
        answered++;
      }
    }
    fixture.advanceMillis(0);
  }

  /** How many of the names were answered, whatever with. */
  int answered() {
    return answered;
  }

  @Override
  public long addressLow() {
    return FIRST_ADDRESS + asked % CLIENTS * 0x100L;
  }

  @Override
  public void reply(byte[] message, int length) {
    answered++;
  }
}
