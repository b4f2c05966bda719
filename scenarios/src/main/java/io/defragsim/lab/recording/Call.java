package io.defragsim.lab.recording;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Pauses.Cause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A timed call of the allocator.
 *
 * @param cause why it compacted: of a step, and of a call that moved blocks on the side; null of
 *     any other
 * @param block the name of the block that it is on or makes; empty for a step
 * @param bytes what an alloc or a resize asks for and a step's budget, else 0
 * @param result what it answered: negative for an error, of a step 1 more to do and 0 nothing to
 *     do, of an alloc the handle or, where the allocator hands out pointers, the address
 * @param end emulated cycles from reset to its return
 * @param cycles its own
 * @param elapsed the same and what interrupts took in it
 * @param estimated whether a handler has begun after estimated cycles since reset, so that {@code
 *     end} and {@code elapsed} are an estimate
 * @param moves the blocks that stand elsewhere than before, whichever call moved them
 */
public record Call(
    ContractFunction function,
    @Nullable Cause cause,
    String block,
    long bytes,
    int result,
    long end,
    long cycles,
    long elapsed,
    boolean estimated,
    List<Move> moves) {

  /**
   * A block has arrived elsewhere.
   *
   * @param block its name
   * @param from the address of its payload when it was last whole
   * @param to the address of its payload now
   * @param bytes of its requested payload
   */
  public record Move(String block, long from, long to, int bytes) {

    /** How far it went, up or down, in bytes. */
    public long distance() {
      return Math.abs(to - from);
    }

    public boolean isDown() {
      return to < from;
    }
  }

  public Call {
    moves = List.copyOf(moves);
  }

  /** The error that it answered, null for none. */
  public @Nullable ContractError error() {
    return ContractError.of(result);
  }

  /** The same once it is known what it has moved. */
  public Call moved(@Nullable Cause why, List<Move> blocks) {
    return new Call(function, why, block, bytes, result, end, cycles, elapsed, estimated, blocks);
  }

  /** The requested bytes of the blocks that it moved. */
  public long bytesMoved() {
    return moves.stream().mapToLong(Move::bytes).sum();
  }

  /** Whether it is a request for memory that was refused. */
  public boolean isRefusal() {
    return function.kind().asksForMemory() && result < 0;
  }
}
