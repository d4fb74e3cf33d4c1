package dev.holdfast.resolve;

import dev.holdfast.cache.CacheKey;
import dev.holdfast.policy.Dns64;
import dev.holdfast.policy.RebindingFilter;
import dev.holdfast.policy.RewriteConfig;
import dev.holdfast.policy.SubnetConfig;
import dev.holdfast.upstream.Route;
import dev.holdfast.upstream.RouteRules;
import dev.holdfast.upstream.Routes;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.ClientSubnet;
import dev.holdfast.wire.ExtendedError;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of upstreams' answers before they are learnt, by the configuration and the routes of
 * the moment. Immutable.
 */
final class Rewriting {

  /** In place of an answer that points into a private network. */
  static final Answer REFUSED = Answer.empty(Rcode.NOERROR, Notices.PRIVATE_ADDRESS);

  private final RewriteConfig config;
  private final Map<Integer, RouteRules> rulesByRoute = new HashMap<>();
  private final RebindingFilter rebinding;
  private final @Nullable Dns64 dns64;

  Rewriting(RewriteConfig config, Routes routes) {
    this.config = config;
    this.dns64 = config.dns64().enabled() ? new Dns64(config.dns64()) : null;
    this.rebinding = new RebindingFilter(config.rebinding(), dns64 == null ? null : dns64.prefix());
    for (Route route : routes.all()) {
      if (!route.rules().equals(RouteRules.NONE)) {
        rulesByRoute.put(route.id(), route.rules());
      }
    }
  }

  /** Whether answers to a question are refused that point into private networks. */
  boolean refusesPrivate(CacheKey key) {
    return rules(key).refusesPrivate();
  }

  /** Whether an answer is not to be learnt because it points into a private network. */
  boolean refuses(CacheKey key, Answer answer) {
    return refusesPrivate(key) && rebinding.refuses(key, answer);
  }

  /** Returns how answers are made for the clients of a translator, or null when they are not. */
  @Nullable Dns64 dns64() {
    return dns64;
  }

  /** Whether a question and the same with DO turned round may differ by more than signatures. */
  boolean splitsByDnssec(CacheKey key) {
    return dns64 != null && key.checkingDisabled() && key.qtype() == RecordType.AAAA;
  }

  /** Whether upstreams hear which network a question comes from. */
  boolean forwardsSubnet(CacheKey key) {
    return rules(key).forwardsSubnet();
  }

  /**
   * Returns the network that upstreams hear of: what the client says, or where it is, and nothing
   * of private ones.
   *
   * @param told what the client says, if it says anything
   */
  ClientSubnet subnet(@Nullable ClientSubnet told, long addressHigh, long addressLow) {
    if (told != null && told.prefixLength() == 0) {
      return ClientSubnet.WITHHELD;
    }
    SubnetConfig limits = config.subnet();
    ClientSubnet subnet =
        told == null
            ? ClientSubnet.of(addressHigh, addressLow, limits.ipv4Prefix(), limits.ipv6Prefix())
            : told.cut(told.isIpv4() ? limits.ipv4Prefix() : limits.ipv6Prefix());
    long high = subnet.isIpv4() ? 0 : subnet.high();
    boolean isPrivate =
        config.rebinding().privateBlocks().stream()
            .anyMatch(block -> block.contains(high, subnet.mappedLow()));
    return isPrivate ? ClientSubnet.UNTOLD : subnet;
  }

  /** Whether an answer that was learnt before would be learnt now as it is. */
  boolean fits(CacheKey key, Answer answer) {
    return !forwardsSubnet(key)
        && !answer.hasOption(Notices.PRIVATE_ADDRESS)
        && !refuses(key, answer)
        && isTranslatedAsNow(key, answer);
  }

  private boolean isTranslatedAsNow(CacheKey key, Answer answer) {
    boolean synthesized =
        answer.hasExtendedError(ExtendedError.SYNTHESIZED, ExtendedError.SYNTHESIZED);
    if (dns64 == null) {
      return !synthesized;
    }
    if (synthesized) {
      return answer.hasOption(dns64.notice());
    }
    boolean nodata = answer.rcode() == Rcode.NOERROR && answer.answerCount() == 0;
    return !(nodata && dns64.translates(key)) && dns64.ipv4Name(key) == null;
  }

  /** Whether answers become the same by the other one. */
  boolean isLike(Rewriting other) {
    return config.equals(other.config) && rulesByRoute.equals(other.rulesByRoute);
  }

  private RouteRules rules(CacheKey key) {
    return rulesByRoute.getOrDefault(key.route(), RouteRules.NONE);
  }
}
