package dev.holdfast.admin;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.json.Json;
import dev.holdfast.operate.CacheBrowser;
import dev.holdfast.operate.CachePage;
import dev.holdfast.operate.Operator;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The routes to look at what a server knows and how it is set up. They change nothing. */
public final class ViewRoutes {

  private static final String YAML = "application/yaml; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";
  private static final String DESCRIPTION = "openapi.yaml";
  private static final int USUAL_LIMIT = 100;

  private ViewRoutes() {}

  /** What this server asks, and what it keeps. */
  public static List<AdminRoute> of(Operator operator) {
    return List.of(
        new AdminRoute(
            "GET",
            "/upstreams",
            request ->
                AdminResponse.ok(
                    Map.of(
                        "routes",
                        operator.status().routes().stream().map(RoutesJson::of).toList()))),
        new AdminRoute(
            "GET", "/cache", Parameters.checked(request -> cache(operator.cache(), request))));
  }

  /** {@code GET /config}: the configuration in force, as a file or as JSON. */
  public static AdminRoute config(Supplier<Map<String, Object>> keys, Supplier<String> yaml) {
    return new AdminRoute(
        "GET",
        "/config",
        request ->
            switch (String.valueOf(request.parameters().getOrDefault("format", "yaml"))) {
              case "yaml" -> new AdminResponse(200, YAML, yaml.get());
              case "json" -> new AdminResponse(200, JSON, Json.write(keys.get()) + "\n");
              default ->
                  AdminResponse.error(
                      400,
                      "format: " + request.parameter("format") + " (expected yaml or json)",
                      "see /openapi.yaml");
            });
  }

  /** {@code GET /openapi.yaml}: the description of all routes. */
  public static AdminRoute description() {
    return new AdminRoute(
        "GET", "/" + DESCRIPTION, request -> new AdminResponse(200, YAML, readDescription()));
  }

  private static String readDescription() {
    try (InputStream in = ViewRoutes.class.getResourceAsStream(DESCRIPTION)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static AdminResponse cache(CacheBrowser browser, AdminRequest request) {
    byte[] suffix =
        Parameters.parseName(
            "suffix", Objects.requireNonNullElse(request.parameter("suffix"), "."));
    int limit = Parameters.limit(request, USUAL_LIMIT, CacheBrowser.MAX_LIMIT);
    CachePage page = browser.page(suffix, limit, Parameters.after(request));
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("suffix", page.suffix());
    body.put("matching", page.matching());
    body.put("answers", page.answers().stream().map(ViewRoutes::answer).toList());
    CacheKey next = page.next();
    body.put("next", next == null ? null : Parameters.cursor(next));
    return AdminResponse.ok(body);
  }

  private static Map<String, @Nullable Object> answer(CachePage.CachedAnswer answer) {
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("name", answer.name());
    body.put("type", answer.type());
    body.put("dnssec_ok", answer.dnssecOk());
    body.put("checking_disabled", answer.checkingDisabled());
    body.put("state", Json.key(answer.state()));
    body.put("kind", Json.key(answer.kind()));
    body.put("learnt", answer.learnt());
    body.put("expires", answer.expires());
    body.put("stale_until", answer.staleUntil());
    body.put("record_count", answer.recordCount());
    body.put("records", answer.records());
    return body;
  }
}
