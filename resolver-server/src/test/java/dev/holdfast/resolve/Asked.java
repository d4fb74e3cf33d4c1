package dev.holdfast.resolve;

import dev.holdfast.wire.ExtendedError;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Section;

/** One query of one client, and what came back. Confined to the thread of its test. */
final class Asked implements Client, ReplyPath {

  private static final long IPV4_MAPPED = 0xffff_0000_0000L;

  private final long addressHigh;
  private final long addressLow;
  private final int port;
  private final boolean stream;
  private int result = Resolver.PENDING;
  private byte @Nullable [] response;

  Asked(String address, int port, boolean stream) {
    byte[] bytes = InetAddress.ofLiteral(address).getAddress();
    boolean ipv4 = bytes.length == Integer.BYTES;
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    this.addressHigh = ipv4 ? 0 : buffer.getLong();
    this.addressLow = ipv4 ? IPV4_MAPPED | (buffer.getInt() & 0xffff_ffffL) : buffer.getLong();
    this.port = port;
    this.stream = stream;
  }

  @Override
  public boolean stream() {
    return stream;
  }

  @Override
  public long addressHigh() {
    return addressHigh;
  }

  @Override
  public long addressLow() {
    return addressLow;
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public ReplyPath detach() {
    return this;
  }

  @Override
  public void reply(byte[] message, int length) {
    if (response != null) {
      throw new AssertionError("a second response to one query");
    }
    response = Arrays.copyOf(message, length);
  }

  /** Takes what {@link Resolver#resolve} returned and wrote. */
  void resolved(int length, byte[] written) {
    result = length;
    if (length > 0) {
      reply(written, length);
    }
  }

  /** Whether there is no response yet. */
  boolean isWaiting() {
    return result == Resolver.PENDING && response == null;
  }

  /** Whether no response will ever come. */
  boolean isDropped() {
    return result == Resolver.DROPPED;
  }

  /** Whether the response was there when the query came. */
  boolean isAnsweredAtOnce() {
    return result > 0;
  }

  byte[] bytes() {
    byte[] bytes = response;
    if (bytes == null) {
      throw new AssertionError(isDropped() ? "the query was dropped" : "no response yet");
    }
    return bytes;
  }

  Message response() {
    try {
      return new Message(bytes());
    } catch (IOException e) {
      throw new AssertionError("a response that cannot be read", e);
    }
  }

  int rcode() {
    return response().getRcode();
  }

  boolean flag(int flag) {
    return response().getHeader().getFlag(flag);
  }

  /** The answer section, as in {@code "www.example.org. 300 A 192.0.2.1"}. */
  List<String> answers() {
    return records(Section.ANSWER);
  }

  List<String> authority() {
    return records(Section.AUTHORITY);
  }

  private List<String> records(int section) {
    return response().getSection(section).stream()
        .map(record -> record.toString().replaceAll("\\s+", " ").replace(" IN ", " "))
        .toList();
  }

  /** The info-codes of the extended errors (RFC 8914). */
  List<Integer> extendedErrors() {
    return response().getOPT().getOptions(ExtendedError.OPTION_CODE).stream()
        .map(Asked::infoCode)
        .toList();
  }

  private static int infoCode(EDNSOption option) {
    return ((ExtendedErrorCodeOption) option).getErrorCode();
  }
}
