package dev.holdfast.config;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What a configuration needs to know about the machine it is for. */
public interface Machine {

  /** Whether an interface of this machine has the address. */
  boolean hasAddress(InetAddress address);

  /** Where state is kept when the configuration does not say it. */
  Path stateDir();

  /** Returns the machine this process runs on. */
  static Machine local() {
    return new Machine() {
      @Override
      public boolean hasAddress(InetAddress address) {
        try {
          return NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException unknown) {
          return false;
        }
      }

      @Override
      public Path stateDir() {
        return defaultStateDir(
            System.getenv(),
            Path.of(System.getProperty("user.home", "/tmp")),
            Path.of("/var/lib/holdfast"));
      }
    };
  }

  /**
   * The folder that the service manager gives, else that of an installed service if this process
   * may write there, else one in the user's cache.
   */
  static Path defaultStateDir(Map<String, String> environment, Path home, Path installed) {
    String given = environment.getOrDefault("STATE_DIRECTORY", "");
    if (given.startsWith("/")) {
      return Path.of(given.split(":", -1)[0]);
    }
    if (Files.isDirectory(installed) && Files.isWritable(installed)) {
      return installed;
    }
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    Path base = cache.startsWith("/") ? Path.of(cache) : home.resolve(".cache");
    return base.resolve("holdfast");
  }
}
