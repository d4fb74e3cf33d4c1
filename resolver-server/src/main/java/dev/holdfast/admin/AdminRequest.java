package dev.holdfast.admin;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a handler sees of a request that passed all checks. */
public record AdminRequest(
    String method, String path, Map<String, String> parameters, String body) {

  public AdminRequest {
    parameters = Map.copyOf(parameters);
  }

  /** Returns the value of a parameter behind the question mark, or null. */
  public @Nullable String parameter(String name) {
    return parameters.get(name);
  }
}
