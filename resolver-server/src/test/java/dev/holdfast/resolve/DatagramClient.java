package dev.holdfast.resolve;

/** A client over UDP and IPv4 that is there for its late responses too. */
public abstract class DatagramClient implements Client, ReplyPath {

  protected static final long IPV4_MAPPED = 0xffff_0000_0000L;

  private static final int PORT = 40_000;

  @Override
  public final boolean stream() {
    return false;
  }

  @Override
  public final long addressHigh() {
    return 0;
  }

  @Override
  public final int port() {
    return PORT;
  }

  @Override
  public final ReplyPath detach() {
    return this;
  }
}
