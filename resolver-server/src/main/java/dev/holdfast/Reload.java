package dev.holdfast;

import dev.holdfast.admin.AdminResponse;
import dev.holdfast.admin.AdminRoute;
import dev.holdfast.config.ConfigChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What came of reading the configuration anew: a bad one changes nothing.
 *
 * @param problems why it was refused, one a line; empty when it was not
 * @param changed what the server now does differently
 * @param needsRestart what differs from the running server and stays so until a restart
 */
public record Reload(
    List<String> problems, List<ConfigChange> changed, List<ConfigChange> needsRestart) {

  public static final String PATH = "/reload";

  private static final int UNPROCESSABLE = 422;

  static Reload refused(List<String> problems) {
    return new Reload(problems, List.of(), List.of());
  }

  static Reload done(List<ConfigChange> changes) {
    return new Reload(
        List.of(),
        changes.stream().filter(change -> !change.needsRestart()).toList(),
        changes.stream().filter(ConfigChange::needsRestart).toList());
  }

  /** {@code POST /reload}: reads the configuration anew. */
  static AdminRoute route(Supplier<Reload> reload) {
    return new AdminRoute("POST", PATH, request -> reload.get().response());
  }

  private AdminResponse response() {
    Map<String, Object> body = new LinkedHashMap<>();
    if (problems.isEmpty()) {
      body.put("changed", changed.stream().map(ConfigChange::toString).toList());
      body.put("needs_restart", needsRestart.stream().map(ConfigChange::toString).toList());
      return AdminResponse.ok(body);
    }
    body.put("error", "the configuration is refused, nothing has changed");
    body.put("try", "holdfast check");
    body.put("problems", problems);
    return AdminResponse.json(UNPROCESSABLE, body);
  }
}
