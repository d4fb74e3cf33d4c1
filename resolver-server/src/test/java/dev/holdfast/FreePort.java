package dev.holdfast;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.SecureRandom;

/**
 * A port that is free for UDP and TCP, for whom has to know it before it is bound. It is below
 * those that the system gives to whoever asks for any; who must be sure tries again. Thread-safe.
 */
public final class FreePort {

  private static final int FIRST_PORT = 10_000;
  private static final int FIRST_SYSTEM_PORT = 32_768;
  private static final int ATTEMPTS = 20;
  private static final SecureRandom RANDOM = new SecureRandom();

  private FreePort() {}

  public static int find() throws IOException {
    for (int attempt = 1; ; attempt++) {
      int port = RANDOM.nextInt(FIRST_PORT, FIRST_SYSTEM_PORT);
      try (var _ = new DatagramSocket(new InetSocketAddress(port));
          var _ = new ServerSocket(port)) {
        return port;
      } catch (IOException taken) {
        if (attempt == ATTEMPTS) {
          throw taken;
        }
      }
    }
  }
}
