package dev.holdfast.cli;

import dev.holdfast.StartException;
import dev.holdfast.config.ConfigSource;
import dev.holdfast.config.InvalidConfigException;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A running server as the commands see it. Thread-safe. */
public interface Server extends AutoCloseable {

  /** What to tell whoever started it: where it listens, whom it asks, where to look. */
  List<String> greeting();

  /** Reads the configuration anew and logs what came of it. */
  default void reload() {}

  /** Returns when the server has stopped by itself, which it may never do. */
  default void awaitStop() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  /** Stops: answers who is waiting, then closes every socket. */
  @Override
  void close();

  /**
   * How a server is to be started.
   *
   * @param demo whether to ask embedded upstreams with a small zone in place of real ones
   * @param replace whether to take the place of the server that runs with the same state folder
   */
  record Start(ConfigSource config, boolean demo, boolean replace) {}

  /** Starts servers. */
  interface Starter {

    /**
     * Starts a server and returns when it serves.
     *
     * @throws InvalidConfigException with every problem of the configuration
     * @throws StartException saying everything that stands in the way
     */
    Server start(Start start) throws InvalidConfigException, StartException;
  }
}
