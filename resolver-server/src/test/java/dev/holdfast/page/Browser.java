package dev.holdfast.page;

import dev.holdfast.json.Json;
import dev.holdfast.json.JsonReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Headless Chromium with one tab, steered through its DevTools protocol. What the page logs as an
 * error, and every address it asks, is kept. Confined to one test.
 */
final class Browser implements AutoCloseable {

  private static final long TIMEOUT_SECONDS = 30;

  /** Problems on the console, and exceptions that nobody caught. */
  final List<String> problems = new CopyOnWriteArrayList<>();

  /** Every address that was asked. */
  final List<String> requests = new CopyOnWriteArrayList<>();

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Long, CompletableFuture<Map<?, ?>>> answers = new ConcurrentHashMap<>();
  private String session = "";

  Browser(String chromium, Path profile) throws Exception {
    List<String> command =
        List.of(
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--remote-debugging-port=0",
            "--user-data-dir=" + profile,
            "about:blank");
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(profile.resolve("chromium.log").toFile())
            .start();
    socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(address(profile.resolve("DevToolsActivePort")), new Listener())
            .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    Object target = call("Target.createTarget", Map.of("url", "about:blank")).get("targetId");
    Object attached =
        call("Target.attachToTarget", Map.of("targetId", String.valueOf(target), "flatten", true))
            .get("sessionId");
    session = String.valueOf(attached);
    for (String domain : List.of("Page", "Runtime", "Network", "Log")) {
      call(domain + ".enable", Map.of());
    }
  }

  void open(String url) throws Exception {
    call("Page.navigate", Map.of("url", url));
  }

  /** Sets the size of the window, and whether the system is set to dark. */
  void window(int width, int height, boolean dark) throws Exception {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
  }

  /** Returns what an expression is worth in the page. */
  @Nullable Object eval(String expression) throws Exception {
    Map<?, ?> result =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "awaitPromise", true, "returnByValue", true));
    if (result.get("exceptionDetails") != null) {
      throw new IllegalStateException(expression + ": " + result.get("exceptionDetails"));
    }
    return field(result, "result").get("value");
  }

  /** Returns the text of the first element that matches. */
  String text(String selector) throws Exception {
    return String.valueOf(eval("document.querySelector('" + selector + "').innerText"));
  }

  /** Waits until an expression is true; one that cannot be worth anything yet is not. */
  void await(String expression) throws Exception {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    String test = "(() => { try { return Boolean(" + expression + ") } catch { return false } })()";
    while (!Boolean.TRUE.equals(eval(test))) {
      if (System.nanoTime() - deadlineNanos > 0) {
        throw new AssertionError(
            "never true: " + expression + "\n" + text("body") + "\n" + problems);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  /** Presses and releases a key. */
  void press(String key) throws Exception {
    String text = key.length() == 1 ? key : key.equals("Enter") ? "\r" : "";
    for (String type : List.of("keyDown", "keyUp")) {
      Map<String, Object> event = new HashMap<>(Map.of("type", type, "key", key));
      event.put("windowsVirtualKeyCode", keyCode(key));
      if (type.equals("keyDown") && !text.isEmpty()) {
        event.put("text", text);
      }
      call("Input.dispatchKeyEvent", event);
    }
  }

  void type(String text) throws Exception {
    call("Input.insertText", Map.of("text", text));
  }

  void screenshot(Path file) throws Exception {
    Object data = call("Page.captureScreenshot", Map.of("captureBeyondViewport", true)).get("data");
    Files.write(file, Base64.getDecoder().decode(String.valueOf(data)));
  }

  private static Map<?, ?> field(Map<?, ?> object, String name) {
    return object.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static int keyCode(String key) {
    return switch (key) {
      case "Enter" -> 13;
      case "Escape" -> 27;
      case "Tab" -> 9;
      default -> key.charAt(0);
    };
  }

  private Map<?, ?> call(String method, Map<String, ?> parameters) throws Exception {
    long id = ids.incrementAndGet();
    CompletableFuture<Map<?, ?>> answer = new CompletableFuture<>();
    answers.put(id, answer);
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("id", id);
    message.put("method", method);
    message.put("params", parameters);
    if (!session.isEmpty()) {
      message.put("sessionId", session);
    }
    socket.sendText(Json.write(message), true).get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    return answer.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  private URI address(Path portFile) throws Exception {
    long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    while (!Files.exists(portFile) || Files.readAllLines(portFile).size() < 2) {
      if (!process.isAlive() || System.nanoTime() - deadlineNanos > 0) {
        throw new IOException("Chromium did not start, see its log in " + portFile.getParent());
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    List<String> lines = Files.readAllLines(portFile);
    return URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
  }

  private void received(String text) {
    Map<?, ?> message = JsonReader.readObject(text);
    if (message.get("id") instanceof Long id) {
      CompletableFuture<Map<?, ?>> answer = answers.remove(id);
      if (answer != null && message.get("result") instanceof Map<?, ?> result) {
        answer.complete(result);
      } else if (answer != null) {
        answer.completeExceptionally(new IllegalStateException(text));
      }
      return;
    }
    Map<?, ?> parameters = field(message, "params");
    switch (String.valueOf(message.get("method"))) {
      case "Network.requestWillBeSent" ->
          requests.add(String.valueOf(field(parameters, "request").get("url")));
      case "Runtime.exceptionThrown" -> problems.add(text);
      case "Log.entryAdded" -> {
        if (parameters.get("entry") instanceof Map<?, ?> entry
            && "error".equals(entry.get("level"))) {
          problems.add(text);
        }
      }
      default -> {}
    }
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }

  private final class Listener implements WebSocket.Listener {

    private final StringBuilder partial = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        received(partial.toString());
        partial.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
