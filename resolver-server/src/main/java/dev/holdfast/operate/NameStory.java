package dev.holdfast.operate;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Why a question is not answered as usual at present. Immutable.
 *
 * @param since when it vanished, when its TTL ended, or when it was pinned
 * @param until when that ends if nothing happens, or null for never
 * @param why a sentence
 * @param answers stale answers given since the first of them
 * @param records the first of those that are served; empty when the absence is believed
 */
public record NameStory(
    String name,
    String type,
    State state,
    Instant since,
    @Nullable Instant until,
    String why,
    long answers,
    List<String> records) {

  /** What is made of a question. */
  public enum State {
    /** Upstreams say that it is gone, and its last good records are served. */
    HELD,
    /** Upstreams say that it is gone and are believed; in a zone that enforces it would be held. */
    WOULD_HAVE_HELD,
    /** Upstreams say that it is gone, and an operator believes it. */
    RELEASED,
    /** An operator decided what is served. */
    PINNED,
    /** Upstreams do not answer, and what they said last is served. */
    STALE
  }
}
