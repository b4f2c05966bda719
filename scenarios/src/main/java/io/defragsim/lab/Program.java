package io.defragsim.lab;

import io.defragsim.lab.AllocatorImage.Answer;
import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.recording.Call;
import io.defragsim.lab.recording.Call.Function;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
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
  private final Narrator narrator;
  private final Compactor compactor;
  private final @Nullable Sampler sampler;
  private final Workload workload;
  private long reclassified;

  Program(
      AllocatorImage image,
      ShadowHeap heap,
      Narrator narrator,
      Compactor compactor,
      @Nullable Sampler sampler,
      Workload workload) {
    this.image = image;
    this.heap = heap;
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
      case GROW -> grow(block, operation.amount());
      case RESIZE -> {
        if (image.resizes()) {
          resize(block, operation.amount());
        } else {
          grow(block, operation.amount());
        }
      }
      case STEP -> step(operation.amount());
      case WAIT -> {
        compactor.idle(operation.amount());
        over(null);
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
      over(request.error());
      return;
    }
    heap.number(number, request.block);
    fresh(request.block, number);
    over(null);
  }

  private void free(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped();
      return;
    }
    // the workload is done with it, whatever the image answers
    heap.forget(number);
    if (pinnedByLock(block)) {
      unlock(block);
    }
    over(free(block));
  }

  private void lock(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped();
      return;
    }
    ContractError error = lock(block);
    if (error != null) {
      block.lostLocks(block.lostLocks() + 1);
    }
    over(error);
  }

  private void unlock(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped();
    } else if (block.lostLocks() > 0) {
      block.lostLocks(block.lostLocks() - 1);
      skipped();
    } else if (block.locks() == 0) {
      throw new IllegalStateException("the trace unlocks " + block + ", which is not locked");
    } else {
      unlock(block);
      over(null);
    }
  }

  /** A program may write to a block that it holds locked only: others are locked for it. */
  private void write(int number) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped();
      return;
    }
    boolean held = block.locks() > 0;
    if (!held) {
      ContractError error = lock(block);
      if (error != null) {
        over(error);
        return;
      }
    }
    fresh(block, number);
    if (!held) {
      unlock(block);
    }
    over(null);
  }

  private void grow(int number, long bytes) {
    Block old = heap.numbered(number);
    if (old == null) {
      skipped();
      return;
    }
    Request request = request(number, bytes, false);
    Block grown = request.block;
    if (grown == null) {
      over(request.error());
      return;
    }
    fresh(grown, number);
    ContractError error = lock(old);
    if (error == null) {
      error = lock(grown);
      if (error == null) {
        copy(old, grown);
        unlock(grown);
      }
      unlock(old);
    }
    // the old one goes if all went well, else the new one
    free(error == null ? old : grown);
    if (error == null) {
      heap.number(number, grown);
      grown.lostLocks(old.lostLocks());
    }
    over(error);
  }

  private void resize(int number, long bytes) {
    Block block = heap.numbered(number);
    if (block == null) {
      skipped();
      return;
    }
    Request request = new Request();
    untilServed(
        request,
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
    if (request.block == null) {
      over(request.error());
    } else {
      extend(block, number);
      over(null);
    }
  }

  private void step(long count) {
    if (!image.steps()) {
      skipped();
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!Compactor.more(compactor.step(Cause.OPERATION))) {
        break;
      }
    }
    over(null);
  }

  /** A request for memory in the end: a block or an error. */
  private static final class Request {
    private @Nullable Block block;
    private @Nullable ContractError error;

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
  private void untilServed(Request request, Asking asking) {
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
    boolean served = false;
    boolean refusedAfterZero = false;
    boolean over = false;
    while (!over) {
      Answer step = compactor.step(Cause.FAILURE);
      steps++;
      ContractError stuck = ContractError.of(step.value());
      if (stuck != null) {
        request.error = stuck;
        over = true;
      } else if (Compactor.more(step)) {
        refusedAfterZero = false;
      } else if (refusedAfterZero) {
        over = true;
      } else {
        served = asking.attempt();
        refusedAfterZero = !served;
        over = served;
      }
      if (!over) {
        compactor.checkBudget(narrator.account().elapsed(), steps, () -> image.untimed(asking::wouldServe));
      }
    }
    narrator.stalled(served ? null : request.error());
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
    reclassified++;
    return new Answer(ContractError.FRAGMENTED.code(), answer.cycles(), answer.elapsed());
  }

  private long freeBytes() {
    return heap.checkFree(image.untimed(image::freeBytes));
  }

  /** One call of {@code image_alloc} or {@code image_alloc_pinned}. */
  private boolean tryAlloc(Request request, int number, long bytes, boolean pinned) {
    Function function = pinned && image.pins() ? Function.ALLOC_PINNED : Function.ALLOC;
    Answer answer = classified(request, callAlloc(bytes, pinned), bytes);
    request.error = answer.isError() ? answer.error() : null;
    narrator.called(
        function,
        null,
        name(number),
        bytes,
        answer,
        () -> {
          List<Call.Move> moves = movedInside();
          request.block = allocated(answer, number, bytes, pinned);
          return moves;
        });
    Block block = request.block;
    if (block != null && pinnedByLock(block)) {
      ContractError error = lock(block);
      if (error != null) {
        throw unexpected(ContractRule.LOCK, "image_lock", "new " + block, error);
      }
    }
    return block != null;
  }

  /** The new block; null if the image refuses it, as it may. */
  private @Nullable Block allocated(Answer answer, int number, long bytes, boolean pinned) {
    if (answer.isError()) {
      if (!ALLOC_ERRORS.contains(answer.error())) {
        throw unexpected(ContractRule.ALLOC, "image_alloc", bytes + " bytes", answer.error());
      }
      return null;
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
    return heap.add(name(number), handle, bytes, address, pinned);
  }

  /** Whether the image has no other way to keep it where it is. */
  private boolean pinnedByLock(Block block) {
    return block.pinned() && !image.pins();
  }

  /** One call of {@code image_resize}. */
  private boolean tryResize(Request request, Block block, long bytes) {
    heap.verify(block);
    Answer answer = classified(request, image.resize(block.handle(), bytes), bytes);
    request.error = answer.isError() ? answer.error() : null;
    narrator.called(
        Function.RESIZE,
        null,
        block.name(),
        bytes,
        answer,
        () -> {
          List<Call.Move> moves = new ArrayList<>(movedInside());
          if (resized(answer, block, bytes)) {
            request.block = block;
            moves.addAll(
                heap.resized(block, bytes, image.untimed(() -> image.address(block.handle()))));
          }
          return moves;
        });
    return request.block != null;
  }

  /** Whether the image says that it did; it may refuse. */
  private boolean resized(Answer answer, Block block, long bytes) {
    if (answer.isError()) {
      boolean allowed =
          (answer.error() == ContractError.MOVING && moves())
              || (ALLOC_ERRORS.contains(answer.error())
                  && answer.error() != ContractError.OUT_OF_HANDLES);
      if (!allowed) {
        throw unexpected(
            ContractRule.RESIZE, "image_resize", block + " to " + bytes + " bytes", answer.error());
      }
      return false;
    }
    if (answer.value() != 0) {
      throw odd(ContractRule.RESIZE, "image_resize", block, answer);
    }
    return true;
  }

  /** Gives the error with which the image refuses, null if it does not; as the following ones. */
  private @Nullable ContractError free(Block block) {
    heap.verify(block);
    Answer answer = image.free(block.handle());
    return called(
        Function.FREE,
        block,
        answer,
        () -> {
          if (answer.isError()) {
            if (answer.error() != ContractError.MOVING || !moves()) {
              throw unexpected(
                  ContractRule.FREE, "image_free", block.toString(), answer.error());
            }
          } else if (answer.value() != 0) {
            throw odd(ContractRule.FREE, "image_free", block, answer);
          } else {
            heap.remove(block);
          }
          return movedInside();
        });
  }

  private @Nullable ContractError lock(Block block) {
    Answer answer = image.lock(block.handle());
    return called(
        Function.LOCK,
        block,
        answer,
        () -> {
          List<Call.Move> moves = movedInside();
          if (answer.isError()) {
            boolean allowed =
                (answer.error() == ContractError.MOVING && moves() && block.locks() == 0)
                    || (answer.error() == ContractError.TOO_MANY_LOCKS && block.locks() > 0);
            if (!allowed) {
              throw unexpected(
                  ContractRule.LOCK, "image_lock", block.toString(), answer.error());
            }
          } else if (answer.value() == 0) {
            throw odd(ContractRule.LOCK, "image_lock", block, answer);
          } else {
            heap.locked(block, Integer.toUnsignedLong(answer.value()));
          }
          return moves;
        });
  }

  private void unlock(Block block) {
    heap.verify(block);
    Answer answer = image.unlock(block.handle());
    called(
        Function.UNLOCK,
        block,
        answer,
        () -> {
          if (answer.isError()) {
            throw unexpected(
                ContractRule.UNLOCK, "image_unlock", block.toString(), answer.error());
          }
          if (answer.value() != 0) {
            throw odd(ContractRule.UNLOCK, "image_unlock", block, answer);
          }
          block.locks(block.locks() - 1);
          return movedInside();
        });
  }

  private @Nullable ContractError called(
      Function function, Block block, Answer answer, Supplier<List<Call.Move>> follow) {
    narrator.called(function, null, block.name(), 0, answer, follow);
    return answer.isError() ? answer.error() : null;
  }

  private boolean moves() {
    return image.features().movesInStep() || image.features().movesInCalls();
  }

  /** With feature 2 any call may have moved blocks. */
  private List<Call.Move> movedInside() {
    return image.features().movesInCalls()
        ? image.untimed(() -> heap.refresh(b -> image.address(b.handle())))
        : List.of();
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

  /** The operation is over; {@code error} is why it was refused, null if it was served. */
  private void over(@Nullable ContractError error) {
    narrator.done(
        error == null ? Outcome.SERVED : Outcome.REFUSED, error == null ? null : failure(error));
  }

  private Failure failure(ContractError error) {
    Operation operation = narrator.account().operation();
    long bytes = operation.kind().asksForMemory() ? operation.amount() : 0;
    long free = freeBytes();
    Block inTheWay = error == ContractError.BLOCKED_BY_LOCKS ? checkBlocker(image, heap) : null;
    return new Failure(
        narrator.operation(),
        operation.kind(),
        narrator.account().block(),
        bytes,
        error,
        free,
        NO_MEMORY.contains(error) && free >= bytes,
        inTheWay == null ? null : inTheWay.name());
  }

  private void skipped() {
    narrator.done(Outcome.SKIPPED, null);
  }

  /**
   * How many requests an image answered with out of memory that all free memory would have served.
   */
  long reclassified() {
    return reclassified;
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
      ContractRule rule, String function, String what, ContractError error) {
    return rule.broken(String.format(Locale.ROOT, "%s of %s answered %s", function, what, error))
        .in(function);
  }

  private static RunStopped odd(ContractRule rule, String function, Block block, Answer answer) {
    return rule.broken(
            String.format(Locale.ROOT, "%s of %s answered %d", function, block, answer.value()))
        .in(function);
  }
}
