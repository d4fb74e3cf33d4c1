package dev.holdfast.demo;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a {@link ScriptedUpstream}. */
public enum Breakage {
  NONE("Every question is answered."),
  SILENCE("Questions are read and never answered."),
  CLOSED("The port is closed, UDP and TCP: the host itself says that nobody listens."),
  SERVFAIL("Every answer is SERVFAIL."),
  REFUSED("Every answer is REFUSED."),
  NOTIMP("Every answer is NOTIMP."),
  FORMERR("Every answer is FORMERR."),
  SLOW("Every answer is late, by 3 s unless a test says otherwise."),
  LATE_THIRD("A third of the answers, by chance, is 800 ms late."),
  LOSS("Half of the UDP answers, by chance, are lost."),
  LOST_QUESTIONS("Half of the UDP questions, by chance, are lost before they are read."),
  THIRD("Only every third question is answered."),
  GARBAGE("Answers are random bytes, half of them behind a right header."),
  CUT_SHORT("Answers end in the middle of a record."),
  OTHER_QUESTION("Answers carry the right id and belong to another question."),
  TC_TCP_DEAD("Every UDP answer says TC, and the TCP port is closed."),
  UDP_DEAD("UDP questions are never answered, TCP works."),
  EMPTY("Every answer is NOERROR without records, with an SOA that says 300 s."),
  BARE_EMPTY("Every answer is NOERROR with nothing in it, not even an SOA."),
  NXDOMAIN("Every answer is NXDOMAIN, with an SOA that says 300 s."),
  WRONG_ID("Every answer carries another id than its question."),
  MALFORMED_FIRST("Every answer is preceded by one that is cut short, 50 ms ahead.");

  private final String sentence;

  Breakage(String sentence) {
    this.sentence = sentence;
  }

  /** The name on a command line: {@code cut-short}. */
  public String kebabName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** What happens, in one sentence. */
  public String sentence() {
    return sentence;
  }

  /** Returns the kind that is called so on a command line, or null. */
  public static @Nullable Breakage named(String kebabName) {
    for (Breakage breakage : values()) {
      if (breakage.kebabName().equals(kebabName)) {
        return breakage;
      }
    }
    return null;
  }

  boolean udpOpen() {
    return this != CLOSED;
  }

  boolean tcpOpen() {
    return this != CLOSED && this != TC_TCP_DEAD;
  }
}
