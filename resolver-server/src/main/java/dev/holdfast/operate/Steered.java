package dev.holdfast.operate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of an operator's decision about a name. Immutable.
 *
 * @param questions those it took effect for, with what is served for them now
 * @param refusal why it took no effect, with what to do instead; null when it did
 */
public record Steered(String name, List<Question> questions, @Nullable Refusal refusal) {

  /**
   * A question of the name.
   *
   * @param records what is served now, empty for whatever upstreams say
   */
  public record Question(String type, List<String> records) {}

  /** Why nothing was done. */
  public record Refusal(String reason, String whatToDo) {}

  static Steered refused(String name, String reason, String whatToDo) {
    return new Steered(name, List.of(), new Refusal(reason, whatToDo));
  }
}
