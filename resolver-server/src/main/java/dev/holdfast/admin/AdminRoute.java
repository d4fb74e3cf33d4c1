package dev.holdfast.admin;

import java.util.Set;

/**
 * One method and path of the admin server. GET handlers change nothing: browsers send GET on behalf
 * of any page.
 *
 * @param open whether it tells nothing worth a token
 */
public record AdminRoute(String method, String path, boolean open, Handler handler) {

  private static final Set<String> METHODS = Set.of("GET", "POST");

  /** Answers requests, on the admin server's thread. */
  @FunctionalInterface
  public interface Handler {
    AdminResponse handle(AdminRequest request);
  }

  public AdminRoute(String method, String path, Handler handler) {
    this(method, path, /* open= */ false, handler);
  }

  /** Something to read that needs no token, where one is needed at all. */
  public static AdminRoute open(String path, Handler handler) {
    return new AdminRoute("GET", path, /* open= */ true, handler);
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
