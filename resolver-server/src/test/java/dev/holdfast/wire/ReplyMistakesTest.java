package dev.holdfast.wire;

import dev.holdfast.fuzz.OddMessages;
import dev.holdfast.threats.Attack;
import dev.holdfast.threats.Threat;
import org.junit.jupiter.api.Test;

/**
 * Replies that are nearly right: what {@link ReplyFuzzTest} and {@link AssemblyFuzzTest} ask of any
 * bytes, of messages of all record types. They are the same in every build, and come sooner to
 * where two readings part than bytes by chance.
 */
final class ReplyMistakesTest {

  private static final int REPLIES = 30_000;

  /** Clients: flags, payload, letters of the name, age. */
  private static final int CLIENT_BYTES = 9;

  private final OddMessages replies = new OddMessages(1);

  @Attack(Threat.LYING_REPLIES)
  @Test
  void read_oddReplies_agreesWithDnsjava() {
    ReplyFuzzTest judge = new ReplyFuzzTest();
    for (int i = 0; i < REPLIES; i++) {
      judge.read_anyBytes_agreesWithDnsjavaAndNeverThrows(
          MessageBytes.join(MessageBytes.bytes(i), replies.next()));
    }
  }

  @Test
  void assemble_oddReplies_changesOnlyWhatItHasTo() {
    AssemblyFuzzTest judge = new AssemblyFuzzTest();
    byte[] client = new byte[CLIENT_BYTES];
    for (int i = 0; i < REPLIES; i++) {
      Header.putUint32(client, 0, i * 0x9e3779b1L);
      Header.putUint32(client, 5, i);
      judge.assemble_anyAnswer_changesOnlyWhatItHasTo(MessageBytes.join(client, replies.next()));
    }
  }
}
