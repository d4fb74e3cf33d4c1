package dev.holdfast.demo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Two upstreams on this machine that know one small zone: a network to play with where there is
 * none. Thread-safe.
 */
public final class DemoUpstreams implements AutoCloseable {

  /** Its address counts how often something was healed, and its TTL is 5 s: good to watch. */
  public static final String WATCHED_NAME = "short.example.org.";

  /** Selects every upstream, where one is selected by its number from 1. */
  public static final String ALL = "all";

  private static final int COUNT = 2;
  private static final int LAST_ADDRESS = 254;

  private final Zone zone = exampleZone();
  private final List<ScriptedUpstream> upstreams = new ArrayList<>();
  private int heals;

  private DemoUpstreams() {}

  /** Starts both on free ports of 127.0.0.1. */
  public static DemoUpstreams start() {
    DemoUpstreams demo = new DemoUpstreams();
    try {
      for (int i = 1; i <= COUNT; i++) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        demo.upstreams.add(ScriptedUpstream.start(anyPort, demo.zone, i));
      }
      return demo;
    } catch (RuntimeException e) {
      demo.close();
      throw e;
    }
  }

  /** Both upstreams; the first is number 1. */
  public List<ScriptedUpstream> upstreams() {
    return List.copyOf(upstreams);
  }

  /** Where they listen. */
  public List<InetSocketAddress> addresses() {
    return upstreams.stream().map(ScriptedUpstream::address).toList();
  }

  /**
   * Returns the upstreams that {@code which} names.
   *
   * @throws IllegalArgumentException if it is neither {@link #ALL} nor a number of one
   */
  public List<ScriptedUpstream> select(String which) {
    if (which.equals(ALL)) {
      return upstreams();
    }
    for (int i = 0; i < upstreams.size(); i++) {
      if (which.equals(Integer.toString(i + 1))) {
        return List.of(upstreams.get(i));
      }
    }
    throw new IllegalArgumentException(
        "upstream: \"" + which + "\" (expected 1.." + upstreams.size() + " or all)");
  }

  /** Breaks the selected upstreams. */
  public synchronized void breakWith(String which, Breakage kind) {
    select(which).forEach(upstream -> upstream.breakWith(kind));
  }

  /** Heals the selected upstreams; the address of {@link #WATCHED_NAME} moves on by one. */
  public synchronized void heal(String which) {
    List<ScriptedUpstream> selected = select(which);
    heals++;
    setWatchedAddress(zone, 1 + heals % LAST_ADDRESS);
    selected.forEach(ScriptedUpstream::heal);
  }

  @Override
  public void close() {
    upstreams.forEach(ScriptedUpstream::close);
  }

  private static Zone exampleZone() {
    Zone zone = new Zone();
    zone.apex("example.org", 60)
        .set("example.org", "NS", 3600, "ns1.example.org.", "ns2.example.org.")
        .set("example.org", "A", 300, "192.0.2.10")
        .set("example.org", "MX", 3600, "10 mail.example.org.")
        .set("example.org", "TXT", 3600, "\"v=spf1 mx -all\"")
        .set("ns1.example.org", "A", 3600, "192.0.2.53")
        .set("ns2.example.org", "A", 3600, "198.51.100.53")
        .set("www.example.org", "A", 300, "192.0.2.80", "198.51.100.80")
        .set("www.example.org", "AAAA", 300, "2001:db8::80")
        .set("www.example.org", "HTTPS", 300, "1 . alpn=h2,h3 ipv4hint=192.0.2.80")
        .set("mail.example.org", "A", 300, "192.0.2.25")
        .set("mail.example.org", "AAAA", 300, "2001:db8::25")
        .set("shop.example.org", "CNAME", 120, "shop.cdn.example.net.")
        .set("_sip._tcp.example.org", "SRV", 300, "10 60 5060 sip.example.org.")
        .set("sip.example.org", "A", 300, "192.0.2.60")
        .set("big.example.org", "TXT", 300, largeTexts());
    zone.apex("example.net", 60)
        .set("shop.cdn.example.net", "CNAME", 60, "edge.cdn.example.net.")
        .set("edge.cdn.example.net", "A", 30, "203.0.113.7", "203.0.113.8");
    setWatchedAddress(zone, 1);
    return zone;
  }

  private static void setWatchedAddress(Zone zone, int lastOctet) {
    zone.set(WATCHED_NAME, "A", 5, "192.0.2." + lastOctet);
  }

  /** More than fits into a datagram of 1232 bytes (RFC 9715). */
  private static String[] largeTexts() {
    String[] texts = new String[16];
    for (int i = 0; i < texts.length; i++) {
      texts[i] =
          "\""
              + i
              + " of a record set that does not fit into one datagram "
              + ".".repeat(60)
              + "\"";
    }
    return texts;
  }
}
