package dev.holdfast.cli;

import dev.holdfast.admin.AdminRequest;
import dev.holdfast.admin.AdminResponse;
import dev.holdfast.admin.AdminRoute;
import dev.holdfast.demo.Breakage;
import dev.holdfast.demo.DemoUpstreams;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.upstream.SocketAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The demo's switch: {@code GET /demo}, {@code POST /demo/break} and {@code POST /demo/heal}. */
final class DemoRoutes {

  static final String SHOW_PATH = "/demo";
  static final String BREAK_PATH = "/demo/break";
  static final String HEAL_PATH = "/demo/heal";

  private DemoRoutes() {}

  /** The routes of a server that runs the demo. */
  static List<AdminRoute> of(DemoUpstreams demo) {
    return List.of(
        new AdminRoute("GET", SHOW_PATH, request -> show(demo)),
        new AdminRoute("POST", BREAK_PATH, request -> breakSome(demo, request)),
        new AdminRoute("POST", HEAL_PATH, request -> heal(demo, request)));
  }

  /** The same routes where there is no demo: they say so. */
  static List<AdminRoute> withoutDemo() {
    AdminRoute.Handler handler =
        request ->
            AdminResponse.error(
                404, "this server was started without --demo", "holdfast run --demo");
    return List.of(
        new AdminRoute("GET", SHOW_PATH, handler),
        new AdminRoute("POST", BREAK_PATH, handler),
        new AdminRoute("POST", HEAL_PATH, handler));
  }

  /** The one line that tells what to ask and how to break it. */
  static String hint(InetSocketAddress server, @Nullable InetSocketAddress admin) {
    InetAddress address = server.getAddress();
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : SocketAddresses.format(address);
    String ask = "try: dig @" + host + " -p " + server.getPort() + " www.example.org";
    if (admin == null) {
      return ask + "   (with --admin ADDR:PORT the upstreams can be broken and healed)";
    }
    String option =
        admin.equals(AdminCommand.DEFAULT_ADMIN) ? "" : " --admin " + SocketAddresses.format(admin);
    return ask
        + "   then: holdfast demo break silence|servfail|empty|..."
        + option
        + "   and: holdfast demo heal"
        + option;
  }

  /** Every kind that breaks something. */
  static List<Breakage> kinds() {
    return Arrays.stream(Breakage.values()).filter(kind -> kind != Breakage.NONE).toList();
  }

  private static AdminResponse show(DemoUpstreams demo) {
    List<Map<String, Object>> upstreams = new ArrayList<>();
    for (ScriptedUpstream upstream : demo.upstreams()) {
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("upstream", upstreams.size() + 1);
      row.put("address", SocketAddresses.format(upstream.address()));
      row.put("kind", upstream.breakage().kebabName());
      row.put("meaning", upstream.breakage().sentence());
      row.put("queries", upstream.queries());
      upstreams.add(row);
    }
    return AdminResponse.ok(Map.of("upstreams", upstreams));
  }

  private static AdminResponse breakSome(DemoUpstreams demo, AdminRequest request) {
    String name = request.parameter("kind");
    Breakage kind = name == null ? null : Breakage.named(name);
    if (kind == null) {
      return AdminResponse.error(
          400,
          name == null ? "kind is missing" : "unknown kind: " + name,
          "kind=" + kinds().stream().map(Breakage::kebabName).collect(Collectors.joining("|")));
    }
    return change(demo, request, which -> demo.breakWith(which, kind));
  }

  private static AdminResponse heal(DemoUpstreams demo, AdminRequest request) {
    return change(demo, request, demo::heal);
  }

  private static AdminResponse change(
      DemoUpstreams demo, AdminRequest request, Consumer<String> change) {
    String which = request.parameter("upstream");
    try {
      change.accept(which == null ? DemoUpstreams.ALL : which);
      return show(demo);
    } catch (IllegalArgumentException e) {
      return AdminResponse.error(400, String.valueOf(e.getMessage()), "upstream=1, 2 or all");
    } catch (IllegalStateException e) {
      return AdminResponse.error(500, String.valueOf(e.getMessage()), "heal it once more");
    }
  }
}
