package dev.holdfast.replay;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Writes queries for addresses and says what answers are worth. An answer that is cut for UDP
 * counts as a failure: nothing that is asked for here is large. Stateless.
 */
final class Judge {

  private static final int PAYLOAD_BYTES = 1232;
  private static final String HELD_TEXT = "held";

  /**
   * What an answer is worth.
   *
   * @param extendedError its code, -1 without one
   * @param current whether it has the address that holds now
   */
  record Verdict(Outcome outcome, int rcode, int extendedError, boolean current) {

    private static final Verdict SILENCE = new Verdict(Outcome.SILENT, -1, -1, false);
    private static final Verdict NOISE = new Verdict(Outcome.MALFORMED, -1, -1, false);
  }

  private Judge() {}

  /** A query for the address of a name that lets the server say extended errors. */
  static byte[] query(String name) {
    Message query = new Message(0);
    query.getHeader().setFlag(org.xbill.DNS.Flags.RD);
    query.addRecord(Record.newRecord(parse(name), Type.A, DClass.IN), Section.QUESTION);
    query.addRecord(new OPTRecord(PAYLOAD_BYTES, 0, 0), Section.ADDITIONAL);
    return query.toWire();
  }

  /**
   * Judges an answer.
   *
   * @param name what was asked for
   * @param currentAddress the address it has now
   * @param formerAddress an address that is no lie yet; null for none
   * @param goodMillis when its client gives up
   */
  static Verdict judge(
      byte @Nullable [] bytes,
      long latencyNanos,
      String name,
      String currentAddress,
      @Nullable String formerAddress,
      int goodMillis) {
    if (bytes == null) {
      return Verdict.SILENCE;
    }
    Message message = read(bytes, parse(name));
    if (message == null) {
      return Verdict.NOISE;
    }
    int rcode = message.getRcode();
    ExtendedErrorCodeOption error = extendedError(message);
    int errorCode = error == null ? -1 : error.getErrorCode();
    if ((rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN)
        || message.getHeader().getFlag(org.xbill.DNS.Flags.TC)) {
      return new Verdict(Outcome.FAILED, rcode, errorCode, false);
    }
    boolean current = hasOnly(message, currentAddress);
    boolean former = formerAddress != null && hasOnly(message, formerAddress);
    Outcome outcome = Outcome.WRONG;
    if (current || former) {
      boolean late = latencyNanos > TimeUnit.MILLISECONDS.toNanos(goodMillis);
      outcome = late ? Outcome.LATE : age(error, former);
    }
    return new Verdict(outcome, rcode, errorCode, current);
  }

  private static Outcome age(@Nullable ExtendedErrorCodeOption error, boolean former) {
    if (error == null || error.getErrorCode() != ExtendedErrorCodeOption.STALE_ANSWER) {
      return former ? Outcome.STALE : Outcome.FRESH;
    }
    String text = error.getText();
    return text != null && text.startsWith(HELD_TEXT) ? Outcome.HELD : Outcome.STALE;
  }

  /** Returns the message, or null when no client could use it. */
  private static @Nullable Message read(byte[] bytes, Name name) {
    try {
      Message message = new Message(bytes);
      Record question = message.getQuestion();
      boolean failure = message.getRcode() != Rcode.NOERROR && message.getRcode() != Rcode.NXDOMAIN;
      boolean ours =
          question == null
              ? failure
              : question.getName().equals(name) && question.getType() == Type.A;
      return ours && message.numBytes() == bytes.length ? message : null;
    } catch (IOException | RuntimeException malformed) {
      return null;
    }
  }

  private static boolean hasOnly(Message message, String address) {
    boolean found = false;
    for (Record answer : message.getSection(Section.ANSWER)) {
      if (answer instanceof ARecord a) {
        if (!a.getAddress().getHostAddress().equals(address)) {
          return false;
        }
        found = true;
      }
    }
    return found;
  }

  private static @Nullable ExtendedErrorCodeOption extendedError(Message message) {
    OPTRecord opt = message.getOPT();
    if (opt == null) {
      return null;
    }
    return opt.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).stream()
        .filter(ExtendedErrorCodeOption.class::isInstance)
        .map(ExtendedErrorCodeOption.class::cast)
        .findFirst()
        .orElse(null);
  }

  private static Name parse(String name) {
    try {
      return Name.fromString(name, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException("name: \"" + name + "\" (expected a domain name)", e);
    }
  }
}
