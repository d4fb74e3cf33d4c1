package dev.holdfast.listener;

import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.Resolver;

/** Sends every query back without allocating. */
final class EchoResolver implements Resolver {

  @Override
  public int resolve(
      byte[] query, int offset, int length, Client client, long nowNanos, byte[] response) {
    System.arraycopy(query, offset, response, 0, length);
    return length;
  }
}
