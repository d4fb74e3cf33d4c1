package dev.holdfast.e2e;

import dev.holdfast.FreePort;
import dev.holdfast.Holdfast;
import dev.holdfast.Reload;
import dev.holdfast.StartException;
import dev.holdfast.config.ConfigReader;
import dev.holdfast.config.ConfigSource;
import dev.holdfast.config.HoldfastConfig;
import dev.holdfast.config.InvalidConfigException;
import dev.holdfast.config.Machine;
import dev.holdfast.config.OptionSetting;
import dev.holdfast.datagram.DatagramKind;
import dev.holdfast.metrics.Counter;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.upstream.Upstream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

/** The whole server in this process, on free ports of the loopback address. Thread-safe. */
final class TestServer implements AutoCloseable {

  private static final int START_ATTEMPTS = 5;
  private static final String DATAGRAM_PROPERTY = "dev.holdfast.datagram";

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

  /** Settings that name a port. */
  interface PortSettings {
    String[] at(int port) throws Exception;
  }

  /** Starts a server whose settings must know the port that it gets. */
  static TestServer onFreePort(Path stateDir, PortSettings settings) throws Exception {
    for (int attempt = 1; ; attempt++) {
      try {
        return start(stateDir, settings.at(FreePort.find()));
      } catch (StartException taken) {
        if (attempt == START_ATTEMPTS) {
          throw taken;
        }
      }
    }
  }

  /** Starts a server that takes its settings anew at each {@link #reload}. */
  static TestServer reloadable(Path stateDir, Supplier<String[]> settings) throws Exception {
    ConfigSource source = () -> config(stateDir, settings.get());
    return new TestServer(Holdfast.start(source, /* replace= */ false, List.of()));
  }

  Reload reload() {
    return holdfast.reload();
  }

  /** Starts a server that asks one upstream. */
  static TestServer asking(InetSocketAddress upstream, Path stateDir, String... settings)
      throws Exception {
    List<String> all = new ArrayList<>(List.of(settings));
    all.add("upstreams=" + SocketAddresses.format(upstream));
    return start(stateDir, all.toArray(String[]::new));
  }

  /** Starts a server that asks one upstream, and reads and sends datagrams in a way of its own. */
  static TestServer asking(DatagramKind kind, InetSocketAddress upstream, Path stateDir)
      throws Exception {
    System.setProperty(DATAGRAM_PROPERTY, kind.name().toLowerCase(Locale.ROOT));
    try {
      return asking(upstream, stateDir);
    } finally {
      System.clearProperty(DATAGRAM_PROPERTY);
    }
  }

  private static HoldfastConfig config(Path stateDir, String... settings)
      throws InvalidConfigException {
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

  /** Where its admin address is, if a setting gave it one. */
  InetSocketAddress adminAddress() {
    return Objects.requireNonNull(holdfast.adminAddress(), "admin.listen=off");
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
