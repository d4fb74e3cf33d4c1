package dev.holdfast.replay;

import dev.holdfast.metrics.Counter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A server in a process of its own, whatever program it is. Confined to one thread. */
final class ServerProcess implements ServerUnderTest {

  /** Writes what the command line to start a server with. */
  interface Command {

    /** Prepares the folder and returns the words of the command. */
    List<String> words(Settings settings, InetSocketAddress listen) throws IOException;
  }

  /* Below the range from which systems hand out ports, so that no client is there already. */
  private static final int FIRST_PORT = 20_000;
  private static final int PORTS = 12_000;
  private static final int PORTS_TRIED = 64;
  private static final long TERMINATE_MILLIS = 3000;

  private static final SecureRandom RANDOM = new SecureRandom();

  /** Those that run, to be ended with this process. */
  private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(ServerProcess::kill)));
  }

  private final Path folder;
  private final InetSocketAddress address;
  private final List<String> words;
  private Process process;

  private ServerProcess(Settings settings, InetSocketAddress address, List<String> words)
      throws IOException {
    this.folder = settings.folder();
    this.address = address;
    this.words = words;
    this.process = launch();
  }

  static ServerProcess start(Settings settings, Command command) throws IOException {
    InetSocketAddress address = freeAddress();
    return new ServerProcess(settings, address, command.words(settings, address));
  }

  @Override
  public InetSocketAddress address() {
    return address;
  }

  @Override
  public void restart() throws IOException {
    kill(process);
    process = launch();
  }

  @Override
  public long count(Counter counter) {
    return -1;
  }

  /** Asks it to end, and ends it when it does not. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(TERMINATE_MILLIS, TimeUnit.MILLISECONDS)) {
        kill(process);
      }
    } catch (InterruptedException e) {
      kill(process);
      Thread.currentThread().interrupt();
    }
    RUNNING.remove(process);
  }

  private Process launch() throws IOException {
    Path log = folder.resolve("server.log");
    Process launched =
        new ProcessBuilder(words)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .start();
    RUNNING.add(launched);
    return launched;
  }

  private static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().orTimeout(TERMINATE_MILLIS, TimeUnit.MILLISECONDS).join();
    RUNNING.remove(process);
  }

  /** The last lines that the server wrote, for whoever looks for a reason. */
  @Override
  public String toString() {
    try {
      List<String> lines = Files.readAllLines(folder.resolve("server.log"));
      return String.join(" | ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
    } catch (IOException | UncheckedIOException unreadable) {
      return words.getFirst();
    }
  }

  private static InetSocketAddress freeAddress() throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    IOException last = new IOException("no port tried");
    for (int tried = 0; tried < PORTS_TRIED; tried++) {
      InetSocketAddress address =
          new InetSocketAddress(loopback, FIRST_PORT + RANDOM.nextInt(PORTS));
      try (DatagramChannel udp = DatagramChannel.open();
          ServerSocketChannel tcp = ServerSocketChannel.open()) {
        udp.bind(address);
        tcp.bind(address);
        return address;
      } catch (IOException taken) {
        last = taken;
      }
    }
    throw last;
  }
}
