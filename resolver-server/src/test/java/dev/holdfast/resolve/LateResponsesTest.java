package dev.holdfast.resolve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.metrics.Counter;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import dev.holdfast.wire.DnsjavaReply;
import dev.holdfast.wire.MessageBytes;
import dev.holdfast.wire.RecordType;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Flags;

/**
 * Responses that were collected behind slow upstreams (DNSBomb, CVE-2024-33655): they do not go out
 * in one burst.
 */
@Attack(Threat.WAITER_PILE_UP)
final class LateResponsesTest {

  private static final int ASKED = 500;
  private static final int PER_SECOND = 100;
  private static final String VICTIM = "10.0.0.1";

  private final ResolverFixture fixture = ResolverFixture.start();

  @Test
  void answer_manyLateOnesForOneClient_areNoBurst() {
    List<Asked> all = askAndAnswerAfter(1001, VICTIM, /* stream= */ false);

    assertThat(all.subList(0, PER_SECOND)).allMatch(asked -> asked.answers().size() == 1);
    List<Asked> rest = all.subList(PER_SECOND, ASKED);
    assertThat(rest.stream().filter(Asked::isWaiting)).hasSize(200);
    assertThat(rest.stream().filter(asked -> !asked.isWaiting()))
        .hasSize(200)
        .allMatch(asked -> asked.flag(Flags.TC) && asked.answers().isEmpty());
    assertThat(fixture.count(Counter.DROPPED_LATE)).isEqualTo(200);
    assertThat(fixture.count(Counter.SLIPPED_LATE)).isEqualTo(200);
    assertThat(fixture.resolvers().waiting()).isZero();
  }

  @Test
  void answer_whatWasDropped_isThereForWhoAsksAgain() {
    List<Asked> all = askAndAnswerAfter(1001, VICTIM, /* stream= */ false);
    int dropped = ASKED - 1;
    assertThat(all.get(dropped).isWaiting()).isTrue();

    assertThat(ask(dropped, VICTIM, /* stream= */ false).answers()).hasSize(1);
  }

  @Test
  void answer_manyInTime_allGoOut() {
    assertThat(askAndAnswerAfter(900, VICTIM, /* stream= */ false))
        .allMatch(asked -> asked.answers().size() == 1);
  }

  @Test
  void answer_manyLateOnesOverTcpOrToThisHost_allGoOut() {
    assertThat(askAndAnswerAfter(1001, VICTIM, /* stream= */ true))
        .allMatch(asked -> asked.answers().size() == 1);
    fixture.advanceSeconds(400);
    assertThat(askAndAnswerAfter(1001, "127.0.0.1", /* stream= */ false))
        .allMatch(asked -> asked.answers().size() == 1);
  }

  @Test
  void resolve_sameDatagramAgain_isAnsweredOnce() {
    Asked first = fixture.ask(query(0), VICTIM, 4000, /* stream= */ false);
    Asked again = fixture.ask(query(0), VICTIM, 4000, /* stream= */ false);
    Asked otherPort = fixture.ask(query(0), VICTIM, 4001, /* stream= */ false);
    Asked otherId = fixture.ask(query(0).id(7), VICTIM, 4000, /* stream= */ false);
    Asked overTcp = fixture.ask(query(0), VICTIM, 4000, /* stream= */ true);

    fixture.replyWith("n0.example.org. 300 A 192.0.2.1");

    assertThat(List.of(first, otherPort, otherId, overTcp))
        .allMatch(asked -> asked.answers().size() == 1);
    assertThat(again.isWaiting()).isTrue();
    assertThat(fixture.count(Counter.DROPPED_DUPLICATE)).isEqualTo(1);
    assertThat(fixture.resolvers().waiting()).isZero();
  }

  private List<Asked> askAndAnswerAfter(long millis, String client, boolean stream) {
    List<Asked> all = new ArrayList<>();
    for (int i = 0; i < ASKED; i++) {
      all.add(ask(i, client, stream));
    }
    assertThat(all).allMatch(Asked::isWaiting);
    fixture.heal();
    fixture.advanceMillis(millis);
    while (!fixture.pending().isEmpty()) {
      var query = fixture.pending().getFirst();
      String name = query.message().getQuestion().getName().toString();
      fixture.deliver(query, DnsjavaReply.to(query.message()).answer(name + " 300 A 192.0.2.1"));
    }
    return all;
  }

  private Asked ask(int index, String client, boolean stream) {
    return fixture.ask(query(index), client, 4000, stream);
  }

  private static MessageBytes query(int index) {
    return MessageBytes.query("n" + index + ".example.org", RecordType.A).opt(1232, 0);
  }
}
