package io.defragsim.lab.injection;

import io.defragsim.lab.injection.Heap.Block;
import io.defragsim.lab.injection.Operation.Kind;
import io.defragsim.lab.injection.Rules.Violated;
import io.defragsim.lab.result.ContractError;
import org.jspecify.annotations.Nullable;

/**
 * What a handler does in one run, and what is allowed in it by the library's header:
 *
 * <ul>
 *   <li>A lock of a live block gives its address, as image_address does; its content is there,
 *       whole, and stays there until it is unlocked.
 *   <li>A lock may be refused as moving only if the block was in two parts before the call, or if
 *       the call is a step (or a resize of that block) that moves it by less than its own size; and
 *       never while a handler holds the block.
 *   <li>A block that is being freed may also be invalid already. One that is being allocated may be
 *       there already.
 *   <li>An unlock that matches a lock succeeds. One that matches none, and a stale or invalid
 *       handle, is refused.
 * </ul>
 *
 * <p>None of that changes where the handler is interrupted by another one that does the same; only
 * that an unlock without a lock is not tried on a block that the interrupted handler has in use,
 * since it would take that one's lock.
 */
final class HandlerProgram {
  /** A whole call of the image by the handler; gives the answer. */
  @FunctionalInterface
  interface Calls {
    int call(int function, int argument);
  }

  private static final int INVALID_HANDLE = ContractError.INVALID_HANDLE.code();
  private static final int MOVING = ContractError.MOVING.code();
  private static final int NOT_LOCKED = ContractError.NOT_LOCKED.code();

  private final Guest guest;
  private final Findings findings;
  private final Interrupted call;
  private final Blocks known;
  private final Calls calls;

  /**
   * @param known what is known of the blocks before it, and after it
   */
  HandlerProgram(Guest guest, Findings findings, Interrupted call, Blocks known, Calls calls) {
    this.guest = guest;
    this.findings = findings;
    this.call = call;
    this.known = known;
    this.calls = calls;
  }

  /**
   * Does what a handler does.
   *
   * @throws Violated if an answer or a content is not allowed
   */
  void run(Handler handler) {
    switch (handler.kind()) {
      case ONE -> {
        if (lockAndRead(handler.variable()) != 0) {
          unlock(handler.variable());
        }
      }
      case TWICE -> lockAllTwice();
      case WRITING -> {
        for (int variable = 0; variable < call.heap().blocks().length; variable++) {
          write(variable);
        }
      }
      case STRAY -> stray();
    }
  }

  private void lockAllTwice() {
    int variables = call.heap().blocks().length;
    int[] at = new int[variables];
    for (int variable = 0; variable < variables; variable++) {
      if (call.heap().blocks()[variable] != null) {
        at[variable] = lockAndRead(variable);
        if (at[variable] != 0 && lockAndRead(variable) != at[variable]) {
          throw new Violated("a second lock gives another address or is refused");
        }
      }
    }
    for (int variable = variables - 1; variable >= 0; variable--) {
      if (at[variable] != 0) {
        read(variable, at[variable]);
        unlock(variable);
        unlock(variable);
      }
    }
  }

  private void write(int variable) {
    int at = call.heap().blocks()[variable] == null ? 0 : lockAndRead(variable);
    if (at != 0) {
      if (call.operation().kind() != Kind.FREE || !call.isAbout(variable)) {
        byte[] content = Content.of(variable, known.write(variable));
        guest.write(at, content, Rules.checkedBytes(call, variable));
      }
      unlock(variable);
    }
  }

