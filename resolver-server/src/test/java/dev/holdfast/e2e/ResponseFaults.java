package dev.holdfast.e2e;

import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * What is wrong with a response by the rules of RFC 8906 §8 for a server that recurses, whatever
 * the flags and EDNS of its query: id and opcode return, RD and CD too, nothing undefined does; an
 * unknown opcode is NOTIMP with a header alone, an unknown EDNS version BADVERS without an answer,
 * all else NOERROR with the SOA if that was asked for; OPT comes if it went.
 */
final class ResponseFaults {

  static final int UNKNOWN_OPTION = 100;
  static final int SUBNET = 8;
  static final int COOKIE = 10;

  /** The last reserved flag of a header, as a number of dnsjava. */
  private static final int RESERVED = 9;

  /** Without EDNS, and whatever less EDNS says (RFC 6891 §6.2.3). */
  private static final int MIN_PAYLOAD = 512;

  private final Message query;
  private final Message response;
  private final boolean lookup;
  private final List<String> found = new ArrayList<>();

  private ResponseFaults(Message query, Message response) {
    this.query = query;
    this.response = response;
    lookup = query.getHeader().getOpcode() == Opcode.QUERY;
  }

  /** Returns the faults in words, none for a response as it should be. */
  static List<String> of(byte[] query, byte[] response, boolean stream) throws Exception {
    ResponseFaults faults = new ResponseFaults(new Message(query), new Message(response));
    faults.checkFlags();
    faults.checkContent();
    faults.checkEdns();
    faults.checkLength(response.length, stream);
    return faults.found;
  }

  /* RD, RA, AD and CD are defined for opcode QUERY only; nothing here was validated for AD. */
  private void checkFlags() {
    unless(response.getHeader().getID() == query.getHeader().getID(), "another id");
    unless(response.getHeader().getOpcode() == query.getHeader().getOpcode(), "another opcode");
    unless(flag(response, Flags.QR), "no QR");
    unless(!flag(response, Flags.AA), "AA");
    unless(!flag(response, RESERVED), "the reserved flag");
    unless(flag(response, Flags.RA) == lookup, "RA " + flag(response, Flags.RA));
    unless(flag(response, Flags.RD) == (lookup && flag(query, Flags.RD)), "RD");
    unless(flag(response, Flags.CD) == (lookup && flag(query, Flags.CD)), "CD");
    unless(!flag(response, Flags.AD), "AD");
  }

  private void checkContent() {
    OPTRecord asked = query.getOPT();
    int expected = Rcode.NOERROR;
    if (!lookup) {
      expected = Rcode.NOTIMP;
    } else if (asked != null && asked.getVersion() > 0) {
      expected = Rcode.BADVERS;
    }
    unless(response.getRcode() == expected, "rcode " + Rcode.string(response.getRcode()));
    boolean soa =
        response.getSection(Section.ANSWER).stream().anyMatch(rr -> rr.getType() == Type.SOA);
    boolean soaDue = expected == Rcode.NOERROR && query.getQuestion().getType() == Type.SOA;
    unless(soa == soaDue, soa ? "an SOA" : "no SOA");
  }

  private void checkEdns() {
    OPTRecord asked = query.getOPT();
    OPTRecord opt = response.getOPT();
    unless((opt == null) == (asked == null), opt == null ? "no OPT" : "an OPT");
    if (opt == null || asked == null) {
      return;
    }
    unless(opt.getVersion() == 0, "version " + opt.getVersion());
    unless(opt.getFlags() == (asked.getFlags() & QueryBytes.DO), "EDNS flags");
    for (EDNSOption option : opt.getOptions()) {
      int code = option.getCode();
      unless(code != UNKNOWN_OPTION && code != SUBNET, "option " + code + " echoed");
      unless(code != COOKIE || !asked.getOptions(COOKIE).isEmpty(), "a cookie nobody asked for");
    }
  }

  private void checkLength(int length, boolean stream) {
    OPTRecord opt = query.getOPT();
    int payload = opt == null ? 0 : opt.getPayloadSize();
    unless(stream || length <= Math.max(payload, MIN_PAYLOAD), "too big");
    unless(!stream || !flag(response, Flags.TC), "TC over TCP");
    unless(lookup || length == 12, "more than a header for an unknown opcode");
  }

  private static boolean flag(Message message, int flag) {
    return message.getHeader().getFlag(flag);
  }

  private void unless(boolean right, String fault) {
    if (!right) {
      found.add(fault);
    }
  }
}
