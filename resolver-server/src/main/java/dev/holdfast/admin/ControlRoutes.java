package dev.holdfast.admin;

import dev.holdfast.operate.Flush;
import dev.holdfast.operate.Flushed;
import dev.holdfast.operate.Operator;
import dev.holdfast.operate.Steered;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
        new AdminRoute("GET", EXPLAIN_PATH, checked(routes::explain)),
        new AdminRoute("POST", FLUSH_PATH, checked(routes::flush)),
        new AdminRoute("POST", PIN_PATH, checked(routes::pin)),
        new AdminRoute("POST", UNPIN_PATH, checked(routes::unpin)),
        new AdminRoute("POST", RELEASE_PATH, checked(routes::release)),
        new AdminRoute("POST", ROLLBACK_PATH, checked(routes::rollback)));
  }

  private static AdminRoute.Handler checked(AdminRoute.Handler handler) {
    return request -> {
      try {
        return handler.handle(request);
      } catch (BadParameterException e) {
        return AdminResponse.error(400, String.valueOf(e.getMessage()), "holdfast --help");
      }
    };
  }

  /** A parameter that cannot be read; the message says what was expected. */
  private static final class BadParameterException extends RuntimeException {

    private static final long serialVersionUID = 1;

    BadParameterException(String message) {
      super(message);
    }
  }

  private AdminResponse explain(AdminRequest request) {
    return AdminResponse.ok(
        ExplanationJson.of(operator.explainer().explain(name(request), type(request))));
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
    Instant until = until(request);
    if (until == null) {
      throw new BadParameterException("until: missing (expected a time as 2025-10-20T12:00:00Z)");
    }
    return steered(operator.steering().pin(name(request), type(request), until));
  }

  private AdminResponse rollback(AdminRequest request) {
    return steered(operator.steering().rollback(name(request), type(request), until(request)));
  }

  private AdminResponse unpin(AdminRequest request) {
    return steered(operator.steering().unpin(name(request), type(request)));
  }

  private AdminResponse release(AdminRequest request) {
    return steered(operator.steering().release(name(request), type(request)));
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
          ? new Flush.Name(name(request))
          : new Flush.Subtree(parseName("subtree", subtree));
    }
    return Arrays.stream(Flush.Part.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(part))
        .findFirst()
        .orElseThrow(
            () ->
                new BadParameterException(
                    "part: " + part + " (expected negative, stale, held or all)"));
  }

  private static byte[] name(AdminRequest request) {
    String name = request.parameter("name");
    if (name == null) {
      throw new BadParameterException("name: missing (expected a domain name)");
    }
    return parseName("name", name);
  }

  private static byte[] parseName(String parameter, String text) {
    try {
      byte[] name = Names.parse(text);
      return Names.folded(name, 0, name.length);
    } catch (IllegalArgumentException e) {
      throw new BadParameterException(parameter + ": " + e.getMessage());
    }
  }

  private static int type(AdminRequest request) {
    String type = request.parameter("type");
    try {
      return type == null ? RecordType.ANY : RecordType.parse(type);
    } catch (IllegalArgumentException e) {
      throw new BadParameterException("type: " + e.getMessage());
    }
  }

  private static @Nullable Instant until(AdminRequest request) {
    String until = request.parameter("until");
    try {
      return until == null ? null : Instant.parse(until);
    } catch (DateTimeParseException e) {
      throw new BadParameterException(
          "until: " + until + " (expected a time as 2025-10-20T12:00:00Z)");
    }
  }
}
