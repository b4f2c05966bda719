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
   * @param sp the current stack pointer
   * @param lr where a call that came last comes back, with the Thumb bit
   */
  default void ran(int from, long cycles, Flow flow, int pc, int sp, int lr) {}

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
      public void ran(int from, long cycles, Flow flow, int pc, int sp, int lr) {
        for (int i = 0; i < watchers.size(); i++) { // of each stretch: no iterator
          watchers.get(i).ran(from, cycles, flow, pc, sp, lr);
        }
      }
    };
  }
}
