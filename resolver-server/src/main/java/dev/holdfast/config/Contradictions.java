package dev.holdfast.config;

import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.upstream.UpstreamSpec;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Finds settings that are fine one by one and wrong together. */
final class Contradictions {

  private final SectionReader root;
  private final HoldfastConfig config;
  private final Machine machine;

  Contradictions(SectionReader root, HoldfastConfig config, Machine machine) {
    this.root = root;
    this.config = config;
    this.machine = machine;
  }

  /** Adds every contradiction to the problems of the reader. */
  void addProblems() {
    checkListen();
    checkUpstreams(root, config.upstreams());
    SectionReader zones = root.section("zones");
    for (String name : zones.names()) {
      SectionReader zone = zones.section(name);
      checkUpstreams(zone, zone.list("upstreams", UpstreamSpec::parse, List.of()));
    }
    checkAdmin();
    checkDeadlines();
  }

  private void checkListen() {
    List<InetSocketAddress> listen = config.listen();
    boolean openToTheWorld = config.access().allowsTheWorld() && !config.access().open();
    for (int i = 0; i < listen.size(); i++) {
      InetSocketAddress address = listen.get(i);
      for (int j = 0; j < listen.size(); j++) {
        InetSocketAddress other = listen.get(j);
        if (j < i && address.equals(other) && address.getPort() != 0) {
          refuseListen(i, "every address once");
        } else if (!address.equals(other) && covers(other, address)) {
          refuseListen(i, "no address that " + SocketAddresses.format(other) + " covers");
        }
      }
      if (openToTheWorld && !address.getAddress().isLoopbackAddress()) {
        refuseListen(
            i,
            "a loopback address, a narrower access.allow, or access.open: true to serve everybody"
                + " on the internet");
      }
    }
  }

  private void refuseListen(int index, String expected) {
    String address = SocketAddresses.format(config.listen().get(index));
    root.addProblem(
        root.origin("listen", index), "listen", address + " (expected " + expected + ")");
  }

  private void checkUpstreams(SectionReader section, List<UpstreamSpec> upstreams) {
    for (int i = 0; i < upstreams.size(); i++) {
      UpstreamSpec upstream = upstreams.get(i);
      Origin origin = section.origin("upstreams", i);
      if (upstreams.indexOf(upstream) < i) {
        section.addProblem(origin, "upstreams", upstream + " (expected every upstream once)");
      }
      if (isServedHere(upstream.address())) {
        section.addProblem(
            origin,
            "upstreams",
            upstream + " (expected another server: this is where Holdfast listens itself)");
      }
    }
  }

  private boolean isServedHere(InetSocketAddress upstream) {
    for (InetSocketAddress listen : config.listen()) {
      boolean own =
          machine.hasAddress(upstream.getAddress())
              || upstream.getAddress().equals(InetAddress.ofLiteral("127.0.0.1"))
              || upstream.getAddress().equals(InetAddress.ofLiteral("::1"));
      if (upstream.equals(listen) || (own && covers(listen, upstream))) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code wildcard} stands for all addresses of a family and so for this one. */
  private static boolean covers(InetSocketAddress wildcard, InetSocketAddress address) {
    return wildcard.getAddress().isAnyLocalAddress()
        && wildcard.getPort() != 0
        && wildcard.getPort() == address.getPort()
        && wildcard.getAddress() instanceof Inet4Address
            == address.getAddress() instanceof Inet4Address;
  }

  private void checkAdmin() {
    InetSocketAddress admin = config.admin().listen();
    if (admin == null) {
      return;
    }
    SectionReader section = root.section("admin");
    if (config.admin().needsToken() && config.admin().tokenFile() == null) {
      section.addProblem(
          section.origin("listen"),
          "listen",
          SocketAddresses.format(admin)
              + " (expected a loopback address, or admin.token-file with the token that requests"
              + " must carry)");
    }
    if (admin.getPort() == 0) {
      return;
    }
    for (int i = 0; i < config.listen().size(); i++) {
      InetSocketAddress listen = config.listen().get(i);
      if (!listen.equals(admin) && !covers(listen, admin) && !covers(admin, listen)) {
        continue;
      }
      if (section.has("listen")) {
        section.addProblem(
            section.origin("listen"),
            "listen",
            SocketAddresses.format(admin) + " (expected a port that DNS is not served on)");
      } else {
        refuseListen(i, "another port than admin.listen, " + SocketAddresses.format(admin));
      }
    }
  }

  private void checkDeadlines() {
    Duration timeout = config.stale().clientTimeout();
    Duration deadline = config.limits().answerDeadline();
    if (timeout.compareTo(deadline) < 0) {
      return;
    }
    SectionReader stale = root.section("stale");
    SectionReader limits = root.section("limits");
    if (stale.has("client-timeout")) {
      stale.addProblem(
          stale.origin("client-timeout"),
          "client-timeout",
          Quantities.format(timeout)
              + " (expected less than limits.answer-deadline, "
              + Quantities.format(deadline)
              + ")");
    } else {
      limits.addProblem(
          limits.origin("answer-deadline"),
          "answer-deadline",
          Quantities.format(deadline)
              + " (expected more than stale.client-timeout, "
              + Quantities.format(timeout)
              + ")");
    }
  }
}
