package dev.holdfast.e2e;

import dev.holdfast.Await;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/**
 * A forger of queries from port 0, and a client whose queries between these must all be answered.
 * Runs in a {@link Namespace}; ends well once the server has counted all that it was not to answer.
 */
final class PortZeroField {

  private static final InetAddress SERVER = InetAddress.ofLiteral("127.0.0.1");
  private static final int DNS_PORT = 53;
  private static final int DATAGRAMS = 100;
  private static final int CLIENT_TIMEOUT_MILLIS = 10_000;
  private static final String METRICS = "http://127.0.0.1:9153/metrics";
  private static final String COUNTED =
      "holdfast_dropped_total{reason=\"source_port_zero\"} " + DATAGRAMS + ".0\n";
  private static final String NONE_REFUSED = "holdfast_udp_socket_failures_total 0.0\n";

  private PortZeroField() {}

  public static void main(String[] arguments) throws Exception {
    byte[] query = QueryBytes.of("localhost", 1).build();
    byte[] forged = RawSocket.datagram(SERVER, /* fromPort= */ 0, SERVER, DNS_PORT, query);
    try (RawSocket forger = new RawSocket(SERVER);
        DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(CLIENT_TIMEOUT_MILLIS);
      client.connect(new InetSocketAddress(SERVER, DNS_PORT));
      for (int i = 0; i < DATAGRAMS; i++) {
        if (!forger.send(forged)) {
          throw new IOException("not sent");
        }
        client.send(new DatagramPacket(query, query.length));
        client.receive(new DatagramPacket(new byte[512], 512));
      }
    }
    Await.matching(COUNTED, metrics -> metrics.contains(COUNTED), PortZeroField::metrics);
    if (!metrics().contains(NONE_REFUSED)) {
      throw new AssertionError("sent to port 0: " + metrics());
    }
    System.out.println("done");
  }

  private static String metrics() throws IOException {
    try (var in = URI.create(METRICS).toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
