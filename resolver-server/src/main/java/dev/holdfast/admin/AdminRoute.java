package dev.holdfast.admin;

import java.util.Set;

/**
 * One method and path of the admin server. GET handlers change nothing: browsers send GET on behalf
 * of any page.
 */
public record AdminRoute(String method, String path, Handler handler) {

  private static final Set<String> METHODS = Set.of("GET", "POST");

  /** Answers requests, on the admin server's thread. */
  @FunctionalInterface
  public interface Handler {
    AdminResponse handle(AdminRequest request);
  }

  public AdminRoute {
    if (!METHODS.contains(method)) {
      throw new IllegalArgumentException("method: " + method + " (expected GET or POST)");
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("path: " + path + " (expected one that begins with /)");
    }
  }
}
