package dev.holdfast.policy;

import dev.holdfast.policy.SpecialZone.Kind;
import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.Names;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.Section;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers for names that never leave this server: private and loopback reverse zones, localhost and
 * the other special-use names, unless the operator has routed them. Thread-safe.
 */
public final class LocalNames {

  /** TTL of everything here, and of its absence (RFC 6303 §3). */
  static final int TTL_SECONDS = 10_800;

  private static final byte[] LOCALHOST = Names.parse("localhost");
  private static final byte[] LOOPBACK_IPV4 = {127, 0, 0, 1};
  private static final byte[] LOOPBACK_IPV6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

  /** Names with a PTR to localhost: the reverse of 127.0.0.1 and of ::1. */
  private static final List<byte[]> LOOPBACK_REVERSE =
      List.of(
          Names.parse("1.0.0.127.in-addr.arpa"), Names.parse("1." + "0.".repeat(31) + "ip6.arpa"));

  private static final ThreadLocal<AnswerBuilder> BUILDER =
      ThreadLocal.withInitial(AnswerBuilder::new);

  private final List<byte[]> routedSuffixes;

  /**
   * The answers beside the operator's routes.
   *
   * @param routedSuffixes folded names in wire form; they and the names below are forwarded
   */
  public LocalNames(List<byte[]> routedSuffixes) {
    this.routedSuffixes = List.copyOf(routedSuffixes);
  }

  /** Answers a well-formed query, or returns null when its name is to be looked up elsewhere. */
  public @Nullable Answer answer(Query query) {
    if (query.qclass() != RecordClass.IN
        || !SpecialZones.mayCover(query.bytes(), query.qnameOffset())) {
      return null;
    }
    byte[] qname = Names.folded(query.bytes(), query.qnameOffset(), query.qnameLength());
    SpecialZone zone = SpecialZones.covering(qname);
    if (zone == null || belongsElsewhere(zone, qname, query)) {
      return null;
    }
    AnswerBuilder answer =
        BUILDER.get().begin(query.bytes(), query.qnameOffset(), query.questionLength());
    boolean atApex = qname.length == zone.apex().length;
    byte[] rdata = rdata(zone, qname, atApex, query.qtype());
    if (rdata != null) {
      answer.record(Section.ANSWER, qname, query.qtype(), RecordClass.IN, TTL_SECONDS, rdata);
      return answer.build(Rcode.NOERROR, false);
    }
    answer.record(
        Section.AUTHORITY, zone.apex(), RecordType.SOA, RecordClass.IN, TTL_SECONDS, soa(zone));
    boolean exists = atApex || exists(zone, qname);
    return answer.build(exists ? Rcode.NOERROR : Rcode.NXDOMAIN, false);
  }

  /** Returns the special zone of a name, folded, that is answered here, and whose rule that is. */
  public @Nullable String rule(byte[] qname) {
    SpecialZone zone = SpecialZones.covering(qname);
    boolean routed = zone != null && zone.kind() != Kind.NEVER_FORWARDED && isRouted(qname);
    return zone == null || routed ? null : zone.toString();
  }

  private boolean belongsElsewhere(SpecialZone zone, byte[] qname, Query query) {
    if (zone.kind() == Kind.NEVER_FORWARDED) {
      return false;
    }
    // A validator needs the parent's proof that the zone is unsigned (RFC 8375 §4, RFC 6303 §7).
    boolean parentsProof =
        zone.kind() == Kind.LOCALLY_SERVED
            && qname.length == zone.apex().length
            && query.qtype() == RecordType.DS
            && query.dnssecOk();
    return parentsProof || isRouted(qname);
  }

  private boolean isRouted(byte[] qname) {
    return routedSuffixes.stream().anyMatch(routed -> Names.endsWith(qname, routed));
  }

  private static byte @Nullable [] rdata(
      SpecialZone zone, byte[] qname, boolean atApex, int qtype) {
    return switch (qtype) {
      case RecordType.SOA -> atApex ? soa(zone) : null;
      case RecordType.NS -> atApex ? zone.apex() : null;
      case RecordType.A -> zone.kind() == Kind.LOOPBACK ? LOOPBACK_IPV4 : null;
      case RecordType.AAAA -> zone.kind() == Kind.LOOPBACK ? LOOPBACK_IPV6 : null;
      case RecordType.PTR ->
          LOOPBACK_REVERSE.stream().anyMatch(name -> Arrays.equals(name, qname)) ? LOCALHOST : null;
      default -> null;
    };
  }

  /** A name above an existing one exists too, even without records (RFC 8020 §2). */
  private boolean exists(SpecialZone zone, byte[] qname) {
    return zone.kind() == Kind.LOOPBACK
        || zone.kind() == Kind.NEVER_FORWARDED
        || LOOPBACK_REVERSE.stream().anyMatch(name -> Names.endsWith(name, qname))
        || routedSuffixes.stream().anyMatch(routed -> Names.endsWith(routed, qname));
  }

  /** The zone is its own name server (RFC 6303 §3). */
  private static byte[] soa(SpecialZone zone) {
    return LocalSoa.rdata(zone.apex(), TTL_SECONDS);
  }
}
