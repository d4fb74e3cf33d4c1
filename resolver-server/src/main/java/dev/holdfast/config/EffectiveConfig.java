package dev.holdfast.config;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.listener.TcpConfig;
import dev.holdfast.lists.ListConfig;
import dev.holdfast.lists.LocalConfig;
import dev.holdfast.lists.RpzConfig;
import dev.holdfast.log.LogConfig;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.CookieConfig;
import dev.holdfast.policy.Dns64Config;
import dev.holdfast.policy.RebindingConfig;
import dev.holdfast.policy.SubnetConfig;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.store.JournalConfig;
import dev.holdfast.tap.QueryLogConfig;
import dev.holdfast.upstream.RouteConfig;
import dev.holdfast.upstream.SocketAddresses;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * A configuration as it would be written with nothing left to defaults: {@link ConfigReader} reads
 * it back. It holds no secrets, only the names of files that do.
 */
public final class EffectiveConfig {

  private static final String ZONES = "zones";
  private static final String UPSTREAMS = "upstreams";
  private static final String REBINDING = "rebinding";
  private static final String CLIENT_SUBNET = "client-subnet";

  private EffectiveConfig() {}

  /** Returns the text of a configuration file. */
  public static String yaml(HoldfastConfig config) {
    DumpSettings settings =
        DumpSettings.builder()
            .setDefaultFlowStyle(FlowStyle.BLOCK)
            .setDereferenceAliases(true)
            .setSchema(new CoreSchema()) // puts quotes around ~ as a text
            .setIndentWithIndicator(true)
            .setIndicatorIndent(2)
            .build();
    return new Dump(settings).dumpToString(map(config));
  }

