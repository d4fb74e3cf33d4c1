import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Makes the AOT cache of an unpacked distribution: starts its server on free loopback ports with a
 * journal that another run has filled, asks over UDP and TCP for what it knows and does not know,
 * looks at its status, and stops it; the Java that ran it then writes which classes it loaded and
 * how its methods were used. Has to run again whenever the libraries or the Java they are for
 * change. The build runs it as a source file.
 */
public final class TrainingRun {

  private static final String CACHE = "lib/holdfast.aot";
  private static final int NAMES = 500;
  private static final int ROUNDS = 60;

  /** Enough for what brings the journal back to be compiled in the training run already. */
  private static final int KEPT_NAMES = 60_000;

  private static final int WINDOW = 50;
  private static final int PATIENCE_MILLIS = 20_000;
  private static final int ANSWER_BYTES = 4096;
  private static final short TYPE_A = 1;
  private static final short CLASS_IN = 1;

  private final Path home;
  private final InetAddress loopback = InetAddress.getLoopbackAddress();

  private TrainingRun(Path home) {
    this.home = home;
  }

  /** Argument: the folder of the distribution. */
  public static void main(String[] arguments) throws Exception {
    new TrainingRun(Path.of(arguments[0]).toRealPath()).run();
  }

  private void run() throws Exception {
    if (!Files.isExecutable(Path.of("/bin/sh"))) {
      System.out.println("no shell to run the launcher with: no AOT cache");
      return;
    }
    Path work = Files.createTempDirectory("holdfast-training");
    Path cache = home.resolve(CACHE);
    Files.deleteIfExists(cache);
    try (DatagramSocket upstream = new DatagramSocket(0, loopback)) {
      Thread.ofPlatform().daemon().start(() -> serve(upstream));
      serve("", work, upstream.getLocalPort(), port -> askOverUdp(port, "j", KEPT_NAMES, 1));
      serve(
          "-XX:AOTCacheOutput=" + cache,
          work,
          upstream.getLocalPort(),
          port -> {
            askOverUdp(port, "h", NAMES, ROUNDS);
            askOverTcp(port);
          });
      if (!Files.isReadable(cache)) {
        throw new IOException(
            "the training run left no AOT cache:\n" + Files.readString(work.resolve("log")));
      }
    } finally {
      remove(work);
    }
    checkThatItFits();
    checkThatMisfitIsSilent();
    System.out.printf("%s: %d MiB%n", cache, Files.size(cache) >> 20);
  }

  private interface Questions {

    void ask(int port) throws IOException;
  }

  /** Runs the server until its questions are answered, and stops it. */
  private void serve(String javaOptions, Path work, int upstream, Questions questions)
      throws Exception {
    int port = freePort();
    Process server = start(javaOptions, work, port, upstream);
    try {
      awaitAnswer(server, port);
      questions.ask(port);
    } finally {
      server.destroy();
    }
    if (!server.waitFor(2, TimeUnit.MINUTES)) {
      server.destroyForcibly();
      throw new IOException("the server does not stop");
    }
  }

  private Process start(String javaOptions, Path work, int port, int upstream) throws IOException {
    return launcher(
            javaOptions,
            "run",
            "--listen=127.0.0.1:" + port,
            "--upstream=127.0.0.1:" + upstream,
            "--admin=127.0.0.1:0",
            "--state-dir=" + work.resolve("state"))
        .redirectErrorStream(true)
        .redirectOutput(work.resolve("log").toFile())
        .start();
  }

  /** With this mode Java does not start where it cannot use the cache. */
  private void checkThatItFits() throws Exception {
    Ended ended = runCheck("-XX:AOTMode=on");
    if (ended.status() != 0) {
      throw new IOException("the AOT cache does not fit: " + ended.output());
    }
  }

  /** A cache made with other object headers is as unfit as that of another Java. */
  private void checkThatMisfitIsSilent() throws Exception {
    String fits = runCheck("").output();
    String unfit = runCheck("-XX:-UseCompactObjectHeaders").output();
    if (!unfit.equals(fits)) {
      throw new IOException("an AOT cache that does not fit is not passed over: " + unfit);
    }
  }

