package io.defragsim.lab.recording;

import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.result.ContractError;
import io.defragsim.workload.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * An operation that is over and what it took, as a recording keeps it.
 *
 * @param operation its number, {@link Account#BEFORE_FIRST} for the pool before the first
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
public record Frame(
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

  /** Of an operation that is over. */
  Frame(Account account, Outcome outcome, int block, long amount, long freeBytes) {
    this(
        account.number(),
        account.kind(),
        block,
        amount,
        outcome,
        outcome == Outcome.REFUSED ? account.error() : null,
        account.calls().cycles(),
        account.pauses().count(),
        account.pauses().elapsed(),
        account.pauses().longest(),
        account.pauses().bytesMoved(),
        freeBytes);
  }

  /** The same of the block with that index. */
  Frame of(int otherBlock) {
    return new Frame(
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

  boolean failed() {
    return outcome == Outcome.REFUSED || outcome == Outcome.ENDED;
  }

  boolean paused() {
    return pauses > 0;
  }
}