  /** Its address, or 0 if the lock is refused and may be. */
  private int lockAndRead(int variable) {
    Block block = call.heap().block(variable);
    int whole = calls.call(guest.address, block.handle());
    known.locks(variable);
    int answer = calls.call(guest.lock, block.handle());
    if (whole != Math.max(answer, 0)) {
      throw new Violated("image_address does not give what a lock gives");
    }
    int before = known.address(variable);
    if (before != 0 && answer != before) {
      throw new Violated("a block that a handler holds is elsewhere");
    }
    if (answer > 0) {
      if (block.mayNotMove() && answer != block.address()) {
        throw new Violated("a locked block is elsewhere");
      }
      known.locked(variable, answer);
      read(variable, answer);
      return answer;
    }
    known.unlocked(variable);
    if (answer == MOVING && mayBeMoving(variable)) {
      findings.refused++;
      return 0;
    }
    if (answer == INVALID_HANDLE
        && call.operation().kind() == Kind.FREE
        && call.isAbout(variable)
        && call.known().result() == 0) {
      return 0;
    }
    throw new Violated("a lock of a live block gives " + Rules.name(answer));
  }

  private boolean mayBeMoving(int variable) {
    Block before = call.heap().block(variable);
    if (before.mayNotMove()) {
      return false;
    }
    if (before.address() == 0) {
      return true;
    }
    Kind kind = call.operation().kind();
    if (kind != Kind.STEP && !(kind == Kind.RESIZE && call.isAbout(variable))) {
      return false;
    }
    Block after = call.known().after().blocks()[variable];
    if (after == null || after.address() == before.address()) {
      return false;
    }
    return after.address() == 0
        || Math.abs(after.address() - before.address()) < takenBytes(before);
  }

  /** What a block takes of the pool: its payload and 4 bytes, rounded up to 8. */
  private static int takenBytes(Block block) {
    return (block.bytes() + 4 + 7) / 8 * 8;
  }

  private void read(int variable, int at) {
    int bytes = Rules.checkedBytes(call, variable);
    if (!guest.inPool(at, bytes)) {
      throw new Violated("a lock gives an address outside the pool");
    }
    if (!guest.holds(at, Content.of(variable, known.content(variable)), bytes)) {
      throw new Violated("a block that is locked does not hold its content");
    }
  }

  private void unlock(int variable) {
    known.unlocks(variable);
    int answer = calls.call(guest.unlock, call.heap().block(variable).handle());
    known.unlocked(variable);
    if (answer != 0) {
      throw new Violated("an unlock that matches a lock gives " + Rules.name(answer));
    }
  }

  private void stray() {
    for (int handle : new int[] {0, -1, call.heap().stale()}) {
      int locked = calls.call(guest.lock, handle);
      int unlocked = calls.call(guest.unlock, handle);
      if (locked != INVALID_HANDLE
          || unlocked != INVALID_HANDLE
          || calls.call(guest.address, handle) != 0) {
        throw new Violated(
            "a handle that is not valid gives "
                + Rules.name(locked)
                + " and "
                + Rules.name(unlocked));
      }
    }
    int result = call.known().result();
    if (call.operation().kind().allocates() && result > 0) {
      // the handle to come, which nobody can know yet
      int locked = calls.call(guest.lock, result);
      if (locked > 0) {
        int unlocked = calls.call(guest.unlock, result);
        if (!guest.inPool(locked, call.operation().bytes()) || unlocked != 0) {
          throw new Violated("the block to come is locked and cannot be");
        }
      } else if (locked != INVALID_HANDLE) {
        throw new Violated("a lock of the block to come gives " + Rules.name(locked));
      }
    }
    @Nullable Block[] blocks = call.heap().blocks();
    for (int variable = 0; variable < blocks.length; variable++) {
      Block block = blocks[variable];
      boolean locks =
          call.operation().kind() == Kind.LOCK || call.operation().kind() == Kind.UNLOCK;
      if (block != null
          && block.locks() == 0
          && !(locks && call.isAbout(variable))
          && !known.inUse(variable)) {
        int answer = calls.call(guest.unlock, block.handle());
        boolean freed = call.operation().kind() == Kind.FREE && call.isAbout(variable);
        if (answer != NOT_LOCKED && !(freed && answer == INVALID_HANDLE)) {
          throw new Violated("an unlock that matches no lock gives " + Rules.name(answer));
        }
      }
    }
  }
}
