package io.defragsim.lab;

import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.ContractRule;
import io.defragsim.lab.image.Probe;
import io.defragsim.lab.image.TimedCalls;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.words.Numbers;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls that a program makes of the image, one by one: each answer is held against the shadow
 * heap, which follows it, and is told. What an image may answer is in {@link ContractRule}.
 */
final class CheckedCalls {
  private static final Set<ContractError> ALLOC_ERRORS =
      EnumSet.of(
          ContractError.OUT_OF_MEMORY,
          ContractError.FRAGMENTED,
          ContractError.BLOCKED_BY_LOCKS,
          ContractError.OUT_OF_HANDLES,
          ContractError.INVALID_SIZE);

  private final AllocatorImage image;
  private final TimedCalls calls;
  private final ShadowHeap heap;
  private final Narrator narrator;
  private long reclassified;

  CheckedCalls(AllocatorImage image, ShadowHeap heap, Narrator narrator) {
    this.image = image;
    this.calls = image.calls();
    this.heap = heap;
    this.narrator = narrator;
  }

  /**
   * What became of a request for memory.
   *
   * @param block null if it was refused
   * @param error why it was refused, null if it was served
   * @param said the error that the image itself gives
   */
  record Reply(@Nullable Block block, @Nullable ContractError error, @Nullable ContractError said) {

    boolean served() {
      return block != null;
    }
  }

  /** One call of {@code image_alloc} or, where there is one, {@code image_alloc_pinned}. */
  Reply alloc(String name, long bytes, boolean pinned) {
    boolean kept = pinned && image.contract().pins();
    Answer said = kept ? calls.allocPinned(bytes) : calls.alloc(bytes);
    Answer answer = classified(said, bytes);
    Block[] block = new Block[1];
    narrator.called(
        kept ? ContractFunction.ALLOC_PINNED : ContractFunction.ALLOC,
        null,
        name,
        bytes,
        answer,
        () -> {
          List<Call.Move> moves = movedInside();
          block[0] = allocated(answer, name, bytes, pinned);
          return moves;
        });
    if (block[0] != null && pinnedByLock(block[0])) {
      ContractError error = lock(block[0]);
      if (error != null) {
        throw ContractRule.LOCK.answered("new " + block[0], error);
      }
    }
    return reply(block[0], answer, said);
  }

  private static Reply reply(@Nullable Block block, Answer answer, Answer said) {
    return answer.isError()
        ? new Reply(null, answer.error(), said.error())
        : new Reply(block, null, null);
  }

  /** The new block; null if the image refuses it, as it may. */
  private @Nullable Block allocated(Answer answer, String name, long bytes, boolean pinned) {
    if (answer.isError()) {
      if (!ALLOC_ERRORS.contains(answer.error())) {
        throw ContractRule.ALLOC.answered(Numbers.count(bytes, "byte"), answer.error());
      }
      return null;
    }
    if (answer.value() == 0) {
      throw ContractRule.ALLOC.broken(ContractFunction.ALLOC, "(%d) answered 0", bytes);
    }
    int handle = answer.value();
    if (image.contract().features().detectsStaleHandles() && handle == heap.staleHandle()) {
      throw ContractRule.STALE_HANDLES.broken(
          ContractFunction.ALLOC,
          "(%d) for %s answered handle 0x%x, that of the block freed last",
          bytes,
          name,
          handle);
    }
    return heap.add(name, handle, bytes, image.address(handle), pinned);
  }

  /** Whether the image has no other way to keep it where it is. */
  boolean pinnedByLock(Block block) {
    return block.pinned() && !image.contract().pins();
  }

  /** One call of {@code image_resize}. */
  Reply resize(Block block, long bytes) {
    heap.verify(block);
    Answer said = calls.resize(block.handle(), bytes);
    Answer answer = classified(said, bytes);
    narrator.called(
        ContractFunction.RESIZE,
        null,
        block.name(),
        bytes,
        answer,
        () -> {
          List<Call.Move> moves = new ArrayList<>(movedInside());
          if (resized(answer, block, bytes)) {
            moves.addAll(heap.resized(block, bytes, image.address(block.handle())));
          }
          return moves;
        });
    return reply(block, answer, said);
  }

