package dev.holdfast.scenario;

import dev.holdfast.upstream.UpstreamSpec;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Address;

/**
 * What a scenario's configuration means to a forwarder. Keys that change nothing for a forwarder
 * are passed over; keys for what Holdfast does not have make the scenario unusable.
 *
 * @param upstreams those of the root route: every stub-addr and forward-addr
 * @param stale whether expired answers are served at all
 * @param staleClientTimeout zero for at once
 */
record ScenarioSettings(
    List<UpstreamSpec> upstreams,
    boolean stale,
    Duration staleMaxAge,
    Duration staleAnswerTtl,
    Duration staleClientTimeout,
    Duration minTtl,
    Duration maxTtl,
    Duration maxNegativeTtl,
    boolean minimalResponses,
    boolean prefetch,
    int sendsPerQuestion,
    Duration answerDeadline) {

  /** Keys whose effect a scenario is about and that no setting of Holdfast stands for. */
  private static final Set<String> FOREIGN_KEYS =
      Set.of(
          "add-holddown",
          "auth-zone",
          "auto-trust-anchor-file",
          "define-tag",
          "dlv-anchor",
          "dns64-prefix",
          "domain-insecure",
          "forward-host",
          "ip-ratelimit",
          "local-data",
          "local-data-ptr",
          "local-zone",
          "nat64-prefix",
          "private-address",
          "private-domain",
          "ratelimit",
          "response-ip",
          "response-ip-data",
          "root-hints",
          "rpz",
          "send-client-subnet",
          "serve-expired-ttl-reset",
          "stub-host",
          "trust-anchor",
          "trust-anchor-file",
          "val-override-date",
          "view");

  /** Stands in where a scenario names no upstream, which only one that asks nobody may do. */
  private static final UpstreamSpec NOBODY =
      new UpstreamSpec(new InetSocketAddress("192.0.2.1", UpstreamSpec.DEFAULT_PORT), false);

  private static final Set<String> KNOWN_MODULES = Set.of("iterator", "validator");

  private static final Duration DEFAULT_ANSWER_DEADLINE = Duration.ofSeconds(4);
  private static final Duration DEFAULT_MAX_AGE = Duration.ofDays(1);
  private static final Duration DEFAULT_ANSWER_TTL = Duration.ofSeconds(30);
  private static final Duration DEFAULT_MAX_TTL = Duration.ofDays(1);
  private static final Duration DEFAULT_MAX_NEGATIVE_TTL = Duration.ofMinutes(5);

  /** What the format's own resolver does: scenarios count its retries. */
  private static final int DEFAULT_SENDS = 5;

  ScenarioSettings {
    upstreams = List.copyOf(upstreams);
  }

  /** Whether the scenario says whom to ask. */
  boolean namesUpstream() {
    return !upstreams.contains(NOBODY);
  }

  /** Reads the configuration of {@code scenario}. */
  static ScenarioSettings of(Scenario scenario) {
    ScenarioConfig config = scenario.config();
    for (ScenarioConfig.Option option : config.options()) {
      if (FOREIGN_KEYS.contains(option.key())) {
        throw new UnusableScenarioException(
            scenario.file() + ":" + option.line() + ": needs " + option.key());
      }
    }
    String modules = config.value("module-config");
    if (modules != null && !KNOWN_MODULES.containsAll(List.of(modules.split("\\s+")))) {
      throw new UnusableScenarioException(scenario.file() + ": needs the modules " + modules);
    }
    Reader reader = new Reader(scenario);
    return new ScenarioSettings(
        reader.upstreams(),
        reader.flag("serve-expired", false),
        reader.seconds("serve-expired-ttl", DEFAULT_MAX_AGE),
        reader.seconds("serve-expired-reply-ttl", DEFAULT_ANSWER_TTL),
        Duration.ofMillis(reader.number("serve-expired-client-timeout", 0)),
        reader.seconds("cache-min-ttl", Duration.ZERO),
        reader.seconds("cache-max-ttl", DEFAULT_MAX_TTL),
        reader.seconds("cache-max-negative-ttl", DEFAULT_MAX_NEGATIVE_TTL),
        reader.flag("minimal-responses", true),
        reader.flag("prefetch", false),
        Math.toIntExact(reader.number("outbound-msg-retry", DEFAULT_SENDS)),
        Duration.ofMillis(
            reader.number("client-wait-timeout", DEFAULT_ANSWER_DEADLINE.toMillis())));
  }

  private record Reader(Scenario scenario) {

    List<UpstreamSpec> upstreams() {
      List<String> addresses = new ArrayList<>(scenario.config().values("forward-addr"));
      addresses.addAll(scenario.config().values("stub-addr"));
      if (addresses.isEmpty()) {
        return List.of(NOBODY);
      }
      boolean tcpOnly = flag("tcp-upstream", false) || flag("forward-tcp-upstream", false);
      return addresses.stream().map(address -> upstream(address, tcpOnly)).toList();
    }

    private UpstreamSpec upstream(String text, boolean tcpOnly) {
      String[] parts = text.split("@", 2);
      try {
        int port = parts.length == 2 ? Integer.parseInt(parts[1]) : UpstreamSpec.DEFAULT_PORT;
        return new UpstreamSpec(
            new InetSocketAddress(Address.getByAddress(parts[0]), port), tcpOnly);
      } catch (UnknownHostException | NumberFormatException e) {
        throw new UnusableScenarioException(scenario.file() + ": upstream \"" + text + "\"");
      }
    }

    boolean flag(String key, boolean missing) {
      String value = scenario.config().value(key);
      return value == null ? missing : value.equals("yes");
    }

    Duration seconds(String key, Duration missing) {
      return Duration.ofSeconds(number(key, missing.toSeconds()));
    }

    long number(String key, long missing) {
      @Nullable String value = scenario.config().value(key);
      try {
        return value == null ? missing : Long.parseLong(value);
      } catch (NumberFormatException e) {
        throw new UnusableScenarioException(scenario.file() + ": " + key + ": " + value);
      }
    }
  }
}
