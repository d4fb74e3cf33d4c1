package dev.holdfast.config;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.joining;

import dev.holdfast.admin.AdminConfig;
import dev.holdfast.cache.CacheConfig;
import dev.holdfast.cache.StaleConfig;
import dev.holdfast.config.Setting.Section;
import dev.holdfast.hold.HoldConfig;
import dev.holdfast.hold.HoldMode;
import dev.holdfast.listener.TcpConfig;
import dev.holdfast.lists.ListAction;
import dev.holdfast.lists.ListConfig;
import dev.holdfast.lists.ListReason;
import dev.holdfast.lists.LocalConfig;
import dev.holdfast.lists.RpzConfig;
import dev.holdfast.log.LogConfig;
import dev.holdfast.policy.AccessConfig;
import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.CookieConfig;
import dev.holdfast.policy.Dns64Config;
import dev.holdfast.policy.RebindingConfig;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.policy.SubnetConfig;
import dev.holdfast.resolve.LimitsConfig;
import dev.holdfast.store.JournalConfig;
import dev.holdfast.tap.QueryLogConfig;
import dev.holdfast.upstream.CaseRandomisation;
import dev.holdfast.upstream.RouteConfig;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.upstream.SocketAddresses;
import dev.holdfast.upstream.UpstreamSpec;
import dev.holdfast.wire.Names;
import java.net.IDN;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes a configuration from a file and options, or says everything that is wrong with them.
 * Thread-safe.
 */
public final class ConfigReader {

  /** Port of a listen address that names none. */
  private static final int LISTEN_PORT = 53;

  private static final Origin NO_FILE = new Origin.InOption("options");

  private final Machine machine;

  public ConfigReader(Machine machine) {
    this.machine = machine;
  }

  /**
   * Reads the file, if any, with the options over it.
   *
   * @throws InvalidConfigException with every problem
   */
  public HoldfastConfig read(@Nullable Path file, List<OptionSetting> options)
      throws InvalidConfigException {
    Set<Problem> problems = new LinkedHashSet<>();
    Section settings = file == null ? new Section(NO_FILE) : YamlSource.readFile(file, problems);
    return bind(settings, options, problems);
  }

  /** Reads the text of a file; {@code file} is its name in problems. */
  HoldfastConfig readText(String file, String text, List<OptionSetting> options)
      throws InvalidConfigException {
    Set<Problem> problems = new LinkedHashSet<>();
    return bind(YamlSource.readText(file, text, problems), options, problems);
  }

  private HoldfastConfig bind(
      @Nullable Section file, List<OptionSetting> options, Set<Problem> problems)
      throws InvalidConfigException {
    Section settings = file == null ? new Section(NO_FILE) : file;
    for (OptionSetting option : options) {
      option.applyTo(settings, problems);
    }
    SectionReader root = new SectionReader(settings, problems);
    HoldfastConfig defaults = HoldfastConfig.defaults(machine);
    HoldfastConfig config = root.read(section -> holdfast(section, defaults));
    root.refuseUnknownKeys();
    if (file != null) {
      new Contradictions(root, config, machine).addProblems();
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(
          problems.stream().sorted(comparing(Problem::origin, Origin.READING_ORDER)).toList());
    }
    return config;
  }

  /** Returns the paths of all keys that mean something. */
  List<String> keys() {
    SectionReader root = new SectionReader(new Section(NO_FILE), new LinkedHashSet<>());
    holdfast(root, HoldfastConfig.defaults(machine));
    return root.paths();
  }

