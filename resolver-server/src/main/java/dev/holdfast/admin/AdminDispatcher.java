package dev.holdfast.admin;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a request to the handler of its route, past all checks. Confined to the admin's thread. */
final class AdminDispatcher {

  private static final Logger LOG = LoggerFactory.getLogger(AdminDispatcher.class);

  private static final int MAX_PARAMETERS = 16;
  private static final int MAX_LOGGED_KINDS = 64;

  private final Map<String, Map<String, AdminRoute>> routes = new TreeMap<>();
  private final Set<String> loggedKinds = new HashSet<>();
  private final @Nullable Token token;

  /**
   * @param token what requests must carry, or null for nothing
   */
  AdminDispatcher(List<AdminRoute> routes, @Nullable Token token) {
    this.token = token;
    for (AdminRoute route : routes) {
      Map<String, AdminRoute> methods =
          this.routes.computeIfAbsent(route.path(), absent -> new TreeMap<>());
      if (methods.put(route.method(), route) != null) {
        throw new IllegalArgumentException("route twice: " + route.method() + " " + route.path());
      }
    }
  }

  /** Returns why a request is refused whatever its body is, or null. */
  @Nullable AdminResponse refusal(HttpRequest request, InetAddress client, InetAddress server) {
    HttpHeaders headers = request.headers();
    List<String> host = headers.getAll(HttpHeaderNames.HOST);
    if (host.size() != 1) {
      return AdminResponse.error(
          400, host.size() + " Host headers", "send one, such as Host: localhost");
    }
    boolean authorized = token != null && token.isIn(headers.get(HttpHeaderNames.AUTHORIZATION));
    if (token != null && !authorized && !isOpen(request)) {
      return AdminResponse.error(
          AdminResponse.UNAUTHORIZED,
          "the token is missing or wrong",
          "send the token of admin.token-file as Authorization: Bearer TOKEN, or give the holdfast"
              + " command --token-file");
    }
    if (!authorized && !HostHeader.names(host.getFirst(), server)) {
      return AdminResponse.error(
          403,
          "Host header is not this server: " + host.getFirst(),
          "use the address the admin server listens on, or localhost");
    }
    String origin = headers.get(HttpHeaderNames.ORIGIN);
    if (origin != null && !origin.equalsIgnoreCase("http://" + host.getFirst())) {
      return AdminResponse.error(
          403, "request of a page from elsewhere: " + origin, "use the holdfast command or curl");
    }
    if (!request.method().equals(HttpMethod.GET)
        && !client.isLoopbackAddress()
        && !client.equals(server)) {
      return AdminResponse.error(
          403, "control is for this machine only", "run the command where the server runs");
    }
    return null;
  }

  private boolean isOpen(HttpRequest request) {
    Map<String, AdminRoute> methods = routes.get(path(request));
    AdminRoute route = methods == null ? null : methods.get(request.method().name());
    return route != null && route.open();
  }

  private static String path(HttpRequest request) {
    return new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8).rawPath();
  }

  /** Answers a request that was not refused. */
  AdminResponse dispatch(HttpRequest request, byte[] body) {
    AdminRequest parsed;
    try {
      parsed = parse(request, body);
    } catch (IllegalArgumentException e) {
      return AdminResponse.error(400, "bad query string: " + e.getMessage(), "encode it as %XX");
    }
    Map<String, AdminRoute> methods = routes.get(parsed.path());
    if (methods == null) {
      return AdminResponse.error(
          404, "nothing is at " + parsed.path(), "one of " + String.join(" ", routes.keySet()));
    }
    AdminRoute route = methods.get(parsed.method());
    if (route == null) {
      return AdminResponse.error(
          405,
          parsed.method() + " is not for " + parsed.path(),
          String.join(" or ", methods.keySet()));
    }
    try {
      return route.handler().handle(parsed);
    } catch (RuntimeException e) {
      logOnce(parsed.path(), e);
      return AdminResponse.error(500, "the handler failed: " + e, "look into the server's log");
    }
  }

  private static AdminRequest parse(HttpRequest request, byte[] body) {
    QueryStringDecoder uri =
        new QueryStringDecoder(
            request.uri(), StandardCharsets.UTF_8, /* hasPath= */ true, MAX_PARAMETERS);
    Map<String, String> parameters = new HashMap<>();
    uri.parameters().forEach((name, values) -> parameters.put(name, values.getFirst()));
    return new AdminRequest(
        request.method().name(), uri.path(), parameters, new String(body, StandardCharsets.UTF_8));
  }

  private void logOnce(String path, RuntimeException failure) {
    String kind = path + " " + failure.getClass().getName();
    if (loggedKinds.size() < MAX_LOGGED_KINDS && loggedKinds.add(kind)) {
      LOG.error("admin: handler of {} failed (logged once)", path, failure);
    }
  }
}
