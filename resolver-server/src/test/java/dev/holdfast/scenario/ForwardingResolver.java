package dev.holdfast.scenario;

import dev.holdfast.replay.VirtualLoop;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.upstream.Exchange;
import dev.holdfast.upstream.FailureKind;
import dev.holdfast.upstream.ReplyHandler;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Rcode;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * The plainest resolver: every query goes to the first upstream, every reply to the client, with no
 * memory between them. The tests of the runner play against it.
 */
final class ForwardingResolver implements Resolver {

  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Upstream upstream;
  private final Exchange exchange;

  ForwardingResolver(ScenarioSettings settings, VirtualLoop loop, Exchange exchange) {
    this.upstream = new Upstream(settings.upstreams().getFirst());
    this.exchange = exchange;
  }

  @Override
  public int resolve(
      byte[] query, int offset, int length, Client client, long nowNanos, byte[] response) {
    byte[] copy = Arrays.copyOfRange(query, offset, offset + length);
    int id = Header.uint16(copy, Header.ID_OFFSET);
    ReplyPath path = client.detach();
    exchange.ask(
        upstream,
        copy,
        length,
        client.stream(),
        TIMEOUT_NANOS,
        new ReplyHandler() {
          @Override
          public boolean replied(byte[] message, int replyLength, long repliedNanos) {
            Header.putUint16(message, Header.ID_OFFSET, id);
            path.reply(message, replyLength);
            return true;
          }

          @Override
          public void failed(FailureKind kind, long failedNanos) {
            Header.putUint16(copy, Header.ID_OFFSET, id);
            int flags = Header.QR | Header.RD | Header.RA | Rcode.SERVFAIL;
            Header.putUint16(copy, Header.FLAGS_OFFSET, flags);
            path.reply(copy, length);
          }
        });
    return PENDING;
  }
}
