package dev.holdfast.datagram;

import io.netty.channel.EventLoop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How UDP is received and sent. Thread-safe. */
public enum DatagramKind {
  /** Many datagrams per system call; epoll event loops of 64-bit Linux alone. */
  BATCHED,

  /** Netty's channel, which works everywhere. */
  CHANNEL;

  private static final Logger logger = LoggerFactory.getLogger(DatagramKind.class);
  private static final String PROPERTY = "dev.holdfast.datagram";

  /** The best kind for {@code loop}, or that of {@code -Ddev.holdfast.datagram=channel}. */
  public static DatagramKind bestFor(EventLoop loop) {
    return !channelWanted() && NativeDatagramPort.available(loop) ? BATCHED : CHANNEL;
  }

  private static boolean channelWanted() {
    return "channel".equals(System.getProperty(PROPERTY));
  }

  /** Logs the kind that {@code loop} gets, and why it is not the better one. */
  public static void tell(EventLoop loop) {
    if (bestFor(loop) == BATCHED) {
      logger.info("UDP in batches (recvmmsg, sendmmsg on epoll)");
    } else if (channelWanted()) {
      logger.info("UDP one datagram at a time, as -Ddev.holdfast.datagram=channel says");
    } else {
      logger.warn("UDP one datagram at a time, which is slower: {}", NativeTransport.shortfall());
    }
  }

  /** Whether a port on a wildcard address answers from the address that was asked. */
  public boolean bindsWildcards() {
    return this == BATCHED;
  }
}
