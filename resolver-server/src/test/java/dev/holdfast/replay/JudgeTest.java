package dev.holdfast.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;

class JudgeTest {

  private static final String NAME = "www.example.org.";
  private static final String CURRENT = "198.51.100.1";
  private static final String FORMER = "192.0.2.1";

  @Test
  void judge_currentAddress_isFresh() throws Exception {
    Judge.Verdict verdict = judge(answer(CURRENT));

    assertThat(verdict.outcome()).isEqualTo(Outcome.FRESH);
    assertThat(verdict.current()).isTrue();
    assertThat(verdict.extendedError()).isEqualTo(-1);
  }

  @Test
  void judge_formerAddress_isStaleWhileItIsNoLie() throws Exception {
    assertThat(judge(answer(FORMER)).outcome()).isEqualTo(Outcome.STALE);
    assertThat(judge(answer(FORMER), 1, null).outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void judge_markedAnswers_areToldApartByTheirText() throws Exception {
    assertThat(judge(answer(CURRENT, 3, "")).outcome()).isEqualTo(Outcome.STALE);
    Judge.Verdict held = judge(answer(CURRENT, 3, "held: vanished at 06:48"));
    assertThat(held.outcome()).isEqualTo(Outcome.HELD);
    assertThat(held.extendedError()).isEqualTo(3);
  }

  @Test
  void judge_rightAddressAfterTheClientGaveUp_isLate() throws Exception {
    assertThat(judge(answer(CURRENT), 2501, null).outcome()).isEqualTo(Outcome.LATE);
  }

  @Test
  void judge_emptyOrMissingOrForeign_isWrong() throws Exception {
    assertThat(judge(answer()).outcome()).isEqualTo(Outcome.WRONG);
    assertThat(judge(withRcode(Rcode.NXDOMAIN)).outcome()).isEqualTo(Outcome.WRONG);
    assertThat(judge(answer("203.0.113.9")).outcome()).isEqualTo(Outcome.WRONG);
    assertThat(judge(answer(CURRENT, "203.0.113.9")).outcome()).isEqualTo(Outcome.WRONG);
  }

  @Test
  void judge_failureOrTruncation_isFailed() throws Exception {
    assertThat(judge(withRcode(Rcode.SERVFAIL)).outcome()).isEqualTo(Outcome.FAILED);
    Message truncated = answer(CURRENT);
    truncated.getHeader().setFlag(Flags.TC);
    assertThat(judge(truncated).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void judge_nothing_isSilence() {
    assertThat(Judge.judge(null, 0, NAME, CURRENT, FORMER, 2500).outcome())
        .isEqualTo(Outcome.SILENT);
  }

  @Test
  void judge_cutTrailedOrForeignMessage_isMalformed() throws Exception {
    byte[] whole = answer(CURRENT).toWire();
    for (byte[] bytes :
        List.of(
            Arrays.copyOf(whole, whole.length - 3),
            Arrays.copyOf(whole, whole.length + 1),
            Arrays.copyOf(whole, 5))) {
      assertThat(Judge.judge(bytes, 0, NAME, CURRENT, FORMER, 2500).outcome())
          .isEqualTo(Outcome.MALFORMED);
    }
    assertThat(Judge.judge(whole, 0, "mail.example.org.", CURRENT, FORMER, 2500).outcome())
        .isEqualTo(Outcome.MALFORMED);
  }

  private static Judge.Verdict judge(Message message) {
    return judge(message, 1, FORMER);
  }

  private static Judge.Verdict judge(
      Message message, long latencyMillis, @Nullable String formerAddress) {
    return Judge.judge(
        message.toWire(),
        TimeUnit.MILLISECONDS.toNanos(latencyMillis),
        NAME,
        CURRENT,
        formerAddress,
        2500);
  }

  private static Message answer(String... addresses) throws Exception {
    Message message = new Message(Judge.query(NAME));
    message.removeAllRecords(Section.ADDITIONAL);
    message.getHeader().setFlag(Flags.QR);
    for (String address : addresses) {
      message.addRecord(
          new ARecord(Name.fromString(NAME), DClass.IN, 30, InetAddress.ofLiteral(address)),
          Section.ANSWER);
    }
    return message;
  }

  private static Message answer(String address, int extendedError, String text) throws Exception {
    Message message = answer(address);
    ExtendedErrorCodeOption option = new ExtendedErrorCodeOption(extendedError, text);
    message.addRecord(new OPTRecord(1232, 0, 0, 0, List.of(option)), Section.ADDITIONAL);
    return message;
  }

  private static Message withRcode(int rcode) throws Exception {
    Message message = answer();
    message.getHeader().setRcode(rcode);
    return message;
  }
}
