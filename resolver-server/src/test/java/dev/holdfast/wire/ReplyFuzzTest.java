package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.holdfast.fuzz.Seeds;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.provider.MethodSource;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Record;

/**
 * The walk through an upstream's reply against dnsjava: where both take a reply, the records that
 * come out are records that came in, they belong to the question, and none of its own is missing.
 * The first byte of an input says how it is read.
 */
final class ReplyFuzzTest {

  private static final int MAX_TTL_SECONDS = 86_400;
  private static final int MAX_NEGATIVE_TTL_SECONDS = 300;
  private static final TtlLimits LIMITS =
      new TtlLimits(0, MAX_TTL_SECONDS, MAX_NEGATIVE_TTL_SECONDS);

  /** Beyond this dnsjava takes too long for what it would show. */
  private static final int MAX_LENGTH = 2048;

  private static final int DNSSEC_OK = 1;
  private static final int MINIMAL = 2;

  /**
   * WKS, which dnsjava reads but cannot always write, and types in whose data it follows pointers
   * that nobody may put there (RFC 3597 §4): NSAP-PTR, A6, IPSECKEY, HIP, TKEY and TSIG.
   */
  private static final Set<Integer> MISJUDGED_TYPES =
      Set.of(11, 23, 38, 45, 55, RecordType.TKEY, RecordType.TSIG);

  private final RecordWalk walk = new RecordWalk();

  static Stream<byte[]> seeds() {
    return Seeds.of(ReplyFuzzTest.class);
  }

  @Attack({Threat.NAME_COMPRESSION, Threat.UNSOLICITED_RECORDS, Threat.LYING_REPLIES})
  @MethodSource("seeds")
  @FuzzTest
  void read_anyBytes_agreesWithDnsjavaAndNeverThrows(byte[] input) {
    if (input.length == 0 || input.length > MAX_LENGTH) {
      return;
    }
    boolean dnssecOk = (input[0] & DNSSEC_OK) != 0;
    byte[] reply = Arrays.copyOfRange(input, 1, input.length);
    ReplyReader reader = new ReplyReader(LIMITS, (input[0] & MINIMAL) != 0);

    ReplyKind kind = reader.read(reply, reply.length, dnssecOk);

    if (kind == ReplyKind.POSITIVE || kind == ReplyKind.NODATA || kind == ReplyKind.NXDOMAIN) {
      assertThat(reader.extendedErrors()).hasSizeLessThan(reply.length);
      byte[] whole = Walk.assembledBytes(reader.answer(), reply);
      assertThat(walk.walk(whole, whole.length)).as("what comes out is well-formed").isTrue();
      Message in = isJudged(reply) ? parse(reply) : null;
      if (in != null) {
        assertAgrees(kind, in, Walk.parse(whole), dnssecOk, hasOrdinaryTtls(reply));
      }
    }
  }

  private static void assertAgrees(
      ReplyKind kind, Message in, Message out, boolean dnssecOk, boolean comparable) {
    assertThat(out.getRcode()).isEqualTo(in.getRcode());
    Record question = in.getQuestion();
    List<Name> chain = chain(in);
    List<Record> asked =
        answers(in).stream()
            .filter(each -> each.getName().equals(chain.getLast()))
            .filter(each -> each.getType() == question.getType())
            .filter(each -> each.getDClass() == question.getDClass())
            .toList();
    if (kind == ReplyKind.POSITIVE) {
      assertThat(answers(out)).containsAll(asked);
    } else if (kind == ReplyKind.NODATA) {
      assertThat(asked).isEmpty();
    }
    for (Section section : Section.values()) {
      List<Record> before = records(in, section);
      for (Record record : records(out, section)) {
        assertThat(before).contains(record);
        if (comparable) {
          assertTtl(record, before, kind, section);
        }
        assertThat(dnssecOk || isAskedFor(record, question) || !isProof(record)).isTrue();
      }
    }
    for (Record record : answers(out)) {
      assertThat(chain.contains(record.getName()) || redirects(record, chain))
          .as("%s belongs to %s", record, chain)
          .isTrue();
    }
  }

