package dev.holdfast.admin;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where operators reach the server, and what lets them in.
 *
 * @param listen null for nowhere
 * @param tokenFile holds the token that requests must carry; null for none
 * @param topTalkers whether the names and clients that ask most are counted and shown
 */
public record AdminConfig(
    @Nullable InetSocketAddress listen, @Nullable Path tokenFile, boolean topTalkers) {

  /** Whether others than this machine may reach it, so that a token is needed. */
  public boolean needsToken() {
    return listen != null && !listen.getAddress().isLoopbackAddress();
  }
}
