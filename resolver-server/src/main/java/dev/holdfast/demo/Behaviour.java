package dev.holdfast.demo;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Type;

/**
 * What comes back for a query while a {@link Breakage} lasts, and when. The same seed and the same
 * queries give the same replies. Confined to the upstream's thread.
 */
final class Behaviour {

  /** Takes the replies to one query. */
  interface Output {

    /** Sends the reply's bytes after a delay; they are valid during the call only. */
    void send(Reply reply, long delayMillis);
  }

  static final long DEFAULT_SLOW_MILLIS = 3_000;
  static final long LATE_MILLIS = 800;
  static final long AFTER_MALFORMED_MILLIS = 50;
  static final long LYING_NEGATIVE_TTL_SECONDS = 300;

  private static final int OPCODE_QUERY = 0;
  private static final int STREAM_LIMIT_BYTES = 65_535;
  private static final int MAX_GARBAGE_BYTES = 120;
  private static final Name OTHER_NAME = Zone.parseName("other.question.example.");
  private static final byte[] OTHER_QUESTION = question(OTHER_NAME, Type.A);

  private final AnswerBook book;
  private final SplittableRandom random;
  private final Reply reply = new Reply();
  private final PreparedAnswer otherAnswer;

  private Breakage breakage = Breakage.NONE;
  private long slowMillis = DEFAULT_SLOW_MILLIS;
  private long questions;
  private @Nullable Script script;

  Behaviour(AnswerBook book, long seed) {
    this.book = book;
    this.random = new SplittableRandom(seed);
    this.otherAnswer =
        new Zone().set(OTHER_NAME.toString(), "A", 300, "192.0.2.99").answer(OTHER_NAME, Type.A);
  }

  void become(Breakage kind, long delayMillis) {
    breakage = kind;
    slowMillis = delayMillis;
    questions = 0;
  }

  void follow(@Nullable Script newScript) {
    script = newScript;
  }

  /** Whether a query is lost on its way here: it is neither counted nor answered. */
  boolean loses(boolean tcp) {
    return breakage == Breakage.LOST_QUESTIONS && !tcp && random.nextInt(2) == 0;
  }

  /** Answers one query, or does not. */
  void react(Query query, AnswerBook.@Nullable Page page, ReceivedQuery received, Output output) {
    questions++;
    Script followed = script;
    if (followed != null) {
      for (byte[] message : followed.replies(received)) {
        reply.raw(message);
        output.send(reply, 0);
      }
      return;
    }
    boolean tcp = received.tcp();
    switch (breakage) {
      case SILENCE, CLOSED -> {}
      case SERVFAIL -> status(query, Rcode.SERVFAIL, output);
      case REFUSED -> status(query, Rcode.REFUSED, output);
      case NOTIMP -> status(query, Rcode.NOTIMP, output);
      case FORMERR -> status(query, Rcode.FORMERR, output);
      case BARE_EMPTY -> status(query, Rcode.NOERROR, output);
      case EMPTY -> deny(query, page, Rcode.NOERROR, output);
      case NXDOMAIN -> deny(query, page, Rcode.NXDOMAIN, output);
      case TC_TCP_DEAD -> {
        reply.truncated(query, Rcode.NOERROR);
        output.send(reply, 0);
      }
      case GARBAGE -> garbage(query, output);
      default -> damaged(query, page, tcp, output);
    }
  }

  /** Kinds that start from the right answer. */
  private void damaged(Query query, AnswerBook.@Nullable Page page, boolean tcp, Output output) {
    boolean dropped =
        switch (breakage) {
          case LOSS -> !tcp && random.nextInt(2) == 0;
          case UDP_DEAD -> !tcp;
          case THIRD -> questions % 3 != 0;
          default -> false;
        };
    if (dropped) {
      return;
    }
    rightAnswer(query, page, tcp);
    long delayMillis = 0;
    switch (breakage) {
      case SLOW -> delayMillis = slowMillis;
      case LATE_THIRD -> delayMillis = random.nextInt(3) == 0 ? LATE_MILLIS : 0;
      case CUT_SHORT -> reply.cutShort(query);
      case WRONG_ID -> reply.flipId(1 + random.nextInt(0xffff));
      case OTHER_QUESTION -> reply.replaceQuestion(OTHER_QUESTION, otherAnswer);
      case MALFORMED_FIRST -> {
        reply.cutShort(query);
        output.send(reply, 0);
        rightAnswer(query, page, tcp);
        delayMillis = AFTER_MALFORMED_MILLIS;
      }
      default -> {}
    }
    output.send(reply, delayMillis);
  }

  private void rightAnswer(Query query, AnswerBook.@Nullable Page page, boolean tcp) {
    if (query.opcode() != OPCODE_QUERY) {
      reply.status(query, Rcode.NOTIMP);
    } else if (page == null) {
      reply.status(query, Rcode.FORMERR);
    } else if (query.recordClass != DClass.IN) {
      reply.status(query, Rcode.REFUSED);
    } else {
      int limitBytes = tcp ? STREAM_LIMIT_BYTES : query.payloadSizeBytes;
      reply.answer(query, book.answer(page, query.type), limitBytes);
    }
  }

  private void status(Query query, int rcode, Output output) {
    reply.status(query, rcode);
    output.send(reply, 0);
  }

  private void deny(Query query, AnswerBook.@Nullable Page page, int rcode, Output output) {
    if (page == null) {
      reply.status(query, Rcode.FORMERR);
    } else {
      PreparedAnswer denial = book.denial(page, query.type, rcode, LYING_NEGATIVE_TTL_SECONDS);
      reply.answer(query, denial, STREAM_LIMIT_BYTES);
    }
    output.send(reply, 0);
  }

  private void garbage(Query query, Output output) {
    byte[] noise = new byte[1 + random.nextInt(MAX_GARBAGE_BYTES)];
    random.nextBytes(noise);
    if (questions % 2 == 0) {
      // A label length of 0x40..0xbf is neither a label nor a pointer (RFC 1035 section 4.1.4).
      noise[0] = (byte) (0x40 | (noise[0] & 0x3f));
      reply.open(query, Rcode.NOERROR);
      reply.appendRaw(noise);
    } else {
      reply.raw(noise);
    }
    output.send(reply, 0);
  }

  private static byte[] question(Name name, int type) {
    byte[] wire = name.toWire();
    byte[] question = Arrays.copyOf(wire, wire.length + Query.TYPE_AND_CLASS_LENGTH);
    question[wire.length + 1] = (byte) type;
    question[wire.length + 3] = DClass.IN;
    return question;
  }
}
