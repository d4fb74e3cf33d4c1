package dev.holdfast.admin;

import dev.holdfast.json.Json;
import dev.holdfast.operate.Flush;
import dev.holdfast.operate.Flushed;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Steered;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routes of an operator's commands. Those that change something are POST. */
public final class ControlRoutes {

  public static final String EXPLAIN_PATH = "/explain";
  public static final String FLUSH_PATH = "/flush";
  public static final String PIN_PATH = "/pin";
  public static final String UNPIN_PATH = "/unpin";
  public static final String RELEASE_PATH = "/release";
  public static final String ROLLBACK_PATH = "/rollback";

  private static final int CONFLICT = 409;

  private final Operator operator;

  private ControlRoutes(Operator operator) {
    this.operator = operator;
  }

  /** The routes of one server. */
  public static List<AdminRoute> of(Operator operator) {
    ControlRoutes routes = new ControlRoutes(operator);
    return List.of(
        new AdminRoute("GET", EXPLAIN_PATH, Parameters.checked(routes::explain)),
        new AdminRoute("POST", FLUSH_PATH, Parameters.checked(routes::flush)),
        new AdminRoute("POST", PIN_PATH, Parameters.checked(routes::pin)),
        new AdminRoute("POST", UNPIN_PATH, Parameters.checked(routes::unpin)),
        new AdminRoute("POST", RELEASE_PATH, Parameters.checked(routes::release)),
        new AdminRoute("POST", ROLLBACK_PATH, Parameters.checked(routes::rollback)));
  }

  private AdminResponse explain(AdminRequest request) {
    return AdminResponse.ok(
        ExplanationJson.of(
            operator
                .explainer()
                .explain(Parameters.name(request, "name"), Parameters.type(request))));
  }

  private AdminResponse flush(AdminRequest request) {
    Flushed flushed = operator.flusher().flush(what(request));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("answers", flushed.answers());
    body.put("failures", flushed.failures());
    body.put("histories", flushed.histories());
    body.put("questions", flushed.questions());
    body.put("still_pinned", flushed.stillPinned());
    return AdminResponse.ok(body);
  }

  private AdminResponse pin(AdminRequest request) {
    Instant until = Parameters.until(request);
    if (until == null) {
      throw new BadParameterException("until: missing (expected a time as 2025-10-20T12:00:00Z)");
    }
    return steered(
        operator.steering().pin(Parameters.name(request, "name"), Parameters.type(request), until));
  }

  private AdminResponse rollback(AdminRequest request) {
    return steered(
        operator
            .steering()
            .rollback(
                Parameters.name(request, "name"),
                Parameters.type(request),
                Parameters.until(request)));
  }

  private AdminResponse unpin(AdminRequest request) {
    return steered(
        operator.steering().unpin(Parameters.name(request, "name"), Parameters.type(request)));
  }

  private AdminResponse release(AdminRequest request) {
    return steered(
        operator.steering().release(Parameters.name(request, "name"), Parameters.type(request)));
  }

  private static AdminResponse steered(Steered steered) {
    Steered.Refusal refusal = steered.refusal();
    if (refusal != null) {
      return AdminResponse.error(CONFLICT, refusal.reason(), refusal.whatToDo());
    }
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("name", steered.name());
    body.put(
        "questions",
        steered.questions().stream()
            .map(each -> Map.of("type", each.type(), "records", each.records()))
            .toList());
    return AdminResponse.ok(body);
  }

  private static Flush what(AdminRequest request) {
    String part = request.parameter("part");
    String subtree = request.parameter("subtree");
    if (part == null) {
      return subtree == null
          ? new Flush.Name(Parameters.name(request, "name"))
          : new Flush.Subtree(Parameters.parseName("subtree", subtree));
    }
    return Arrays.stream(Flush.Part.values())
        .filter(each -> Json.key(each).equals(part))
        .findFirst()
        .orElseThrow(
            () ->
                new BadParameterException(
                    "part: " + part + " (expected negative, stale, held or all)"));
  }
}
