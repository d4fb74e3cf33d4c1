package dev.holdfast.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The records that a {@link ScriptedUpstream} knows, of any domain, as a recursive server would
 * know them; what is not here does not exist. May be changed while it is served. Thread-safe.
 */
public final class Zone {

  private static final int MAX_CHAIN = 16;
  private static final int MAX_MESSAGE_LENGTH = 65_535;

  private final TreeMap<Name, Map<Integer, List<Record>>> nodes = new TreeMap<>();
  private volatile long version;

  /** A zone with nothing but an SOA at the root, whose negative TTL is 60 s. */
  public Zone() {
    apex(".", 60);
  }

  /** Gives {@code name} an SOA, which negative answers below it will carry. */
  public Zone apex(String name, long negativeTtlSeconds) {
    String rdata = "ns.example.org. hostmaster.example.org. 1 3600 600 86400 " + negativeTtlSeconds;
    return set(name, "SOA", negativeTtlSeconds, rdata);
  }

  /**
   * Replaces the records of one name and type. A first label {@code *} matches names that do not
   * exist.
   *
   * @param rdata one presentation form per record: {@code "192.0.2.1"}, {@code "10
   *     mail.example.org."}
   */
  public synchronized Zone set(String name, String type, long ttlSeconds, String... rdata) {
    Name owner = parseName(name);
    int typeCode = parseType(type);
    List<Record> records = new ArrayList<>(rdata.length);
    for (String text : rdata) {
      records.add(parseRecord(owner, typeCode, ttlSeconds, text));
    }
    nodes.computeIfAbsent(owner, absent -> new TreeMap<>()).put(typeCode, records);
    version++;
    return this;
  }

  /** Takes away the records of one name and type. */
  public synchronized Zone remove(String name, String type) {
    Name owner = parseName(name);
    Map<Integer, List<Record>> node = nodes.get(owner);
    if (node != null && node.remove(parseType(type)) != null && node.isEmpty()) {
      nodes.remove(owner);
    }
    version++;
    return this;
  }

  /** Takes away all records of one name. */
  public synchronized Zone remove(String name) {
    nodes.remove(parseName(name));
    version++;
    return this;
  }

  /** Grows with every change: a prepared answer of an older version is worth nothing. */
  long version() {
    return version;
  }

  /** Answers a question as a recursive server does: chains followed, negative answers with SOA. */
  synchronized PreparedAnswer answer(Name qname, int qtype) {
    List<Record> answers = new ArrayList<>();
    Name name = qname;
    for (int links = 0; links < MAX_CHAIN; links++) {
      Map<Integer, List<Record>> node = node(name);
      if (node == null) {
        return prepare(
            qname, qtype, exists(name) ? Rcode.NOERROR : Rcode.NXDOMAIN, answers, soaFor(name));
      }
      List<Record> found = matching(node, qtype);
      if (!found.isEmpty()) {
        addAs(name, found, answers);
        return prepare(qname, qtype, Rcode.NOERROR, answers, List.of());
      }
      List<Record> alias = node.get(Type.CNAME);
      if (alias == null || alias.isEmpty()) {
        return prepare(qname, qtype, Rcode.NOERROR, answers, soaFor(name));
      }
      addAs(name, alias, answers);
      name = ((CNAMERecord) alias.getFirst()).getTarget();
    }
    return prepare(qname, qtype, Rcode.NOERROR, answers, List.of());
  }

  /** The negative answer for {@code qname}, whatever the zone knows, to be kept for so long. */
  synchronized PreparedAnswer denial(Name qname, int qtype, int rcode, long negativeTtlSeconds) {
    SOARecord soa = soaAbove(qname);
    Record renewed =
        new SOARecord(
            soa.getName(),
            DClass.IN,
            negativeTtlSeconds,
            soa.getHost(),
            soa.getAdmin(),
            soa.getSerial(),
            soa.getRefresh(),
            soa.getRetry(),
            soa.getExpire(),
            negativeTtlSeconds);
    return prepare(qname, qtype, rcode, List.of(), List.of(renewed));
  }

  private @Nullable Map<Integer, List<Record>> node(Name name) {
    Map<Integer, List<Record>> node = nodes.get(name);
    if (node != null || exists(name)) {
      return node;
    }
    for (int labels = 1; labels < name.labels(); labels++) {
      Name parent = new Name(name, labels);
      if (exists(parent)) {
        return nodes.get(below("*", parent));
      }
    }
    return null;
  }

  /** A name exists if it or a name below it has records (RFC 8020 §2). */
  private boolean exists(Name name) {
    Name next = nodes.ceilingKey(name);
    return next != null && next.subdomain(name);
  }

  private static List<Record> matching(Map<Integer, List<Record>> node, int qtype) {
    if (qtype == Type.ANY) {
      return node.values().stream().flatMap(List::stream).toList();
    }
    return node.getOrDefault(qtype, List.of());
  }

  private static void addAs(Name owner, List<Record> records, List<Record> answers) {
    for (Record rr : records) {
      answers.add(
          rr.getName().isWild()
              ? Record.newRecord(
                  owner, rr.getType(), DClass.IN, rr.getTTL(), rr.rdataToWireCanonical())
              : rr);
    }
  }

  private static PreparedAnswer prepare(
      Name qname, int qtype, int rcode, List<Record> answers, List<Record> authority) {
    Message message = new Message(0);
    message.addRecord(Record.newRecord(qname, qtype, DClass.IN), Section.QUESTION);
    answers.forEach(rr -> message.addRecord(rr, Section.ANSWER));
    authority.forEach(rr -> message.addRecord(rr, Section.AUTHORITY));
    byte[] bytes = message.toWire(MAX_MESSAGE_LENGTH);
    int bodyStart = Query.HEADER_LENGTH + qname.length() + Query.TYPE_AND_CLASS_LENGTH;
    return new PreparedAnswer(
        rcode,
        answers.size(),
        authority.size(),
        Arrays.copyOfRange(bytes, bodyStart, bytes.length));
  }

  private List<Record> soaFor(Name missing) {
    return List.of(soaAbove(missing));
  }

  private SOARecord soaAbove(Name name) {
    for (int labels = 0; labels <= name.labels(); labels++) {
      Map<Integer, List<Record>> node =
          nodes.get(labels == name.labels() ? Name.root : new Name(name, labels));
      List<Record> soa = node == null ? null : node.get(Type.SOA);
      if (soa != null && !soa.isEmpty()) {
        return (SOARecord) soa.getFirst();
      }
    }
    throw new IllegalStateException("no SOA above " + name + " (the root's was removed)");
  }

  private static Name below(String label, Name parent) {
    try {
      return new Name(label, parent);
    } catch (TextParseException e) {
      return parent;
    }
  }

  static Name parseName(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("name: \"" + text + "\" (expected a domain name)", e);
    }
  }

  private static int parseType(String text) {
    int type = Type.value(text, true);
    if (type < 0) {
      throw new IllegalArgumentException("type: \"" + text + "\" (expected A, AAAA, TYPE65, ...)");
    }
    return type;
  }

  private static Record parseRecord(Name owner, int type, long ttlSeconds, String rdata) {
    try {
      return Record.fromString(owner, type, DClass.IN, ttlSeconds, rdata, Name.root);
    } catch (IOException e) {
      throw new UncheckedIOException(owner + " " + Type.string(type) + ": \"" + rdata + "\"", e);
    }
  }
}
