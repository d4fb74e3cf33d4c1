package dev.holdfast.policy;

import dev.holdfast.policy.AddressRules.Entry;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules of one origin, such as a file, by name and by address. Immutable. */
public final class PolicyList {

  private final String name;
  private final String place;
  private final RuleTable names;
  private final AddressRules addresses;

  private PolicyList(String name, String place, RuleTable names, AddressRules addresses) {
    this.name = name;
    this.place = place;
    this.names = names;
    this.addresses = addresses;
  }

  /** How operators know it. */
  public String name() {
    return name;
  }

  /** Where its lines are: a file, or a key of the configuration. */
  public String place() {
    return place;
  }

  RuleTable names() {
    return names;
  }

  AddressRules addresses() {
    return addresses;
  }

  /** Number of names and address blocks. */
  public int size() {
    return names.size() + addresses.size();
  }

  /** Bytes of memory that the names take. */
  public long sizeBytes() {
    return names.sizeBytes();
  }

  /** Takes rules one by one. Confined to one thread. */
  public static final class Builder {

    private final NameProbe probe = new NameProbe();
    private final RuleTable.Builder names = new RuleTable.Builder();
    private final Map<Cidr, Entry> addresses = new HashMap<>();

    /** Number of names and address blocks so far. */
    public int size() {
      return names.size() + addresses.size();
    }

    /**
     * Adds rules for a name itself and for those below it, null for none; what was said of either
     * before stays.
     */
    public void add(byte[] bytes, int length, @Nullable Rule own, @Nullable Rule below, int line) {
      names.add(probe.set(bytes, 0, length), own, below, line);
    }

    /** Adds a rule for answers with addresses of a block, unless there is one. */
    public void add(Cidr block, Rule rule, int line) {
      addresses.putIfAbsent(block, new Entry(rule, line));
    }

    /** Returns the list; this builder is of no use afterwards. */
    public PolicyList build(String name, String place) {
      return new PolicyList(name, place, names.build(), new AddressRules(addresses));
    }
  }
}