  /** Whether the image says that it did; it may refuse. */
  private boolean resized(Answer answer, Block block, long bytes) {
    if (answer.isError()) {
      boolean allowed =
          (answer.error() == ContractError.MOVING && moves())
              || (ALLOC_ERRORS.contains(answer.error())
                  && answer.error() != ContractError.OUT_OF_HANDLES);
      if (!allowed) {
        throw ContractRule.RESIZE.answered(
            block + " to " + Numbers.count(bytes, "byte"), answer.error());
      }
      return false;
    }
    if (answer.value() != 0) {
      throw ContractRule.RESIZE.answered(block, answer.value());
    }
    return true;
  }

  /** Gives the error with which the image refuses, null if it does not; as the next one. */
  @Nullable ContractError free(Block block) {
    heap.verify(block);
    Answer answer = calls.free(block.handle());
    return called(
        ContractFunction.FREE,
        block,
        answer,
        () -> {
          if (answer.isError()) {
            if (answer.error() != ContractError.MOVING || !moves()) {
              throw ContractRule.FREE.answered(block, answer.error());
            }
          } else if (answer.value() != 0) {
            throw ContractRule.FREE.answered(block, answer.value());
          } else {
            heap.remove(block);
            image.forget(block.handle());
          }
          return movedInside();
        });
  }

  @Nullable ContractError lock(Block block) {
    Answer answer = calls.lock(block.handle());
    return called(
        ContractFunction.LOCK,
        block,
        answer,
        () -> {
          List<Call.Move> moves = movedInside();
          if (answer.isError()) {
            boolean allowed =
                (answer.error() == ContractError.MOVING && moves() && block.locks() == 0)
                    || (answer.error() == ContractError.TOO_MANY_LOCKS && block.locks() > 0);
            if (!allowed) {
              throw ContractRule.LOCK.answered(block, answer.error());
            }
          } else if (answer.value() == 0) {
            throw ContractRule.LOCK.answered(block, answer.value());
          } else {
            heap.locked(block, Integer.toUnsignedLong(answer.value()));
          }
          return moves;
        });
  }

  void unlock(Block block) {
    heap.verify(block);
    Answer answer = calls.unlock(block.handle());
    called(
        ContractFunction.UNLOCK,
        block,
        answer,
        () -> {
          if (answer.isError()) {
            throw ContractRule.UNLOCK.answered(block, answer.error());
          }
          if (answer.value() != 0) {
            throw ContractRule.UNLOCK.answered(block, answer.value());
          }
          block.locks(block.locks() - 1);
          return movedInside();
        });
  }

  private @Nullable ContractError called(
      ContractFunction function, Block block, Answer answer, Supplier<List<Call.Move>> follow) {
    narrator.called(function, null, block.name(), 0, answer, follow);
    return answer.isError() ? answer.error() : null;
  }

  private boolean moves() {
    return image.contract().steps() || image.contract().features().movesInCalls();
  }

  /** With feature 2 any call may have moved blocks. */
  private List<Call.Move> movedInside() {
    return image.contract().features().movesInCalls()
        ? heap.refresh(image.mayHaveMoved(), b -> image.address(b.handle()))
        : List.of();
  }

  /**
   * Says of a refusal whether memory is fragmented, as the image need not: it is where the free
   * memory in one piece would serve.
   */
  private Answer classified(Answer said, long bytes) {
    if (said.value() != ContractError.OUT_OF_MEMORY.code() || freeBytes() < bytes) {
      return said;
    }
    reclassified++;
    return new Answer(ContractError.FRAGMENTED.code(), said.cycles(), said.elapsed());
  }

  /**
   * How many requests the image answered with out of memory that all free memory would have served.
   */
  long reclassified() {
    return reclassified;
  }

  long freeBytes() {
    return heap.checkFree(image.untimed(Probe::freeBytes));
  }

  /** The block that the image says is in the way of the last request, null if it names none. */
  @Nullable Block blocker() {
    int handle = image.untimed(Probe::blocker);
    Block block = heap.withHandle(handle);
    if (handle != 0 && block == null) {
      throw ContractRule.BLOCKER.broken(ContractFunction.BLOCKER, " answered 0x%x", handle);
    }
    return block;
  }
}
