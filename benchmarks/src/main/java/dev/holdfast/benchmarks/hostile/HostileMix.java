package dev.holdfast.benchmarks.hostile;

import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Two upstreams, one good and one hostile, hostile clients, and two witnesses that judge what
 * normal clients get; {@code benchmarks/bin/hostile-mix} starts it beside the server.
 */
public final class HostileMix {

  private HostileMix() {}

  /** Arguments: ports of the server, its admin address and the two upstreams, and seconds. */
  public static void main(String[] args) throws InterruptedException {
    InetSocketAddress server = loopback(args[0]);
    long seconds = Long.parseLong(args[4]);
    Malice malice = new Malice(3);
    try (ScriptedUpstream good = ScriptedUpstream.start(loopback(args[2]), new Zone(), 1);
        ScriptedUpstream hostile = ScriptedUpstream.start(loopback(args[3]), new Zone(), 2)) {
      good.answerWith(query -> List.of(Wire.answer(query.bytes())));
      hostile.answerWith(query -> malice.replies(query.bytes(), query.tcp()));
      awaitServer(server);
      System.out.println("ready");
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      BooleanSupplier going = () -> System.nanoTime() < end;
      Hostility hostility = new Hostility(server, loopback(args[1]), going);
      hostility.start();
      Witness udp = new Witness(server, /* stream= */ false, going);
      Witness tcp = new Witness(server, /* stream= */ true, going);
      Thread udpThread = Thread.ofPlatform().start(udp);
      Thread tcpThread = Thread.ofPlatform().start(tcp);
      udpThread.join();
      tcpThread.join();
      System.out.println("sent " + hostility);
      System.out.println(
          "asked of the upstreams: %d good, %d hostile"
              .formatted(good.queries(), hostile.queries()));
      System.out.println("witness over " + udp);
      System.out.println("witness over " + tcp);
    }
    System.exit(0); // some clients still sleep
  }

  private static void awaitServer(InetSocketAddress server) throws InterruptedException {
    for (int i = 0; i < 300; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(server);
        return;
      } catch (IOException e) {
        Thread.sleep(100);
      }
    }
    throw new IllegalStateException("nobody listens on " + server);
  }

  private static InetSocketAddress loopback(String port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), Integer.parseInt(port));
  }
}
