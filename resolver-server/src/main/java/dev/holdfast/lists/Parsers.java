package dev.holdfast.lists;

import dev.holdfast.lists.PolicyFile.Content;
import dev.holdfast.lists.PolicyFile.Parser;
import dev.holdfast.lists.ZoneReader.BadRecordException;
import dev.holdfast.lists.ZoneReader.ZoneRecord;
import dev.holdfast.policy.PolicyList;
import dev.holdfast.policy.Rule;
import dev.holdfast.policy.Rule.Data;
import dev.holdfast.wire.Names;
import java.util.List;

/** Makes rules of what the configuration names and of what it says itself. */
final class Parsers {

  static final String RECORDS = "local.records";
  static final String ALLOW = "local.allow";

  private Parsers() {}

  static PolicyList none() {
    return new PolicyList.Builder().build("none", "");
  }

  static Parser hosts(int ttlSeconds) {
    return (lines, place, notes, maxEntries) -> {
      RecordRules records = new RecordRules();
      new HostsReader(lines, records, notes, ttlSeconds, maxEntries).read();
      PolicyList.Builder rules = new PolicyList.Builder();
      records.addTo(rules, RecordRules.withoutNotice(ttlSeconds));
      return new Content(rules.build("hosts", place), none());
    };
  }

  static Parser list(ListConfig list, int ttlSeconds) {
    Rule rule =
        list.action() == ListAction.ALLOW
            ? Rule.PASS
            : Rule.of(list.action().action(), list.reason().notice(list.name()), ttlSeconds);
    return (lines, place, notes, maxEntries) -> {
      NameListReader reader = new NameListReader(lines, rule, notes, maxEntries);
      reader.read();
      Content content =
          new Content(
              reader.names(list.name(), place), reader.exceptions(list.name() + " @@", place));
      if (content.size() == 0 && notes.ignored() > 0) {
        throw new BadListException(
            place + ": none of its " + notes.ignored() + " lines has a name");
      }
      return content;
    };
  }

  static Parser rpz(RpzConfig config, int ttlSeconds) {
    byte[] notice = config.reason().notice(config.name());
    byte[] origin = Names.parse(config.name());
    return (lines, place, notes, maxEntries) -> {
      ZoneReader zone = new ZoneReader(lines, origin, ttlSeconds);
      RpzReader reader = new RpzReader(zone, notice, ttlSeconds, notes, maxEntries);
      try {
        reader.read();
      } catch (BadRecordException e) {
        throw new BadListException(place + ":" + zone.line() + ": " + e.getMessage());
      }
      return new Content(reader.build(config.name(), place), none());
    };
  }

  /**
   * Returns the rules for records of the configuration, which were checked before; lines are their
   * places among them, from 1.
   */
  static PolicyList records(List<String> texts, int ttlSeconds) {
    RecordRules records = new RecordRules();
    for (int i = 0; i < texts.size(); i++) {
      ZoneRecord record = record(texts.get(i), ttlSeconds);
      records.add(
          record.owner(), new Data(record.type(), record.ttlSeconds(), record.rdata()), i + 1);
    }
    PolicyList.Builder rules = new PolicyList.Builder();
    records.addTo(rules, RecordRules.withoutNotice(ttlSeconds));
    return rules.build("records", RECORDS);
  }

  /**
   * Reads a record of the configuration.
   *
   * @throws IllegalArgumentException saying what was expected instead
   */
  static ZoneRecord record(String text, int ttlSeconds) {
    try {
      return ZoneReader.parse(text, ttlSeconds);
    } catch (BadRecordException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Returns the rules for names of the configuration that are never blocked. */
  static PolicyList allowed(List<String> names) {
    PolicyList.Builder rules = new PolicyList.Builder();
    for (int i = 0; i < names.size(); i++) {
      byte[] name = Names.parse(names.get(i));
      rules.add(name, name.length, Rule.PASS, Rule.PASS, i + 1);
    }
    return rules.build("allow", ALLOW);
  }
}
