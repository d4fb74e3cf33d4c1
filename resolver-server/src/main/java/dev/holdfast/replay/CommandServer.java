package dev.holdfast.replay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Starts whatever server a command line starts; {@code {port}}, {@code {upstream1}}, {@code
 * {upstream2}} (as address:port), {@code {port1}}, {@code {port2}} and {@code {dir}} are replaced
 * in it. Thread-safe.
 *
 * @param label what the server is called in reports
 */
public record CommandServer(String label, String command) implements ServerUnderTest.Starter {

  @Override
  public ServerUnderTest start(ServerUnderTest.Settings settings) throws IOException {
    return ServerProcess.start(
        settings,
        (given, listen) -> List.of("/bin/sh", "-c", "exec " + fill(command, given, listen)));
  }

  /** Replaces the placeholders in a text. */
  static String fill(String text, ServerUnderTest.Settings settings, InetSocketAddress listen) {
    int first = settings.firstUpstream().getPort();
    int second = settings.secondUpstream().getPort();
    return text.replace("{port}", String.valueOf(listen.getPort()))
        .replace("{upstream1}", "127.0.0.1:" + first)
        .replace("{upstream2}", "127.0.0.1:" + second)
        .replace("{port1}", String.valueOf(first))
        .replace("{port2}", String.valueOf(second))
        .replace("{dir}", settings.folder().toString());
  }
}
