package io.defragsim.emulator.engine;

import io.defragsim.emulator.Fault;
import io.defragsim.emulator.Registers;
import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.isa.Decoded;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.isa.Undefined;
import io.defragsim.emulator.isa.Unpredictable;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;
import unicorn.CodeHook;
import unicorn.Unicorn;

/**
 * Counts by the instruction, and knows at each moment which instruction runs, what it costs and
 * what the registers were before it.
 */
final class InstructionCounter implements CodeHook, Counter {
  private final Core core;
  private final CycleModel model;
  private final Scrutiny scrutiny;

  private long budget;
  private long cycles; // before the instruction at lastPc
  private long lastPc;
  private int lastCost;
  private boolean lastStores;
  private @Nullable Registers beforeLast;

  private @Nullable Stop stop;
  private @Nullable RuntimeException failure;
  private boolean eventRegister;

  InstructionCounter(Core core, CycleModel model, Scrutiny scrutiny) {
    this.core = core;
    this.model = model;
    this.scrutiny = scrutiny;
  }

  @Override
  public void begin(long entry, long cycleBudget) {
    budget = cycleBudget;
    cycles = 0;
    lastPc = entry;
    lastCost = 0;
    lastStores = false;
    beforeLast = null;
    stop = null;
    failure = null;
  }

  @Override
  public void hook(Unicorn unicorn, long address, int size, Object user) {
    if (stop != null || failure != null) {
      return;
    }
    try {
      step(address & 0xFFFF_FFFFL);
    } catch (RuntimeException e) { // must not leave a hook
      failure = e;
      core.unicorn.emu_stop();
    }
  }

  private void step(long address) {
    if (lastStores && scrutiny.watches() && watchedWord() != scrutiny.expected()) {
      end(
          fault(
              Fault.Kind.STACK_OVERFLOW,
              String.format(
                  "the word at 0x%08x, the bottom of the stack reserve, was overwritten with 0x%08x",
                  scrutiny.watchedWord(), watchedWord()),
              scrutiny.watchedWord()));
      return;
    }
    long now = cycles + lastCost;
    if (now >= budget) {
      end(new Stop.OutOfBudget(address, now));
      return;
    }
    cycles = now;
    lastPc = address;
    lastCost = 0;
    lastStores = false;
    beforeLast = null;
    core.executed(address, 4);
    Decoded decoded = Armv6m.decode(core.codeHalfword(address), core.codeHalfword(address + 2));
    if (!(decoded instanceof Instruction instruction)) {
      beforeLast = core.registers(address);
      end(refused(decoded));
      return;
    }
    if (asleep(instruction.form())) {
      beforeLast = core.registers(address);
      end(
          fault(
              Fault.Kind.SLEEP_FOREVER,
              instruction.form().mnemonic() + ", and nothing can wake the core",
              null));
      return;
    }
    lastStores =
        instruction.form().cost() == CostClass.STORE
            || instruction.form().cost() == CostClass.STORE_MULTIPLE;
    lastCost = model.cycles(instruction, taken(instruction));
    if (now >= scrutiny.registersFrom() || (lastStores && scrutiny.watches())) {
      beforeLast = core.registers(address);
    }
  }

  private boolean taken(Instruction instruction) {
    return instruction.form().flow() == Flow.CONDITIONAL_BRANCH
        && instruction.condition() != null
        && instruction.condition().holds(core.flags());
  }

  /** Whether the core falls asleep here for good. */
  private boolean asleep(Form form) {
    if (form == Form.SEV) {
      eventRegister = true;
    } else if (form == Form.WFI || (form == Form.WFE && !eventRegister)) {
      return true;
    } else if (form == Form.WFE) {
      eventRegister = false;
    }
    return false;
  }

  private int watchedWord() {
    byte[] b = core.unicorn.mem_read(scrutiny.watchedWord(), 4);
    return (b[0] & 0xFF) | (b[1] & 0xFF) << 8 | (b[2] & 0xFF) << 16 | b[3] << 24;
  }

  private Stop refused(Decoded decoded) {
    if (decoded instanceof Unpredictable unpredictable) {
      return fault(Fault.Kind.UNPREDICTABLE_ENCODING, unpredictable.toString(), null);
    }
    return fault(Fault.Kind.UNDEFINED_INSTRUCTION, ((Undefined) decoded).toString(), null);
  }

  /**
   * A fault of the last instruction announced.
   *
   * @return {@link Stop.Inexact} if its registers were not kept
   */
  Stop fault(Fault.Kind kind, String detail, @Nullable Long accessAddress) {
    Registers before = beforeLast;
    return before == null
        ? new Stop.Inexact(cycles)
        : new Stop.Faulted(kind, lastPc, detail, accessAddress, before, cycles);
  }

  /** The registers at the end of a run are those at the fault if no instruction ran. */
  void nothingRan(long pc) {
    if (beforeLast == null && cycles == 0 && lastCost == 0) {
      beforeLast = core.registers(pc);
    }
  }

  private void end(Stop why) {
    stop = why;
    core.unicorn.emu_stop();
  }

  @Override
  public @Nullable Stop ended() {
    if (failure != null) {
      throw failure;
    }
    return stop;
  }

  @Override
  public long total() {
    return cycles + lastCost;
  }

  @Override
  public boolean eventRegister() {
    return eventRegister;
  }

  @Override
  public void setEventRegister(boolean event) {
    eventRegister = event;
  }
}
