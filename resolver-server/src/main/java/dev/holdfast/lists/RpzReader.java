package dev.holdfast.lists;

import dev.holdfast.lists.ZoneReader.BadRecordException;
import dev.holdfast.lists.ZoneReader.ZoneRecord;
import dev.holdfast.policy.Cidr;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Rule.Action;
import dev.holdfast.policy.Rule.Data;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.RecordType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a response policy zone: names below its apex are triggers, their records are actions.
 * Triggers on the name of a question and on addresses in answers count; others, such as those on
 * clients and name servers, are ignored. Used once.
 */
final class RpzReader {

  /** Where a CNAME leads that stands for an action. */
  private static final Map<String, Action> ACTIONS =
      Map.of(
          ".", Action.NXDOMAIN,
          "*.", Action.NODATA,
          "rpz-passthru.", Action.PASS,
          "rpz-drop.", Action.DROP,
          "rpz-tcp-only.", Action.TCP_ONLY);

  private static final int LONGEST_ACTION = 15;

  private static final byte[] ADDRESS_TRIGGER = Names.parse("rpz-ip");
  private static final List<byte[]> OTHER_TRIGGERS =
      List.of(Names.parse("rpz-client-ip"), Names.parse("rpz-nsip"), Names.parse("rpz-nsdname"));

  private final ZoneReader zone;
  private final Notes notes;
  private final int maxEntries;
  private final Map<Action, Rule> rules = new EnumMap<>(Action.class);
  private final PolicyList.Builder list = new PolicyList.Builder();
  private final RecordRules nameData = new RecordRules();
  private final Map<Cidr, AddressData> addressData = new LinkedHashMap<>();
  private byte @Nullable [] apex;

  private record AddressData(List<Data> records, int line) {}

  /**
   * @param notice the extended error of what is blocked or rewritten
   */
  RpzReader(ZoneReader zone, byte[] notice, int ttlSeconds, Notes notes, int maxEntries) {
    this.zone = zone;
    this.notes = notes;
    this.maxEntries = maxEntries;
    for (Action action : ACTIONS.values()) {
      rules.put(action, action == Action.PASS ? Rule.PASS : Rule.of(action, notice, ttlSeconds));
    }
  }

  /** Reads the whole zone. */
  void read() throws IOException, BadRecordException {
    ZoneRecord record = zone.next();
    while (record != null) {
      if (apex == null) {
        apex = folded(record.type() == RecordType.SOA ? record.owner() : zone.origin());
      }
      read(record, apex);
      record = zone.next();
    }
    if (apex == null) {
      throw new BadRecordException("no record (expected a zone that begins with its SOA)");
    }
  }

  /** Returns the rules. */
  PolicyList build(String listName, String place) {
    Rule otherwise = rule(Action.NODATA);
    nameData.addTo(list, otherwise);
    addressData.forEach(
        (block, data) -> list.add(block, Rule.data(data.records(), otherwise), data.line()));
    return list.build(listName, place);
  }

  private static byte[] folded(byte[] name) {
    return Names.folded(name, 0, name.length);
  }

  private Rule rule(Action action) {
    return rules.getOrDefault(action, Rule.PASS);
  }

  private void read(ZoneRecord record, byte[] zoneApex) throws BadRecordException {
    byte[] owner = folded(record.owner());
    if (!Names.endsWith(owner, zoneApex)) {
      throw new BadRecordException(
          Names.toText(owner) + " (expected a name below " + Names.toText(zoneApex) + ")");
    }
    if (owner.length == zoneApex.length) {
      return; // SOA and NS of the zone itself
    }
    byte[] trigger = Arrays.copyOf(owner, owner.length - zoneApex.length + 1);
    trigger[trigger.length - 1] = 0;
    if (size() >= maxEntries) {
      notes.cut();
    } else if (Names.endsWith(trigger, ADDRESS_TRIGGER)) {
      readAddress(trigger, record);
    } else if (OTHER_TRIGGERS.stream().anyMatch(each -> Names.endsWith(trigger, each))) {
      notes.ignored(record.line(), "no trigger that counts here", Names.toText(trigger));
    } else {
      readName(trigger, record);
    }
  }

  private int size() {
    return list.size() + nameData.size() + addressData.size();
  }

  private void readName(byte[] trigger, ZoneRecord record) {
    Action action = action(record, trigger);
    if (action == null) {
      nameData.add(trigger, data(record), record.line());
    } else {
      RecordRules.addTo(list, trigger, rule(action), record.line());
    }
  }

  private void readAddress(byte[] trigger, ZoneRecord record) throws BadRecordException {
    Cidr block = RpzAddress.parse(trigger);
    Action action = action(record, trigger);
    if (action == null) {
      addressData
          .computeIfAbsent(block, key -> new AddressData(new ArrayList<>(), record.line()))
          .records()
          .add(data(record));
    } else {
      list.add(block, rule(action), record.line());
    }
  }

  private static Data data(ZoneRecord record) {
    return new Data(record.type(), record.ttlSeconds(), record.rdata());
  }

  /* A name that is its own alias passes: that is how it was written before rpz-passthru. */
  private static @Nullable Action action(ZoneRecord record, byte[] trigger) {
    byte[] target = record.rdata();
    if (record.type() != RecordType.CNAME) {
      return null;
    }
    if (Arrays.equals(folded(target), trigger)) {
      return Action.PASS;
    }
    return target.length > LONGEST_ACTION ? null : ACTIONS.get(Names.toText(folded(target)));
  }
}
