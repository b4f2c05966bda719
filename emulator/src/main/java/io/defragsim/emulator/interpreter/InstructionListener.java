package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MappedMemory;
import java.util.List;

/**
 * Hears of every instruction that is interpreted: of a strict run, of all, or of stretches of them.
 */
public interface InstructionListener extends Watcher {

  /** {@inheritDoc} All, unless it says otherwise. */
  @Override
  default boolean stopsAt(int address, Instruction instruction) {
    return true;
  }

  /**
   * Hears of another core from now on.
   *
   * @param interpreter it; its clock is right but in {@link #ran}, where it may be behind
   * @param memory what it works on
   */
  default void attached(Interpreter interpreter, MappedMemory memory) {}

  /**
   * Before the first instruction of a call by the host, with the registers set.
   *
   * @param function its address, without the Thumb bit
   * @param arguments the words given to it
   */
  void called(long function, List<Integer> arguments);

  /**
   * After an instruction.
   *
   * @param address where it stands
   * @param cycles that it took
   * @param after the registers after it; only for this moment
   */
  void retired(long address, Instruction instruction, long cycles, CoreState after);

  /**
   * After a stretch of time that goes to an interrupt: its entry, a part of its handler, its
   * return, or what had been spent on an instruction that was given up for it.
   *
   * @param entry whether it is the entry: one an interrupt, also where a handler follows another
   */
  default void interrupted(boolean entry, long cycles) {}

  /** After a stretch of time in which the core slept in a call. */
  default void slept(long cycles) {}

  /** Both of them, this one first. */
  default InstructionListener and(InstructionListener other) {
    InstructionListener first = this;
    Watcher both = Watcher.all(List.of(this, other));
    return new InstructionListener() {
      @Override
      public void attached(Interpreter interpreter, MappedMemory memory) {
        first.attached(interpreter, memory);
        other.attached(interpreter, memory);
      }

      @Override
      public void called(long function, List<Integer> arguments) {
        first.called(function, arguments);
        other.called(function, arguments);
      }

      @Override
      public void retired(long address, Instruction instruction, long cycles, CoreState after) {
        first.retired(address, instruction, cycles, after);
        other.retired(address, instruction, cycles, after);
      }

      @Override
      public boolean stopsAt(int address, Instruction instruction) {
        return both.stopsAt(address, instruction);
      }

      @Override
      public boolean together(int address, int another) {
        return both.together(address, another);
      }

      @Override
      public void ran(int from, long cycles, Flow flow, int pc, int[] registers) {
        both.ran(from, cycles, flow, pc, registers);
      }

      @Override
      public void interrupted(boolean entry, long cycles) {
        first.interrupted(entry, cycles);
        other.interrupted(entry, cycles);
      }

      @Override
      public void slept(long cycles) {
        first.slept(cycles);
        other.slept(cycles);
      }
    };
  }
}