  private record Ended(int status, String output) {}

  /** Lets the server read its configuration, which loads most of what it starts with. */
  private Ended runCheck(String javaOptions) throws Exception {
    Process process =
        launcher(javaOptions, "check", "--upstream", "192.0.2.1").redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.waitFor(), output);
  }

  private ProcessBuilder launcher(String javaOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin/holdfast").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    if (!Files.exists(home.resolve("runtime"))) {
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    }
    builder.environment().remove("HOLDFAST_PROFILE");
    builder.environment().put("HOLDFAST_JAVA_OPTS", javaOptions);
    return builder;
  }

  private void awaitAnswer(Process server, int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    try (DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(20);
      while (server.isAlive() && System.nanoTime() - deadline < 0) {
        try {
          send(client, port, query(0, "localhost"));
          receive(client);
          return;
        } catch (IOException notYet) {
          // asked again
        }
      }
    }
    throw new IOException("the server does not answer");
  }

  /** Misses first, then hits; in small windows, so that nothing is lost on a slow machine. */
  private void askOverUdp(int port, String prefix, int names, int rounds) throws IOException {
    try (DatagramSocket client = new DatagramSocket()) {
      client.setSoTimeout(PATIENCE_MILLIS);
      for (int round = 0; round < rounds; round++) {
        for (int name = 0; name < names; name += WINDOW) {
          for (int i = 0; i < WINDOW; i++) {
            send(client, port, query(i, prefix + (name + i) + ".example.org"));
          }
          for (int i = 0; i < WINDOW; i++) {
            receive(client);
          }
        }
      }
    }
  }

  private void askOverTcp(int port) throws IOException {
    try (Socket client = new Socket(loopback, port)) {
      client.setSoTimeout(PATIENCE_MILLIS);
      InputStream in = client.getInputStream();
      for (int i = 0; i < NAMES; i++) {
        byte[] query = query(i, (i % 2 == 0 ? "h" : "t") + i + ".example.org");
        byte[] message =
            ByteBuffer.allocate(2 + query.length).putShort((short) query.length).put(query).array();
        client.getOutputStream().write(message);
        int length = ByteBuffer.wrap(in.readNBytes(2)).getShort();
        in.readNBytes(length);
      }
    }
  }

  /** Answers every question with one address. */
  private static void serve(DatagramSocket upstream) {
    byte[] buffer = new byte[ANSWER_BYTES];
    while (!upstream.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        upstream.receive(packet);
        int end = 12;
        while (buffer[end] != 0) {
          end += buffer[end] + 1;
        }
        end += 5;
        ByteBuffer answer = ByteBuffer.allocate(end + 16);
        answer.put(buffer, 0, 2).putShort((short) 0x8180);
        answer.putShort((short) 1).putShort((short) 1).putInt(0);
        answer.put(buffer, 12, end - 12);
        answer.putShort((short) 0xc00c).putShort(TYPE_A).putShort(CLASS_IN).putInt(3600);
        answer.putShort((short) 4).put(new byte[] {(byte) 192, 0, 2, 1});
        packet.setData(answer.array());
        upstream.send(packet);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static byte[] query(int id, String name) {
    ByteBuffer query = ByteBuffer.allocate(name.length() + 2 + 16 + 11);
    query.putShort((short) id).putShort((short) 0x0100);
    query.putShort((short) 1).putShort((short) 0).putShort((short) 0).putShort((short) 1);
    for (String label : name.split("\\.")) {
      query.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    query.put((byte) 0).putShort(TYPE_A).putShort(CLASS_IN);
    query.put((byte) 0).putShort((short) 41).putShort((short) 1232).putInt(0).putShort((short) 0);
    return query.array();
  }

  private void send(DatagramSocket client, int port, byte[] query) throws IOException {
    client.send(new DatagramPacket(query, query.length, new InetSocketAddress(loopback, port)));
  }

  private static void receive(DatagramSocket client) throws IOException {
    client.receive(new DatagramPacket(new byte[ANSWER_BYTES], ANSWER_BYTES));
  }

  private int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, loopback)) {
      return free.getLocalPort();
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
