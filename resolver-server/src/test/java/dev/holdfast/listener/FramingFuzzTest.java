package dev.holdfast.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Choices;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import dev.holdfast.resolve.Client;
import dev.holdfast.resolve.ReplyPath;
import dev.holdfast.resolve.Resolver;
import dev.holdfast.wire.Header;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A client's stream in pieces of any size: the queries found in it are those that a plain reading
 * of the whole stream finds, and the answers go out framed. The first byte of an input is the size
 * of the pieces, the rest is the stream; a query's last byte says whether it is answered at once,
 * later or never.
 */
final class FramingFuzzTest {

  private static final int MAX_LENGTH = 8192;

  private final List<String> taken = new ArrayList<>();
  private final List<String> answered = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();

  static Stream<byte[]> seeds() {
    return Seeds.of(FramingFuzzTest.class);
  }

  @MethodSource("seeds")
  @FuzzTest
  void read_anyStreamInPieces_findsTheQueriesOfTheWhole(byte[] input) {
    if (input.length > MAX_LENGTH) {
      return;
    }
    taken.clear();
    answered.clear();
    later.clear();
    Choices choices = new Choices(input);
    int pieceLength = 1 + choices.next();
    byte[] stream = choices.rest();
    EmbeddedChannel channel = new EmbeddedChannel();
    LoopCounters counters = new LoopCounters();
    TcpListener listener =
        new TcpListener(
            new ListenerLoop(channel.eventLoop(), this::resolve, counters),
            TcpConfig.DEFAULTS,
            new ConnectionTable(TcpConfig.DEFAULTS),
            () -> 0); // a process that is held for a while must not find its connection idle
    TcpConnection connection =
        new TcpConnection(
            listener, channel, new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5353));
    channel.pipeline().addLast(connection);
    connection.channelActive(channel.pipeline().firstContext());
    try {
      for (int i = 0; i < stream.length && channel.isActive(); i += pieceLength) {
        int end = Math.min(stream.length, i + pieceLength);
        channel.writeInbound(channel.alloc().buffer().writeBytes(stream, i, end - i));
        if (later.size() >= TcpConfig.DEFAULTS.maxPipelined()) {
          answerLater(channel);
        }
      }
      answerLater(channel);

      List<String> expected = new ArrayList<>();
      boolean bad = !frames(stream, expected);
      assertThat(taken).isEqualTo(expected);
      assertThat(channel.isActive()).isEqualTo(!bad);
      assertThat(counters.get(Counter.TCP_BAD_FRAMES)).isEqualTo(bad ? 1 : 0);
      List<String> sent = sent(channel);
      assertThat(answered).containsAll(sent);
      assertThat(sent.size()).isBetween(bad ? 0 : answered.size(), answered.size());
    } finally {
      channel.finishAndReleaseAll();
    }
  }

  /** Every frame up to the first that is too short for a message; false if there is one. */
  private static boolean frames(byte[] stream, List<String> frames) {
    int position = 0;
    while (position + 2 <= stream.length) {
      int length = Header.uint16(stream, position);
      if (length < Header.LENGTH) {
        return false;
      }
      int end = position + 2 + length;
      if (end > stream.length) {
        return true;
      }
      frames.add(HexFormat.of().formatHex(stream, position + 2, end));
      position = end;
    }
    return true;
  }

  private int resolve(
      byte[] query, int offset, int length, Client client, long nowNanos, byte[] response) {
    String text = HexFormat.of().formatHex(query, offset, offset + length);
    taken.add(text);
    System.arraycopy(query, offset, response, 0, length);
    return switch (query[offset + length - 1] % 3) {
      case 1 -> {
        ReplyPath path = client.detach();
        byte[] copy = Arrays.copyOfRange(query, offset, offset + length);
        later.add(
            () -> {
              path.reply(copy, copy.length);
              path.reply(copy, copy.length);
            });
        answered.add(text);
        yield Resolver.PENDING;
      }
      case 2 -> Resolver.DROPPED;
      default -> {
        answered.add(text);
        yield length;
      }
    };
  }

  private void answerLater(EmbeddedChannel channel) {
    while (!later.isEmpty()) {
      List<Runnable> due = List.copyOf(later);
      later.clear();
      due.forEach(Runnable::run);
      channel.runPendingTasks();
    }
  }

  private static List<String> sent(EmbeddedChannel channel) {
    List<String> sent = new ArrayList<>();
    for (ByteBuf frame = channel.readOutbound(); frame != null; frame = channel.readOutbound()) {
      byte[] bytes = new byte[frame.readableBytes()];
      frame.readBytes(bytes);
      frame.release();
      assertThat(Header.uint16(bytes, 0)).isEqualTo(bytes.length - 2);
      sent.add(HexFormat.of().formatHex(bytes, 2, bytes.length));
    }
    return sent;
  }
}
