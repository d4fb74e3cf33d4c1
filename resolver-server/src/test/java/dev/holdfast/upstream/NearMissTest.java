package dev.holdfast.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.Header;
import dev.holdfast.wire.Opcode;
import dev.holdfast.wire.Rcode;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Datagrams that are almost the reply. */
class NearMissTest extends ExchangeTests {

  @ParameterizedTest
  @EnumSource(NearMiss.class)
  @Attack(Threat.NEAR_MISS_REPLIES)
  void ask_twoNearMissesFirst_realReplyWins(NearMiss miss) throws Exception {
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              self.send(miss.of(query), from);
              self.send(miss.of(query), from);
              RawServer.echo(self, query, from);
            });
    byte[] reply = fixture.ask(server.upstream(), NAME).reply();

    assertThat(reply).isEqualTo(Exchanges.altered(reply, unchanged -> {}));
    if (miss != NearMiss.EMPTY) {
      assertThat(fixture.count(miss.counter)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource(value = NearMiss.class, mode = EnumSource.Mode.EXCLUDE, names = "EMPTY")
  @Attack(Threat.NEAR_MISS_REPLIES)
  void ask_thousandNearMissesFirst_failsOnceWithoutBlame(NearMiss miss) throws Exception {
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              for (int i = 0; i < 1000; i++) {
                self.send(miss.of(query), from);
              }
              RawServer.echo(self, query, from);
            });
    Upstream upstream = server.upstream();
    Outcome outcome = fixture.ask(upstream, NAME);
    assertThat(outcome.failure()).isEqualTo(FailureKind.NEAR_MISSES);
    assertThat(fixture.count(miss.counter)).isEqualTo(3);
    assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_LIMIT)).isEqualTo(1);
    assertThat(upstream.state()).isEqualTo(Health.State.UP);
    fixture.awaitNoneInFlight(upstream);
    assertThat(outcome.calls()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(NearMiss.class)
  @Attack(Threat.NEAR_MISS_REPLIES)
  void ask_patientWithNearMisses_realReplyWinsAfterManyOfThem(NearMiss miss) throws Exception {
    int misses = 150;
    fixture.configure(ExchangeConfigs.nearMisses(1000));
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              for (int i = 0; i < misses; i++) {
                self.send(miss.of(query), from);
              }
              RawServer.echo(self, query, from);
            });
    fixture.ask(server.upstream(), NAME).reply();

    if (miss != NearMiss.EMPTY) {
      assertThat(fixture.count(miss.counter)).isEqualTo(misses);
    }
  }

  @Test
  @Attack(Threat.WRONG_SOURCE)
  void ask_replyFromAnotherPort_neverArrives() throws Exception {
    try (DatagramSocket spoofer = new DatagramSocket(new InetSocketAddress(network.loopback, 0))) {
      RawServer server =
          fixture.udp(
              (self, query, from) -> {
                byte[] spoofed = Exchanges.altered(query, response -> response[3] = 3);
                for (int i = 0; i < 10; i++) {
                  spoofer.send(new DatagramPacket(spoofed, spoofed.length, from));
                }
                RawServer.echo(self, query, from);
              });
      byte[] reply = fixture.ask(server.upstream(), NAME).reply();

      assertThat(reply[3] & Header.RCODE_MASK).isEqualTo(Rcode.NOERROR);
      assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_ID)).isZero();
    }
  }

  @Test
  void ask_handlerTurnsReplyDown_waitsForTheNext() throws Exception {
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              RawServer.echo(self, query, from);
              RawServer.echo(self, query, from);
              RawServer.echo(self, query, from);
            });
    Upstream upstream = server.upstream();
    fixture.ask(upstream, NAME, new Outcome().refusing(2)).reply();
    Outcome neverPleased = fixture.ask(upstream, NAME, new Outcome().refusing(3));

    assertThat(neverPleased.failure()).isEqualTo(FailureKind.NEAR_MISSES);
    assertThat(fixture.count(Counter.UPSTREAM_NEAR_MISS_LIMIT)).isEqualTo(1);
  }

  @Test
  void reply_twice_isNoNearMissForOthersOnTheSocket() throws Exception {
    fixture.configure(ExchangeConfigs.sockets(1, 5, 96));
    RawServer server =
        fixture.udp(
            (self, query, from) -> {
              if (!Exchanges.firstLabel(query).equalsIgnoreCase("silent")) {
                for (int i = 0; i < 10; i++) {
                  RawServer.echo(self, query, from);
                }
              }
            });
    Upstream upstream = server.upstream();
    Outcome silent = fixture.ask(upstream, "silent.example.org");
    fixture.ask(upstream, NAME).reply();
    fixture.awaitCount(Counter.UPSTREAM_LATE_REPLIES, 9);

    assertThat(silent.hasEnded()).isFalse();
  }

  /** A message that is almost the reply, and the counter that hears of it. */
  enum NearMiss {
    WRONG_ID(Counter.UPSTREAM_NEAR_MISS_ID) {
      @Override
      void change(byte[] reply) {
        reply[0] ^= 1;
      }
    },
    WRONG_NAME(Counter.UPSTREAM_NEAR_MISS_QUESTION) {
      @Override
      void change(byte[] reply) {
        reply[13] = 'x';
      }
    },
    WRONG_TYPE(Counter.UPSTREAM_NEAR_MISS_QUESTION) {
      @Override
      void change(byte[] reply) {
        reply[Exchanges.typeOffset(reply) + 1] = 28;
      }
    },
    WRONG_CLASS(Counter.UPSTREAM_NEAR_MISS_QUESTION) {
      @Override
      void change(byte[] reply) {
        reply[Exchanges.typeOffset(reply) + 3] = 3;
      }
    },
    NO_RESPONSE(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[2] &= 0x7f;
      }
    },
    WRONG_OPCODE(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[2] |= Opcode.NOTIFY << 3;
      }
    },
    NO_QUESTION(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[5] = 0;
      }
    },
    TWO_QUESTIONS(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      void change(byte[] reply) {
        reply[5] = 2;
      }
    },
    CUT_IN_QUESTION(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] of(byte[] query) {
        return Arrays.copyOf(Exchanges.response(query), Header.LENGTH + 10);
      }
    },
    CUT_IN_HEADER(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] of(byte[] query) {
        return Arrays.copyOf(Exchanges.response(query), Header.LENGTH - 1);
      }
    },
    /** The epoll channel drops it by itself. */
    EMPTY(Counter.UPSTREAM_NEAR_MISS_SHAPE) {
      @Override
      byte[] of(byte[] query) {
        return new byte[0];
      }
    };

    final Counter counter;

    NearMiss(Counter counter) {
      this.counter = counter;
    }

    byte[] of(byte[] query) {
      return Exchanges.altered(query, this::change);
    }

    void change(byte[] reply) {}
  }
}
