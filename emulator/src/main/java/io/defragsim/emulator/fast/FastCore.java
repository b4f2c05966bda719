package io.defragsim.emulator.fast;

import io.defragsim.emulator.interpreter.InstructionTiming;
import io.defragsim.emulator.interpreter.Interpreter;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries out stretches of plain instructions for an {@link Interpreter}, many times as fast, with
 * the same effect and the same cycles. What is not plain, or not sure to be over before something
 * else happens, is left to the interpreter.
 */
public final class FastCore {
  private static final Flow[] FLOWS = Flow.values();

  private final Interpreter interpreter;
  private final FastCode code;
  private final MemoryMap map;
  private final BlockDecoder decoder;
  private final BlockTable inSram;
  private final FastState state;
  private final BlockInterpreter blocks;

  /**
   * For an interpreter that works on {@code memory}.
   *
   * @param code that of the memory's flash; it may serve others as well, one at a time
   */
  public FastCore(Interpreter interpreter, MappedMemory memory, FastCode code) {
    this.interpreter = interpreter;
    this.code = code;
    map = memory.map();
    InstructionTiming timing = new InstructionTiming(code.model(), memory);
    decoder = new BlockDecoder(map, memory, timing, code.watcher());
    inSram = new BlockTable(map.sramBytes());
    state = new FastState(memory.sram(), memory.flash());
    blocks = new BlockInterpreter(state, (int) map.sramBase(), timing, this::block);
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
   * Carries out plain instructions.
   *
   * @param most cycles that they may take
   * @return whether there were any
   */
  public boolean run(long most) {
    // A region counts instructions in an int.
    long undisturbed = Math.min(Math.min(most, Integer.MAX_VALUE), interpreter.undisturbed());
    if (undisturbed <= 0 || !FastState.fits(interpreter.core())) {
      return false;
    }
    Block first = block(interpreter.core().pc());
    if (first == null || first.count() == 0) {
      return false;
    }
    state.load(interpreter.core());
    state.left = undisturbed;
    state.quiet = interpreter.system().exceptions().mostUrgentPending() == 0;
    stretch();
    long cycles = undisturbed - state.left;
    if (cycles == 0) {
      return false;
    }
    state.store(interpreter.core());
    interpreter.passed(cycles);
    return true;
  }

  private void stretch() {
    FastState s = state;
    boolean forever = interpreter.system().cyclesToRequest() == Long.MAX_VALUE;
    while (true) {
      Block block = block(s.pc);
      if (block == null
          || block.most > s.left
          || block.count() == 0
          || (forever && block.idle && block.count() == 1)) {
        return; // the last of these is a loop that the caller may want to know of
      }
      long before = s.left;
      Region region = code.region(block);
      if (region != null) {
        region.run(s);
      } else {
        blocks.execute(block);
      }
      if (s.left == before) {
        return; // an access that is not plain, at the very beginning
      }
      if (s.pc == block.start && block.idle) {
        wait(block);
      }
      code.watcher()
          .ran(
              block.start,
              before - s.left,
              FLOWS[s.flow],
              s.pc,
              s.r[CoreState.SP],
              s.r[CoreState.LR]);
    }
  }

  /** Carries out at once all rounds of an idle loop for which there is time. */
  private void wait(Block block) {
    int cycles = block.allCycles() + block.takenExtra;
    long rounds = (state.left - block.most) / cycles;
    if (rounds > 0) {
      state.left -= rounds * cycles;
      state.instructions += rounds * block.count();
    }
  }

  /** The block at an address, null where no code can be. */
  private @Nullable Block block(int address) {
    int offset = address - (int) map.sramBase();
    if (Integer.compareUnsigned(offset, map.sramBytes()) >= 0) {
      return code.block(address);
    }
    Block block = inSram.get(offset);
    if (block == null || !decoder.isFresh(block)) {
      block = decoder.at(address);
      inSram.set(offset, block);
    }
    return block;
  }
}
