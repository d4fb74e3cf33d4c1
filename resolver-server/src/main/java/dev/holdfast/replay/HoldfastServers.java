package dev.holdfast.replay;

import dev.holdfast.Holdfast;
import dev.holdfast.StartException;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Starts this server: in this process, or in one of its own when it is to be killed. What is
 * configured are its defaults, but that every name that was answered once has a history.
 * Thread-safe.
 */
public final class HoldfastServers implements ServerUnderTest.Starter {

  private static final String MAIN_CLASS = "dev.holdfast.cli.Main";

  /** Where the launcher says that the distribution is. */
  private static final String HOME_PROPERTY = "holdfast.home";

  private static final int HEAP_MEBIBYTES = 512;

  private final List<String> settings;

  /**
   * Servers with other settings.
   *
   * @param settings {@code KEY=VALUE}, over all others
   */
  public HoldfastServers(List<String> settings) {
    this.settings = List.copyOf(settings);
  }

  @Override
  public String label() {
    return "holdfast";
  }

  @Override
  public ServerUnderTest start(ServerUnderTest.Settings started) throws IOException {
    return started.restarts() ? ServerProcess.start(started, this::words) : embedded(started);
  }

  /** The configuration, by key. */
  private static Map<String, String> keys(ServerUnderTest.Settings settings, int port) {
    Map<String, String> keys = new LinkedHashMap<>();
    keys.put("listen", "[\"127.0.0.1:" + port + "\"]");
    keys.put(
        "upstreams",
        "[\"127.0.0.1:%d\", \"127.0.0.1:%d\"]"
            .formatted(settings.firstUpstream().getPort(), settings.secondUpstream().getPort()));
    keys.put("state-dir", settings.folder().resolve("state").toString());
    keys.put("admin.listen", "off");
    keys.put("hold.min-history", "0s");
    keys.put("hold.min-refreshes", "0");
    if (settings.heldZone() != null) {
      keys.put("hold.zones", "{ \"" + settings.heldZone() + "\": enforce }");
    }
    return keys;
  }

  private ServerUnderTest embedded(ServerUnderTest.Settings started) throws IOException {
    List<OptionSetting> options = new ArrayList<>();
    keys(started, 0).forEach((key, value) -> options.add(OptionSetting.set(key + "=" + value)));
    settings.forEach(each -> options.add(OptionSetting.set(each)));
    try {
      HoldfastConfig config = new ConfigReader(Machine.local()).read(null, options);
      return new Embedded(Holdfast.start(config, List.of()));
    } catch (InvalidConfigException | StartException e) {
      throw new IOException("holdfast does not start: " + e.getMessage(), e);
    }
  }

  private List<String> words(ServerUnderTest.Settings started, InetSocketAddress listen) {
    List<String> words = new ArrayList<>();
    String home = System.getProperty(HOME_PROPERTY);
    if (home == null) {
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.add("--enable-native-access=ALL-UNNAMED");
      words.add("-Xmx" + HEAP_MEBIBYTES + "m");
      words.add("-XX:+UseSerialGC");
      words.add("-XX:+UseCompactObjectHeaders");
      words.add("-cp");
      words.add(System.getProperty("java.class.path"));
      words.add(MAIN_CLASS);
    } else {
      words.add(Path.of(home, "bin", "holdfast").toString());
    }
    words.add("run");
    words.add("--config");
    words.add("/dev/null");
    keys(started, listen.getPort())
        .forEach((key, value) -> words.addAll(List.of("--set", key + "=" + value)));
    settings.forEach(each -> words.addAll(List.of("--set", each)));
    return words;
  }

  /** A server in this process. Confined to one thread. */
  private record Embedded(Holdfast holdfast) implements ServerUnderTest {

    @Override
    public InetSocketAddress address() {
      return holdfast.addresses().getFirst();
    }

    @Override
    public void restart() throws IOException {
      throw new IOException("a server inside this process cannot be killed");
    }

    @Override
    public long count(Counter counter) {
      return holdfast.count(counter);
    }

    @Override
    public String toString() {
      return "holdfast";
    }

    @Override
    public void close() {
      holdfast.close();
    }
  }
}
