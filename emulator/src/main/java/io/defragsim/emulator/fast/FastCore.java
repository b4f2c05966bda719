package io.defragsim.emulator.fast;

import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.interpreter.Watcher;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.SystemControlSpace;
import org.jspecify.annotations.Nullable;

/**
 * Carries out stretches of plain instructions for an {@link Interpreter}, many times as fast, with
 * the same effect and the same cycles. What is not plain, or not sure to be over before something
 * else happens, is left to the interpreter.
 */
public final class FastCore {
  /** By what a state says of how instructions ended. */
  private static final Flow[] FLOWS = {
    Flow.NEXT, Flow.CALL, Flow.COMPUTED_CALL, Flow.COMPUTED_BRANCH, Flow.NEXT
  };

  private final Interpreter interpreter;
  private final FastCode code;
  private final MappedMemory memory;
  private final MemoryMap map;
  private final BlockTable inSram;
  private final FastState state;

  /** What {@link FastState#left} was when the clock was right. */
  private int granted;

  private final BlockInterpreter blocks;

  /**
   * For an interpreter that works on {@code memory}.
   *
   * @param code that of the memory's flash; it may serve others as well, one at a time
   */
  public FastCore(Interpreter interpreter, MappedMemory memory, FastCode code) {
    this.interpreter = interpreter;
    this.code = code;
    this.memory = memory;
    map = memory.map();
    inSram = code.inSram(memory);
    memory.onFlashChange(code::forget);
    state = new FastState(memory.sram(), memory.flash());
    blocks = new BlockInterpreter(state, map, code.timing(), this::block);
  }

  /**
   * Leaves all stores to a word of SRAM to the interpreter; by {@code code} that can do so.
   *
   * @param address of the word, null for none
   */
  public void guard(@Nullable Long address) {
    state.guard = address == null ? FastState.NO_GUARD : map.sramOffset(address) >>> 2;
  }

  /** Instructions carried out here. */
  public long instructions() {
    return state.instructions;
  }

  /**
   * Carries out plain instructions, up to one that is left to the interpreter. That may be the
   * first.
   */
  public void run() {
    CoreState core = interpreter.core();
    CodeBlock block = grant() ? next(core.pc(), state.left) : null;
    if (block == null || !FastState.fits(core)) {
      return;
    }
    state.load(core);
    stretch(block);
    state.store(core);
    settle();
  }

  /** Takes the cycles up to the next event; false if there are none. */
  private boolean grant() {
    granted = (int) Math.min(Integer.MAX_VALUE, interpreter.undisturbed());
    state.left = granted;
    state.quiet = interpreter.system().exceptions().mostUrgentPending() == 0;
    return granted > 0;
  }

  /** Lets the cycles pass that were spent. */
  private void settle() {
    interpreter.passed(granted - state.left);
    granted = state.left;
  }

  /** The block at an address, null if it has nothing plain or takes more than {@code cycles}. */
  private @Nullable CodeBlock next(int address, int cycles) {
    CodeBlock block = block(address);
    return block != null && block.count() != 0 && block.most <= cycles ? block : null;
  }

  private void stretch(CodeBlock first) {
    FastState s = state;
    Watcher watcher = code.watcher();
    for (CodeBlock block = first; block != null; block = next(s.pc, s.left)) {
      if (isEndless(block)) {
        return; // the caller may want to know of it
      }
      int before = s.left;
      Region region = code.region(block);
      if (region != null) {
        region.run(s);
      } else {
        blocks.execute(block);
      }
      if (s.pc == block.start && block.idle && s.flow != FastState.LEFT) {
        wait(block);
      }
      if (s.left != before) {
        watcher.ran(block.start, before - s.left, FLOWS[s.flow], s.pc, s.r);
      }
      if (s.flow == FastState.LEFT && !access()) {
        return;
      }
    }
  }

  /**
   * Carries out the load or store that comes next if it leads beyond flash and SRAM, at its time:
   * programs poll and set registers more often than they do anything else that is not plain.
   *
   * @return whether it was one, and plain instructions may follow
   */
  private boolean access() {
    FastState s = state;
    SystemControlSpace space = interpreter.controlSpace();
    CodeBlock block = block(s.pc);
    Op op = block == null || block.count() == 0 ? null : block.ops[0];
    if (space == null || block == null || op == null || !op.kind().isAccess()) {
      return false;
    }
    long address = Integer.toUnsignedLong(s.first(op) + s.second(op));
    int bytes = op.kind().bytes();
    boolean ofSystem = SystemControlSpace.covers(address);
    if (address % bytes != 0
        || map.sramOffset(address) >= 0
        || (ofSystem && (bytes != 4 || !s.privileged))) {
      return false;
    }
    settle();
    CoreState core = interpreter.core();
    core.setPrimask(s.primask != 0);
    interpreter.standsAt(s.pc);
    space.setActiveNow(core.ipsr());
    try {
      if (!op.kind().stores()) {
        int loaded = ofSystem ? space.read(address, bytes) : memory.read(address, bytes);
        s.r[op.rd()] = op.kind().extended(loaded);
      } else if (ofSystem) {
        space.write(address, bytes, s.r[op.rd()]);
      } else {
        memory.write(address, bytes, s.r[op.rd()]);
      }
    } catch (AccessFault e) {
      return false; // the interpreter meets it again
    }
    long cycles = block.cycles[1] + interpreter.system().takeStall();
    interpreter.passed(cycles);
    s.instructions++;
    s.pc = block.addresses[1];
    code.watcher().ran(block.start, cycles, Flow.NEXT, s.pc, s.r);
    return grant();
  }

  /** Whether a block is a branch to itself, and no request comes that could end it. */
  private boolean isEndless(CodeBlock block) {
    return block.idle
        && block.count() == 1
        && interpreter.system().cyclesToRequest() == Long.MAX_VALUE;
  }

  /** Carries out at once all rounds of an idle loop for which there is time. */
  private void wait(CodeBlock block) {
    int cycles = block.allCycles() + block.takenExtra;
    int rounds = (state.left - block.most) / cycles;
    if (rounds > 0) {
      state.left -= rounds * cycles;
      state.instructions += (long) rounds * block.count();
    }
  }

  /** The block at an address, null where no code can be. */
  private @Nullable CodeBlock block(int address) {
    CodeBlock block = code.block(address);
    return block != null ? block : inSram.at(address);
  }
}
