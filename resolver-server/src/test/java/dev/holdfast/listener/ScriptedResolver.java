package dev.holdfast.listener;

import dev.holdfast.datagram.Addresses;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.wire.Header;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Answers a query by what its last bytes say: {@code echo} at once, {@code hold} when told, {@code
 * drop} never, {@code fail} by throwing, {@code big} with 60,000 bytes. Filled by one loop,
 * readable by the test.
 */
final class ScriptedResolver implements Resolver {

  static final int BIG_LENGTH = 60_000;

  final List<InetSocketAddress> clients = new CopyOnWriteArrayList<>();
  final List<Boolean> streams = new CopyOnWriteArrayList<>();
  final Map<Integer, ReplyPath> held = new ConcurrentHashMap<>();

  @Override
  public int resolve(
      byte[] query, int offset, int length, Client client, long nowNanos, byte[] response) {
    clients.add(
        new InetSocketAddress(
            Addresses.toInetAddress(client.addressHigh(), client.addressLow(), 0), client.port()));
    streams.add(client.stream());
    System.arraycopy(query, offset, response, 0, length);
    response[Header.FLAGS_OFFSET] |= (byte) (Header.QR >>> 8);
    String text = Messages.text(query, offset, length);
    return switch (text.replaceAll("[^a-z]", "")) {
      case "hold" -> {
        held.put(Header.uint16(query, offset), client.detach());
        yield PENDING;
      }
      case "drop" -> DROPPED;
      case "fail" -> throw new IllegalStateException("scripted");
      case "big" -> BIG_LENGTH;
      default -> length;
    };
  }
}
