package io.defragsim.lab;

import io.defragsim.lab.AllocatorImage.Answer;
import io.defragsim.lab.ShadowHeap.Moved;
import io.defragsim.lab.recording.Call.Function;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The program that the scenario plays: carries out one operation at a time on the image, and holds
 * every answer against the shadow heap.
 *
 * <p>What an image may answer to a request that is right: an allocation any error of the contract
 * that allocations have, a resize those as well; a free, a lock and a resize -8 (moving) where the
 * image moves blocks; a lock of a locked block -10 (too many locks). Everything else breaks the
 * contract.
 *
 * <p>On an image without {@code image_alloc_pinned} a pinned block is an ordinary one that is
 * locked as long as it lives; on one without {@code image_resize} a resize is a grow. That is what
 * a program for such an allocator does.
 */
final class Program {
  private static final Set<ContractError> ALLOC_ERRORS =
      EnumSet.of(
          ContractError.OUT_OF_MEMORY,
          ContractError.FRAGMENTED,
          ContractError.BLOCKED_BY_LOCKS,
          ContractError.OUT_OF_HANDLES,
          ContractError.INVALID_SIZE);

  /**
   * Errors of a lack of memory in one piece: they make a failure catastrophic if enough is free.
   */
  private static final Set<ContractError> NO_MEMORY =
      EnumSet.of(
          ContractError.OUT_OF_MEMORY, ContractError.FRAGMENTED, ContractError.BLOCKED_BY_LOCKS);

  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final Recorder recorder;
  private final Narrator narrator;
  private final Compactor compactor;
  private final @Nullable Sampler sampler;
  private final Workload workload;

  Program(
      AllocatorImage image,
      ShadowHeap heap,
      Recorder recorder,
      Narrator narrator,
      Compactor compactor,
      @Nullable Sampler sampler,
      Workload workload) {
    this.image = image;
    this.heap = heap;
    this.recorder = recorder;
    this.narrator = narrator;
    this.compactor = compactor;
    this.sampler = sampler;
    this.workload = workload;
  }

  void carryOut(Operation operation) {
    int block = operation.block();
    switch (operation.kind()) {
      case ALLOC -> alloc(block, operation.amount(), operation.pinned());
      case FREE -> free(block);
      case LOCK -> lock(block);
      case UNLOCK -> unlock(block);
      case WRITE -> write(block);
      case GROW -> grow(OperationKind.GROW, block, operation.amount());
      case RESIZE -> {
        if (image.resizes()) {
          resize(block, operation.amount());
        } else {
          grow(OperationKind.RESIZE, block, operation.amount());
        }
      }
      case STEP -> step(operation.amount());
      case WAIT -> {
        compactor.idle(operation.amount());
        served(OperationKind.WAIT);
      }
    }
  }

  private String name(int number) {
    return workload.blockName(number);
  }

  private void alloc(int number, long bytes, boolean pinned) {
    heap.forget(number);
    Request request = request(number, bytes, pinned);
    if (request.block == null) {
      failed(OperationKind.ALLOC, number, bytes, request.error());
      return;
    }
    heap.number(number, request.block);
    fresh(request.block, number);
    served(OperationKind.ALLOC);
  }

