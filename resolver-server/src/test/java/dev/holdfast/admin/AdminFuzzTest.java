package dev.holdfast.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.json.JsonReader;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.operate.FastResolver;
import dev.holdfast.operate.JournalView;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Rules;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.Type;

/**
 * Any bytes sent to the admin server: at most one response, well-formed, never of a handler that
 * failed, and a GET forgets nothing.
 */
final class AdminFuzzTest {

  private static final int MAX_LENGTH = 4096;
  private static final InetSocketAddress SERVER =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 9153);

  private final FastResolver resolver = new FastResolver(HoldMode.ENFORCE, 1);
  private final LoopCounters counters = new LoopCounters();
  private final AdminDispatcher dispatcher;

  AdminFuzzTest() {
    Operator operator =
        Operator.of(
            resolver.resolvers(), resolver.wallClock(), () -> JournalView.NONE, List::of, counters);
    List<AdminRoute> routes = new ArrayList<>(ViewRoutes.of(operator));
    routes.add(
        AdminRoutes.status(List.of(counters), () -> StatusJson.of(operator.status().read())));
    routes.addAll(ControlRoutes.of(operator));
    routes.addAll(PageRoutes.all());
    dispatcher = new AdminDispatcher(routes, /* token= */ null);
  }

  static Stream<byte[]> seeds() {
    return Seeds.text(AdminFuzzTest.class);
  }

  @Attack(Threat.ADMIN_ABUSE)
  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_getOneResponseAtMost(byte[] request) {
    if (request.length > MAX_LENGTH) {
      return;
    }
    resolver.upstreams(Rules.records(Type.A, 3600, "192.0.2.80"));
    resolver.ask("www.example.org.", Type.A);
    EmbeddedChannel channel =
        new EmbeddedChannel() {
          @Override
          protected SocketAddress localAddress0() {
            return SERVER;
          }

          @Override
          protected SocketAddress remoteAddress0() {
            return SERVER;
          }
        };
    channel
        .pipeline()
        .addLast(new HttpServerCodec(AdminServer.limits()))
        .addLast(new AdminConnection(dispatcher, counters, TimeUnit.MINUTES.toMillis(1)));
    try {
      long before = resolver.resolvers().cache().size();

      channel.writeInbound(channel.alloc().buffer().writeBytes(request));

      String text = sent(channel);
      String bytes = new String(request, StandardCharsets.ISO_8859_1);
      if (!text.isEmpty()) {
        assertResponse(text, bytes.contains("HEAD"));
      }
      if (!bytes.contains("POST")) {
        assertThat(resolver.resolvers().cache().size()).isEqualTo(before);
      }
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void seeds_areRequests() {
    seeds().forEach(this::read_anyBytes_getOneResponseAtMost);

    assertThat(counters.get(Counter.ADMIN_REQUESTS)).isEqualTo(seeds().count());
  }

  /* What a response to HEAD says of its content it does not have (RFC 9110 §9.3.2). */
  private static void assertResponse(String text, boolean mayBeToHead) {
    String response = text.replaceFirst("^HTTP/1.1 100 Continue\r\n\r\n", "");
    if (response.isEmpty()) {
      return;
    }
    assertThat(response).startsWith("HTTP/1.1 ").doesNotStartWith("HTTP/1.1 500");
    int end = response.indexOf("\r\n\r\n");
    assertThat(end).isPositive();
    String head = response.substring(0, end);
    assertThat(head)
        .contains("x-content-type-options: nosniff")
        .contains("connection: close")
        .doesNotContainPattern("[\\x00-\\x09\\x0b\\x0c\\x0e-\\x1f]");
    String body = response.substring(end + 4);
    if (body.isEmpty() && mayBeToHead) {
      return;
    }
    assertThat(head).contains("content-length: " + body.getBytes(StandardCharsets.UTF_8).length);
    if (head.contains("application/json")) {
      assertThat(JsonReader.readObject(body)).isNotNull();
    }
  }

  private static String sent(EmbeddedChannel channel) {
    ByteBuf all = Unpooled.buffer();
    for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
      all.writeBytes(part);
      part.release();
    }
    return all.toString(StandardCharsets.UTF_8);
  }
}
