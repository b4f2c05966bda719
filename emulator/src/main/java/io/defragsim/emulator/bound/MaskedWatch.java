package io.defragsim.emulator.bound;

import io.defragsim.emulator.interpreter.InstructionListener;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.timing.CycleModel;
import java.util.List;
import java.util.Set;

/**
 * Measures how long calls keep interrupts masked, as {@link MaskedBound} counts it. To be given to
 * {@link io.defragsim.emulator.Mcu#listen}, of a part whose flash does not wait.
 */
public final class MaskedWatch implements InstructionListener {
  private final CycleModel model;
  private final Set<Long> functions;
  private boolean watched;
  private boolean masked;
  private long now;
  private long longest;

  /**
   * A watch.
   *
   * @param functions the addresses of those whose calls are watched, without the Thumb bit
   */
  public MaskedWatch(CycleModel model, Set<Long> functions) {
    this.model = model;
    this.functions = Set.copyOf(functions);
  }

  /**
   * The cycles of the longest stretch since the last time that this was asked; 0 if none masked
   * interrupts.
   */
  public long longest() {
    long answer = longest;
    longest = 0;
    return answer;
  }

  @Override
  public void called(long function, List<Integer> arguments) {
    watched = functions.contains(function);
    masked = false;
  }

  @Override
  public boolean stopsAt(int address, Instruction instruction) {
    return instruction.form() == Form.CPS || instruction.form() == Form.MSR;
  }

  @Override
  public void ran(int from, long cycles, Flow flow, int pc, int[] registers) {
    if (masked) {
      now += cycles;
    }
  }

  @Override
  public void retired(long address, Instruction instruction, long cycles, CoreState after) {
    if (!watched || !(masked || after.primask())) {
      return;
    }
    boolean taken = after.pc() != (int) address + instruction.bytes();
    now = (masked ? now : 0) + model.cycles(instruction, taken);
    masked = after.primask();
    if (!masked) {
      longest = Math.max(longest, now);
    }
  }
}
