package dev.holdfast.admin;

import dev.holdfast.metrics.Counter;
import dev.holdfast.metrics.LoopCounters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the admin server: one request, one response, and then it ends; a deadline ends
 * it whatever happens. Confined to the admin's thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Failures show on the channel.
final class AdminConnection extends SimpleChannelInboundHandler<HttpObject> {

  static final int MAX_BODY_BYTES = 64 << 10;

  private final AdminDispatcher dispatcher;
  private final LoopCounters counters;
  private final long timeoutMillis;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable HttpRequest request;
  private @Nullable Future<?> deadline;
  private boolean answered;

  AdminConnection(AdminDispatcher dispatcher, LoopCounters counters, long timeoutMillis) {
    this.dispatcher = dispatcher;
    this.counters = counters;
    this.timeoutMillis = timeoutMillis;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    deadline = schedule(context, () -> requestIsLate(context));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancelDeadline();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
    if (answered) {
      return;
    }
    if (message.decoderResult().isFailure()) {
      reject(context, malformed(message.decoderResult()));
      return;
    }
    if (message instanceof HttpRequest head) {
      begin(context, head);
    }
    if (message instanceof HttpContent content && !answered) {
      take(context, content);
    }
  }

  private void begin(ChannelHandlerContext context, HttpRequest head) {
    counters.increment(Counter.ADMIN_REQUESTS);
    request = head;
    InetSocketAddress client = (InetSocketAddress) context.channel().remoteAddress();
    InetSocketAddress server = (InetSocketAddress) context.channel().localAddress();
    AdminResponse refusal = dispatcher.refusal(head, client.getAddress(), server.getAddress());
    if (refusal != null && refusal.status() == AdminResponse.UNAUTHORIZED) {
      counters.increment(Counter.ADMIN_UNAUTHORIZED);
      respond(context, refusal, /* requestIsWhole= */ false);
    } else if (refusal != null) {
      reject(context, refusal);
    } else if (HttpUtil.getContentLength(head, 0L) > MAX_BODY_BYTES) {
      reject(context, bodyTooLong());
    } else if (HttpUtil.is100ContinueExpected(head)) {
      context.writeAndFlush(
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER));
    }
  }

  private void take(ChannelHandlerContext context, HttpContent content) {
    HttpRequest head = request;
    ByteBuf bytes = content.content();
    if (head == null || body.size() + bytes.readableBytes() > MAX_BODY_BYTES) {
      reject(context, bodyTooLong());
      return;
    }
    try {
      bytes.readBytes(body, bytes.readableBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (content instanceof LastHttpContent) {
      AdminResponse response = dispatcher.dispatch(head, body.toByteArray());
      respond(context, response, /* requestIsWhole= */ true);
    }
  }

  private void reject(ChannelHandlerContext context, AdminResponse response) {
    counters.increment(Counter.ADMIN_REJECTED);
    respond(context, response, /* requestIsWhole= */ false);
  }

  /*
   * Closing a socket with unread input resets the connection, and the client may lose the response.
   * So when the request was not read to its end, only the output is closed; the input is thrown
   * away until the client has closed too, or the deadline passes.
   */
  private void respond(
      ChannelHandlerContext context, AdminResponse response, boolean requestIsWhole) {
    answered = true;
    cancelDeadline();
    deadline = schedule(context, context::close);
    ByteBuf content = Unpooled.copiedBuffer(response.body(), StandardCharsets.UTF_8);
    DefaultFullHttpResponse message =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()), content);
    message
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, response.contentType())
        .set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes())
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("x-content-type-options", "nosniff")
        .set("x-frame-options", "DENY")
        .set("referrer-policy", "no-referrer")
        .set("content-security-policy", "default-src 'self'; frame-ancestors 'none'")
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    if (response.status() == AdminResponse.UNAUTHORIZED) {
      message.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer"); // RFC 6750 §3
    }
    context
        .writeAndFlush(message)
        .addListener(written -> end(context, /* readOn= */ !requestIsWhole && written.isSuccess()));
  }

  private static void end(ChannelHandlerContext context, boolean readOn) {
    if (readOn && context.channel() instanceof DuplexChannel channel) {
      channel.shutdownOutput();
    } else {
      context.close();
    }
  }

  private void requestIsLate(ChannelHandlerContext context) {
    counters.increment(Counter.ADMIN_TIMEOUTS);
    respond(
        context,
        AdminResponse.error(
            408, "no whole request within " + timeoutMillis + "ms", "send it faster"),
        /* requestIsWhole= */ true);
  }

  private Future<?> schedule(ChannelHandlerContext context, Runnable action) {
    return context.executor().schedule(action, timeoutMillis, TimeUnit.MILLISECONDS);
  }

  private void cancelDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  private static AdminResponse bodyTooLong() {
    return AdminResponse.error(
        413, "body longer than " + MAX_BODY_BYTES + " bytes", "send less at once");
  }

  private static AdminResponse malformed(DecoderResult result) {
    Throwable cause = result.cause();
    if (cause instanceof TooLongHttpLineException) {
      return AdminResponse.error(414, "request line too long", "send parameters in the body");
    }
    if (cause instanceof TooLongHttpHeaderException) {
      return AdminResponse.error(
          431, "headers longer than " + AdminServer.MAX_HEADER_BYTES + " bytes", "send fewer");
    }
    return AdminResponse.error(400, "not an HTTP/1.1 request", "use curl or the holdfast command");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    context.close();
  }
}
