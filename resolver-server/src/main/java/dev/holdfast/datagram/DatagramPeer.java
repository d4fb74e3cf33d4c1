package dev.holdfast.datagram;

import java.net.InetSocketAddress;

/**
 * Both ends of a datagram: who sent it and, where the socket can tell, the local address it was
 * sent to. A port reuses one instance for all it receives; {@link #copy} outlives the call. Not
 * thread-safe.
 */
public final class DatagramPeer {

  private long addressHigh;
  private long addressLow;
  private int port;
  private int scopeId;
  private long localHigh;
  private long localLow;

  /** Upper half of the sender's address, see {@link Addresses}. */
  public long addressHigh() {
    return addressHigh;
  }

  /** Lower half of the sender's address. */
  public long addressLow() {
    return addressLow;
  }

  /** The sender's port. */
  public int port() {
    return port;
  }

  /** Scope of the sender's link-local IPv6 address, otherwise 0. */
  public int scopeId() {
    return scopeId;
  }

  /** Whether the local address that was asked is known: a socket with one address need not tell. */
  public boolean hasLocal() {
    return (localHigh | localLow) != 0;
  }

  /** Upper half of the local address that was asked. */
  public long localHigh() {
    return localHigh;
  }

  /** Lower half of the local address that was asked. */
  public long localLow() {
    return localLow;
  }

  /** Sets the sender. */
  public void setSender(long high, long low, int senderPort, int senderScopeId) {
    addressHigh = high;
    addressLow = low;
    port = senderPort;
    scopeId = senderScopeId;
  }

  /** Sets the local address that was asked. */
  public void setLocal(long high, long low) {
    localHigh = high;
    localLow = low;
  }

  /** Returns a copy that stays as it is. */
  public DatagramPeer copy() {
    DatagramPeer copy = new DatagramPeer();
    copy.setSender(addressHigh, addressLow, port, scopeId);
    copy.setLocal(localHigh, localLow);
    return copy;
  }

  /** Returns the sender as a socket address. */
  public InetSocketAddress senderAddress() {
    return new InetSocketAddress(Addresses.toInetAddress(addressHigh, addressLow, scopeId), port);
  }
}
