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
import io.defragsim.emulator.system.MemoryMap;
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
  private boolean mayLeaveThumb; // the last instruction was one that sets the Thumb bit
  private boolean vagueBlocks;
  private boolean overwritten;
  private boolean resuming;
  private long resumeAt = -1;
  private long freshAt = -1;
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
    mayLeaveThumb = false;
    overwritten = false;
    resuming = false;
    resumeAt = -1;
    freshAt = -1;
    beforeLast = null;
    stop = null;
    failure = null;
  }

  @Override
  public void hook(Unicorn unicorn, long address, int size, Object user) {
    if (stop != null || failure != null || resumeAt >= 0) {
      return;
    }
    resuming = false;
    if (mayLeaveThumb
        && !core
            .thumb()) { // no instruction: the engine refuses it, and the branch to it is at fault
      return;
    }
    try {
      step(address & 0xFFFF_FFFFL);
    } catch (RuntimeException e) { // must not leave a hook
      failure = e;
      core.stop();
    }
  }

  private void step(long address) {
    if (lastStores && scrutiny.watches()) {
      int word = core.readWord(scrutiny.watchedWord());
      if (word != scrutiny.expected()) {
        end(
            fault(
                Fault.Kind.STACK_OVERFLOW,
                String.format(
                    "the word at 0x%08x, the bottom of the stack reserve, was overwritten"
                        + " with 0x%08x",
                    scrutiny.watchedWord(), word),
                scrutiny.watchedWord()));
        return;
      }
    }
    long now = cycles + lastCost;
    if (now >= budget) {
      end(new Stop.OutOfBudget(address, now));
      return;
    }
    Decoded decoded = Armv6m.decode(core.codeHalfword(address), core.codeHalfword(address + 2));
    boolean stores =
        decoded instanceof Instruction store
            && (store.form().cost() == CostClass.STORE
                || store.form().cost() == CostClass.STORE_MULTIPLE);
    if (core.map.sramOffset(address) >= 0) {
      inSram(address, decoded.bytes());
    }
    if (rewrites(address, stores ? (Instruction) decoded : null)) {
      resumeAt = address;
      core.stop();
      return;
    }
    cycles = now;
    lastPc = address;
    lastCost = 0;
    lastStores = stores;
    mayLeaveThumb = false;
    beforeLast = null;
    if (!(decoded instanceof Instruction instruction)) {
      beforeLast = core.registers(address);
      end(refused(decoded));
      return;
    }
    mayLeaveThumb =
        instruction.form() == Form.BX
            || instruction.form() == Form.BLX
            || instruction.form() == Form.POP_PC;
    if (asleep(instruction.form())) {
      beforeLast = core.registers(address);
      end(
          fault(
              Fault.Kind.SLEEP_FOREVER,
              instruction.form().mnemonic() + ", and nothing can wake the core",
              null));
      return;
    }
    lastCost = model.cycles(instruction, taken(instruction));
    if (now >= scrutiny.registersFrom() || (stores && scrutiny.watches())) {
      beforeLast = core.registers(address);
    }
  }

  /** Where blocks of unknown extent are about, whole pages count as translated. */
  private void inSram(long address, int bytes) {
    if (vagueBlocks) {
      core.translated(address & -MemoryMap.PAGE, MemoryMap.PAGE);
    }
    core.translated(address, bytes);
  }

  /**
   * Whether the library must forget its translations before this instruction: it is about to
   * overwrite translated code, or the one before has done so.
   */
  private boolean rewrites(long address, @Nullable Instruction store) {
    if (overwritten) {
      overwritten = false;
      return true;
    }
    if (store == null || !core.anyTranslated()) {
      return false;
    }
    int count = store.form().cost() == CostClass.STORE ? 1 : store.registerCount();
    int width = width(store.form());
    int base = base(store.rn());
    if (store.form() == Form.PUSH) {
      base -= count * width;
    } else {
      base += store.rm() >= 0 ? core.general(store.rm()) : store.immediate();
    }
    if (!core.isTranslated(base & 0xFFFF_FFFFL, count * width)) {
      return false;
    }
    if (address == freshAt) {
      // The library knows only this block, and no jump into it: now the store does no harm. But
      // the rest of the block may be stale behind it.
      overwritten = true;
      return false;
    }
    return true;
  }

  private int base(int register) {
    return register == 13 ? core.stackPointer() : core.general(register);
  }

  private static int width(Form form) {
    return switch (form) {
      case STRB_IMMEDIATE, STRB_REGISTER -> 1;
      case STRH_IMMEDIATE, STRH_REGISTER -> 2;
      default -> 4;
    };
  }

  /** Where to go on with the library's translations forgotten, -1 if the run has really ended. */
  long resumeAt() {
    return failure == null && stop == null ? resumeAt : -1;
  }

  /** The run goes on there, by way of the host's page, with no translations known. */
  void resumed(long pc) {
    freshAt = pc;
    resumeAt = -1;
    resuming = true;
  }

  /** Before the first event: cycles that an earlier part of the run has taken. */
  void continueFrom(long earlier) {
    cycles = earlier;
  }

  /** A block in the host's page that is none of its entries and exits. */
  void blockInHostPage() {
    if (!resuming && stop == null && failure == null && resumeAt < 0) {
      end(
          fault(
              Fault.Kind.UNMAPPED_FETCH,
              "the program went to " + core.map.describeHole(MemoryMap.HOST_PAGE),
              MemoryMap.HOST_PAGE));
    }
  }

  /** The library has translated a block in SRAM; size 0: of unknown extent, also those to come. */
  void blockInSram(long address, int size) {
    vagueBlocks |= size == 0;
    core.translated(address, size);
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
    core.stop();
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
