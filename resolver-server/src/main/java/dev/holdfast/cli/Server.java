package dev.holdfast.cli;

import dev.holdfast.StartException;
import dev.holdfast.config.HoldfastConfig;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** A running server as the commands see it. Thread-safe. */
public interface Server extends AutoCloseable {

  /** What to tell whoever started it: where it listens, whom it asks, where to look. */
  List<String> greeting();

  /** Returns when the server has stopped by itself, which it may never do. */
  default void awaitStop() throws InterruptedException {
    new CountDownLatch(1).await();
  }

  /** Stops: answers who is waiting, then closes every socket. */
  @Override
  void close();

  /** Starts servers. */
  interface Starter {

    /**
     * Starts a server and returns when it serves.
     *
     * @param demo whether to ask embedded upstreams with a small zone in place of real ones
     * @throws StartException saying everything that stands in the way
     */
    Server start(HoldfastConfig config, boolean demo) throws StartException;
  }
}
