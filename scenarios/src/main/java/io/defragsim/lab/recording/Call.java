package io.defragsim.lab.recording;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Pauses.Cause;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A timed call of the image.
 *
 * @param cause why a step is made; null for any other function
 * @param bytes what an alloc or a resize asks for and a step's budget, else 0
 * @param result what it answered: negative for an error, of a step 1 more to do and 0 nothing to do
 * @param end emulated cycles from reset to its return
 * @param cycles its own
 * @param elapsed the same and what interrupts took in it
 * @param moves the blocks that stand elsewhere than before, whichever call moved them
 */
public record Call(
    Function function,
    @Nullable Cause cause,
    long bytes,
    int result,
    long end,
    long cycles,
    long elapsed,
    List<Move> moves) {

  /** The functions of the image contract that a run times. */
  public enum Function {
    ALLOC,
    ALLOC_PINNED,
    RESIZE,
    FREE,
    LOCK,
    UNLOCK,
    STEP;

    /** The C symbol, for example {@code image_alloc_pinned}. */
    public String symbol() {
      return "image_" + name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * A block has arrived elsewhere.
   *
   * @param block what the workload calls it
   * @param from its payload's offset from the pool's first byte, when it was last whole
   * @param to its payload's offset now
   * @param bytes of its requested payload
   */
  public record Move(String block, int from, int to, int bytes) {}

  public Call {
    moves = List.copyOf(moves);
  }

  /** The error that it answered, null for none. */
  public @Nullable ContractError error() {
    return ContractError.of(result);
  }
}
