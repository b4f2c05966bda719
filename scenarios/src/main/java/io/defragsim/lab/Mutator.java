package io.defragsim.lab;

import io.defragsim.lab.CheckedCalls.Reply;
import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.Probe;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.recording.Account.Outcome;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The program that the scenario plays: carries out one operation at a time.
 *
 * <p>On an image without {@code image_alloc_pinned} a pinned block is an ordinary one that is
 * locked as long as it lives; on one without {@code image_resize} a resize is a grow. That is what
 * a program for such an allocator does.
 */
final class Mutator {
  /**
   * Errors of a lack of memory in one piece: they make a failure catastrophic if enough is free.
   */
  private static final Set<ContractError> NO_MEMORY =
      EnumSet.of(
          ContractError.OUT_OF_MEMORY, ContractError.FRAGMENTED, ContractError.BLOCKED_BY_LOCKS);

  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final CheckedCalls calls;
  private final Narrator narrator;
  private final Compactor compactor;
  private final @Nullable Sampler sampler;

  /** What a request for a pinned block weighs besides its bytes: more than any other one. */
  private static final long PINNED = 1L << 32;

  /** The first may speak of a larger request, whose hole is kept for one step more. */
  private static final int ANSWERS_OF_NO_USE = 3;

  /** The weight of the largest request that had to wait and was not served in the end; 0: none. */
  private long givenUp;

  Mutator(
      AllocatorImage image,
      ShadowHeap heap,
      CheckedCalls calls,
      Narrator narrator,
      Compactor compactor,
      @Nullable Sampler sampler) {
    this.image = image;
    this.heap = heap;
    this.calls = calls;
    this.narrator = narrator;
    this.compactor = compactor;
    this.sampler = sampler;
  }

  /**
   * Carries out an operation that has begun.
   *
   * @param name of its block, empty for none
   */
  void carryOut(Operation operation, String name) {
    switch (operation.kind()) {
      case ALLOC -> over(operation, name, alloc(operation, name));
      case STEP -> step(operation);
      case WAIT -> {
        compactor.idle(operation.amount());
        over(operation, name, null);
      }
      case FREE, LOCK, UNLOCK, WRITE, GROW, RESIZE -> {
        Block block = heap.numbered(operation.block());
        if (block == null
            || (operation.kind() == OperationKind.UNLOCK && takesBackALostLock(block))) {
          skipped();
        } else {
          over(operation, name, on(block, operation, name));
        }
      }
    }
  }

  /** Whether an unlock is that of a lock that the image refused, which it then takes back. */
  private static boolean takesBackALostLock(Block block) {
    if (block.lostLocks() == 0) {
      return false;
    }
    block.lostLocks(block.lostLocks() - 1);
    return true;
  }

  /** Gives why it is refused in the end, null if it is not; as those that it calls. */
  private @Nullable ContractError on(Block block, Operation operation, String name) {
    return switch (operation.kind()) {
      case FREE -> free(block, operation);
      case LOCK -> lock(block);
      case UNLOCK -> unlock(block);
      case WRITE -> write(block, operation);
      case GROW -> grow(block, operation, name);
      case RESIZE ->
          image.contract().resizes() ? resize(block, operation) : grow(block, operation, name);
      case ALLOC, STEP, WAIT -> throw new IllegalArgumentException("of no block: " + operation);
    };
  }

  private @Nullable ContractError alloc(Operation operation, String name) {
    heap.forget(operation.block());
    Reply reply = request(name, operation.amount(), operation.pinned());
    Block block = reply.block();
    if (block != null) {
      heap.number(operation.block(), block);
      fresh(block, operation);
    }
    return reply.error();
  }

  private @Nullable ContractError free(Block block, Operation operation) {
    // the workload is done with it, whatever the image answers
    heap.forget(operation.block());
    if (calls.pinnedByLock(block)) {
      block.unpin(); // an unlock may move blocks, and nobody knows this one's address any more
      calls.unlock(block);
    }
    return calls.free(block);
  }

  private @Nullable ContractError lock(Block block) {
    ContractError error = calls.lock(block);
    if (error != null) {
      block.lostLocks(block.lostLocks() + 1);
    }
    return error;
  }

  private @Nullable ContractError unlock(Block block) {
    if (block.locks() == 0) {
      throw new IllegalStateException("the trace unlocks " + block + ", which is not locked");
    }
    calls.unlock(block);
    return null;
  }

  /** A program may write to a block that it holds locked only: others are locked for it. */
  private @Nullable ContractError write(Block block, Operation operation) {
    boolean held = block.locks() > 0;
    ContractError error = held ? null : calls.lock(block);
    if (error != null) {
      return error;
    }
    fresh(block, operation);
    if (!held) {
      calls.unlock(block);
    }
    return null;
  }

  private @Nullable ContractError grow(Block old, Operation operation, String name) {
    Reply reply = request(name, operation.amount(), false);
    Block grown = reply.block();
    if (grown == null) {
      return reply.error();
    }
    fresh(grown, operation);
    ContractError error = calls.lock(old);
    if (error == null) {
      error = calls.lock(grown);
      if (error == null) {
        copy(old, grown);
        calls.unlock(grown);
      }
      calls.unlock(old);
    }
    // the old one goes if all went well, else the new one
    calls.free(error == null ? old : grown);
    if (error == null) {
      heap.number(operation.block(), grown);
      grown.lostLocks(old.lostLocks());
    }
    return error;
  }

