package dev.holdfast.config;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.listener.TcpConfig;
import dev.holdfast.lists.LocalConfig;
import dev.holdfast.log.LogConfig;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.CookieConfig;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.resolve.Resolvers;
import dev.holdfast.store.JournalConfig;
import dev.holdfast.tap.QueryLogConfig;
import dev.holdfast.upstream.CaseRandomisation;
import dev.holdfast.upstream.ForgeryConfig;
import dev.holdfast.upstream.RouteConfig;
import dev.holdfast.upstream.UpstreamSpec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Everything an operator can choose, checked and complete.
 *
 * @param listen addresses that are served over UDP and TCP
 * @param threads event loops; 0 is one per core
 * @param upstreams who is asked for names without a route; empty for those of {@code resolvConf}
 * @param caseRandomisation whether upstreams are asked in random case
 * @param resolvConf where upstreams are found when none are named
 * @param zones suffixes with upstreams of their own; the longest wins
 * @param cookies where cookies are used
 * @param minimalResponses whether authority and additional records are left out where they are not
 *     needed
 * @param rewrite what becomes of answers before they are learnt
 * @param stateDir what survives a restart
 * @param journal how much of it
 * @param admin where metrics and control are served, and to whom
 * @param log how events are told
 * @param queryLog where answered queries are written to
 */
public record HoldfastConfig(
    List<InetSocketAddress> listen,
    int threads,
    List<UpstreamSpec> upstreams,
    CaseRandomisation caseRandomisation,
    Path resolvConf,
    List<RouteConfig> zones,
    AccessConfig access,
    CacheConfig cache,
    StaleConfig stale,
    HoldConfig hold,
    LocalConfig local,
    LimitsConfig limits,
    TcpConfig tcp,
    CookieConfig cookies,
    boolean minimalResponses,
    RewriteConfig rewrite,
    Path stateDir,
    JournalConfig journal,
    AdminConfig admin,
    LogConfig log,
    QueryLogConfig queryLog) {

  static final int DEFAULT_ADMIN_PORT = 9153;

  private static final int DEFAULT_LISTEN_PORT = 5353;

  public HoldfastConfig {
    listen = List.copyOf(listen);
    upstreams = List.copyOf(upstreams);
    zones = List.copyOf(zones);
    if (listen.isEmpty()) {
      throw new IllegalArgumentException("listen: [] (expected at least one address)");
    }
    if (threads < 0 || threads > 256) {
      throw new IllegalArgumentException("threads: " + threads + " (expected auto or 1..256)");
    }
  }

  /** Returns the same configuration with other upstreams of the root. */
  public HoldfastConfig withUpstreams(List<UpstreamSpec> others) {
    return with(others, hold);
  }

  /** Returns the same configuration with other rules for names that vanish. */
  public HoldfastConfig withHold(HoldConfig other) {
    return with(upstreams, other);
  }

  /** Returns what a running server can follow of this configuration, the rest as it runs. */
  public HoldfastConfig withFixedOf(HoldfastConfig running) {
    return new HoldfastConfig(
        listen,
        running.threads,
        upstreams,
        caseRandomisation,
        resolvConf,
        zones,
        access,
        cache,
        stale,
        hold,
        local,
        limits,
        tcp,
        cookies,
        minimalResponses,
        rewrite,
        running.stateDir,
        running.journal,
        running.admin,
        log,
        running.queryLog);
  }

  private HoldfastConfig with(List<UpstreamSpec> upstreams, HoldConfig hold) {
    return new HoldfastConfig(
        listen,
        threads,
        upstreams,
        caseRandomisation,
        resolvConf,
        zones,
        access,
        cache,
        stale,
        hold,
        local,
        limits,
        tcp,
        cookies,
        minimalResponses,
        rewrite,
        stateDir,
        journal,
        admin,
        log,
        queryLog);
  }

  /** Returns what holds when nothing is configured. */
  public static HoldfastConfig defaults(Machine machine) {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    InetAddress loopback6 = InetAddress.ofLiteral("::1");
    Stream<InetAddress> listen =
        machine.hasAddress(loopback6) ? Stream.of(loopback, loopback6) : Stream.of(loopback);
    return new HoldfastConfig(
        listen.map(address -> new InetSocketAddress(address, DEFAULT_LISTEN_PORT)).toList(),
        0,
        List.of(),
        ForgeryConfig.DEFAULTS.caseRandomisation(),
        Path.of("/etc/resolv.conf"),
        List.of(),
        AccessConfig.DEFAULTS,
        CacheConfig.DEFAULTS,
        StaleConfig.DEFAULTS,
        HoldConfig.DEFAULTS,
        LocalConfig.DEFAULTS,
        LimitsConfig.DEFAULTS,
        TcpConfig.DEFAULTS,
        CookieConfig.DEFAULTS,
        true,
        RewriteConfig.DEFAULTS,
        machine.stateDir(),
        JournalConfig.DEFAULTS,
        new AdminConfig(new InetSocketAddress(loopback, DEFAULT_ADMIN_PORT), null, true),
        LogConfig.DEFAULTS,
        QueryLogConfig.DEFAULTS);
  }

  /** What is decided about resolving. */
  public Resolvers.Config resolving() {
    return new Resolvers.Config(
        access,
        cache,
        stale,
        hold,
        limits,
        minimalResponses,
        tcp.idleTimeout(),
        cookies.clients(),
        rewrite);
  }

  /** What queries to upstreams carry against forged replies. */
  public ForgeryConfig forgery() {
    return new ForgeryConfig(caseRandomisation, cookies.upstreams());
  }
}
