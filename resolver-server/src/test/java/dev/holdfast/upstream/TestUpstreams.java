package dev.holdfast.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Random;

/** Upstreams and random sources for tests. */
final class TestUpstreams {

  private TestUpstreams() {}

  /** An upstream at a documentation address whose last byte is {@code host}. */
  static Upstream upstream(int host) {
    return new Upstream(spec("192.0.2." + host, 53));
  }

  static UpstreamSpec spec(String address, int port) {
    try {
      return new UpstreamSpec(new InetSocketAddress(InetAddress.getByName(address), port), false);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A source that draws the same values in every run. */
  static RandomSource repeatableRandom(long seed) {
    return new RandomSource(new Random(seed)::nextBytes);
  }
}