  private void free(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped(OperationKind.FREE);
      return;
    }
    // the workload is done with it, whatever the image answers
    heap.forget(number);
    if (pinnedByLock(block)) {
      unlock(block);
    }
    Answer answer = free(block);
    if (answer.isError()) {
      failed(OperationKind.FREE, number, 0, answer.error());
    } else {
      served(OperationKind.FREE);
    }
  }

  private void lock(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped(OperationKind.LOCK);
      return;
    }
    Answer answer = lock(block);
    if (answer.isError()) {
      block.lostLocks(block.lostLocks() + 1);
      failed(OperationKind.LOCK, number, 0, answer.error());
    } else {
      served(OperationKind.LOCK);
    }
  }

  private void unlock(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped(OperationKind.UNLOCK);
    } else if (block.lostLocks() > 0) {
      block.lostLocks(block.lostLocks() - 1);
      skipped(OperationKind.UNLOCK);
    } else if (block.locks() == 0) {
      throw new IllegalStateException("the trace unlocks " + block + ", which is not locked");
    } else {
      unlock(block);
      served(OperationKind.UNLOCK);
    }
  }

  /** A program may write to a block that it holds locked only: others are locked for it. */
  private void write(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped(OperationKind.WRITE);
      return;
    }
    boolean held = block.locks() > 0;
    if (!held) {
      Answer answer = lock(block);
      if (answer.isError()) {
        failed(OperationKind.WRITE, number, 0, answer.error());
        return;
      }
    }
    fresh(block, number);
    if (!held) {
      unlock(block);
    }
    served(OperationKind.WRITE);
  }

  private void grow(OperationKind kind, int number, long bytes) {
    Block old = heap.numbered(number);
    if (old == null) {
      skipped(kind);
      return;
    }
    Request request = request(number, bytes, false);
    long cycles = request.cycles;
    Block grown = request.block;
    ContractError error = grown == null ? request.error() : null;
    if (grown != null) {
      fresh(grown, number);
      Answer lockOld = lock(old);
      cycles += lockOld.cycles();
      if (lockOld.isError()) {
        error = lockOld.error();
      } else {
        Answer lockNew = lock(grown);
        cycles += lockNew.cycles();
        if (lockNew.isError()) {
          error = lockNew.error();
        } else {
          copy(old, grown);
          cycles += unlock(grown).cycles();
        }
        cycles += unlock(old).cycles();
      }
      // the old one goes if all went well, else the new one
      Answer freed = free(error == null ? old : grown);
      cycles += freed.cycles();
      if (error == null) {
        heap.number(number, grown);
        grown.lostLocks(old.lostLocks());
      }
    }
    recorder.cycles(kind, cycles);
    if (error == null) {
      served(kind);
    } else {
      failed(kind, number, bytes, error);
    }
  }

  private void resize(int number, long bytes) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped(OperationKind.RESIZE);
      return;
    }
    Request request = new Request();
    untilServed(
        request,
        bytes,
        new Asking() {
          @Override
          public boolean attempt() {
            return tryResize(request, block, bytes);
          }

          @Override
          public boolean wouldServe() {
            return !image.resize(block.handle(), bytes).isError();
          }
        });
    recorder.cycles(OperationKind.RESIZE, request.cycles);
    if (request.block == null) {
      failed(OperationKind.RESIZE, number, bytes, request.error());
    } else {
      extend(block, number);
      served(OperationKind.RESIZE);
    }
  }

  private void step(long count) {
    if (!image.steps()) {
      skipped(OperationKind.STEP);
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!compactor.step(Cause.OPERATION).more()) {
        break;
      }
    }
    served(OperationKind.STEP);
  }

  /**
   * An allocation in the end: a block or an error, and the cycles of all its calls, their own and
   * with what interrupts took in them.
   */
  private static final class Request {
    private @Nullable Block block;
    private @Nullable ContractError error;
    private long cycles;
    private long elapsed;

    /**
     * Whether the last call was refused in such a way that steps may help, and the policy waits.
     */
    private boolean waits;

    private ContractError error() {
      if (error == null) {
        throw new IllegalStateException("served");
      }
      return error;
    }
  }

  /** One way to ask for memory. */
  private interface Asking {
    /** One call of the image; whether it was served. */
    boolean attempt();

    /** Whether a call would be served now. Within {@link AllocatorImage#untimed}. */
    boolean wouldServe();
  }

  /** Allocates; where the policy says so, a fragmented heap is compacted until it serves. */
  private Request request(int number, long bytes, boolean pinned) {
    Request request = new Request();
    untilServed(
        request,
        bytes,
        new Asking() {
          @Override
          public boolean attempt() {
            return tryAlloc(request, number, bytes, pinned);
          }

          @Override
          public boolean wouldServe() {
            return callAlloc(bytes, pinned).value() > 0;
          }
        });
    return request;
  }

  /**
   * Asks, and as long as the policy waits for it, steps until a step answers 0 or an error; after a
   * 0 it asks again. A stall ends unserved with an error of a step, or where that was no use and
   * the very next step answers 0 again.
   */
  private void untilServed(Request request, long bytes, Asking asking) {
    if (asking.attempt()) {
      return;
    }
    if (sampler != null) {
      sampler.atFailure();
    }
    if (!request.waits) {
      return;
    }
    int steps = 0;
    long moved = 0;
    boolean served = false;
    boolean refusedAfterZero = false;
    boolean over = false;
    while (!over) {
      Compactor.Step step = compactor.step(Cause.FAILURE);
      steps++;
      moved += step.moved();
      request.cycles += step.cycles();
      request.elapsed += step.elapsed();
      ContractError stuck = ContractError.of(step.result());
      if (stuck != null) {
        request.error = stuck;
        over = true;
      } else if (step.more()) {
        refusedAfterZero = false;
      } else if (refusedAfterZero) {
        over = true;
      } else {
        served = asking.attempt();
        refusedAfterZero = !served;
        over = served;
      }
      if (!over) {
        compactor.checkBudget(request.elapsed, steps, () -> image.untimed(asking::wouldServe));
      }
    }
    recorder.stall(bytes, steps, moved, request.elapsed, served ? null : request.error());
  }

  private Answer callAlloc(long bytes, boolean pinned) {
    return pinned && image.pins() ? image.allocPinned(bytes) : image.alloc(bytes);
  }

  /**
   * Says of a refusal whether memory is fragmented, as the image need not: it is where the free
   * memory in one piece would serve. Whether steps may help is for the image alone to say.
   */
  private Answer classified(Request request, Answer answer, long bytes) {
    request.waits = answer.isError() && compactor.waitsFor(answer.error());
    if (answer.value() != ContractError.OUT_OF_MEMORY.code() || freeBytes() < bytes) {
      return answer;
    }
    if (image.steps()) {
      recorder.reclassified();
    }
    return new Answer(ContractError.FRAGMENTED.code(), answer.cycles(), answer.elapsed());
  }

  private long freeBytes() {
    return heap.checkFree(image.untimed(image::freeBytes));
  }

  /** One call of {@code image_alloc} or {@code image_alloc_pinned}. */
  private boolean tryAlloc(Request request, int number, long bytes, boolean pinned) {
    Function function = pinned && image.pins() ? Function.ALLOC_PINNED : Function.ALLOC;
    Answer answer = classified(request, callAlloc(bytes, pinned), bytes);
    recorder.cycles(OperationKind.ALLOC, answer.cycles());
    request.cycles += answer.cycles();
    request.elapsed += answer.elapsed();
    Moved moved = movedInside(answer);
    if (answer.isError()) {
      request.error = answer.error();
      if (!ALLOC_ERRORS.contains(answer.error())) {
        throw unexpected(ContractRule.ALLOC, "image_alloc", bytes + " bytes", answer);
      }
      narrator.called(function, bytes, answer, moved);
      return false;
    }
    if (answer.value() == 0) {
      throw ContractRule.ALLOC.broken("image_alloc(" + bytes + ") answered 0").in("image_alloc");
    }
    int handle = answer.value();
    if (image.features().detectsStaleHandles() && handle == heap.staleHandle()) {
      throw ContractRule.STALE_HANDLES
          .broken(
              String.format(
                  Locale.ROOT,
                  "image_alloc(%d) for %s answered handle 0x%x, that of the block freed last",
                  bytes,
                  name(number),
                  handle))
          .in("image_alloc");
    }
    long address = image.untimed(() -> image.address(handle));
    request.error = null;
    Block block = heap.add(name(number), handle, bytes, address, pinned);
    request.block = block;
    narrator.called(function, bytes, answer, moved);
    if (pinnedByLock(block)) {
      Answer locked = lock(block);
      request.cycles += locked.cycles();
      request.elapsed += locked.elapsed();
      if (locked.isError()) {
        throw unexpected(ContractRule.LOCK, "image_lock", "new " + block, locked);
      }
    }
    return true;
  }

  /** Whether the image has no other way to keep it where it is. */
  private boolean pinnedByLock(Block block) {
    return block.pinned() && !image.pins();
  }

  /** One call of {@code image_resize}. */
  private boolean tryResize(Request request, Block block, long bytes) {
    heap.verify(block);
    Answer answer = classified(request, image.resize(block.handle(), bytes), bytes);
    request.cycles += answer.cycles();
    request.elapsed += answer.elapsed();
    Moved moved = movedInside(answer);
    if (answer.isError()) {
      request.error = answer.error();
      boolean allowed =
          (answer.error() == ContractError.MOVING && moves())
              || (ALLOC_ERRORS.contains(answer.error())
                  && answer.error() != ContractError.OUT_OF_HANDLES);
      if (!allowed) {
        throw unexpected(
            ContractRule.RESIZE, "image_resize", block + " to " + bytes + " bytes", answer);
      }
      narrator.called(Function.RESIZE, bytes, answer, moved);
      return false;
    }
    if (answer.value() != 0) {
      throw odd(ContractRule.RESIZE, "image_resize", block, answer);
    }
    request.error = null;
    request.block = block;
    Moved itself = heap.resized(block, bytes, image.untimed(() -> image.address(block.handle())));
    narrator.called(Function.RESIZE, bytes, answer, moved.and(itself));
    return true;
  }

  private Answer free(Block block) {
    heap.verify(block);
    Answer answer = image.free(block.handle());
    recorder.cycles(OperationKind.FREE, answer.cycles());
    if (answer.isError()) {
      if (answer.error() != ContractError.MOVING || !moves()) {
        throw unexpected(ContractRule.FREE, "image_free", block.toString(), answer);
      }
    } else if (answer.value() != 0) {
      throw odd(ContractRule.FREE, "image_free", block, answer);
    } else {
      heap.remove(block);
    }
    narrator.called(Function.FREE, 0, answer, movedInside(answer));
    return answer;
  }

  private Answer lock(Block block) {
    Answer answer = image.lock(block.handle());
    recorder.cycles(OperationKind.LOCK, answer.cycles());
    Moved moved = movedInside(answer);
    if (answer.isError()) {
      boolean allowed =
          (answer.error() == ContractError.MOVING && moves() && block.locks() == 0)
              || (answer.error() == ContractError.TOO_MANY_LOCKS && block.locks() > 0);
      if (!allowed) {
        throw unexpected(ContractRule.LOCK, "image_lock", block.toString(), answer);
      }
    } else if (answer.value() == 0) {
      throw odd(ContractRule.LOCK, "image_lock", block, answer);
    } else {
      heap.locked(block, Integer.toUnsignedLong(answer.value()));
    }
    narrator.called(Function.LOCK, 0, answer, moved);
    return answer;
  }

  private Answer unlock(Block block) {
    heap.verify(block);
    Answer answer = image.unlock(block.handle());
    recorder.cycles(OperationKind.UNLOCK, answer.cycles());
    if (answer.isError()) {
      throw unexpected(ContractRule.UNLOCK, "image_unlock", block.toString(), answer);
    }
    if (answer.value() != 0) {
      throw odd(ContractRule.UNLOCK, "image_unlock", block, answer);
    }
    block.locks(block.locks() - 1);
    narrator.called(Function.UNLOCK, 0, answer, movedInside(answer));
    return answer;
  }

  private boolean moves() {
    return image.features().movesInStep() || image.features().movesInCalls();
  }

  /** With feature 2 any call may have moved blocks; if one did, all of it counts as a pause. */
  private Moved movedInside(Answer answer) {
    if (!image.features().movesInCalls()) {
      return Moved.NOTHING;
    }
    Moved moved = image.untimed(() -> heap.refresh(b -> image.address(b.handle())));
    if (moved.blocks() > 0) {
      recorder.pause(Cause.INSIDE_CALL, answer.elapsed(), moved, answer.value());
    }
    return moved;
  }

  /** New content for all of the block. */
  private void fresh(Block block, int number) {
    heap.fill(block, Pattern.of(number, block.nextWrite(), block.size()));
  }

  /** New content for what a resize has added; the rest is what it was. */
  private void extend(Block block, int number) {
    byte[] content = Pattern.of(number, block.nextWrite(), block.size());
    System.arraycopy(block.content(), 0, content, 0, block.content().length);
    heap.fill(block, content);
  }

  /** The host copies for the program, at no cost in cycles: what a copy costs is not measured. */
  private void copy(Block from, Block to) {
    byte[] content = Arrays.copyOf(to.content(), to.size());
    byte[] source = image.read(from.address(), from.size());
    System.arraycopy(source, 0, content, 0, Math.min(from.size(), to.size()));
    heap.fill(to, content);
  }

  private void failed(OperationKind kind, int number, long bytes, ContractError error) {
    long free = freeBytes();
    Block inTheWay = error == ContractError.BLOCKED_BY_LOCKS ? checkBlocker(image, heap) : null;
    String blocker = inTheWay == null ? null : inTheWay.name();
    boolean catastrophic = NO_MEMORY.contains(error) && free >= bytes;
    Failure failure =
        new Failure(
            recorder.operation(), kind, name(number), bytes, error, free, catastrophic, blocker);
    recorder.failed(failure);
    narrator.done(kind, failure, false);
  }

  private void served(OperationKind kind) {
    recorder.served(kind);
    narrator.done(kind, null, false);
  }

  private void skipped(OperationKind kind) {
    recorder.skipped(kind);
    narrator.done(kind, null, true);
  }

  /** The block that the image says is in the way of the last request, null if it names none. */
  static @Nullable Block checkBlocker(AllocatorImage image, ShadowHeap heap) {
    int handle = image.blocker();
    Block block = heap.withHandle(handle);
    if (handle != 0 && block == null) {
      throw ContractRule.BLOCKER
          .broken(String.format(Locale.ROOT, "image_blocker answered 0x%x", handle))
          .in("image_blocker");
    }
    return block;
  }

  private static RunStopped unexpected(
      ContractRule rule, String function, String what, Answer answer) {
    return rule.broken(
            String.format(Locale.ROOT, "%s of %s answered %s", function, what, answer.error()))
        .in(function);
  }

  private static RunStopped odd(ContractRule rule, String function, Block block, Answer answer) {
    return rule.broken(
            String.format(Locale.ROOT, "%s of %s answered %d", function, block, answer.value()))
        .in(function);
  }
}
