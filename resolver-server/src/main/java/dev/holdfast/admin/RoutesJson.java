package dev.holdfast.admin;

import dev.holdfast.json.Json;
import dev.holdfast.operate.RouteView;
import dev.holdfast.operate.TransportView;
import dev.holdfast.operate.UpstreamView;
import java.util.LinkedHashMap;
import java.util.Map;

/** Routes and their upstreams as JSON. */
final class RoutesJson {

  private static final double MICROS_PER_MILLI = 1000;

  private RoutesJson() {}

  static Map<String, Object> of(RouteView route) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("suffix", route.suffix());
    body.put("down", route.down());
    body.put("upstreams", route.upstreams().stream().map(RoutesJson::upstream).toList());
    return body;
  }

  private static Map<String, Object> upstream(UpstreamView upstream) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("address", upstream.address());
    body.put("state", Json.key(upstream.current().state()));
    body.put("transport", upstream.overStream() ? "tcp" : "udp");
    body.put("rtt_millis", rounded(upstream.current().rttMillis()));
    body.put("in_flight", upstream.inFlight());
    body.put("case", Json.key(upstream.casing()));
    body.put("cookies", Json.key(upstream.cookies()));
    UpstreamView.Events events = upstream.events();
    body.put("queries", events.queries());
    body.put("hedges", events.hedges());
    body.put("hedges_won", events.hedgesWon());
    body.put("probes", events.probes());
    body.put("udp", transport(upstream.datagrams()));
    body.put("tcp", transport(upstream.streams()));
    return body;
  }

  private static Map<String, Object> transport(TransportView transport) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("state", Json.key(transport.state()));
    body.put("rtt_millis", rounded(transport.rttMillis()));
    body.put("timeout_millis", rounded(transport.timeoutMillis()));
    body.put("erratic", transport.erratic());
    body.put("replies", transport.replies());
    body.put("error_replies", transport.errorReplies());
    transport.failures().forEach((kind, count) -> body.put(Json.key(kind), count));
    return body;
  }

  private static double rounded(double millis) {
    return Math.round(millis * MICROS_PER_MILLI) / MICROS_PER_MILLI;
  }
}
