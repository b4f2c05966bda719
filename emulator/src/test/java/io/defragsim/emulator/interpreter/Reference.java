package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.ByteMemory;
import io.defragsim.emulator.Mcu;
import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Outcome;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.OutsideRequests;
import org.jspecify.annotations.Nullable;

/**
 * The interpreter in the place of an {@link Mcu}: the same memory, reset and called the same way.
 */
final class Reference {

  /** What a call starts with beside SP, as the Mcu's engine sets it up. */
  record Entry(int lr, int flags) {}

  final byte[] sram;
  private final Interpreter interpreter;
  private final MemoryMap map;
  private final Entry entry;
  private long instructions;
  private int sp;

  /** To be made before the Mcu runs. */
  Reference(Mcu mcu, Entry entry) {
    McuConfig config = mcu.config();
    map = new MemoryMap(config.flashBytes(), config.sramBase(), config.sramBytes());
    sram = mcu.read(config.sramBase(), config.sramBytes());
    this.entry = entry;
    byte[] flash = mcu.read(0, config.flashBytes());
    interpreter =
        new Interpreter(
            withExit(new ByteMemory(map, flash, sram), entry.lr() & ~1),
            CoreKind.CORTEX_M0,
            config.timing(),
            FaultPolicy.REPORT,
            mcu.image()::locate,
            OutsideRequests.NONE);
  }

  /** As {@link Mcu#reset}, of a program that parks. */
  Outcome reset() {
    interpreter.reset();
    interpreter.core().setMsp((int) map.sramEnd());
    StepResult result = interpreter.step();
    while (result instanceof StepResult.Retired) {
      instructions++;
      result = interpreter.step();
    }
    sp = interpreter.core().sp();
    if (result instanceof StepResult.Breakpoint park) {
      return new Outcome.Parked(park.immediate(), interpreter.cycles());
    }
    throw new AssertionError("no park: " + result);
  }

  /** R0 now. */
  int result() {
    return interpreter.core().register(0);
  }

  /** Instructions executed so far. */
  long instructions() {
    return instructions;
  }

  /** As {@link Mcu#call}, without its checks of the calling convention and the canary. */
  Outcome call(long function, long budget, int... arguments) {
    CoreState core = interpreter.core();
    for (int register = 0; register < 12; register++) {
      int preserved = register * 0x0101_0101;
      int argument = register < arguments.length ? arguments[register] : 0;
      core.setRegister(register, register < 4 ? argument : preserved);
    }
    core.setRegister(12, (int) function | 1);
    core.setMsp(sp);
    core.setLr(entry.lr());
    core.setFlags(entry.flags());
    core.setPrimask(false);
    core.setPc((int) function);
    core.setThumb(true);
    long start = interpreter.cycles();
    while (true) {
      long before = interpreter.cycles() - start;
      if (before >= budget) {
        throw new AssertionError("a random program that does not end");
      }
      Location at = new Location(Integer.toUnsignedLong(core.pc()), null, 0);
      CoreState state = new CoreState();
      state.set(core);
      StepResult result = interpreter.step();
      if (result instanceof StepResult.Retired retired) {
        instructions++;
        Fault.Kind end = end(retired.instruction());
        if (end == null) {
          continue;
        }
        return new Outcome.Faulted(new Fault(end, at, "", null, state.registers()), before);
      }
      if (result instanceof StepResult.Asleep) {
        throw new AssertionError("asleep");
      }
      if (result instanceof StepResult.Breakpoint) {
        return core.pc() == (entry.lr() & ~1)
            ? new Outcome.Returned(core.register(0), before, 0)
            : new Outcome.Faulted(
                new Fault(Fault.Kind.UNEXPECTED_BREAKPOINT, at, "", null, core.registers()),
                before);
      }
      if (result instanceof StepResult.Faulted faulted) {
        return new Outcome.Faulted(faulted.fault(), before);
      }
      throw new AssertionError("unexpected " + result);
    }
  }

  /** What the Mcu ends a call for although the interpreter goes on: it models no exceptions yet. */
  private Fault.@Nullable Kind end(Instruction instruction) {
    if (instruction.form() == Form.SVC) {
      interpreter.system().exceptions().clearPending(ExceptionNumber.SVCALL);
      return Fault.Kind.UNHANDLED_EXCEPTION;
    }
    return null;
  }

  private static Memory withExit(Memory memory, int exit) {
    return new Memory() {
      @Override
      public int read(long address, int bytes) throws AccessFault {
        return memory.read(address, bytes);
      }

      @Override
      public void write(long address, int bytes, int value) throws AccessFault {
        memory.write(address, bytes, value);
      }

      @Override
      public int fetch(long address) throws AccessFault {
        return address == Integer.toUnsignedLong(exit) ? 0xBEEB : memory.fetch(address);
      }

      @Override
      public boolean waits(long address) {
        return memory.waits(address);
      }
    };
  }
}
