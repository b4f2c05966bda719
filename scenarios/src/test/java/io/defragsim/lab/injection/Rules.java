package io.defragsim.lab.injection;

import io.defragsim.lab.injection.Guest.Broken;
import io.defragsim.lab.injection.Heap.Block;
import io.defragsim.lab.injection.Heap.Request;
import io.defragsim.lab.injection.Heap.Wanted;
import io.defragsim.lab.injection.Operation.Kind;
import io.defragsim.lab.result.ContractError;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is allowed, by the library's header, after a call that interrupt handlers came into, which
 * lock, read, write and unlock blocks ({@link HandlerProgram} has what is allowed in them).
 *
 * <p>The call answers as it would have without the handlers. A step, whose move a lock may have
 * discarded, may answer otherwise, if it is true: "would be served" is, and an error has its
 * reason. A resize may be undone, and answers "moving". The image's self-check holds, free bytes
 * are those of a run without a handler, every block has its content (that of the last handler that
 * wrote, if one did), what is locked or pinned has not moved, lock counts are the program's, and
 * steps alone come to an end, after which all can be freed and is one hole.
 */
final class Rules {
  /** Something is not as it must be. The message is the same for all failures of a kind. */
  static final class Violated extends RuntimeException {
    private static final long serialVersionUID = 1;

    Violated(String message) {
      super(message, null, false, false);
    }
  }

  private static final int MORE = 1;
  private static final int OUT_OF_MEMORY = ContractError.OUT_OF_MEMORY.code();
  private static final int FRAGMENTED = ContractError.FRAGMENTED.code();
  private static final int BLOCKED = ContractError.BLOCKED_BY_LOCKS.code();
  private static final int OUT_OF_HANDLES = ContractError.OUT_OF_HANDLES.code();
  private static final int STILL_LOCKED = ContractError.STILL_LOCKED.code();
  private static final int MOVING = ContractError.MOVING.code();
  private static final int NOT_LOCKED = ContractError.NOT_LOCKED.code();

  /** Steps that compact any heap of ours, and more. */
  private static final int MOST_STEPS = 2000;

  private static final int DRAIN_BUDGET = 64;

  /** Beyond so many all are forgotten, which costs nothing but time. */
  private static final int MOST_DRAINED = 500_000;

  private final Guest guest;
  private final Findings findings;
  private final int unlock;
  private final int address;
  private final int freeBytes;
  private final int check;
  private final int allFree;
  private final boolean sharing;
  private final Set<Key> drained = new HashSet<>();

