package dev.holdfast.policy;

import dev.holdfast.wire.Names;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is made of names that point into private networks, so that a page from anywhere could talk
 * to machines there under a name of its own.
 *
 * @param refuse whether answers with such an address are refused on the default route
 * @param privateBlocks what counts as private; IPv4 also as part of an IPv6 address
 * @param except suffixes that may point there, in presentation form
 */
public record RebindingConfig(boolean refuse, List<Cidr> privateBlocks, List<String> except) {

  /**
   * Nothing is refused: upstreams are often the very network's own resolvers, whose names are meant
   * to be private, and lists of addresses answer with 127.0.0.x (RFC 5782 §2.1).
   */
  public static final RebindingConfig DEFAULTS =
      new RebindingConfig(
          false,
          Stream.of(
                  "0.0.0.0/8",
                  "10.0.0.0/8",
                  "100.64.0.0/10",
                  "127.0.0.0/8",
                  "169.254.0.0/16",
                  "172.16.0.0/12",
                  "192.168.0.0/16",
                  "255.255.255.255",
                  "::",
                  "::1",
                  "fc00::/7",
                  "fe80::/10")
              .map(Cidr::parse)
              .toList(),
          List.of());

  public RebindingConfig {
    privateBlocks = List.copyOf(privateBlocks);
    if (privateBlocks.isEmpty()) {
      throw new IllegalArgumentException("private: [] (expected at least one address block)");
    }
    except = except.stream().map(RebindingConfig::folded).toList();
  }

  private static String folded(String suffix) {
    byte[] name = Names.parse(suffix);
    return Names.toText(Names.folded(name, 0, name.length));
  }
}
