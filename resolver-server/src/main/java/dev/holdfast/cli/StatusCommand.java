package dev.holdfast.cli;

import dev.holdfast.json.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Model.OptionSpec;

/** Shows on one screen how a server is doing. */
final class StatusCommand extends AdminCommand {

  private static final String PATH = "/status";
  private static final long SAMPLE_MILLIS = 1000;
  private static final long WATCH_MILLIS = 2000;

  /** Cursor to the top left and everything below erased (ECMA-48 §8.3.21, §8.3.39). */
  private static final String CLEAR = "\u001b[H\u001b[J";

  private final long sampleMillis;
  private final long watchMillis;
  private final int maxScreens;
  private final OptionSpec watch = flag("--watch", "Show it again every 2 s, until interrupted.");
  private final OptionSpec json = flag("--json", "Print what the server says as JSON, once.");

  StatusCommand() {
    this(SAMPLE_MILLIS, WATCH_MILLIS, Integer.MAX_VALUE);
  }

  StatusCommand(long sampleMillis, long watchMillis, int maxScreens) {
    super("Show on one screen how a server is doing.");
    this.sampleMillis = sampleMillis;
    this.watchMillis = watchMillis;
    this.maxScreens = maxScreens;
    spec().addOption(watch).addOption(json);
  }

  @Override
  void ask(AdminClient client, PrintWriter out) throws IOException {
    Map<?, ?> before = client.get(PATH);
    if (isSet(json)) {
      out.println(Json.write(before));
      return;
    }
    boolean again = isSet(watch);
    long pauseMillis = sampleMillis;
    int screens = 0;
    do {
      sleep(pauseMillis);
      Map<?, ?> now = client.get(PATH);
      out.print(again ? CLEAR : "");
      new StatusScreen(new Fields(before), new Fields(now)).lines().forEach(out::println);
      out.flush();
      before = now;
      pauseMillis = watchMillis;
    } while (again && ++screens < maxScreens);
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
