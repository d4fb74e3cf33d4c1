package dev.holdfast.datagram;

import io.netty.channel.EventLoop;

/** How UDP is received and sent. Thread-safe. */
public enum DatagramKind {
  /** Many datagrams per system call; epoll event loops of 64-bit Linux alone. */
  BATCHED,

  /** Netty's channel, which works everywhere. */
  CHANNEL;

  private static final boolean CHANNEL_WANTED =
      "channel".equals(System.getProperty("dev.holdfast.datagram"));

  /** The best kind for {@code loop}, or that of {@code -Ddev.holdfast.datagram=channel}. */
  public static DatagramKind bestFor(EventLoop loop) {
    return !CHANNEL_WANTED && NativeDatagramPort.available(loop) ? BATCHED : CHANNEL;
  }

  /** Whether a port on a wildcard address answers from the address that was asked. */
  public boolean bindsWildcards() {
    return this == BATCHED;
  }
}
