package dev.holdfast.replay;

import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A resolver that asks two upstreams and is asked by the replay. Confined to one thread. */
public interface ServerUnderTest extends AutoCloseable {

  /** Where it is asked. */
  InetSocketAddress address();

  /** Ends it without warning and starts it again at the same address on what it left on disk. */
  void restart() throws IOException;

  /** What it has counted; -1 when it does not tell. */
  long count(Counter counter);

  @Override
  void close();

  /**
   * What a server is started with.
   *
   * @param folder empty, for configuration and state
   * @param heldZone it shall not believe that names in here vanished; null for no such zone
   * @param restarts whether it will be restarted
   */
  record Settings(
      InetSocketAddress firstUpstream,
      InetSocketAddress secondUpstream,
      Path folder,
      @Nullable String heldZone,
      boolean restarts) {}

  /** Starts servers of one kind. Thread-safe. */
  interface Starter {

    /** What the server is called in reports. */
    String label();

    /**
     * Says whether there is such a server at all.
     *
     * @throws IOException saying what is missing
     */
    default void check() throws IOException {}

    /**
     * Starts a server; it need not answer yet.
     *
     * @throws IOException saying what stands in the way
     */
    ServerUnderTest start(Settings settings) throws IOException;
  }
}