  @SuppressWarnings("ArrayRecordComponent") // compared here
  private record Key(byte[] memory, int written) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key
          && written == key.written
          && Arrays.equals(memory, key.memory);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(memory);
    }
  }

  /**
   * @param sharing whether equal heaps are drained once
   */
  Rules(Guest guest, Findings findings, boolean sharing) {
    this.sharing = sharing;
    this.guest = guest;
    this.findings = findings;
    unlock = guest.unlock;
    address = guest.address;
    freeBytes = guest.function("image_free_bytes");
    check = guest.function("image_check");
    guest.load(guest.initialMemory());
    allFree = guest.call(freeBytes);
  }

  // ---- Before the call ----

  /**
   * Puts the heap's memory in place. A program scrubs a block before it frees it, so that what it
   * held is not what keeps two heaps apart.
   */
  Interrupted prepare(Heap heap, Operation operation) {
    guest.load(heap.memory());
    int[] content = new int[heap.blocks().length];
    if (operation.kind() == Kind.FREE) {
      Block block = heap.block(operation.variable());
      if (block.locks() == 0 && block.address() != 0) {
        content[operation.variable()] = Content.SCRUBBED;
        guest.write(
            block.address(), Content.of(operation.variable(), Content.SCRUBBED), block.bytes());
      }
    }
    byte[] memory = guest.memory(heap.memory());
    return new Interrupted(heap, operation, memory, content, guest.call(freeBytes), null);
  }

  static int[] arguments(Heap heap, Operation operation) {
    return switch (operation.kind()) {
      case ALLOC, ALLOC_PINNED, STEP -> new int[] {operation.bytes()};
      case FREE, LOCK, UNLOCK -> new int[] {heap.block(operation.variable()).handle()};
      case RESIZE -> new int[] {heap.block(operation.variable()).handle(), operation.bytes()};
    };
  }

  // ---- After the call ----

  /** The bytes that hold content all through the call. */
  static int checkedBytes(Interrupted call, int variable) {
    int bytes = call.heap().block(variable).bytes();
    return call.operation().kind() == Kind.RESIZE && call.isAbout(variable)
        ? Math.min(bytes, call.operation().bytes())
        : bytes;
  }

  /** What the call without an interrupt leads to, the memory being what it left. */
  Reference reference(Interrupted call, int result) {
    byte[] raw = guest.memory(call.memory());
    int bytes = guest.call(freeBytes);
    Heap heap = call.heap();
    Operation operation = call.operation();
    @Nullable Block[] blocks = blocksAfter(call, result);
    for (int variable = 0; variable < blocks.length; variable++) {
      Block block = blocks[variable];
      if (block != null) {
        blocks[variable] = block.at(guest.call(address, block.handle()));
      }
    }
    fill(call, blocks);
    boolean freed = operation.kind() == Kind.FREE && result == 0;
    Heap after =
        new Heap(
            guest.memory(raw),
            blocks,
            freed ? heap.block(operation.variable()).handle() : heap.stale(),
            wantedAfter(call, result),
            heap,
            operation);
    guest.load(raw);
    return new Reference(result, raw, after, bytes);
  }

  /**
   * A new block gets its content, and one that was resized gets it anew.
   *
   * @return whether there is one
   */
  private boolean fill(Interrupted call, @Nullable Block[] after) {
    Kind kind = call.operation().kind();
    int variable = call.operation().variable();
    Block block = after[variable];
    boolean filled = kind.allocates() || kind == Kind.RESIZE;
    if (!filled || block == null || !guest.inPool(block.address(), block.bytes())) {
      return false;
    }
    guest.write(block.address(), Content.of(variable, Content.FIRST), block.bytes());
    return true;
  }

  private static @Nullable Block[] blocksAfter(Interrupted call, int result) {
    Operation operation = call.operation();
    int variable = operation.variable();
    @Nullable Block[] blocks = call.heap().blocks().clone();
    Block block = blocks[variable];
    switch (operation.kind()) {
      case ALLOC, ALLOC_PINNED -> {
        if (result > 0) {
          boolean pinned = operation.kind() == Kind.ALLOC_PINNED;
          blocks[variable] = new Block(result, operation.bytes(), 0, pinned, 0);
        }
      }
      case FREE -> blocks[variable] = result == 0 ? null : block;
      case LOCK -> {
        if (result > 0 && block != null) {
          blocks[variable] = block.withLocks(block.locks() + 1);
        }
      }
      case UNLOCK -> {
        if (result == 0 && block != null) {
          blocks[variable] = block.withLocks(block.locks() - 1);
        }
      }
      case RESIZE -> {
        if (result == 0 && block != null) {
          blocks[variable] = block.withBytes(operation.bytes());
        }
      }
      case STEP -> {
        // nothing that the program knows of
      }
    }
    return blocks;
  }

  /**
   * The requests that steps may work for after the call: each that failed as fragmented, until room
   * at least as large is granted, by placing a block or by making one larger; or until a step says
   * that one would be served or never can be.
   */
  private static Wanted wantedAfter(Interrupted call, int result) {
    Operation operation = call.operation();
    Wanted wanted = call.heap().wanted();
    if (operation.kind() == Kind.STEP) {
      return result == 0 || result == OUT_OF_MEMORY ? Wanted.NOTHING : wanted;
    }
    boolean pinned = operation.kind() == Kind.ALLOC_PINNED;
    Request request = new Request(operation.bytes(), pinned);
    if (result == FRAGMENTED) {
      boolean larger = request.bytes() >= wanted.largest().bytes();
      return new Wanted(request, larger ? request : wanted.largest());
    }
    boolean grants = operation.kind().allocates();
    if (operation.kind() == Kind.RESIZE) {
      grants = operation.bytes() > call.heap().block(operation.variable()).bytes();
    }
    return grants && result >= 0
        ? new Wanted(without(wanted.last(), request), without(wanted.largest(), request))
        : wanted;
  }

  /**
   * What is left of a request once another one was granted: a pinned one waits for a pinned one.
   */
  private static Request without(Request request, Request granted) {
    boolean serves = granted.bytes() >= request.bytes() && (granted.pinned() || !request.pinned());
    return serves ? Request.NONE : request;
  }

  /**
   * Judges the memory that a call left, which this changes.
   *
   * @param written see {@link Blocks#written}
   * @return what is wrong, null if nothing is
   */
  @Nullable String judge(Interrupted call, int result, int written) {
    try {
      judgeResult(call, result);
      if (!guest.nobodysIsUntouched()) {
        throw new Violated("memory that is nobody's was written");
      }
      judgeHeap(call, result, written);
      return null;
    } catch (Violated | Broken e) {
      return e.getMessage();
    }
  }

  private void judgeResult(Interrupted call, int result) {
    Kind kind = call.operation().kind();
    Heap heap = call.heap();
    int reference = call.known().result();
    boolean lockedMeanwhile = kind == Kind.RESIZE && reference == 0 && result == MOVING;
    if (kind != Kind.STEP && !lockedMeanwhile && result != reference) {
      throw new Violated(kind.symbol + " gives " + name(result) + " instead of " + name(reference));
    }
    boolean allowed =
        switch (kind) {
          case ALLOC, ALLOC_PINNED ->
              result > 0 || (result <= OUT_OF_MEMORY && result >= OUT_OF_HANDLES);
          case FREE ->
              result == (heap.block(call.operation().variable()).locks() > 0 ? STILL_LOCKED : 0);
          case LOCK -> {
            int at = heap.block(call.operation().variable()).address();
            yield result == (at == 0 ? MOVING : at);
          }
          case UNLOCK ->
              result == (heap.block(call.operation().variable()).locks() > 0 ? 0 : NOT_LOCKED);
          case STEP -> stepMayAnswer(call, result);
          case RESIZE -> result <= 0 && result >= MOVING;
        };
    if (!allowed) {
      throw new Violated(kind.symbol + " gives " + name(result));
    }
  }

  private boolean stepMayAnswer(Interrupted call, int result) {
    Wanted wanted = call.heap().wanted();
    if (result == 0 && wanted.last().isPending()) {
      return wouldServe(call, wanted.last()) || wouldServe(call, wanted.largest());
    }
    return result == MORE
        || result == 0
        || (result == BLOCKED
            && wanted.isPending()
            && Arrays.stream(call.heap().blocks()).anyMatch(b -> b != null && b.mayNotMove()))
        || (result == OUT_OF_MEMORY && wanted.exceeds(call.known().freeBytes()));
  }

  private boolean wouldServe(Interrupted call, Request request) {
    if (!request.isPending()) {
      return false;
    }
    byte[] before = guest.memory(call.memory());
    int served =
        guest.call(
            guest.function(request.pinned() ? "image_alloc_pinned" : "image_alloc"),
            request.bytes());
    guest.load(before);
    return served > 0 || served == OUT_OF_HANDLES;
  }

  private void judgeHeap(Interrupted call, int result, int written) {
    @Nullable Block[] blocks = blocksAfter(call, result);
    int[] content = new int[blocks.length];
    for (int variable = 0; variable < blocks.length; variable++) {
      Block block = blocks[variable];
      Block before = call.heap().blocks()[variable];
      if (block == null) {
        if (before != null && guest.call(address, before.handle()) != 0) {
          throw new Violated("a freed block has an address");
        }
        continue;
      }
      content[variable] = Blocks.content(written, variable);
      int at = guest.call(address, block.handle());
      blocks[variable] = block.at(at);
      if (at == 0) {
        if (block.mayNotMove()
            || before == null
            || (before.address() != 0 && call.operation().kind() != Kind.STEP)) {
          throw new Violated("a block that must be whole is in two parts");
        }
      } else if (!guest.inPool(at, block.bytes())) {
        throw new Violated("a block is outside the pool");
      } else if (before != null && before.mayNotMove() && at != before.address()) {
        throw new Violated("a locked or pinned block has moved");
      }
      if (at != 0 && before != null) {
        int bytes = checkedBytes(call, variable);
        if (!guest.holds(at, Content.of(variable, content[variable]), bytes)) {
          throw new Violated(
              content[variable] == Content.FIRST
                  ? "a block has lost its content"
                  : "what the handler wrote is lost");
        }
      }
    }
    if (fill(call, blocks)) {
      content[call.operation().variable()] = Content.FIRST;
    }
    require(check, "the self-check fails");
    boolean undone = call.known().result() == 0 && result == MOVING;
    int expected = undone ? call.freeBytes() : call.known().freeBytes();
    if (guest.call(freeBytes) != expected) {
      throw new Violated("free bytes are not what they were without the interrupt");
    }
    holdContents(blocks, content, false);
    byte[] memory = guest.memory(call.memory());
    if (drained.size() > MOST_DRAINED) {
      drained.clear();
    }
    if (!sharing || drained.add(new Key(memory, written))) {
      findings.drained++;
      drain(blocks, content, wantedAfter(call, result));
    }
  }

  private void holdContents(@Nullable Block[] blocks, int[] content, boolean whole) {
    for (int variable = 0; variable < blocks.length; variable++) {
      Block block = blocks[variable];
      if (block != null) {
        int at = guest.call(address, block.handle());
        if (at == 0 && whole) {
          throw new Violated("a block stays in two parts");
        }
        if (at != 0 && !guest.holds(at, Content.of(variable, content[variable]), block.bytes())) {
          throw new Violated("a block has lost its content" + (whole ? " after more steps" : ""));
        }
      }
    }
  }

  /** Unlocks, compacts and frees all: everything must go, and leave one hole. */
  private void drain(@Nullable Block[] blocks, int[] content, Wanted wanted) {
    boolean pinned = false;
    for (Block block : blocks) {
      if (block != null) {
        pinned |= block.pinned();
        for (int i = 0; i <= block.locks(); i++) {
          int answer = guest.call(unlock, block.handle());
          if (answer != (i < block.locks() ? 0 : NOT_LOCKED)) {
            throw new Violated("a lock count is not what the program made it");
          }
        }
      }
    }
    if (guest.has(Kind.STEP.symbol)) {
      int step = guest.function(Kind.STEP.symbol);
      int answer = MORE;
      for (int i = 0; answer == MORE; i++) {
        if (i == MOST_STEPS) {
          throw new Violated("steps do not come to an end");
        }
        answer = guest.call(step, DRAIN_BUDGET);
      }
      boolean explained =
          answer == 0
              || (answer == OUT_OF_MEMORY && wanted.exceeds(guest.call(freeBytes)))
              || (answer == BLOCKED && pinned && wanted.isPending());
      if (!explained) {
        throw new Violated("the steps end with " + name(answer));
      }
    }
    require(check, "the self-check fails after more steps");
    holdContents(blocks, content, true);
    for (Block block : blocks) {
      if (block != null && guest.call(guest.function("image_free"), block.handle()) != 0) {
        throw new Violated("a block cannot be freed");
      }
    }
    require(check, "the self-check fails after all is freed");
    if (guest.call(freeBytes) != allFree
        || guest.call(guest.function("image_alloc"), allFree) <= 0) {
      throw new Violated("when all is freed, it is not one hole");
    }
  }

  private void require(int function, String otherwise) {
    if (guest.call(function) != 0) {
      throw new Violated(otherwise);
    }
  }

  static String name(int answer) {
    ContractError error = ContractError.of(answer);
    return error != null
        ? error.toString()
        : answer > 0x100 ? "an address or a handle" : "" + answer;
  }
}