  /* With the top bit set dnsjava takes 0 (RFC 2181 §8) and Holdfast the most (RFC 8767 §4). */
  private boolean hasOrdinaryTtls(byte[] reply) {
    boolean ordinary = walk.walk(reply, reply.length);
    for (int i = 0; i < walk.end(); i++) {
      ordinary &= walk.type(i) == RecordType.OPT || walk.ttl(i) <= Integer.MAX_VALUE;
    }
    return ordinary;
  }

  private static boolean isAskedFor(Record record, Record question) {
    return record.getType() == question.getType() || question.getType() == RecordType.ANY;
  }

  private static boolean isProof(Record record) {
    return record.getType() == RecordType.RRSIG
        || record.getType() == RecordType.NSEC
        || record.getType() == RecordType.NSEC3;
  }

  private static boolean redirects(Record record, List<Name> chain) {
    return isRedirect(record) && chain.stream().anyMatch(name -> name.subdomain(record.getName()));
  }

  private static boolean isRedirect(Record record) {
    return record instanceof DNAMERecord
        || (record instanceof RRSIGRecord signature
            && signature.getTypeCovered() == RecordType.DNAME);
  }

  /* The least TTL of its set, within the limits; sets off the chain as far as they stand together. */
  private static void assertTtl(
      Record record, List<Record> before, ReplyKind kind, Section section) {
    long own = before.stream().filter(record::equals).mapToLong(Record::getTTL).max().orElseThrow();
    boolean negative = kind != ReplyKind.POSITIVE && section == Section.AUTHORITY;
    long most = negative ? MAX_NEGATIVE_TTL_SECONDS : MAX_TTL_SECONDS;
    assertThat(record.getTTL()).isLessThanOrEqualTo(Math.min(own, most));
    if (section == Section.ANSWER && !isRedirect(record)) {
      long least =
          before.stream()
              .filter(each -> sameSet(each, record))
              .mapToLong(Record::getTTL)
              .min()
              .orElseThrow();
      assertThat(record.getTTL()).isEqualTo(Math.min(least, MAX_TTL_SECONDS));
    }
  }

  private static boolean sameSet(Record a, Record b) {
    return a.getType() == b.getType() && a.sameRRset(b);
  }

  /** The question's name, and what each alias of the answer section points to. */
  private static List<Name> chain(Message in) {
    Record question = in.getQuestion();
    List<Name> chain = new ArrayList<>(List.of(question.getName()));
    int type = question.getType();
    Name target = type == RecordType.CNAME || type == RecordType.ANY ? null : alias(in, chain);
    while (target != null && chain.size() <= ReplyReader.MAX_CHAIN_LENGTH) {
      chain.add(target);
      target = alias(in, chain);
    }
    return chain;
  }

  private static @Nullable Name alias(Message in, List<Name> chain) {
    for (Record record : answers(in)) {
      if (record instanceof CNAMERecord alias
          && alias.getName().equals(chain.getLast())
          && alias.getDClass() == in.getQuestion().getDClass()) {
        return alias.getTarget();
      }
    }
    return null;
  }

  private static List<Record> answers(Message message) {
    return records(message, Section.ANSWER);
  }

  private static List<Record> records(Message message, Section section) {
    return message.getSection(section.ordinal() + 1).stream()
        .filter(record -> record.getType() != RecordType.OPT)
        .toList();
  }

  /* Of an update dnsjava takes records without rdata (RFC 2136 §2.4); no reply to a query is one. */
  private boolean isJudged(byte[] reply) {
    boolean judged =
        walk.walk(reply, reply.length)
            && (Header.uint16(reply, Header.FLAGS_OFFSET) & Header.OPCODE_MASK) == 0;
    for (int i = 0; judged && i < walk.end(); i++) {
      judged = !MISJUDGED_TYPES.contains(walk.type(i));
    }
    return judged;
  }

  private static @Nullable Message parse(byte[] message) {
    try {
      return new Message(message);
    } catch (IOException | RuntimeException malformed) {
      return null;
    }
  }
}
