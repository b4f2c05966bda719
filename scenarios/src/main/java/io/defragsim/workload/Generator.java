package io.defragsim.workload;

import org.jspecify.annotations.Nullable;

/**
 * A phase whose operations are drawn at random, the same ones for ever from the same seed.
 *
 * <p>All generated phases of a workload share one population of blocks: what one phase leaves alive
 * the next one finds, and frees in its time. A phase counts its own and frees; it never touches the
 * blocks that a scenario names.
 *
 * <p>Each operation is the first of these that applies, at an operation count {@code now} over all
 * generated phases:
 *
 * <ol>
 *   <li>in a burst: an allocation, until the burst is over or the next block does not fit
 *   <li>the block chosen to die: one of its locks is released, or it is freed
 *   <li>the block whose life ends first (of two, the one allocated first), if it has ended by
 *       {@code now}: it is chosen to die
 *   <li>the lock whose hold ends first, if it has ended by {@code now}: an unlock
 *   <li>a burst is due: it starts, with an allocation
 *   <li>a number {@code below(1000000)} of stream 1, if locks, writes or growth have a rate: a lock
 *       if it is under their rate, else a write if it is under the sum with theirs, else a growth.
 *       Each takes a random block, {@code below(blocks alive)} of stream 2. A block locked {@value
 *       #DEEPEST_LOCK} times is not locked again, a locked block does not grow, and none grows over
 *       the fill: where that, or an empty population, stands in the way, nothing of this applies
 *   <li>an allocation, if the next block fits: payload alive and its size are at most the fill, and
 *       the blocks alive fewer than the most allowed
 *   <li>else the block whose life ends first is chosen to die, whenever that would be; if all live
 *       for ever, a random one
 * </ol>
 *
 * <p>Stream s starts at {@code derive(run, s)} of {@link SplitMix64}, where the r-th run of a
 * repeated phase, from 1, has {@code run = derive(seed, r)}. Sizes come from stream 3 (a size that
 * did not fit is kept for the next allocation), lifetimes from stream 4, holds from stream 5,
 * growth from stream 6, the lengths of bursts from stream 7. A "random block" counts the blocks
 * alive in a list: a new block is put at its end, and the last one takes the place of a block that
 * dies. At the end of the phase each lock still held is released, in the order in which the holds
 * would have ended.
 *
 * @param operations how many operations the phase has, waits and the unlocks at its end left out
 * @param seed where the random numbers start
 * @param sizes requested payload in bytes
 * @param lifetimes from a block's allocation to its free, in operations of generated phases; {@link
 *     Variate#FOREVER} is never
 * @param fillBytes the most requested payload that generated blocks may have together, in bytes; at
 *     least the largest size
 * @param maxBlocks the most generated blocks alive at once, above 0
 * @param locks null if nothing is locked
 * @param writesPpm the chance of a write, in parts per million
 * @param grow null if nothing grows
 * @param bursts null if there are none
 * @param waits null if there are none
 */
public record Generator(
    int operations,
    long seed,
    Variate sizes,
    Variate lifetimes,
    long fillBytes,
    int maxBlocks,
    @Nullable Locks locks,
    int writesPpm,
    @Nullable Grow grow,
    @Nullable Bursts bursts,
    @Nullable Waits waits)
    implements Workload.Content {

  /** How many locks a generator puts on one block at most. */
  public static final int DEEPEST_LOCK = 3;

  /**
   * The seed of a phase that names none: {@code derive(seed, ordinal)} of {@link SplitMix64}.
   *
   * @param seed the scenario's seed
   * @param ordinal which of the file's generated phases it is, from 1
   */
  public static long seedOfPhase(long seed, int ordinal) {
    return SplitMix64.derive(seed, ordinal);
  }

  public Generator {
    if (sizes.max() > fillBytes || maxBlocks <= 0) {
      throw new IllegalArgumentException("the largest block does not fit the fill");
    }
  }

  /**
   * Blocks locked at random.
   *
   * @param ratePpm the chance of a lock, in parts per million
   * @param hold from the lock to its unlock, in operations; no lock outlives its phase
   */
  public record Locks(int ratePpm, Variate hold) {}

  /**
   * Blocks grown at random.
   *
   * @param ratePpm the chance of a growth, in parts per million
   * @param by how many bytes a block gains
   */
  public record Grow(int ratePpm, Variate by) {}

  /**
   * Allocations that come in a row.
   *
   * @param length how many in a row
   * @param every from the start of one burst to that of the next, in operations
   */
  public record Bursts(Variate length, int every) {}

  /**
   * Time in which the program does nothing.
   *
   * @param every operations between two waits
   * @param cycles how long each is, in core cycles
   */
  public record Waits(int every, long cycles) {}
}
