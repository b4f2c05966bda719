package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import java.util.List;

/** Who wants to know what runs, and yet lets it run in stretches. */
public interface Watcher {

  /** One that wants to know nothing. */
  Watcher NONE = new Watcher() {};

  /** Whether the instruction at an address is to be left to the interpreter, which tells of it. */
  default boolean stopsAt(int address, Instruction instruction) {
    return false;
  }

  /**
   * Whether instructions at these addresses may be in one stretch, with no call and no computed
   * branch between them.
   */
  default boolean together(int address, int other) {
    return true;
  }

  /**
   * A stretch of instructions has run.
   *
   * @param from where it began
   * @param cycles that it took
   * @param flow how its last instruction went on, if that was a call or a computed branch; else
   *     {@link Flow#NEXT}
   * @param pc where it goes on
   * @param registers R0 to R12, the current SP, and LR; to read, and only for this moment. After a
   *     call LR is where it comes back, with the Thumb bit
   */
  default void ran(int from, long cycles, Flow flow, int pc, int[] registers) {}

  /** All of these, told in their order. */
  static Watcher all(List<? extends Watcher> watchers) {
    return new Watcher() {
      @Override
      public boolean stopsAt(int address, Instruction instruction) {
        return watchers.stream().anyMatch(watcher -> watcher.stopsAt(address, instruction));
      }

      @Override
      public boolean together(int address, int other) {
        return watchers.stream().allMatch(watcher -> watcher.together(address, other));
      }

      @Override
      public void ran(int from, long cycles, Flow flow, int pc, int[] registers) {
        for (int i = 0; i < watchers.size(); i++) { // of each stretch: no iterator
          watchers.get(i).ran(from, cycles, flow, pc, registers);
        }
      }
    };
  }
}
