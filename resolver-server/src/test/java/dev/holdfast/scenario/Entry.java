package dev.holdfast.scenario;

import dev.holdfast.wire.Header;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/**
 * One message of a scenario and how it is used: what it must have in common with a message that
 * comes along, and what is put into it before it is sent. Immutable.
 *
 * @param line where the entry begins in its file
 * @param matches what is compared
 * @param extendedError the info-code of RFC 8914 that must be there, {@link #NO_EXTENDED_ERROR} for
 *     no demand
 * @param copyId whether the reply takes the id of the query: marks an entry that is a reply
 * @param copyQuery whether the reply takes the question of the query
 * @param delaySeconds how long the reply takes
 * @param flags the header bits of {@link Header}, without opcode and rcode
 * @param dnssecOk whether the message has an OPT record with the DO bit
 * @param ednsOptions options of the message's OPT record; null for no such record unless {@code
 *     dnssecOk}
 * @param sections question, answer, authority, additional
 */
record Entry(
    int line,
    Set<Match> matches,
    int extendedError,
    boolean copyId,
    boolean copyQuery,
    int delaySeconds,
    int flags,
    int opcode,
    int rcode,
    boolean dnssecOk,
    @Nullable List<EDNSOption> ednsOptions,
    List<List<Record>> sections) {

  static final int NO_EXTENDED_ERROR = -1;

  /** Largest UDP payload that clients with EDNS offer here (RFC 9715). */
  private static final int PAYLOAD_BYTES = 1232;

  private static final int[] FLAG_BITS = {
    Header.QR, Header.AA, Header.TC, Header.RD, Header.RA, Header.AD, Header.CD
  };

  /** What of a message is compared with the entry. */
  enum Match {
    OPCODE,
    QTYPE,
    QNAME,
    RCODE,
    FLAGS,
    QUESTION,
    ANSWER,
    SUBDOMAIN,
    ALL,
    TTL,
    DO,
    AD,
    CD,
    RD,
    NOEDNS,
    EDE,
    EDNSDATA,
    UDP,
    TCP,
    ID
  }

  Entry {
    matches = Set.copyOf(matches);
    sections = sections.stream().map(List::copyOf).toList();
  }

  boolean compares(Match match) {
    return matches.contains(match);
  }

  List<Record> section(int section) {
    return sections.get(section);
  }

  /** Returns the header bits of {@code message} in the form of {@link #flags}. */
  static int flagsOf(Message message) {
    int flags = 0;
    for (int bit : FLAG_BITS) {
      flags |= message.getHeader().getFlag(indexOf(bit)) ? bit : 0;
    }
    return flags;
  }

  /** Returns the entry as a query with {@code id}. */
  Message toQuery(int id) {
    return toMessage(id, flags, section(Section.QUESTION));
  }

  /** Returns the entry as the reply of a recursive upstream to {@code query}. */
  Message toReply(Message query) {
    List<Record> question =
        copyQuery ? query.getSection(Section.QUESTION) : section(Section.QUESTION);
    return toMessage(query.getHeader().getID(), flags | Header.QR | Header.RA, question);
  }

  private Message toMessage(int id, int headerFlags, List<Record> question) {
    Message message = new Message(id);
    for (int bit : FLAG_BITS) {
      if ((headerFlags & bit) != 0) {
        message.getHeader().setFlag(indexOf(bit));
      }
    }
    message.getHeader().setOpcode(opcode);
    message.getHeader().setRcode(rcode);
    question.forEach(asked -> message.addRecord(asked, Section.QUESTION));
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (Record resource : section(section)) {
        message.addRecord(resource, section);
      }
    }
    if (dnssecOk || ednsOptions != null) {
      int extendedFlags = dnssecOk ? ExtendedFlags.DO : 0;
      message.addRecord(
          new OPTRecord(PAYLOAD_BYTES, 0, 0, extendedFlags, ednsOptions), Section.ADDITIONAL);
    }
    return message;
  }

  private static int indexOf(int bit) {
    return Integer.numberOfLeadingZeros(bit) - Short.SIZE;
  }
}
