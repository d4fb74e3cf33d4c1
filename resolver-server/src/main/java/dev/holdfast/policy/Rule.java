package dev.holdfast.policy;

import dev.holdfast.wire.Answer;
import dev.holdfast.wire.AnswerBuilder;
import dev.holdfast.wire.Query;
import dev.holdfast.wire.Rcode;
import dev.holdfast.wire.RecordClass;
import dev.holdfast.wire.RecordType;
import dev.holdfast.wire.Section;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator wants to be done about a name. What it answers is made once, so that a blocked
 * query costs no more than a copy. Immutable.
 */
public final class Rule {

  /** The operator's aliases followed one after another. */
  public static final int MAX_ALIASES = 8;

  /** What is done. */
  public enum Action {
    /** Nothing: no later rule counts. */
    PASS,
    /** The name does not exist. */
    NXDOMAIN,
    /** It has no such record. */
    NODATA,
    /** It has the address that means none, 0.0.0.0 or ::, and nothing else. */
    NULL_ADDRESS,
    REFUSED,
    /** No answer at all. */
    DROP,
    /** Over UDP a truncated answer, over TCP no rule. */
    TCP_ONLY,
    /** The operator's own records. */
    DATA
  }

  /**
   * A record of a name.
   *
   * @param rdata in wire form, names in it uncompressed
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Data(int type, int ttlSeconds, byte[] rdata) {}

  /*
   * Answers made in advance stand behind any question: their owner is a pointer to its name, and
   * the names in their SOA share nothing with this one.
   */
  private static final byte[] ANY_NAME = {1, 'q', 0};

  private static final byte[] ANY_QUESTION = {1, 'q', 0, 0, 1, 0, RecordClass.IN};
  private static final byte[] NULL_IPV4 = new byte[4];
  private static final byte[] NULL_IPV6 = new byte[16];

  private static final ThreadLocal<AnswerBuilder> BUILDER =
      ThreadLocal.withInitial(AnswerBuilder::new);

  public static final Rule PASS = of(Action.PASS, new byte[0], 0);

  private final Action action;
  private final List<Data> data;
  private final byte[] notice;
  private final Answer negative;
  private final Answer nullIpv4;
  private final Answer nullIpv6;

  private Rule(Action action, byte[] notice, int ttlSeconds) {
    this.action = action;
    this.data = List.of();
    this.notice = notice;
    this.negative = negative(action, notice, ttlSeconds);
    this.nullIpv4 = nullAddress(RecordType.A, NULL_IPV4, notice, ttlSeconds);
    this.nullIpv6 = nullAddress(RecordType.AAAA, NULL_IPV6, notice, ttlSeconds);
  }

  private Rule(List<Data> data, Rule otherwise) {
    this.action = Action.DATA;
    this.data = List.copyOf(data);
    this.notice = otherwise.notice;
    this.negative = otherwise.negative;
    this.nullIpv4 = otherwise.nullIpv4;
    this.nullIpv6 = otherwise.nullIpv6;
  }

  /**
   * A rule that needs no records.
   *
   * @param notice an extended error as an EDNS option, or empty
   * @param ttlSeconds how long clients may remember what it answers
   */
  public static Rule of(Action action, byte[] notice, int ttlSeconds) {
    return new Rule(action, notice, ttlSeconds);
  }

  /**
   * A rule that answers with records.
   *
   * @param otherwise what types without a record get, with the same extended error
   */
  public static Rule data(List<Data> records, Rule otherwise) {
    return new Rule(records, otherwise);
  }

  private static Answer negative(Action action, byte[] notice, int ttlSeconds) {
    return anywhere(notice)
        .record(
            Section.AUTHORITY,
            ANY_NAME,
            RecordType.SOA,
            RecordClass.IN,
            ttlSeconds,
            LocalSoa.rdata(LocalSoa.LOCALHOST, ttlSeconds))
        .build(action == Action.NXDOMAIN ? Rcode.NXDOMAIN : Rcode.NOERROR, false);
  }

  private static Answer nullAddress(int type, byte[] address, byte[] notice, int ttlSeconds) {
    return anywhere(notice)
        .record(Section.ANSWER, ANY_NAME, type, RecordClass.IN, ttlSeconds, address)
        .build(Rcode.NOERROR, false);
  }

  private static AnswerBuilder anywhere(byte[] notice) {
    return BUILDER
        .get()
        .begin(ANY_QUESTION, 0, ANY_QUESTION.length)
        .ednsOption(notice, 0, notice.length);
  }

  public Action action() {
    return action;
  }

  /** The extended error that goes with it as an EDNS option, or empty. */
  public byte[] notice() {
    return notice;
  }

  /** Whether this keeps clients from what others would tell them; else it is data of our own. */
  public boolean isBlocking() {
    return notice.length > 0;
  }

  /** The records of an action that has some. */
  public List<Data> data() {
    return data;
  }

  /** Returns the alias that stands in the way of records of this type, or null. */
  public @Nullable Data alias(int qtype) {
    if (qtype == RecordType.CNAME || qtype == RecordType.ANY) {
      return null;
    }
    for (Data record : data) {
      if (record.type() == RecordType.CNAME) {
        return record;
      }
    }
    return null;
  }

  /** Whether {@link #answer} is the whole answer to every query of this type. */
  public boolean hasAnswer(int qtype) {
    return switch (action) {
      case NXDOMAIN, NODATA, NULL_ADDRESS -> true;
      case DATA -> alias(qtype) == null;
      default -> false;
    };
  }

  /** Returns the answer to a query whose name this rule is for. */
  public Answer answer(Query query) {
    return switch (action) {
      case NULL_ADDRESS ->
          switch (query.qtype()) {
            case RecordType.A -> nullIpv4;
            case RecordType.AAAA -> nullIpv6;
            default -> negative;
          };
      case DATA -> dataAnswer(query);
      default -> negative;
    };
  }

  private Answer dataAnswer(Query query) {
    int qtype = query.qtype();
    List<Data> wanted = new ArrayList<>(data);
    wanted.removeIf(record -> record.type() != qtype && qtype != RecordType.ANY);
    if (wanted.isEmpty()) {
      return negative;
    }
    byte[] qname =
        Arrays.copyOfRange(
            query.bytes(), query.qnameOffset(), query.qnameOffset() + query.qnameLength());
    AnswerBuilder answer =
        BUILDER
            .get()
            .begin(query.bytes(), query.qnameOffset(), query.questionLength())
            .ednsOption(notice, 0, notice.length);
    for (Data record : wanted) {
      answer.record(
          Section.ANSWER,
          qname,
          record.type(),
          RecordClass.IN,
          record.ttlSeconds(),
          record.rdata());
    }
    return answer.build(Rcode.NOERROR, false);
  }
}
