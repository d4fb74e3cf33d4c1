package dev.holdfast.policy;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The operator's own records, lists of names to block and response policy zones, compiled: an
 * ordered number of lists, of which the first that knows a name or an address decides. Replaced as
 * a whole. Immutable.
 */
public final class LocalPolicy {

  /** No rule at all. */
  public static final LocalPolicy NONE = new LocalPolicy(List.of());

  private final PolicyList[] lists;
  private final boolean hasAddresses;

  public LocalPolicy(List<PolicyList> lists) {
    this.lists = lists.stream().filter(list -> list.size() > 0).toArray(PolicyList[]::new);
    this.hasAddresses = lists.stream().anyMatch(list -> list.addresses().size() > 0);
  }

  /** Whether no rule can ever be found. */
  public boolean isEmpty() {
    return lists.length == 0;
  }

  /** Whether some rule depends on the addresses in answers. */
  public boolean hasAddresses() {
    return hasAddresses;
  }

  /** Returns what decides about a name, or null. */
  public @Nullable Ruling find(NameProbe name) {
    for (PolicyList list : lists) {
      long found = list.names().find(name);
      if (found != RuleTable.NONE) {
        return new Ruling(list, list.names().rule(found), RuleTable.line(found));
      }
    }
    return null;
  }

  /** Returns what decides about an address in an answer, as 128 bits, or null. */
  public @Nullable Ruling find(long addressHigh, long addressLow) {
    for (PolicyList list : lists) {
      Ruling ruling = list.addresses().find(list, addressHigh, addressLow);
      if (ruling != null) {
        return ruling;
      }
    }
    return null;
  }
}
