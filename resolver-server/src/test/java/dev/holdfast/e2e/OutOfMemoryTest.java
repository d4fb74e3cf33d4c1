package dev.holdfast.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.cli.Main;
import dev.holdfast.demo.ScriptedUpstream;
import dev.holdfast.demo.Zone;
import dev.holdfast.metrics.MemoryExhaustion;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.File;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Type;

/**
 * A server that is told to keep more than its heap holds ends with a status that its supervisor
 * takes for a failure, and says what to do.
 */
@DisabledOnOs(OS.WINDOWS)
class OutOfMemoryTest {

  private static final Path LAUNCHER =
      Path.of(System.getProperty("project.root", ".."), "packaging/src/bin/holdfast");

  private static final String SMALL_HEAP = "-Xmx24m";
  private static final Pattern LISTENING = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+)");
  private static final String LARGE = "\"" + "x".repeat(250) + "\"";
  private static final int MAX_QUERIES = 200_000;
  private static final int WINDOW = 16;
  private static final int PATIENCE_MILLIS = 200;

  @TempDir Path folder;

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void launcher_heapUsedUp_endsAsFailedAndSaysWhatToDo() throws Exception {
    Path home = folder.resolve("holdfast");
    Path launcher = home.resolve("bin/holdfast");
    Files.createDirectories(launcher.getParent());
    Files.copy(LAUNCHER, launcher, StandardCopyOption.COPY_ATTRIBUTES);
    writeLibrary(Files.createDirectories(home.resolve("lib")).resolve("all.jar"));

    ChildProcess.Ended ended =
        flood(
            "env",
            "JAVA_HOME=" + System.getProperty("java.home"),
            "HOLDFAST_PROFILE=sidecar",
            "HOLDFAST_JAVA_OPTS=" + SMALL_HEAP,
            launcher.toString());

    assertThat(ended.status()).isEqualTo(MemoryExhaustion.STATUS);
    assertThat(ended.err())
        .contains("holdfast: out of memory", "HOLDFAST_PROFILE", "HOLDFAST_JAVA_OPTS")
        .contains("cache.max-size");
  }

  @Attack(Threat.BROKEN_PROCESS)
  @Test
  void jarsAlone_heapUsedUp_endAsFailedAndSayWhatToDo() throws Exception {
    ChildProcess.Ended ended =
        flood(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            SMALL_HEAP,
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName());

    assertThat(ended.status()).isEqualTo(MemoryExhaustion.STATUS);
    assertThat(ended.err()).contains("holdfast: out of memory", "-Xmx", "cache.max-size");
  }

  /** Starts a server that keeps everything, and asks for ever more until it ends. */
  private ChildProcess.Ended flood(String... program) throws Exception {
    Zone zone = new Zone();
    zone.set("*.example.org", "TXT", 3600, String.join(" ", List.of(LARGE, LARGE, LARGE, LARGE)));
    try (ScriptedUpstream upstream = ScriptedUpstream.start(zone);
        ChildProcess server = ChildProcess.start(folder, command(upstream.address(), program));
        DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      String port = server.awaitOutput(LISTENING);
      client.connect(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
      client.setSoTimeout(PATIENCE_MILLIS);
      for (int i = 0; i < MAX_QUERIES && server.isAlive(); i += WINDOW) {
        askSome(client, i);
      }
      return server.awaitEnd();
    }
  }

  /* What is not answered does not matter, nor a port that has closed. */
  private static void askSome(DatagramSocket client, int first) {
    byte[] response = new byte[1 << 12];
    try {
      for (int i = 0; i < WINDOW; i++) {
        String name = "host" + (first + i) + ".example.org";
        byte[] query = QueryBytes.of(name, Type.TXT).edns(1 << 12).build();
        client.send(new DatagramPacket(query, query.length));
      }
      for (int i = 0; i < WINDOW; i++) {
        client.receive(new DatagramPacket(response, response.length));
      }
    } catch (SocketTimeoutException late) {
      // Lost.
    } catch (IOException ended) {
      // Noticed by whoever looks whether the server is alive.
    }
  }

  private List<String> command(InetSocketAddress upstream, String... program) {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of("run", "--listen", "127.0.0.1:0", "--admin", "off", "--state-dir"));
    command.add(folder.resolve("state").toString());
    command.addAll(List.of("--threads", "1", "--set", "cache.max-size=1GiB"));
    command.addAll(List.of("--upstream", "127.0.0.1:" + upstream.getPort()));
    return command;
  }

  /** Writes a jar that has nothing but the way to all classes of this test. */
  private static void writeLibrary(Path file) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(
        Attributes.Name.CLASS_PATH,
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(each -> Path.of(each).toUri().toString())
            .collect(Collectors.joining(" ")));
    new JarOutputStream(Files.newOutputStream(file), manifest).close();
  }
}
