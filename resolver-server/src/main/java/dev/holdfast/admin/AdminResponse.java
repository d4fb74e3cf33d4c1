package dev.holdfast.admin;

import dev.holdfast.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a handler answers: an HTTP status and a body. */
public record AdminResponse(int status, String contentType, String body) {

  /** The status of requests without the token. */
  static final int UNAUTHORIZED = 401;

  private static final String JSON = "application/json; charset=utf-8";

  /** A body of JSON, see {@link Json#write}. */
  public static AdminResponse json(int status, Map<String, ?> body) {
    return new AdminResponse(status, JSON, Json.write(body) + "\n");
  }

  /** Success. */
  public static AdminResponse ok(Map<String, ?> body) {
    return json(200, body);
  }

  /** What went wrong and what to do about it. */
  public static AdminResponse error(int status, String error, String whatToDo) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", error);
    body.put("try", whatToDo);
    return json(status, body);
  }
}
