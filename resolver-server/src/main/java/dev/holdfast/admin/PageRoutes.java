package dev.holdfast.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The page at {@code /} and its files: static, and open to anybody who reaches the address, since
 * they tell nothing of this server.
 */
public final class PageRoutes {

  private static final String HTML = "text/html; charset=utf-8";
  private static final String CSS = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final String SVG = "image/svg+xml";

  /** The charting library, as its artefact has it. */
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final List<String> SCRIPTS =
      List.of("page", "api", "history", "charts", "story", "format");

  private PageRoutes() {}

  /** The routes of the page. */
  public static List<AdminRoute> all() {
    Stream<AdminRoute> named =
        Stream.of(
            file("/", HTML, "page/index.html"),
            file("/page/page.css", CSS, "page/page.css"),
            file("/page/icon.svg", SVG, "page/icon.svg"),
            file("/page/uplot.js", SCRIPT, UPLOT + "uPlot.esm.js"),
            file("/page/uplot.css", CSS, UPLOT + "uPlot.min.css"));
    Stream<AdminRoute> scripts =
        SCRIPTS.stream()
            .map(name -> "page/" + name + ".js")
            .map(name -> file("/" + name, SCRIPT, name));
    return Stream.concat(named, scripts).toList();
  }

  private static AdminRoute file(String path, String contentType, String resource) {
    return AdminRoute.open(path, request -> new AdminResponse(200, contentType, read(resource)));
  }

  private static String read(String resource) {
    try (InputStream in = PageRoutes.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