  private static HoldfastConfig holdfast(SectionReader root, HoldfastConfig defaults) {
    return new HoldfastConfig(
        root.list("listen", text -> SocketAddresses.parse(text, LISTEN_PORT), defaults.listen()),
        root.value("threads", ConfigReader::threads, defaults.threads()),
        root.list("upstreams", UpstreamSpec::parse, defaults.upstreams()),
        caseRandomisation(root.section("upstream"), defaults.caseRandomisation()),
        root.file("resolv-conf", defaults.resolvConf()),
        zones(root.section("zones")),
        access(root.section("access"), defaults.access()),
        cache(root.section("cache"), defaults.cache()),
        stale(root.section("stale"), defaults.stale()),
        hold(root.section("hold"), defaults.hold()),
        local(root.section("local"), defaults.local()),
        limits(root.section("limits"), defaults.limits()),
        tcp(root.section("tcp"), defaults.tcp()),
        cookies(root.section("cookies"), defaults.cookies()),
        root.bool("minimal-responses", defaults.minimalResponses()),
        rewrite(root, defaults.rewrite()),
        root.file("state-dir", defaults.stateDir()),
        journal(root.section("journal"), defaults.journal()),
        admin(root.section("admin"), defaults.admin()),
        log(root.section("log"), defaults.log()),
        queryLog(root.section("query-log"), defaults.queryLog()));
  }

  private static AccessConfig access(SectionReader access, AccessConfig defaults) {
    return access.read(
        section ->
            new AccessConfig(
                section.list("allow", Cidr::parse, defaults.allow()),
                section.bool("open", defaults.open())));
  }

  private static CacheConfig cache(SectionReader cache, CacheConfig defaults) {
    return cache.read(
        section ->
            new CacheConfig(
                section.sizeBytes("max-size", defaults.maxSizeBytes()),
                section.duration("min-ttl", defaults.minTtl()),
                section.duration("max-ttl", defaults.maxTtl()),
                section.duration("max-negative-ttl", defaults.maxNegativeTtl()),
                section.bool("prefetch", defaults.prefetch())));
  }

  private static StaleConfig stale(SectionReader stale, StaleConfig defaults) {
    return stale.read(
        section ->
            new StaleConfig(
                section.duration("max-age", defaults.maxAge()),
                section.duration("answer-ttl", defaults.answerTtl()),
                section.duration("client-timeout", defaults.clientTimeout()),
                section.integer("refreshes-per-second", defaults.refreshesPerSecond())));
  }

  private static HoldConfig hold(SectionReader hold, HoldConfig defaults) {
    return hold.read(
        section ->
            new HoldConfig(
                section.value("default", ConfigReader::holdMode, defaults.defaultMode()),
                section.duration("min-history", defaults.minHistory()),
                section.integer("min-refreshes", defaults.minRefreshes()),
                section.duration("window", defaults.window()),
                holdZones(section.section("zones"))));
  }

  private static List<HoldConfig.Zone> holdZones(SectionReader zones) {
    Map<String, HoldConfig.Zone> modes = new LinkedHashMap<>();
    for (String name : zones.names()) {
      HoldMode mode = zones.value(name, ConfigReader::holdMode, HoldMode.OBSERVE);
      try {
        String suffix = zoneName(name);
        if (modes.putIfAbsent(suffix, new HoldConfig.Zone(suffix, mode)) != null) {
          throw new IllegalArgumentException(name + " (expected every zone once)");
        }
      } catch (IllegalArgumentException e) {
        zones.addProblem(zones.keyOrigin(name), name, String.valueOf(e.getMessage()));
      }
    }
    return List.copyOf(modes.values());
  }

  private static HoldMode holdMode(String text) {
    for (HoldMode mode : HoldMode.values()) {
      if (mode.key().equals(text)) {
        return mode;
      }
    }
    throw new IllegalArgumentException(
        text.equals("false") || text.equals("no")
            ? " (expected off, observe or enforce). Did you mean \"off\"?"
            : " (expected off, observe or enforce)");
  }

  private static LocalConfig local(SectionReader local, LocalConfig defaults) {
    return local.read(
        section ->
            new LocalConfig(
                section.list("records", LocalConfig::checkedRecord, defaults.records()),
                section.list("hosts", SectionReader::parsePath, defaults.hosts()),
                section.list("allow", ConfigReader::zoneName, defaults.allow()),
                rpz(section.section("rpz")),
                lists(section.section("lists")),
                section.duration("answer-ttl", defaults.answerTtl()),
                section.integer("max-entries", defaults.maxEntries())));
  }

