package dev.holdfast.resolve;

import dev.holdfast.wire.Header;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.RecordType;

/**
 * Eight clients that ask for names that nobody asked for before, at so little cost that there can
 * be millions. Confined to the thread of its test.
 */
final class UnseenNames implements Client, ReplyPath {

  private static final long FIRST_ADDRESS = 0xffff_0a00_0101L;
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
  public boolean stream() {
    return false;
  }

  @Override
  public long addressHigh() {
    return 0;
  }

  @Override
  public long addressLow() {
    return FIRST_ADDRESS + asked % CLIENTS * 0x100L;
  }

  @Override
  public int port() {
    return 5_353;
  }

  @Override
  public ReplyPath detach() {
    return this;
  }

  @Override
  public void reply(byte[] message, int length) {
    answered++;
  }
}
