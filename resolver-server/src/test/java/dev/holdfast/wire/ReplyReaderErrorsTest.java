package dev.holdfast.wire;

import static dev.holdfast.wire.MessageBytes.option;
import static dev.holdfast.wire.MessageBytes.uint16;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Message;

/** Extended errors of upstreams travel with their answers, other options do not. */
final class ReplyReaderErrorsTest {

  private static final int COOKIE = 10;

  private final Walk walk = Walk.everything();

  @Test
  void read_extendedError_isRelayed() {
    DnsjavaReply reply =
        DnsjavaReply.to("www.example.org. A")
            .rcode(Rcode.NXDOMAIN)
            .edns(0, new ExtendedErrorCodeOption(ExtendedError.BLOCKED, "on a list"));

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.NXDOMAIN);

    List<EDNSOption> options = options(walk.assembled(reply));
    assertThat(options).hasSize(1);
    ExtendedErrorCodeOption error = (ExtendedErrorCodeOption) options.getFirst();
    assertThat(error.getErrorCode()).isEqualTo(ExtendedError.BLOCKED);
    assertThat(error.getText()).isEqualTo("on a list");
  }

  @Test
  void read_severalExtendedErrorsAmongOtherOptions_relaysTheErrorsOnly() {
    MessageBytes reply =
        positive()
            .opt(
                1232,
                0,
                option(COOKIE, new byte[16]),
                error(3, "a"),
                option(12, new byte[40]),
                error(4, "b"));

    walk.read(reply);

    assertThat(options(walk.assembled(reply)))
        .extracting(EDNSOption::getCode)
        .containsExactly(ExtendedError.OPTION_CODE, ExtendedError.OPTION_CODE);
  }

  @Test
  void read_extendedErrorsBeyondTheBound_areDropped() {
    byte[] large = error(1, "x".repeat(200));
    MessageBytes reply = positive().opt(1232, 0, large, large, error(2, "small"));

    walk.read(reply);

    assertThat(walk.reader().answer().ednsOptions())
        .hasSizeLessThanOrEqualTo(AnswerBuilder.MAX_EDNS_OPTIONS_LENGTH)
        .hasSize(large.length + error(2, "small").length);
    assertThat(options(walk.assembled(reply))).hasSize(2);
  }

  @Test
  void read_extendedErrorTooShortToBeOne_isDropped() {
    MessageBytes reply =
        positive().opt(1232, 0, option(ExtendedError.OPTION_CODE, new byte[1]), error(3, ""));

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().ednsOptions()).isEqualTo(error(3, ""));
  }

  @Test
  void read_optionPastTheEnd_endsTheOptions() {
    MessageBytes reply =
        positive().opt(1232, 0, error(3, ""), uint16(ExtendedError.OPTION_CODE), uint16(500));

    assertThat(walk.read(reply)).isEqualTo(ReplyKind.POSITIVE);
    assertThat(walk.reader().answer().ednsOptions()).isEqualTo(error(3, ""));
  }

  @Test
  void read_manyOptions_looksAtTheFirstOnly() {
    byte[][] options = new byte[1000][];
    Arrays.fill(options, option(COOKIE));
    options[Edns.MAX_OPTIONS - 1] = error(3, "");
    options[Edns.MAX_OPTIONS] = error(4, "");

    walk.read(positive().opt(1232, 0, options));

    assertThat(walk.reader().answer().ednsOptions()).isEqualTo(error(3, ""));
  }

  private static MessageBytes positive() {
    return MessageBytes.response("www.example.org", RecordType.A)
        .answer(MessageBytes.QNAME, RecordType.A, 300, new byte[4]);
  }

  private static byte[] error(int infoCode, String text) {
    return option(
        ExtendedError.OPTION_CODE, uint16(infoCode), text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<EDNSOption> options(Message message) {
    return message.getOPT().getOptions();
  }
}