  private static List<ListConfig> lists(SectionReader lists) {
    List<ListConfig> read = new ArrayList<>();
    for (String name : lists.names()) {
      SectionReader list = lists.section(name);
      Path file = listFile(lists, list, name);
      ListAction action =
          list.value(
              "action",
              text -> byKey(ListAction.values(), ListAction::key, text),
              ListAction.NXDOMAIN);
      ListReason reason = reason(list);
      if (file != null) {
        read.add(new ListConfig(name, file, action, reason));
      }
    }
    return read;
  }

  private static List<RpzConfig> rpz(SectionReader zones) {
    List<RpzConfig> read = new ArrayList<>();
    for (String name : zones.names()) {
      SectionReader zone = zones.section(name);
      Path file = listFile(zones, zone, name);
      ListReason reason = reason(zone);
      if (file != null) {
        read.add(new RpzConfig(name, file, reason));
      }
    }
    return read;
  }

  private static ListReason reason(SectionReader list) {
    return list.value(
        "reason", text -> byKey(ListReason.values(), ListReason::key, text), ListReason.BLOCKED);
  }

  /* The name goes to clients and into metrics. */
  private static @Nullable Path listFile(SectionReader lists, SectionReader list, String name) {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,31}")) {
      lists.addProblem(
          lists.keyOrigin(name),
          name,
          name + " (expected a name of up to 32 small letters, digits and hyphens)");
    }
    if (!list.has("file")) {
      list.addProblem(
          lists.origin(name), "file", "none (expected a path, such as /etc/holdfast/ads.txt)");
      return null;
    }
    Path none = Path.of("");
    Path file = list.file("file", none);
    return file.equals(none) ? null : file;
  }

  private static RewriteConfig rewrite(SectionReader root, RewriteConfig defaults) {
    return new RewriteConfig(
        rebinding(root.section("rebinding"), defaults.rebinding()),
        dns64(root.section("dns64"), defaults.dns64()),
        subnet(root.section("client-subnet"), defaults.subnet()));
  }

  private static SubnetConfig subnet(SectionReader subnet, SubnetConfig defaults) {
    return subnet.read(
        section ->
            new SubnetConfig(
                section.value("default", ConfigReader::isForward, defaults.forward()),
                section.integer("ipv4-prefix", defaults.ipv4Prefix()),
                section.integer("ipv6-prefix", defaults.ipv6Prefix()),
                section.sizeBytes("max-size", defaults.maxSizeBytes())));
  }

  private static boolean isForward(String text) {
    if (!text.equals("strip") && !text.equals("forward")) {
      throw new IllegalArgumentException(" (expected strip or forward)");
    }
    return text.equals("forward");
  }

  private static Dns64Config dns64(SectionReader dns64, Dns64Config defaults) {
    return dns64.read(
        section ->
            new Dns64Config(
                section.bool("enabled", defaults.enabled()),
                section.value("prefix", Cidr::parse, defaults.prefix())));
  }

  private static RebindingConfig rebinding(SectionReader rebinding, RebindingConfig defaults) {
    return rebinding.read(
        section ->
            new RebindingConfig(
                section.value("default", ConfigReader::isRefuse, defaults.refuse()),
                section.list("private", Cidr::parse, defaults.privateBlocks()),
                section.list("except", ConfigReader::zoneName, defaults.except())));
  }

  private static boolean isRefuse(String text) {
    if (!text.equals("allow") && !text.equals("refuse")) {
      throw new IllegalArgumentException(" (expected allow or refuse)");
    }
    return text.equals("refuse");
  }

  private static LimitsConfig limits(SectionReader limits, LimitsConfig defaults) {
    return limits.read(
        section ->
            new LimitsConfig(
                section.integer("in-flight", defaults.inFlight()),
                section.integer("in-flight-per-upstream", defaults.inFlightPerUpstream()),
                section.integer("waiters-per-question", defaults.waitersPerQuestion()),
                section.integer("waiters-per-client", defaults.waitersPerClient()),
                section.integer("sends-per-question", defaults.sendsPerQuestion()),
                section.integer("cname-chain", defaults.cnameChain()),
                section.integer("cached-records", defaults.cachedRecords()),
                Math.clamp(
                    section.sizeBytes("cached-size", defaults.cachedSizeBytes()),
                    0,
                    Integer.MAX_VALUE),
                section.value(
                    "responses-per-second",
                    ConfigReader::responsesPerSecond,
                    defaults.responsesPerSecond()),
                section.integer("late-responses-per-second", defaults.lateResponsesPerSecond()),
                section.duration("answer-deadline", defaults.answerDeadline())));
  }

  private static int responsesPerSecond(String text) {
    if (text.equals("auto")) {
      return LimitsConfig.AUTO;
    }
    int rate = text.equals("off") ? 0 : text.matches("[1-9]\\d{0,6}") ? Integer.parseInt(text) : -1;
    if (rate < 0 || rate > 1_000_000) {
      throw new IllegalArgumentException(" (expected auto, off or 1..1000000)");
    }
    return rate;
  }

  private static TcpConfig tcp(SectionReader tcp, TcpConfig defaults) {
    return tcp.read(
        section ->
            new TcpConfig(
                section.integer("max-connections", defaults.maxConnections()),
                section.integer("max-connections-per-address", defaults.maxConnectionsPerAddress()),
                section.integer("max-pipelined", defaults.maxPipelined()),
                section.duration("first-query-timeout", defaults.firstQueryTimeout()),
                section.duration("idle-timeout", defaults.idleTimeout()),
                section.duration("unwritable-timeout", defaults.unwritableTimeout())));
  }

  private static CookieConfig cookies(SectionReader cookies, CookieConfig defaults) {
    return cookies.read(
        section ->
            new CookieConfig(
                section.bool("clients", defaults.clients()),
                section.bool("upstreams", defaults.upstreams()),
                section.is("secret-file", "") || !section.has("secret-file")
                    ? null
                    : section.file("secret-file", Path.of(""))));
  }

  private static CaseRandomisation caseRandomisation(
      SectionReader upstream, CaseRandomisation fallback) {
    return upstream.value(
        "case-randomisation",
        text -> oneOf(CaseRandomisation.values(), text, "on, off or auto"),
        fallback);
  }

  private static JournalConfig journal(SectionReader journal, JournalConfig defaults) {
    return journal.read(
        section ->
            new JournalConfig(
                section.bool("enabled", defaults.enabled()),
                section.sizeBytes("max-size", defaults.maxSizeBytes())));
  }

  private static AdminConfig admin(SectionReader admin, AdminConfig defaults) {
    boolean off = admin.is("listen", "off");
    InetSocketAddress fallback = defaults.listen();
    InetSocketAddress listen =
        off || fallback == null
            ? null
            : admin.value("listen", ConfigReader::adminAddress, fallback);
    boolean withoutToken = admin.is("token-file", "") || !admin.has("token-file");
    return new AdminConfig(
        listen,
        withoutToken ? null : admin.file("token-file", Path.of("")),
        admin.bool("top-talkers", defaults.topTalkers()));
  }

  private static InetSocketAddress adminAddress(String text) {
    if (text.equals("none") || text.equals("false") || text.equals("no")) {
      throw new IllegalArgumentException(" (expected an address or off). Did you mean \"off\"?");
    }
    return SocketAddresses.parse(text, HoldfastConfig.DEFAULT_ADMIN_PORT);
  }

  private static LogConfig log(SectionReader log, LogConfig defaults) {
    return log.read(
        section ->
            new LogConfig(
                section.value(
                    "format",
                    text -> oneOf(LogConfig.Format.values(), text, "text or json"),
                    defaults.format()),
                section.value(
                    "level",
                    text -> oneOf(LogConfig.Level.values(), text, "debug, info, warn or error"),
                    defaults.level())));
  }

  private static QueryLogConfig queryLog(SectionReader log, QueryLogConfig defaults) {
    return log.read(
        section ->
            new QueryLogConfig(
                section.value("to", ConfigReader::queryLogOutput, defaults.output()),
                section.sizeBytes("max-size", defaults.maxSizeBytes()),
                section.value("dnstap", ConfigReader::dnstapReader, defaults.dnstap()),
                section.integer("one-in", defaults.oneIn()),
                Math.clamp(
                    section.sizeBytes("buffer", defaults.bufferBytes()), 0, Integer.MAX_VALUE)));
  }

  private static String queryLogOutput(String text) {
    return text.equals(QueryLogConfig.STDOUT) ? text : offOrPath(text, "off, stdout or a path");
  }

  private static String dnstapReader(String text) {
    return offOrPath(text, "off or a path");
  }

  private static String offOrPath(String text, String expected) {
    if (text.equals(QueryLogConfig.OFF) || text.startsWith("/")) {
      return text;
    }
    throw new IllegalArgumentException(
        text.equals("false") || text.equals("no")
            ? " (expected " + expected + "). Did you mean \"off\"?"
            : " (expected " + expected + " that begins with /)");
  }

  private static <E extends Enum<E>> E oneOf(E[] values, String text, String expected) {
    for (E value : values) {
      if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException(" (expected " + expected + ")");
  }

  private static <E> E byKey(E[] values, Function<E, String> key, String text) {
    for (E value : values) {
      if (key.apply(value).equals(text)) {
        return value;
      }
    }
    throw new IllegalArgumentException(
        " (expected one of " + Stream.of(values).map(key).collect(joining(", ")) + ")");
  }

  private static int threads(String text) {
    if (text.equals("auto")) {
      return 0;
    }
    int threads = text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    if (threads == 0) {
      throw new IllegalArgumentException(" (expected auto or 1..256)");
    }
    return threads;
  }

  private static List<RouteConfig> zones(SectionReader zones) {
    Map<String, RouteConfig> routes = new LinkedHashMap<>();
    for (String name : zones.names()) {
      SectionReader zone = zones.section(name);
      List<UpstreamSpec> upstreams = zone.list("upstreams", UpstreamSpec::parse, List.of());
      RouteRules rules =
          new RouteRules(
              zone.value("rebinding", ConfigReader::isRefuse, RouteRules.NONE.refusesPrivate()),
              zone.value(
                  "client-subnet", ConfigReader::isForward, RouteRules.NONE.forwardsSubnet()));
      if (upstreams.isEmpty() && !zone.isRefused("upstreams")) {
        zone.addProblem(
            zones.origin(name), "upstreams", "none (expected at least one, such as 192.0.2.53)");
      }
      try {
        String suffix = zoneName(name);
        if (!upstreams.isEmpty()
            && routes.putIfAbsent(suffix, new RouteConfig(suffix, upstreams, rules)) != null) {
          throw new IllegalArgumentException(name + " (expected every zone once)");
        }
      } catch (IllegalArgumentException e) {
        zones.addProblem(zones.keyOrigin(name), name, String.valueOf(e.getMessage()));
      }
    }
    return List.copyOf(routes.values());
  }

  /** Returns the name in lower case with its final dot. */
  private static String zoneName(String text) {
    String meant = text.replaceFirst("^(\\*\\.|\\.)(?=.)", "");
    if (!text.chars().allMatch(character -> character < 0x80)) {
      meant = IDN.toASCII(text);
    }
    if (!meant.equals(text)) {
      throw new IllegalArgumentException(
          text + " (expected a domain name). Did you mean \"" + meant + "\"?");
    }
    byte[] wire = Names.parse(text);
    String name = Names.toText(Names.folded(wire, 0, wire.length));
    if (name.equals(".") || name.startsWith("*.")) {
      throw new IllegalArgumentException(
          text + " (expected a name below the root). Did you mean \"upstreams\", for all names?");
    }
    return name;
  }
}
