package dev.holdfast.config;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.listener.TcpConfig;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.upstream.SocketAddresses;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Every key of a configuration with its value as a file would say it. Confined to one call. */
final class ConfigValues {

  private final Map<String, String> byKey = new LinkedHashMap<>();

  private ConfigValues() {}

  /** Returns the values by key, in the order of the file; lists and maps in one line. */
  static Map<String, String> of(HoldfastConfig config) {
    ConfigValues values = new ConfigValues();
    values.put("listen", config.listen().stream().map(SocketAddresses::format).toList());
    values.put("open", config.open());
    values.put("threads", config.threads() == 0 ? "auto" : config.threads());
    values.put("upstreams", config.upstreams());
    values.put("resolv-conf", config.resolvConf());
    values.put(
        "zones",
        config.zones().stream().map(zone -> zone.suffix() + ": " + zone.upstreams()).toList());
    values.put("access.allow", config.access().allow());
    values.putCache(config.cache());
    values.putStale(config.stale());
    values.putHold(config.hold());
    values.put("minimal-responses", config.minimalResponses());
    values.putLimits(config.limits());
    values.putTcp(config.tcp());
    values.put("log.format", key(config.log().format()));
    values.put("log.level", key(config.log().level()));
    values.put("state-dir", config.stateDir());
    values.put("journal.enabled", config.journal().enabled());
    values.put("journal.max-size", Quantities.formatSize(config.journal().maxSizeBytes()));
    values.put("query-log.to", config.queryLog().output());
    values.put("query-log.max-size", Quantities.formatSize(config.queryLog().maxSizeBytes()));
    values.put("query-log.dnstap", config.queryLog().dnstap());
    values.put("query-log.one-in", config.queryLog().oneIn());
    values.put("query-log.buffer", Quantities.formatSize(config.queryLog().bufferBytes()));
    values.putAdmin(config.admin());
    return values.byKey;
  }

  private static String key(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private void putAdmin(AdminConfig admin) {
    put("admin.listen", admin.listen() == null ? "off" : SocketAddresses.format(admin.listen()));
    put("admin.token-file", admin.tokenFile() == null ? "" : admin.tokenFile());
    put("admin.top-talkers", admin.topTalkers());
  }

  private void putCache(CacheConfig cache) {
    put("cache.max-size", Quantities.formatSize(cache.maxSizeBytes()));
    put("cache.min-ttl", cache.minTtl());
    put("cache.max-ttl", cache.maxTtl());
    put("cache.max-negative-ttl", cache.maxNegativeTtl());
    put("cache.prefetch", cache.prefetch());
  }

  private void putStale(StaleConfig stale) {
    put("stale.max-age", stale.maxAge());
    put("stale.answer-ttl", stale.answerTtl());
    put("stale.client-timeout", stale.clientTimeout());
    put("stale.refreshes-per-second", stale.refreshesPerSecond());
  }

  private void putHold(HoldConfig hold) {
    put("hold.default", hold.defaultMode().key());
    put("hold.min-history", hold.minHistory());
    put("hold.min-refreshes", hold.minRefreshes());
    put("hold.window", hold.window());
    put(
        "hold.zones",
        hold.zones().stream().map(zone -> zone.suffix() + ": " + zone.mode().key()).toList());
  }

  private void putLimits(LimitsConfig limits) {
    put("limits.in-flight", limits.inFlight());
    put("limits.in-flight-per-upstream", limits.inFlightPerUpstream());
    put("limits.waiters-per-question", limits.waitersPerQuestion());
    put("limits.waiters-per-client", limits.waitersPerClient());
    put("limits.sends-per-question", limits.sendsPerQuestion());
    put("limits.cname-chain", limits.cnameChain());
    put("limits.cached-records", limits.cachedRecords());
    put("limits.cached-size", Quantities.formatSize(limits.cachedSizeBytes()));
    put("limits.answer-deadline", limits.answerDeadline());
  }

  private void putTcp(TcpConfig tcp) {
    put("tcp.max-connections", tcp.maxConnections());
    put("tcp.max-connections-per-address", tcp.maxConnectionsPerAddress());
    put("tcp.max-pipelined", tcp.maxPipelined());
    put("tcp.first-query-timeout", tcp.firstQueryTimeout());
    put("tcp.idle-timeout", tcp.idleTimeout());
    put("tcp.unwritable-timeout", tcp.unwritableTimeout());
  }

  private void put(String key, Object value) {
    String text =
        switch (value) {
          case Duration duration -> Quantities.format(duration);
          case Collection<?> items ->
              items.stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
          default -> value.toString();
        };
    byKey.put(key, text);
  }
}
