package io.defragsim.lab.recording;

import io.defragsim.lab.result.ContractError;
import io.defragsim.workload.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * An operation that is over and what it took.
 *
 * @param operation its number, {@link #BEFORE_FIRST} for the pool before the first
 * @param kind null before the first
 * @param block the index of the block's name in {@link Recording#names}, -1 for none
 * @param amount the bytes requested by an alloc, grow or resize, of a free those given back; the
 *     steps asked for, or the cycles waited; else 0
 * @param outcome what became of it
 * @param error why it was refused, null if it was not
 * @param cycles of its own calls, pauses not included; an estimate where the part's are
 * @param pauses how many pauses it had: steps, and calls that moved blocks inside
 * @param pauseCycles of all of them
 * @param longestPause in cycles
 * @param bytesMoved by them, requested bytes of blocks that arrived
 * @param freeBytes as the image counts them, afterwards
 */
public record Moment(
    long operation,
    @Nullable OperationKind kind,
    int block,
    long amount,
    Outcome outcome,
    @Nullable ContractError error,
    long cycles,
    long pauses,
    long pauseCycles,
    long longestPause,
    long bytesMoved,
    long freeBytes) {

  /** The number of the moment before the first operation. */
  public static final long BEFORE_FIRST = -1;

  /** What became of an operation. */
  public enum Outcome {
    SERVED,
    /** Its block was never served. */
    SKIPPED,
    /** The image said no in the end. */
    REFUSED,
    /** The run ended in the middle of it. */
    ENDED
  }

  /** The same of the block with that index. */
  Moment of(int otherBlock) {
    return new Moment(
        operation,
        kind,
        otherBlock,
        amount,
        outcome,
        error,
        cycles,
        pauses,
        pauseCycles,
        longestPause,
        bytesMoved,
        freeBytes);
  }

  /** The same once it is known what it took. */
  Moment took(
      long ownCycles,
      long pauseCount,
      long allPauseCycles,
      long longestOfThem,
      long moved,
      long free) {
    return new Moment(
        operation,
        kind,
        block,
        amount,
        outcome,
        error,
        ownCycles,
        pauseCount,
        allPauseCycles,
        longestOfThem,
        moved,
        free);
  }

  boolean failed() {
    return outcome == Outcome.REFUSED || outcome == Outcome.ENDED;
  }

  boolean paused() {
    return pauses > 0;
  }
}
