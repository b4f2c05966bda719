package io.defragsim.workload;

import org.jspecify.annotations.Nullable;

/**
 * A phase whose operations are drawn at random, the same ones for ever from the same seed.
 *
 * @param operations how many operations the phase has, waits and the unlocks at its end left out
 * @param seed where the random numbers start
 * @param sizes requested payload in bytes
 * @param lifetimes from a block's allocation to its free, in operations of generated phases; {@link
 *     Distribution#FOREVER} is never
 * @param fillBytes the most requested payload that generated blocks may have together, in bytes; at
 *     least the largest size
 * @param locks null if nothing is locked
 * @param writesPpm the chance of an operation to be a write, in parts per million
 * @param grow null if nothing grows
 * @param bursts null if there are none
 * @param waits null if there are none
 */
public record Generator(
    int operations,
    long seed,
    Distribution sizes,
    Distribution lifetimes,
    long fillBytes,
    @Nullable Locks locks,
    int writesPpm,
    @Nullable Grow grow,
    @Nullable Bursts bursts,
    @Nullable Waits waits)
    implements Workload.Content {

  /**
   * Blocks locked at random.
   *
   * @param ratePpm the chance of an operation to be a lock, in parts per million
   * @param hold from the lock to its unlock, in operations; no lock outlives its phase
   */
  public record Locks(int ratePpm, Distribution hold) {}

  /**
   * Blocks grown at random.
   *
   * @param ratePpm the chance of an operation to be a grow, in parts per million
   * @param by how many bytes a block gains
   */
  public record Grow(int ratePpm, Distribution by) {}

  /**
   * Allocations that come in a row.
   *
   * @param length how many in a row
   * @param every from the start of one burst to that of the next, in operations
   */
  public record Bursts(Distribution length, int every) {}

  /**
   * Time in which the program does nothing.
   *
   * @param every operations between two waits
   * @param cycles how long each is, in core cycles
   */
  public record Waits(int every, long cycles) {}
}
