package io.defragsim.workload;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A phase whose operations are drawn at random, the same ones for ever from the same seed.
 *
 * <p>All generated phases of a workload share one population of blocks: what one phase leaves alive
 * the next one finds, and frees in its time. A phase counts its own and frees; it never touches the
 * blocks that a scenario names.
 *
 * <p>The blocks are of one kind or of several that live side by side. A kind has a name, and keeps
 * it through all phases: the blocks that a kind left alive are those of the kind of that name in a
 * later phase. The one kind of a phase that names none has {@linkplain Kind#UNNAMED no name}; its
 * blocks are all generated blocks alive, whoever left them.
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
 *   <li>a number {@code below(1000000)} of stream 1, if locks, writes or growth of any kind have a
 *       rate: the rates of the first kind's locks, its writes and its growth, then those of the
 *       second kind, and so on, lie side by side from 0, and the number is of the one in which it
 *       falls, if in any. Each takes a random block of the kind, {@code below(its blocks alive)} of
 *       stream 2. A block locked {@value #DEEPEST_LOCK} times is not locked again, a locked block
 *       does not grow, and none grows over the fill: where that, or a kind without a block, stands
 *       in the way, nothing of this applies
 *   <li>an allocation, if the next block fits: payload alive and its size are at most the fill, and
 *       the blocks alive fewer than the most allowed
 *   <li>else the block whose life ends first is chosen to die, whenever that would be; if all live
 *       for ever, a random one of all kinds, {@code below(blocks alive)} of stream 2
 * </ol>
 *
 * <p>Stream s starts at {@code derive(run, s)} of {@link SplitMix64}, where the r-th run of a
 * repeated phase, from 1, has {@code run = derive(seed, r)}. The lengths of bursts come from stream
 * 7. Of which kind the next block is comes from stream 8: {@code below(sum of weights)} picks the
 * kind in whose share it falls, in their order. The k-th kind, from 0, has streams of its own:
 * sizes come from {@code 8 k + 3}, lifetimes from {@code 8 k + 4}, holds from {@code 8 k + 5},
 * growth from {@code 8 k + 6}. So its n-th block has the same size and lifetime whatever kinds come
 * behind it. A kind and a size that did not fit are kept for the next allocation.
 *
 * <p>A "random block" counts the blocks alive, of the kind or of all, in a list: a new block is put
 * at its end, and the last one takes the place of a block that dies. At the end of the phase each
 * lock still held is released, in the order in which the holds would have ended.
 *
 * @param operations how many operations the phase has, waits and the unlocks at its end left out
 * @param seed where the random numbers start
 * @param kinds the kinds of blocks, at least one; no two have one name
 * @param fillBytes the most requested payload that generated blocks may have together, in bytes; at
 *     least the largest size
 * @param maxBlocks the most generated blocks alive at once, above 0
 * @param bursts null if there are none
 * @param waits null if there are none
 */
public record Generator(
    int operations,
    long seed,
    List<Kind> kinds,
    long fillBytes,
    int maxBlocks,
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
    kinds = List.copyOf(kinds);
    if (kinds.isEmpty() || maxBlocks <= 0) {
      throw new IllegalArgumentException("a generator of nothing");
    }
    for (Kind kind : kinds) {
      if (kind.sizes().max() > fillBytes) {
        throw new IllegalArgumentException("the largest block does not fit the fill");
      }
    }
  }

  /** A phase whose blocks are of one kind that has no name. */
  public Generator(
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
      @Nullable Waits waits) {
    this(
        operations,
        seed,
        List.of(new Kind(Kind.UNNAMED, 1, sizes, lifetimes, locks, writesPpm, grow)),
        fillBytes,
        maxBlocks,
        bursts,
        waits);
  }

  /**
   * Blocks of one sort.
   *
   * @param name what its blocks are called
   * @param weight how often a block is of this kind, relative to the others' weights; above 0
   * @param sizes requested payload in bytes
   * @param lifetimes from a block's allocation to its free, in operations of generated phases;
   *     {@link Variate#FOREVER} is never
   * @param locks null if nothing is locked
   * @param writesPpm the chance of a write, in parts per million
   * @param grow null if nothing grows
   */
  public record Kind(
      String name,
      int weight,
      Variate sizes,
      Variate lifetimes,
      @Nullable Locks locks,
      int writesPpm,
      @Nullable Grow grow) {

    /** The name of the one kind of a phase that names none. */
    public static final String UNNAMED = "";

    /** The chance of a lock, a write or a growth, in parts per million. */
    public long usePpm() {
      return lockPpm() + writesPpm + (grow == null ? 0 : grow.ratePpm());
    }

    /** The chance of a lock, in parts per million. */
    long lockPpm() {
      return locks == null ? 0 : locks.ratePpm();
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
