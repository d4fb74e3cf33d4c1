package dev.holdfast.cli;

import dev.holdfast.json.JsonReader;
import dev.holdfast.upstream.SocketAddresses;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks a running server's admin address. HttpURLConnection, because a command that starts fast is
 * one that people use: java.net.http alone takes ten times as long to load. Confined to one thread.
 */
final class AdminClient {

  private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
  private static final int READ_TIMEOUT_MILLIS = 15_000;
  private static final int MAX_RESPONSE_BYTES = 4 << 20;
  private static final int OK = 200;

  private final InetSocketAddress server;
  private final @Nullable String token;
  private final String startHint;

  /**
   * A client of one server.
   *
   * @param token what the server wants to see, or null
   * @param startHint the command that starts a server, told when there is none
   */
  AdminClient(InetSocketAddress server, @Nullable String token, String startHint) {
    this.server = server;
    this.token = token;
    this.startHint = startHint;
  }

  /** Reads something. */
  Map<?, ?> get(String pathAndQuery) throws IOException {
    return exchange("GET", pathAndQuery);
  }

  /** Changes something. */
  Map<?, ?> post(String pathAndQuery) throws IOException {
    return exchange("POST", pathAndQuery);
  }

  private Map<?, ?> exchange(String method, String pathAndQuery) throws IOException {
    String address = SocketAddresses.format(server);
    HttpURLConnection connection =
        (HttpURLConnection)
            URI.create("http://" + address + pathAndQuery).toURL().openConnection(Proxy.NO_PROXY);
    try {
      connection.setConnectTimeout(CONNECT_TIMEOUT_MILLIS);
      connection.setReadTimeout(READ_TIMEOUT_MILLIS);
      connection.setInstanceFollowRedirects(false);
      connection.setRequestMethod(method);
      if (token != null) {
        connection.setRequestProperty("Authorization", "Bearer " + token);
      }
      if (method.equals("POST")) {
        connection.setDoOutput(true);
        connection.setFixedLengthStreamingMode(0);
        connection.getOutputStream().close();
      }
      int status = connection.getResponseCode();
      return reply(address, status, body(connection, status));
    } catch (ConnectException e) {
      throw new IOException("no server at " + address + ": start one with: " + startHint, e);
    } catch (SocketTimeoutException e) {
      throw new IOException(address + " does not answer: " + e.getMessage(), e);
    } finally {
      connection.disconnect();
    }
  }

  private static String body(HttpURLConnection connection, int status) throws IOException {
    try (InputStream input =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      byte[] bytes = input == null ? new byte[0] : input.readNBytes(MAX_RESPONSE_BYTES);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  private static Map<?, ?> reply(String address, int status, String body) throws IOException {
    Map<?, ?> reply;
    try {
      reply = JsonReader.readObject(body);
    } catch (IllegalArgumentException e) {
      throw new IOException(address + " is not a holdfast admin address (HTTP " + status + ")", e);
    }
    if (status != OK) {
      throw new IOException(problems(reply) + reply.get("error") + ": try " + reply.get("try"));
    }
    return reply;
  }

  private static String problems(Map<?, ?> reply) {
    return new Fields(reply)
        .texts("problems").stream().map(problem -> problem + "\n").collect(Collectors.joining());
  }
}
