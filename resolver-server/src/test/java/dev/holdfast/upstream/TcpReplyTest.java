package dev.holdfast.upstream;

import static dev.holdfast.upstream.ExchangeFixture.await;
import static dev.holdfast.upstream.RawServer.frame;
import static dev.holdfast.upstream.RawServer.onTheFirst;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.ByteArrayOutputStream;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes back on a TCP connection. */
class TcpReplyTest extends ExchangeTests {

  @Test
  void replies_outOfOrderAndTwoPerSegment_reachTheirHandlers() throws Exception {
    int count = 20;
    Set<Integer> ids = ConcurrentHashMap.newKeySet();
    RawServer server =
        fixture.tcp(
            connection -> {
              List<byte[]> queries = connection.read(count);
              Collections.reverse(queries);
              ByteArrayOutputStream replies = new ByteArrayOutputStream();
              for (byte[] query : queries) {
                ids.add(Exchanges.id(query));
                replies.writeBytes(frame(Exchanges.response(query)));
              }
              connection.write(replies.toByteArray());
              connection.swallow();
            });
    List<Outcome> outcomes = fixture.askManyOverTcp(server.upstream(), count);

    for (int i = 0; i < count; i++) {
      assertThat(Exchanges.firstLabel(outcomes.get(i).reply())).isEqualTo("n" + i);
    }
    assertThat(ids).hasSize(count);
    assertThat(server.connections()).isEqualTo(1);
  }

  @Test
  void reply_inSingleBytes_isPutTogether() throws Exception {
    RawServer server =
        fixture.tcp(
            connection -> {
              for (byte part : frame(Exchanges.response(connection.read(1).getFirst()))) {
                connection.write(new byte[] {part});
              }
              connection.swallow();
            });
    assertThat(fixture.askOverTcp(server.upstream(), NAME).reply())
        .hasSameSizeAs(Exchanges.query(NAME));
  }

  @Test
  void reply_largest_isTaken() throws Exception {
    RawServer server =
        fixture.tcp(
            connection -> {
              byte[] reply = new byte[65_535];
              byte[] response = Exchanges.response(connection.read(1).getFirst());
              System.arraycopy(response, 0, reply, 0, response.length);
              connection.write(frame(reply));
              connection.swallow();
            });
    assertThat(fixture.askOverTcp(server.upstream(), NAME).reply()).hasSize(65_535);
  }

  @Test
  void reply_afterTimeout_tellsHowSlowTheUpstreamIs() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    RawServer server =
        fixture.tcp(
            connection -> {
              byte[] query = connection.read(1).getFirst();
              await(release);
              connection.write(frame(Exchanges.response(query)));
              connection.echo();
            });
    Upstream upstream = server.tcpUpstream();
    assertThat(fixture.ask(upstream, NAME, ExchangeFixture.SHORT_NANOS).failure())
        .isEqualTo(FailureKind.TIMEOUT);
    release.countDown();
    fixture.awaitCount(Counter.UPSTREAM_LATE_REPLIES, 1);
    fixture.ask(upstream, NAME).reply();

    assertThat(server.connections()).isEqualTo(1);
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 11})
  void frame_shorterThanAHeader_endsTheConnection(int length) throws Exception {
    RawServer server =
        fixture.tcp(
            onTheFirst(
                connection -> {
                  connection.read(1);
                  connection.write(frame(new byte[length]));
                  connection.swallow();
                }));
    fixture.askOverTcp(server.upstream(), NAME).reply();

    assertThat(fixture.count(Counter.UPSTREAM_BAD_FRAMES)).isEqualTo(1);
    assertThat(server.connections()).isEqualTo(2);
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void replies_nobodyAskedFor_endTheConnectionAfterSome() throws Exception {
    RawServer server =
        fixture.tcp(
            onTheFirst(
                connection -> {
                  byte[] query = connection.read(1).getFirst();
                  for (int i = 0; i < 1000; i++) {
                    connection.write(frame(Exchanges.altered(query, reply -> reply[0] ^= 1)));
                  }
                  connection.swallow();
                }));
    fixture.askOverTcp(server.upstream(), NAME).reply();

    assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_ID)).isEqualTo(17);
  }

  @Attack(Threat.UPSTREAM_CONNECTIONS)
  @Test
  void reply_toAnotherQuestion_failsTheQueryAtOnce() throws Exception {
    RawServer server =
        fixture.tcp(
            connection -> {
              byte[] query = connection.read(1).getFirst();
              connection.write(frame(Exchanges.altered(query, reply -> reply[13] = 'x')));
              connection.echo();
            });
    Upstream upstream = server.upstream();
    assertThat(fixture.askOverTcp(upstream, NAME).failure()).isEqualTo(FailureKind.NEAR_MISSES);
    fixture.askOverTcp(upstream, NAME).reply();

    assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_QUESTION)).isEqualTo(1);
  }

  @Test
  void reply_turnedDownByHandler_failsTheQueryAtOnce() throws Exception {
    RawServer server = fixture.tcp(RawServer.Connection::echo);
    Upstream upstream = server.tcpUpstream();
    Outcome outcome = new Outcome().refusing(1);
    fixture.askOverTcp(upstream, NAME, outcome);

    assertThat(outcome.failure()).isEqualTo(FailureKind.NEAR_MISSES);
    fixture.ask(upstream, NAME).reply();
  }
}