  private @Nullable ContractError resize(Block block, Operation operation) {
    long bytes = operation.amount();
    Reply reply =
        untilServed(
            bytes,
            () -> calls.resize(block, bytes),
            probe -> !probe.calls().resize(block.handle(), bytes).isError());
    if (reply.served()) {
      extend(block, operation);
    }
    return reply.error();
  }

  private void step(Operation operation) {
    if (!image.contract().steps()) {
      skipped();
      return;
    }
    for (int i = 0; i < operation.amount(); i++) {
      if (!Compactor.more(compactor.step(Cause.OPERATION))) {
        break;
      }
    }
    over(operation, "", null);
  }

  /** Allocates; where the policy says so, a fragmented heap is compacted until it serves. */
  private Reply request(String name, long bytes, boolean pinned) {
    boolean kept = pinned && image.contract().pins();
    return untilServed(
        kept ? bytes + PINNED : bytes,
        () -> calls.alloc(name, bytes, pinned),
        probe ->
            (kept ? probe.calls().allocPinned(bytes) : probe.calls().alloc(bytes)).value() > 0);
  }

  /**
   * Asks. If the request is refused as fragmented and the policy waits for it, steps until one
   * answers otherwise than 1, asks again, and goes on like that until it is no longer refused as
   * fragmented.
   *
   * <p>What a step answers may speak of a larger request that was given up before. So an error of a
   * step ends the stall only where it must speak of this one: where no larger one was given up, or
   * where an error of a step was the last to make this one ask again, since an error is the last
   * word on the request that it speaks of. It ends unserved, too, where several steps in a row
   * answer 0 and that is of no use: they have nothing to do.
   *
   * @param weight its bytes, and more for a pinned block
   * @param asking one call of the image; whether steps may help is for the image alone to say
   * @param wouldServe whether a call would be served now
   */
  private Reply untilServed(long weight, Supplier<Reply> asking, Predicate<Probe> wouldServe) {
    Reply reply = asking.get();
    if (reply.served()) {
      return reply;
    }
    if (sampler != null) {
      sampler.atFailure();
    }
    if (!compactor.waitsFor(reply.said())) {
      return reply;
    }
    boolean worksForThis = weight >= givenUp;
    boolean refusedAgain = false;
    int ofNoUse = 0;
    while (ofNoUse < ANSWERS_OF_NO_USE) {
      Answer step = compactor.step(Cause.FAILURE);
      if (step.isError() && worksForThis) {
        reply = new Reply(null, step.error(), step.error());
        break;
      }
      if (!Compactor.more(step)) {
        reply = asking.get();
        if (!compactor.waitsFor(reply.said())) {
          break;
        }
        refusedAgain = true;
        ofNoUse++;
        worksForThis = step.isError() || weight >= givenUp;
      } else {
        ofNoUse = 0;
      }
      compactor.checkStall(narrator.account(), refusedAgain, () -> image.untimed(wouldServe::test));
    }
    if (!reply.served()) {
      givenUp = Math.max(givenUp, weight);
    }
    narrator.stalled(reply.error());
    return reply;
  }

  /** New content for all of the block. */
  private void fresh(Block block, Operation operation) {
    heap.fill(block, content(block, operation));
  }

  /** New content for what a resize has added; the rest is what it was. */
  private void extend(Block block, Operation operation) {
    byte[] content = content(block, operation);
    System.arraycopy(block.content(), 0, content, 0, block.content().length);
    heap.fill(block, content);
  }

  private static byte[] content(Block block, Operation operation) {
    return FillPattern.of(operation.block(), block.nextWrite(), block.size());
  }

  /** The host copies for the program, at no cost in cycles: what a copy costs is not measured. */
  private void copy(Block from, Block to) {
    byte[] content = Arrays.copyOf(to.content(), to.size());
    byte[] source = image.read(from.address(), from.size());
    System.arraycopy(source, 0, content, 0, Math.min(from.size(), to.size()));
    heap.fill(to, content);
  }

  /** The operation is over; {@code error} is why it was refused, null if it was served. */
  private void over(Operation operation, String name, @Nullable ContractError error) {
    if (error == null) {
      narrator.done(Outcome.SERVED, null);
      return;
    }
    long bytes = operation.kind().asksForMemory() ? operation.amount() : 0;
    long free = calls.freeBytes();
    Block inTheWay = error == ContractError.BLOCKED_BY_LOCKS ? calls.blocker() : null;
    narrator.done(
        Outcome.REFUSED,
        new Failure(
            narrator.operation(),
            operation.kind(),
            name,
            bytes,
            error,
            free,
            NO_MEMORY.contains(error) && free >= bytes,
            inTheWay == null ? null : inTheWay.name()));
  }

  private void skipped() {
    narrator.done(Outcome.SKIPPED, null);
  }
}
