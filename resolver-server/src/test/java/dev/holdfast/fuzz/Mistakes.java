package dev.holdfast.fuzz;

import java.util.List;
import java.util.SplittableRandom;

/**
 * Texts that are nearly right, the same for the same seed: a few lines, with something put in, left
 * out or exchanged. Confined to one thread.
 */
public final class Mistakes {

  private static final int MAX_LINES = 4;
  private static final int MAX_MISTAKES = 3;

  private final SplittableRandom random;
  private final List<String> lines;
  private final List<String> pieces;

  /**
   * @param lines that are right
   * @param pieces what is put in, or in place of a word
   */
  public Mistakes(long seed, List<String> lines, List<String> pieces) {
    this.random = new SplittableRandom(seed);
    this.lines = lines;
    this.pieces = pieces;
  }

  /** Returns the next text. */
  public String next() {
    StringBuilder text = new StringBuilder();
    int count = random.nextInt(1, MAX_LINES + 1);
    for (int i = 0; i < count; i++) {
      StringBuilder line = new StringBuilder(any(lines));
      int mistakes = random.nextInt(MAX_MISTAKES + 1);
      for (int mistake = 0; mistake < mistakes; mistake++) {
        add(line);
      }
      text.append(line).append('\n');
    }
    return text.toString();
  }

  private void add(StringBuilder line) {
    int place = random.nextInt(line.length() + 1);
    int blank = line.indexOf(" ", place);
    int word = blank < 0 ? line.length() : blank;
    switch (random.nextInt(4)) {
      case 0 -> line.insert(place, any(pieces));
      case 1 -> line.insert(word, " " + any(pieces));
      case 2 -> line.replace(place, word, any(pieces));
      default -> line.delete(place, Math.min(place + 1, line.length()));
    }
  }

  private String any(List<String> texts) {
    return texts.get(random.nextInt(texts.size()));
  }
}
