package io.defragsim.lab.image;

import java.nio.IntBuffer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The constants of the proof that a request which this project's library refuses is served within a
 * bounded number of steps, or told that it is blocked: {@code image_guarantee} of an image.
 *
 * @param granule bytes; the unit of sizes and places
 * @param header bytes of each block
 * @param entry bytes of the table, for each handle
 * @param visits headers that a step looks at which moves nothing
 * @param passes that may be spoilt before everything is moved; 0: everything always is
 * @param fullStep granules that a step counts at most
 * @param fixedPatience full steps until what is gathered is kept for a request; null: it goes by
 *     the pool
 * @param patiencePerHandle full steps
 * @param leastPatience full steps
 * @param mostPatience full steps
 */
public record Guarantee(
    int granule,
    int header,
    int entry,
    int visits,
    int passes,
    int fullStep,
    @Nullable Integer fixedPatience,
    int patiencePerHandle,
    int leastPatience,
    int mostPatience) {
  /** The version of the rules that is known here. */
  static final int VERSION = 1;

  static final int WORDS = 12;
  private static final int BY_POOL = -1;

  /** Of the words of the constant, whose first two are right. */
  static Guarantee of(IntBuffer words) {
    int patience = words.get(8);
    return new Guarantee(
        words.get(2),
        words.get(3),
        words.get(4),
        words.get(5),
        words.get(6),
        words.get(7),
        patience == BY_POOL ? null : Integer.valueOf(patience),
        words.get(9),
        words.get(10),
        words.get(11));
  }

  /** Whether there can be such an allocator. */
  boolean makesSense() {
    return IntStream.of(
                granule,
                header,
                entry,
                visits,
                fullStep,
                patiencePerHandle,
                leastPatience,
                mostPatience)
            .allMatch(word -> word > 0)
        && passes >= 0
        && (fixedPatience == null || fixedPatience >= 0);
  }

  /**
   * Full steps until what is gathered is kept for a request.
   *
   * @param granules of the pool for blocks
   */
  public int patience(int granules, int handles) {
    if (fixedPatience != null) {
      return fixedPatience;
    }
    long blocks = Math.min(handles, granules / 2);
    long steps = granules / fullStep + patiencePerHandle * blocks + leastPatience;
    return (int) Math.min(steps, mostPatience);
  }
}
