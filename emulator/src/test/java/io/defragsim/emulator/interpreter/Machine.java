package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.ByteMemory;
import io.defragsim.emulator.isa.Assembler;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.CoreSystem;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * An interpreter with 8 KiB flash, 4 KiB SRAM and a program in assembly. The vector table's SP is
 * the top of SRAM; what no test sets of the table is 0.
 */
final class Machine {
  static final int MAIN = 0x200;
  static final int SRAM = 0x2000_0000;
  private static final Assembler ASSEMBLER = new Assembler();

  final byte[] flash = new byte[8192];
  final byte[] sram = new byte[4096];
  final InterruptSchedule schedule = new InterruptSchedule();
  final Interpreter interpreter;

  Machine(FaultPolicy policy) {
    this(policy, 0);
  }

  Machine(FaultPolicy policy, int waitStates) {
    this(policy, waitStates, CoreKind.CORTEX_M0);
  }

  /** With the cycles of a Cortex-M0 whatever the core is. */
  Machine(FaultPolicy policy, int waitStates, CoreKind kind) {
    MemoryMap map = new MemoryMap(flash.length, Integer.toUnsignedLong(SRAM), sram.length);
    interpreter =
        new Interpreter(
            new ByteMemory(map, flash, sram),
            kind,
            CycleModel.cortexM0(32).withWaitStates(waitStates),
            policy,
            address -> new Location(address, null, 0),
            schedule);
    word(0, SRAM + sram.length);
    word(4, MAIN | 1);
  }

  /** Sets a word of flash. */
  Machine word(int address, int value) {
    for (int i = 0; i < 4; i++) {
      flash[address + i] = (byte) (value >>> (8 * i));
    }
    return this;
  }

  /** Puts code into flash. */
  Machine code(int address, String source) {
    byte[] bytes = ASSEMBLER.assemble(source);
    System.arraycopy(bytes, 0, flash, address, bytes.length);
    return this;
  }

  /** Puts the handler of an exception into flash and its vector into the table. */
  Machine handler(int exception, int address, String source) {
    return word(4 * exception, address | 1).code(address, source);
  }

  /** Puts the main program into flash, and resets. */
  Machine main(String source) {
    code(MAIN, source);
    interpreter.reset();
    return this;
  }

  CoreState core() {
    return interpreter.core();
  }

  CoreSystem system() {
    return interpreter.system();
  }

  int sramWord(int address) {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (sram[address - SRAM + i] & 0xFF) << (8 * i);
    }
    return value;
  }

  /**
   * Runs until something other than an instruction, an exception or a sleep happens.
   *
   * @return what that was
   */
  StepResult run() {
    return run(new ArrayList<>());
  }

  /** As {@link #run()}, and notes entries and returns with the cycle at which they were over. */
  StepResult run(List<String> events) {
    for (int steps = 0; steps < 1_000_000; steps++) {
      StepResult result = interpreter.step();
      if (result instanceof StepResult.Entered entered) {
        events.add(
            String.format(
                Locale.ROOT,
                "%s %d at %d",
                entered.late() ? "late" : entered.tailChained() ? "chain" : "enter",
                entered.exception(),
                interpreter.cycles()));
      } else if (result instanceof StepResult.Returned returned) {
        events.add(
            String.format(
                Locale.ROOT, "return %d at %d", returned.exception(), interpreter.cycles()));
      } else if (result instanceof StepResult.Abandoned abandoned) {
        events.add(
            String.format(Locale.ROOT, "abandon %s", abandoned.instruction().form().mnemonic()));
      } else if (!(result instanceof StepResult.Retired || result instanceof StepResult.Slept)) {
        return result;
      }
    }
    throw new AssertionError("a program that does not end");
  }
}
