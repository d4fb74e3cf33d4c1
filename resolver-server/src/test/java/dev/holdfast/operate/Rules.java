package dev.holdfast.operate;

import dev.holdfast.operate.FastResolver.Rule;
import java.io.IOException;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** What upstreams may say. */
public final class Rules {

  private static final String SOA = "ns.example.org. hostmaster.example.org. 1 3600 600 86400 300";

  private Rules() {}

  /** These records to every question of their type, and no record to others. */
  public static Rule records(int type, int ttlSeconds, String... data) {
    return (query, reply) -> {
      Record question = query.getQuestion();
      if (question.getType() != type) {
        return empty().reply(query, reply);
      }
      for (String each : data) {
        reply.addRecord(record(question.getName(), type, ttlSeconds, each), Section.ANSWER);
      }
      return true;
    };
  }

  /** An answer without records, with an SOA that says five minutes. */
  public static Rule empty() {
    return (query, reply) -> {
      reply.addRecord(
          record(Name.fromConstantString("org."), Type.SOA, 300, SOA), Section.AUTHORITY);
      return true;
    };
  }

  /** An answer without any record. */
  public static Rule bareEmpty() {
    return (query, reply) -> true;
  }

  public static Rule nxdomain() {
    return (query, reply) -> {
      reply.getHeader().setRcode(Rcode.NXDOMAIN);
      return empty().reply(query, reply);
    };
  }

  /** An answer without any record and with an extended error. */
  public static Rule emptyWith(int extendedError) {
    return (query, reply) -> {
      reply.addRecord(
          new OPTRecord(1232, 0, 0, 0, List.of(new ExtendedErrorCodeOption(extendedError, "why"))),
          Section.ADDITIONAL);
      return true;
    };
  }

  public static Rule failure(int rcode) {
    return (query, reply) -> {
      reply.getHeader().setRcode(rcode);
      return true;
    };
  }

  /** The records of another rule, with a signature of each for those who ask. */
  public static Rule signed(Rule rule) {
    return (query, reply) -> {
      boolean said = rule.reply(query, reply);
      OPTRecord opt = query.getOPT();
      if (opt != null && (opt.getFlags() & 0x8000) != 0) {
        for (Record each : List.copyOf(reply.getSection(Section.ANSWER))) {
          String signature =
              Type.string(each.getType())
                  + " 8 3 300 20351231000000 20250101000000 1 example.org. c2lnbmF0dXJl";
          reply.addRecord(
              record(each.getName(), Type.RRSIG, (int) each.getTTL(), signature), Section.ANSWER);
        }
      }
      return said;
    };
  }

  private static Record record(Name owner, int type, int ttlSeconds, String data) {
    try {
      return Record.fromString(owner, type, DClass.IN, ttlSeconds, data, Name.root);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
