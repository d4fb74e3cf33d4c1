package dev.holdfast.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Replies of up to 64 KB that want to be as dear to read as can be: names of 127 labels or of the
 * longest labels, behind as many pointers as may be, as owners, targets and servers, in every
 * section. However they are made, the work on names stays within its bound.
 */
final class HostileReplyTest {

  private static final int MAX_LENGTH = 65_535;
  private static final int[] TYPES = {
    RecordType.A,
    RecordType.CNAME,
    RecordType.DNAME,
    RecordType.NS,
    RecordType.MX,
    RecordType.SOA,
    RecordType.RRSIG
  };

  /** Names that one record is compared with before the bound is looked at again. */
  private static final int SLACK_BYTES = (ReplyReader.MAX_CHAIN_LENGTH + 2) * Names.MAX_LENGTH;

  /** How one reply is made. */
  private record Make(
      int qtype, int type, int labelLength, int hops, int chain, int records, Section section) {}

  private static List<Make> makes() {
    List<Make> makes = new ArrayList<>();
    for (int qtype : new int[] {RecordType.A, RecordType.NS, RecordType.ANY}) {
      for (int type : TYPES) {
        for (int labelLength : new int[] {1, 7, 62}) {
          for (int hops : new int[] {1, 15}) {
            for (int chain : new int[] {0, 10, 31}) {
              for (int records : new int[] {64, 160, 240, 480, 950}) {
                for (Section section : Section.values()) {
                  makes.add(new Make(qtype, type, labelLength, hops, chain, records, section));
                }
              }
            }
          }
        }
      }
    }
    return makes;
  }

  @Test
  @Attack(Threat.NAME_COMPRESSION)
  void read_dearestReplies_stayWithinTheirWork() {
    ReplyReader reader =
        new ReplyReader(Walk.NO_LIMITS, /* minimalResponses= */ false, /* maxChainLength= */ 32);
    int stopped = 0;
    for (Make make : makes()) {
      byte[] reply = new Dear(make).message();

      ReplyKind kind = reader.read(reply, reply.length, /* dnssecOk= */ true);

      assertThat(reader.nameBytes())
          .as("%s", make)
          .isLessThan(ReplyReader.MAX_NAME_BYTES + SLACK_BYTES);
      if (reader.nameBytes() > ReplyReader.MAX_NAME_BYTES) {
        assertThat(kind).as("%s", make).isEqualTo(ReplyKind.MALFORMED);
        stopped++;
      }
    }
    assertThat(stopped).as("replies that had to be stopped").isPositive();
  }

  /**
   * One reply under construction: a chain of aliases, then as many records as there is room for.
   */
  private static final class Dear {

    private final Make make;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final int[] counts = new int[3];

    Dear(Make make) {
      this.make = make;
    }

    byte[] message() {
      out.writeBytes(new byte[Header.LENGTH]);
      longName();
      uint16(make.qtype);
      uint16(RecordClass.IN);
      int owner = Header.LENGTH;
      for (int i = 0; i < make.chain; i++) {
        owner = alias(owner, i);
      }
      int target = hops(owner);
      int section = make.section.ordinal();
      while (counts[section] < make.records && out.size() + 100 < MAX_LENGTH) {
        record(target);
        counts[section]++;
      }
      byte[] message = out.toByteArray();
      Header.putUint16(message, Header.FLAGS_OFFSET, Header.QR | Header.RD | Header.RA);
      Header.putUint16(message, Header.QDCOUNT_OFFSET, 1);
      Header.putUint16(message, Header.ANCOUNT_OFFSET, counts[0]);
      Header.putUint16(message, Header.NSCOUNT_OFFSET, counts[1]);
      Header.putUint16(message, Header.ARCOUNT_OFFSET, counts[2]);
      return message;
    }

    /* An alias to the question's name with another first label. */
    private int alias(int owner, int number) {
      pointer(owner);
      fixed(RecordType.CNAME, 2 + make.labelLength + 1);
      int target = out.size();
      out.write(make.labelLength);
      for (int i = 0; i < make.labelLength; i++) {
        out.write(i == 0 ? 'a' + number : 'x');
      }
      pointer(Header.LENGTH + make.labelLength + 1);
      counts[0]++;
      return target;
    }

    /* Pointers to pointers, hidden in the data of one record. */
    private int hops(int name) {
      pointer(Header.LENGTH);
      fixed(RecordType.TXT, 2 * make.hops);
      int target = name;
      for (int i = 0; i < make.hops; i++) {
        int next = out.size();
        pointer(target);
        target = next;
      }
      counts[0]++;
      return target;
    }

    private void record(int owner) {
      pointer(owner);
      int before =
          switch (make.type) {
            case RecordType.MX -> 2;
            case RecordType.RRSIG -> 18;
            default -> 0;
          };
      switch (make.type) {
        case RecordType.A -> {
          fixed(make.type, 4);
          out.writeBytes(new byte[4]);
        }
        case RecordType.SOA -> {
          fixed(make.type, 24);
          pointer(owner);
          pointer(owner);
          out.writeBytes(new byte[20]);
        }
        default -> {
          fixed(make.type, before + 2);
          out.writeBytes(new byte[before]);
          pointer(owner);
        }
      }
    }

    private void fixed(int type, int rdlength) {
      uint16(type);
      uint16(RecordClass.IN);
      uint16(0);
      uint16(counts[0] + counts[1] + counts[2]); // TTLs that differ
      uint16(rdlength);
    }

    private void longName() {
      int length = 1;
      for (int i = 0; length + make.labelLength + 1 <= Names.MAX_LENGTH; i++) {
        out.write(make.labelLength);
        for (int j = 0; j < make.labelLength; j++) {
          out.write('a' + (i + j) % 26);
        }
        length += make.labelLength + 1;
      }
      out.write(0);
    }

    private void pointer(int target) {
      uint16(0xc000 | target);
    }

    private void uint16(int value) {
      out.write(value >>> 8);
      out.write(value);
    }
  }
}
