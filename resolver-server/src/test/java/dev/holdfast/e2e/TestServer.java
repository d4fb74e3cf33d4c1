package dev.holdfast.e2e;

import dev.holdfast.Holdfast;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.metrics.Counter;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.upstream.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The whole server in this process, on free ports of the loopback address. Thread-safe. */
final class TestServer implements AutoCloseable {

  private final Holdfast holdfast;

  private TestServer(Holdfast holdfast) {
    this.holdfast = holdfast;
  }

  /**
   * Starts a server.
   *
   * @param stateDir a folder of the test's own
   * @param settings keys and values as in {@code --set}
   */
  static TestServer start(Path stateDir, String... settings) throws Exception {
    return new TestServer(Holdfast.start(config(stateDir, settings), List.of()));
  }

  /** Starts a server that asks one upstream. */
  static TestServer asking(InetSocketAddress upstream, Path stateDir, String... settings)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("upstreams=" + SocketAddresses.format(upstream));
    return start(stateDir, all.toArray(String[]::new));
  }

  private static HoldfastConfig config(Path stateDir, String... settings) throws Exception {
    List<OptionSetting> options = new ArrayList<>();
    options.add(OptionSetting.set("listen=127.0.0.1:0"));
    options.add(OptionSetting.set("admin.listen=off"));
    options.add(OptionSetting.set("state-dir=" + stateDir));
    for (String setting : settings) {
      options.add(OptionSetting.set(setting));
    }
    return new ConfigReader(Machine.local()).read(null, options);
  }

  /** The first address that is served. */
  InetSocketAddress address() {
    return holdfast.addresses().getFirst();
  }

  /** All addresses that are served. */
  List<InetSocketAddress> addresses() {
    return holdfast.addresses();
  }

  /** Returns a client of this server. */
  Stub stub() throws IOException {
    return new Stub(address());
  }

  /** The first of those that are asked. */
  Upstream upstream() {
    return holdfast.routes().root().upstreams().getFirst();
  }

  long count(Counter counter) {
    return holdfast.count(counter);
  }

  @Override
  public void close() {
    holdfast.close();
  }
}
