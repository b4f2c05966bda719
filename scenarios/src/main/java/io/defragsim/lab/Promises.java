package io.defragsim.lab;

import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.ContractRule;
import io.defragsim.lab.image.TimedCalls;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import java.util.Locale;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Tries what no program does, to see whether the image refuses it as its features promise: a free
 * of a locked block, an unlock too many, a handle of a block that was freed.
 */
final class Promises {
  private final AllocatorImage image;
  private final ShadowHeap heap;

  Promises(AllocatorImage image, ShadowHeap heap) {
    this.image = image;
    this.heap = heap;
  }

  /** Tries each once; it leaves no trace. */
  void check() {
    if (image.contract().features().enforcesLocks()) {
      Block locked = first(true);
      if (locked != null) {
        refused(
            ContractRule.LOCKS_ENFORCED,
            ContractFunction.FREE,
            "locked block " + locked,
            TimedCalls::free,
            locked.handle(),
            ContractError.STILL_LOCKED);
      }
      Block free = first(false);
      if (free != null) {
        refused(
            ContractRule.LOCKS_ENFORCED,
            ContractFunction.UNLOCK,
            free + ", which is not locked,",
            TimedCalls::unlock,
            free.handle(),
            ContractError.NOT_LOCKED);
      }
    }
    int stale = heap.staleHandle();
    if (image.contract().features().detectsStaleHandles() && stale != 0) {
      String of = String.format(Locale.ROOT, "handle 0x%x, whose block was freed,", stale);
      refused(
          ContractRule.STALE_HANDLES,
          ContractFunction.LOCK,
          of,
          TimedCalls::lock,
          stale,
          ContractError.INVALID_HANDLE);
      refused(
          ContractRule.STALE_HANDLES,
          ContractFunction.FREE,
          of,
          TimedCalls::free,
          stale,
          ContractError.INVALID_HANDLE);
    }
  }

  /** A whole block that may move and that is locked or is not, null if there is none. */
  private @Nullable Block first(boolean locked) {
    for (Block block : heap.blocks()) {
      if (block.address() != 0 && !block.pinned() && block.locks() > 0 == locked) {
        return block;
      }
    }
    return null;
  }

  private void refused(
      ContractRule rule,
      ContractFunction function,
      String of,
      BiFunction<TimedCalls, Integer, Answer> call,
      int handle,
      ContractError error) {
    Answer answer = image.untimed(probe -> call.apply(probe.calls(), handle));
    if (answer.value() != error.code()) {
      throw rule.broken("%s of %s answered %d and not %s", function, of, answer.value(), error);
    }
  }
}
