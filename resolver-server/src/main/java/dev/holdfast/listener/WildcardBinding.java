package dev.holdfast.listener;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A wildcard address as one binding per address of the machine, for ports that cannot tell which
 * address was asked. Confined to the thread that binds.
 */
final class WildcardBinding {

  private static final Logger logger = LoggerFactory.getLogger(WildcardBinding.class);

  private final InetAddress any;
  private final Front front;
  private final Map<InetAddress, Binding> bound = new HashMap<>();
  private int port;

  private WildcardBinding(InetSocketAddress address, Front front) {
    this.any = address.getAddress();
    this.port = address.getPort();
    this.front = front;
  }

  /** Binds {@code address} on each of the addresses that are present, or on none. */
  static WildcardBinding open(InetSocketAddress address, LocalAddresses present, Front front)
      throws ListenException {
    WildcardBinding wildcard = new WildcardBinding(address, front);
    try {
      for (InetAddress local : present.matching(wildcard.any)) {
        wildcard.bind(local);
      }
    } catch (ListenException e) {
      wildcard.bindings().forEach(Binding::close);
      throw e;
    }
    return wildcard;
  }

  /** The wildcard address with its real port. */
  InetSocketAddress address() {
    return new InetSocketAddress(any, port);
  }

  List<Binding> bindings() {
    return List.copyOf(bound.values());
  }

  /** Binds addresses that came and closes those that went. */
  void follow(LocalAddresses localAddresses) {
    Set<InetAddress> present = localAddresses.matching(any);
    for (InetAddress known : List.copyOf(bound.keySet())) {
      if (!present.contains(known)) {
        unbind(known);
      }
    }
    for (InetAddress local : present) {
      if (!bound.containsKey(local)) {
        try {
          bind(local);
          logger.info("listening on {}, too", Endpoints.text(new InetSocketAddress(local, port)));
        } catch (ListenException e) {
          logger.warn("{}", e.getMessage());
        }
      }
    }
  }

  private void bind(InetAddress local) throws ListenException {
    Binding binding = Binding.open(new InetSocketAddress(local, port), front);
    port = binding.address().getPort();
    bound.put(local, binding);
  }

  private void unbind(InetAddress gone) {
    Binding binding = bound.remove(gone);
    if (binding != null) {
      binding.close();
      logger.info("no longer listening on {}", Endpoints.text(binding.address()));
    }
  }
}