  /** Returns every key with its value, sections as maps. */
  public static Map<String, Object> map(HoldfastConfig config) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("listen", config.listen().stream().map(SocketAddresses::format).toList());
    keys.put("threads", config.threads() == 0 ? "auto" : config.threads());
    keys.put(UPSTREAMS, texts(config.upstreams()));
    keys.put(
        "upstream",
        Map.of("case-randomisation", config.caseRandomisation().name().toLowerCase(Locale.ROOT)));
    keys.put("resolv-conf", config.resolvConf().toString());
    keys.put(ZONES, zones(config.zones()));
    keys.put("access", access(config.access()));
    keys.put("cache", cache(config.cache()));
    keys.put("stale", stale(config.stale()));
    keys.put("hold", hold(config.hold()));
    keys.put("local", local(config.local()));
    keys.put("minimal-responses", config.minimalResponses());
    keys.put(REBINDING, rebinding(config.rewrite().rebinding()));
    keys.put("dns64", dns64(config.rewrite().dns64()));
    keys.put(CLIENT_SUBNET, subnet(config.rewrite().subnet()));
    keys.put("limits", limits(config.limits()));
    keys.put("tcp", tcp(config.tcp()));
    keys.put("cookies", cookies(config.cookies()));
    keys.put("state-dir", config.stateDir().toString());
    keys.put("journal", journal(config.journal()));
    keys.put("admin", admin(config.admin()));
    keys.put("log", log(config.log()));
    keys.put("query-log", queryLog(config.queryLog()));
    return keys;
  }

  /** Returns every key by its path, such as cache.max-size, with its value in one line. */
  static Map<String, String> lines(HoldfastConfig config) {
    Map<String, String> lines = new LinkedHashMap<>();
    map(config)
        .forEach(
            (key, value) -> {
              if (value instanceof Map<?, ?> section && !key.equals(ZONES)) {
                section.forEach((name, inner) -> lines.put(key + "." + name, line(inner)));
              } else {
                lines.put(key, line(value));
              }
            });
    return lines;
  }

  private static String line(Object value) {
    return value instanceof Map<?, ?> zones
        ? zones.entrySet().stream()
            .map(zone -> zone.getKey() + ": " + line(zone))
            .toList()
            .toString()
        : value.toString();
  }

  /**
   * Returns what a zone has: its mode, or whom to ask and what is unusual about its answers; or all
   * keys of anything else.
   */
  private static String line(Map.Entry<?, ?> zone) {
    Object value = zone.getValue();
    if (!(value instanceof Map<?, ?> route) || !route.containsKey(UPSTREAMS)) {
      return String.valueOf(value);
    }
    boolean refuses = "refuse".equals(route.get(REBINDING));
    boolean forwards = "forward".equals(route.get(CLIENT_SUBNET));
    return route.get(UPSTREAMS)
        + (refuses ? " rebinding: refuse" : "")
        + (forwards ? " client-subnet: forward" : "");
  }

  private static List<String> texts(List<?> values) {
    List<String> texts = new ArrayList<>(); // never one that another key has too: YAML has aliases
    values.forEach(value -> texts.add(value.toString()));
    return texts;
  }

  private static Map<String, Object> zones(List<RouteConfig> zones) {
    Map<String, Object> keys = new LinkedHashMap<>();
    for (RouteConfig zone : zones) {
      Map<String, Object> route = new LinkedHashMap<>();
      route.put(UPSTREAMS, texts(zone.upstreams()));
      route.put(REBINDING, allowOrRefuse(zone.rules().refusesPrivate()));
      route.put(CLIENT_SUBNET, stripOrForward(zone.rules().forwardsSubnet()));
      keys.put(zone.suffix(), route);
    }
    return keys;
  }

  private static Map<String, Object> access(AccessConfig access) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("allow", texts(access.allow()));
    keys.put("open", access.open());
    return keys;
  }

  private static String allowOrRefuse(boolean refuse) {
    return refuse ? "refuse" : "allow";
  }

  private static String stripOrForward(boolean forward) {
    return forward ? "forward" : "strip";
  }

  private static Map<String, Object> subnet(SubnetConfig subnet) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("default", stripOrForward(subnet.forward()));
    keys.put("ipv4-prefix", subnet.ipv4Prefix());
    keys.put("ipv6-prefix", subnet.ipv6Prefix());
    keys.put("max-size", Quantities.formatSize(subnet.maxSizeBytes()));
    return keys;
  }

  private static Map<String, Object> dns64(Dns64Config dns64) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("enabled", dns64.enabled());
    keys.put("prefix", dns64.prefix().toString());
    return keys;
  }

  private static Map<String, Object> rebinding(RebindingConfig rebinding) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("default", allowOrRefuse(rebinding.refuse()));
    keys.put("private", texts(rebinding.privateBlocks()));
    keys.put("except", rebinding.except());
    return keys;
  }

  private static Map<String, Object> cache(CacheConfig cache) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("max-size", Quantities.formatSize(cache.maxSizeBytes()));
    put(keys, "min-ttl", cache.minTtl());
    put(keys, "max-ttl", cache.maxTtl());
    put(keys, "max-negative-ttl", cache.maxNegativeTtl());
    keys.put("prefetch", cache.prefetch());
    return keys;
  }

  private static Map<String, Object> stale(StaleConfig stale) {
    Map<String, Object> keys = new LinkedHashMap<>();
    put(keys, "max-age", stale.maxAge());
    put(keys, "answer-ttl", stale.answerTtl());
    put(keys, "client-timeout", stale.clientTimeout());
    keys.put("refreshes-per-second", stale.refreshesPerSecond());
    return keys;
  }

  private static Map<String, Object> hold(HoldConfig hold) {
    Map<String, Object> zones = new LinkedHashMap<>();
    hold.zones().forEach(zone -> zones.put(zone.suffix(), zone.mode().key()));
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("default", hold.defaultMode().key());
    put(keys, "min-history", hold.minHistory());
    keys.put("min-refreshes", hold.minRefreshes());
    put(keys, "window", hold.window());
    keys.put(ZONES, zones);
    return keys;
  }

  private static Map<String, Object> local(LocalConfig local) {
    Map<String, Object> lists = new LinkedHashMap<>();
    for (ListConfig list : local.lists()) {
      Map<String, Object> keys = new LinkedHashMap<>();
      keys.put("file", list.file().toString());
      keys.put("action", list.action().key());
      keys.put("reason", list.reason().key());
      lists.put(list.name(), keys);
    }
    Map<String, Object> zones = new LinkedHashMap<>();
    for (RpzConfig zone : local.rpz()) {
      Map<String, Object> keys = new LinkedHashMap<>();
      keys.put("file", zone.file().toString());
      keys.put("reason", zone.reason().key());
      zones.put(zone.name(), keys);
    }
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("records", texts(local.records()));
    keys.put("hosts", texts(local.hosts()));
    keys.put("allow", texts(local.allow()));
    keys.put("rpz", zones);
    keys.put("lists", lists);
    put(keys, "answer-ttl", local.answerTtl());
    keys.put("max-entries", local.maxEntries());
    return keys;
  }

  private static Map<String, Object> limits(LimitsConfig limits) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("in-flight", limits.inFlight());
    keys.put("in-flight-per-upstream", limits.inFlightPerUpstream());
    keys.put("waiters-per-question", limits.waitersPerQuestion());
    keys.put("waiters-per-client", limits.waitersPerClient());
    keys.put("sends-per-question", limits.sendsPerQuestion());
    keys.put("cname-chain", limits.cnameChain());
    keys.put("cached-records", limits.cachedRecords());
    keys.put("cached-size", Quantities.formatSize(limits.cachedSizeBytes()));
    keys.put("responses-per-second", responsesPerSecond(limits));
    keys.put("late-responses-per-second", limits.lateResponsesPerSecond());
    put(keys, "answer-deadline", limits.answerDeadline());
    return keys;
  }

  private static Object responsesPerSecond(LimitsConfig limits) {
    return switch (limits.responsesPerSecond()) {
      case LimitsConfig.AUTO -> "auto";
      case 0 -> "off";
      default -> limits.responsesPerSecond();
    };
  }

  private static Map<String, Object> tcp(TcpConfig tcp) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("max-connections", tcp.maxConnections());
    keys.put("max-connections-per-address", tcp.maxConnectionsPerAddress());
    keys.put("max-pipelined", tcp.maxPipelined());
    put(keys, "first-query-timeout", tcp.firstQueryTimeout());
    put(keys, "idle-timeout", tcp.idleTimeout());
    put(keys, "unwritable-timeout", tcp.unwritableTimeout());
    return keys;
  }

  private static Map<String, Object> cookies(CookieConfig cookies) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("clients", cookies.clients());
    keys.put("upstreams", cookies.upstreams());
    keys.put("secret-file", cookies.secretFile() == null ? "" : cookies.secretFile().toString());
    return keys;
  }

  private static Map<String, Object> journal(JournalConfig journal) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("enabled", journal.enabled());
    keys.put("max-size", Quantities.formatSize(journal.maxSizeBytes()));
    return keys;
  }

  private static Map<String, Object> admin(AdminConfig admin) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("listen", admin.listen() == null ? "off" : SocketAddresses.format(admin.listen()));
    keys.put("token-file", admin.tokenFile() == null ? "" : admin.tokenFile().toString());
    keys.put("top-talkers", admin.topTalkers());
    return keys;
  }

  private static Map<String, Object> log(LogConfig log) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("format", log.format().name().toLowerCase(Locale.ROOT));
    keys.put("level", log.level().name().toLowerCase(Locale.ROOT));
    return keys;
  }

  private static Map<String, Object> queryLog(QueryLogConfig log) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put("to", log.output());
    keys.put("max-size", Quantities.formatSize(log.maxSizeBytes()));
    keys.put("dnstap", log.dnstap());
    keys.put("one-in", log.oneIn());
    keys.put("buffer", Quantities.formatSize(log.bufferBytes()));
    return keys;
  }

  private static void put(Map<String, Object> keys, String key, Duration value) {
    keys.put(key, Quantities.format(value));
  }
}
