package dev.holdfast.replay;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Other resolvers that may be installed on this machine, each configured to forward to two
 * upstreams and to give stale answers as well as it can. Thread-safe.
 */
public enum Peer implements ServerUnderTest.Starter {
  UNBOUND("unbound", "unbound.conf", "-d -p -c {dir}/unbound.conf") {
    @Override
    String configuration() {
      return """
      server:
        interface: 127.0.0.1
        port: {port}
        access-control: 127.0.0.0/8 allow
        do-daemonize: no
        username: ""
        chroot: ""
        directory: "{dir}"
        pidfile: ""
        use-syslog: no
        num-threads: 1
        do-not-query-localhost: no
        module-config: "iterator"
        prefetch: yes
        serve-expired: yes
        serve-expired-ttl: 86400
        serve-expired-client-timeout: 1800
        ede: yes
        ede-serve-expired: yes
      remote-control:
        control-enable: no
      forward-zone:
        name: "."
        forward-addr: 127.0.0.1@{port1}
        forward-addr: 127.0.0.1@{port2}
      """;
    }
  },
  DNSDIST("dnsdist", "dnsdist.conf", "--supervised -C {dir}/dnsdist.conf") {
    @Override
    String configuration() {
      return """
      setLocal("127.0.0.1:{port}")
      setACL({"127.0.0.0/8"})
      setSecurityPollSuffix("")
      newServer({address="127.0.0.1:{port1}", checkInterval=1, maxCheckFailures=1})
      newServer({address="127.0.0.1:{port2}", checkInterval=1, maxCheckFailures=1})
      pc = newPacketCache(100000, {keepStaleData=true, staleTTL=30})
      getPool(""):setCache(pc)
      setStaleCacheEntriesTTL(86400)
      """;
    }
  },
  DNSMASQ("dnsmasq", "dnsmasq.conf", "--keep-in-foreground -C {dir}/dnsmasq.conf") {
    @Override
    String configuration() {
      return """
      port={port}
      listen-address=127.0.0.1
      bind-interfaces
      no-resolv
      no-hosts
      pid-file
      user=root
      log-facility=-
      cache-size=10000
      use-stale-cache=86400
      server=127.0.0.1#{port1}
      server=127.0.0.1#{port2}
      """;
    }
  },
  BIND("named", "named.conf", "-g -n 1 -c {dir}/named.conf") {
    @Override
    String configuration() {
      return """
      options {
        directory "{dir}";
        pid-file none;
        session-keyfile none;
        listen-on port {port} { 127.0.0.1; };
        listen-on-v6 { none; };
        allow-query { 127.0.0.0/8; };
        recursion yes;
        forward only;
        forwarders { 127.0.0.1 port {port1}; 127.0.0.1 port {port2}; };
        dnssec-validation no;
        empty-zones-enable no;
        stale-cache-enable yes;
        stale-answer-enable yes;
        max-stale-ttl 1d;
        stale-answer-ttl 30;
        stale-answer-client-timeout 1800;
      };
      controls { };
      """;
    }
  },
  PDNS_RECURSOR("pdns_recursor", "recursor.conf", "--config-dir={dir}") {
    @Override
    String configuration() {
      return """
      local-address=127.0.0.1
      local-port={port}
      allow-from=127.0.0.0/8
      dont-query=
      forward-zones-recurse=.=127.0.0.1:{port1};127.0.0.1:{port2}
      daemon=no
      disable-syslog=yes
      write-pid=no
      socket-dir={dir}
      threads=1
      dnssec=off
      security-poll-suffix=
      extended-resolution-errors=yes
      serve-stale-extensions=2880
      packetcache-servfail-ttl=1
      server-down-throttle-time=1
      """;
    }
  },
  KNOT("kresd", "kresd.conf", "-n -c {dir}/kresd.conf {dir}") {
    @Override
    String configuration() {
      return """
      net.ipv6 = false
      net.listen('127.0.0.1', {port}, { kind = 'dns' })
      modules = { 'policy', 'serve_stale < cache' }
      modules.unload('ta_update')
      modules.unload('ta_signal_query')
      modules.unload('priming')
      trust_anchors.remove('.')
      cache.size = 50 * MB
      cache.min_ttl(1)
      serve_stale.timeout = 1800
      policy.add(policy.all(policy.FORWARD({ '127.0.0.1@{port1}', '127.0.0.1@{port2}' })))
      """;
    }
  };

  private static final List<Path> FOLDERS =
      Stream.concat(
              Arrays.stream(String.valueOf(System.getenv("PATH")).split(":", -1)),
              Stream.of("/usr/sbin", "/usr/local/sbin", "/sbin"))
          .filter(folder -> folder.startsWith("/"))
          .map(Path::of)
          .distinct()
          .toList();

  private final String program;
  private final String file;
  private final String arguments;

  Peer(String program, String file, String arguments) {
    this.program = program;
    this.file = file;
    this.arguments = arguments;
  }

  /** The text of its configuration with placeholders. */
  abstract String configuration();

  /** The name on the command line, and in reports. */
  @Override
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the peer that is called so on the command line, or null. */
  public static @Nullable Peer named(String label) {
    return Arrays.stream(values())
        .filter(peer -> peer.label().equals(label))
        .findFirst()
        .orElse(null);
  }

  /** All names, for whoever typed another. */
  public static String labels() {
    return Arrays.stream(values()).map(Peer::label).collect(Collectors.joining(", "));
  }

  @Override
  public ServerUnderTest start(ServerUnderTest.Settings settings) throws IOException {
    return ServerProcess.start(settings, this::prepare);
  }

  @Override
  public void check() throws IOException {
    executable();
  }

  private Path executable() throws IOException {
    return FOLDERS.stream()
        .map(folder -> folder.resolve(program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new IOException(label() + " is not installed: no program " + program + " found"));
  }

  private List<String> prepare(ServerUnderTest.Settings settings, InetSocketAddress listen)
      throws IOException {
    Files.writeString(
        settings.folder().resolve(file), CommandServer.fill(configuration(), settings, listen));
    return Stream.concat(Stream.of(executable().toString()), Stream.of(arguments.split(" ")))
        .map(word -> CommandServer.fill(word, settings, listen))
        .toList();
  }
}
