package dev.holdfast.e2e;

import dev.holdfast.Await;
import dev.holdfast.FreePort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Type;

/**
 * Unbound, NSD or BIND with the zone example.org, on a free port of the loopback address. Confined
 * to one thread.
 */
final class NameServer implements AutoCloseable {

  /** Hosts of the zone: {@code h0} and so on, each with one address. */
  static final int HOSTS = 40;

  private static final int POLL_MILLIS = 200;

  private final InetSocketAddress address;
  private final ChildProcess program;

  /** Which program. */
  enum Kind {
    UNBOUND("unbound"),
    NSD("nsd"),
    BIND("named");

    private final String program;

    Kind(String program) {
      this.program = program;
    }
  }

  /** What it does about cookies. */
  enum Cookies {
    IGNORED,
    ANSWERED,
    REQUIRED
  }

  private NameServer(InetSocketAddress address, ChildProcess program) {
    this.address = address;
    this.program = program;
  }

  /** Starts a server that draws its own secret for cookies. */
  static NameServer start(Path folder, Kind kind, Cookies cookies) throws Exception {
    return start(folder, kind, cookies, null, freeAddress());
  }

  /**
   * Starts a server, or skips the test where it is not installed.
   *
   * @param secret 32 hexadecimal digits that its cookies are signed with; null for its own
   */
  static NameServer start(
      Path folder, Kind kind, Cookies cookies, @Nullable String secret, InetSocketAddress address)
      throws Exception {
    Tools.assumeInstalled(kind.program);
    Files.writeString(folder.resolve("example.org.zone"), zone());
    boolean answers = cookies != Cookies.IGNORED;
    String program = Tools.path(kind.program);
    List<String> command =
        switch (kind) {
          case UNBOUND -> {
            if (answers) {
              throw new IllegalArgumentException("cookies: " + cookies + " (expected IGNORED)");
            }
            yield List.of(program, "-d", "-c", "" + unbound(folder, address));
          }
          case NSD -> List.of(program, "-d", "-c", "" + nsd(folder, address, answers, secret));
          case BIND ->
              List.of(program, "-g", "-n", "1", "-c", "" + bind(folder, address, cookies, secret));
        };
    NameServer server = new NameServer(address, ChildProcess.start(folder, command));
    try {
      Await.until(kind.program, server::answers);
    } catch (Exception | Error e) {
      e.addSuppressed(new IllegalStateException(server.program.toString()));
      server.close();
      throw e;
    }
    return server;
  }

  /** Where a server can be started. */
  static InetSocketAddress freeAddress() throws IOException {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), FreePort.find());
  }

  InetSocketAddress address() {
    return address;
  }

  private boolean answers() throws IOException {
    if (!program.isAlive()) {
      throw new IOException(program + " ended");
    }
    byte[] query = QueryBytes.of("h0.example.org", Type.A).build();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(POLL_MILLIS);
      socket.connect(address);
      socket.send(new DatagramPacket(query, query.length));
      socket.receive(new DatagramPacket(new byte[512], 512));
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  private static String zone() {
    StringBuilder zone =
        new StringBuilder(
            """
            $ORIGIN example.org.
            $TTL 300
            @ SOA ns hostmaster 1 3600 600 86400 60
            @ NS ns
            ns A 192.0.2.53
            """);
    for (int host = 0; host < HOSTS; host++) {
      zone.append("h%d A 192.0.2.%d\n".formatted(host, host));
    }
    return zone.toString();
  }

  private static Path unbound(Path folder, InetSocketAddress address) throws IOException {
    return Files.writeString(
        folder.resolve("unbound.conf"),
        """
        server:
          interface: %s@%d
          access-control: 127.0.0.0/8 allow
          do-daemonize: no
          use-syslog: no
          username: ""
          chroot: ""
          directory: "%3$s"
          pidfile: ""
          module-config: "iterator"
        auth-zone:
          name: "example.org"
          zonefile: "%3$s/example.org.zone"
        remote-control:
          control-enable: no
        """
            .formatted(address.getAddress().getHostAddress(), address.getPort(), folder));
  }

  private static Path nsd(
      Path folder, InetSocketAddress address, boolean cookies, @Nullable String secret)
      throws IOException {
    return Files.writeString(
        folder.resolve("nsd.conf"),
        """
        server:
          ip-address: %s@%d
          username: ""
          chroot: ""
          zonesdir: "%3$s"
          zonelistfile: "%3$s/zone.list"
          xfrdfile: "%3$s/xfrd.state"
          xfrdir: "%3$s"
          pidfile: ""
          database: ""
          answer-cookie: %4$s
          cookie-secret-file: ""
          %5$s
        remote-control:
          control-enable: no
        zone:
          name: example.org
          zonefile: example.org.zone
        """
            .formatted(
                address.getAddress().getHostAddress(),
                address.getPort(),
                folder,
                cookies ? "yes" : "no",
                secret == null ? "" : "cookie-secret: " + secret));
  }

  private static Path bind(
      Path folder, InetSocketAddress address, Cookies cookies, @Nullable String secret)
      throws IOException {
    return Files.writeString(
        folder.resolve("named.conf"),
        """
        options {
          directory "%1$s";
          managed-keys-directory "%1$s";
          pid-file none;
          session-keyfile none;
          listen-on port %2$d { %3$s; };
          listen-on-v6 { none; };
          recursion no;
          dnssec-validation no;
          answer-cookie %4$s;
          require-server-cookie %5$s;
          %6$s
        };
        controls { };
        zone "example.org" { type primary; file "%1$s/example.org.zone"; };
        """
            .formatted(
                folder,
                address.getPort(),
                address.getAddress().getHostAddress(),
                cookies == Cookies.IGNORED ? "no" : "yes",
                cookies == Cookies.REQUIRED ? "yes" : "no",
                secret == null ? "" : "cookie-secret \"" + secret + "\";"));
  }

  @Override
  public void close() {
    program.close();
  }
}
