package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.isa.Condition;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.BlockCost;
import io.defragsim.emulator.timing.CycleModel;
import java.nio.LongBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import unicorn.BlockHook;
import unicorn.Unicorn;

/**
 * Counts by the block. A block's cost is known when it begins, all but whether its conditional
 * branch is taken, and where its computed branch goes; both follow from where the next block
 * begins. So each event completes the block before.
 *
 * <p>The event runs tens of millions of times a second: nothing in it allocates or boxes.
 */
class BlockCounter implements BlockHook, Counter {
  private final Core core;
  private final CycleModel model;
  private final LongBuffer costs;
  private final int flashBytes;

  private long budget;
  private long cycles;
  private long atLastBlock;
  private long atBlockBeforeLast;
  private int pendingCost;
  private int pendingExtra;
  private int pendingOdd;
  private int pendingEnd;

  /** Of a conditional branch to the next instruction: only the flags tell. */
  private @Nullable Condition pendingCondition;

  /** Of a block that sets SP from a register: a Cortex-M0 keeps its low two bits 0. */
  private boolean pendingStackPointer;

  private @Nullable Stop stop;
  private @Nullable RuntimeException failure;
  private boolean eventRegister;

  BlockCounter(Core core, CycleModel model, FlashCosts costs) {
    this.core = core;
    this.model = model;
    this.costs = costs.byHalfword;
    flashBytes = core.map.flashBytes();
  }

  @Override
  public void begin(long entry, long cycleBudget) {
    budget = cycleBudget;
    cycles = 0;
    atLastBlock = 0;
    atBlockBeforeLast = 0;
    setPending(0, 0, 0, 0, null, false);
    stop = null;
    failure = null;
  }

  /** Has the blocks announced to this counter that start in a range, both ends included. */
  void addTo(Unicorn unicorn, long from, long to) {
    unicorn.hook_add_new(this, from, to, null);
  }

  @Override
  public final void hook(Unicorn unicorn, long address, int size, Object user) {
    block((int) address, size);
  }

  /** A block is about to run. The size is in bytes, 0 if the library does not know it. */
  void block(int at, int size) {
    if (pendingStackPointer && !isWordAligned(core.stackPointer())) {
      end(new Stop.NeedsInterpreter("it sets the low bits of SP"));
      return;
    }
    long now = cycles + pendingCost;
    if (at != pendingEnd) {
      now += pendingExtra;
    } else if (pendingCondition != null) {
      now += extraByFlags();
    }
    if ((at & 2) != 0) {
      now += pendingOdd;
    }
    if (now >= budget) {
      outOfBudget(at, now);
      return;
    }
    cycles = now;
    atBlockBeforeLast = atLastBlock;
    atLastBlock = now;
    int offset = Integer.compareUnsigned(at, flashBytes) < 0 ? at : at - (int) MemoryMap.FLASH_HIGH;
    if (Integer.compareUnsigned(offset, flashBytes) < 0) {
      long entry = costs.get(offset >>> 1);
      if (FlashCosts.bytes(entry) == size && size != 0) {
        pendingCost = FlashCosts.cycles(entry);
        pendingExtra = FlashCosts.takenExtra(entry);
        pendingOdd = FlashCosts.oddTarget(entry);
        pendingEnd = at + size;
        pendingCondition = null;
        pendingStackPointer = false;
        return;
      }
    }
    firstTimeOrSpecial(at & 0xFFFF_FFFFL, size, offset);
  }

  /** A block not met before, or one that needs more than a number. */
  private void firstTimeOrSpecial(long address, int size, int flashOffset) {
    if (stop != null) {
      return;
    }
    try {
      if (!core.thumb()) { // the library has read a few bytes as Arm code, which it then refuses
        end(new Stop.Inexact(atBlockBeforeLast));
        return;
      }
      if (core.map.sramOffset(address) >= 0) {
        end(new Stop.NeedsInterpreter("it runs code from SRAM"));
        return;
      }
      if (size == 0) { // then the library does not announce the rest of the block
        end(new Stop.NeedsInterpreter("a block is too long"));
        return;
      }
      if (core.map.flashOffset(address) < 0) {
        end(new Stop.Inexact(atBlockBeforeLast)); // in the host's page: no place for a program
        return;
      }
      BlockCost block = BlockCost.of(model, address, core.code(address, size));
      if (block.refused() != null || !sleepsNever(block)) {
        end(new Stop.Inexact(atBlockBeforeLast));
        return;
      }
      Peculiarity peculiarity = Peculiarity.of(block);
      if (peculiarity == Peculiarity.DIFFERS) {
        end(new Stop.NeedsInterpreter("it has an instruction that the engine does otherwise"));
        return;
      }
      boolean setsSp = peculiarity == Peculiarity.SETS_STACK_POINTER;
      Condition condition =
          block.endsConditionally() && block.target() == block.end()
              ? Objects.requireNonNull(block.last()).condition()
              : null;
      setPending(
          block.cycles(),
          block.takenExtra(),
          block.oddTarget(),
          (int) address + size,
          condition,
          setsSp);
      if (condition == null && !setsSp && !hasHints(block)) {
        costs.put(flashOffset >>> 1, FlashCosts.pack(block, size));
      }
    } catch (RuntimeException e) { // must not leave a hook
      failure = e;
      core.stop();
    }
  }

  private static boolean hasHints(BlockCost block) {
    for (int i = 0; i < block.count(); i++) {
      Form form = block.instruction(i).form();
      if (form == Form.SEV || form == Form.WFE || form == Form.WFI) {
        return true;
      }
    }
    return false;
  }

  /** Follows the event register through the block; false if the core would never wake in it. */
  private boolean sleepsNever(BlockCost block) {
    for (int i = 0; i < block.count(); i++) {
      Form form = block.instruction(i).form();
      if (form == Form.SEV) {
        eventRegister = true;
      } else if (form == Form.WFI || (form == Form.WFE && !eventRegister)) {
        return false;
      } else if (form == Form.WFE) {
        eventRegister = false;
      }
    }
    return true;
  }

  static boolean isWordAligned(long address) {
    return (address & 3) == 0;
  }

  private int extraByFlags() {
    Condition condition = pendingCondition;
    return condition != null && condition.holds(core.flags()) ? pendingExtra : 0;
  }

  private void outOfBudget(int at, long now) {
    if (stop == null && failure == null) {
      end(new Stop.OutOfBudget(at & 0xFFFF_FFFFL, now));
    }
  }

  private void end(Stop why) {
    stop = why;
    budget = Long.MIN_VALUE; // events after this change nothing
    core.stop();
  }

  private void setPending(
      int cost, int extra, int odd, int end, @Nullable Condition condition, boolean stackPointer) {
    pendingCost = cost;
    pendingExtra = extra;
    pendingOdd = odd;
    pendingEnd = end;
    pendingCondition = condition;
    pendingStackPointer = stackPointer;
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
    // Whatever ends a run behind a whole block is no conditional branch, and goes to a word
    // boundary.
    return cycles + pendingCost;
  }

  /** A count that the run certainly reached before its last two blocks. */
  long lowerBound() {
    return atBlockBeforeLast;
  }

  /**
   * Takes up where native code has come to. It never sets or leaves {@link #pendingCondition} or
   * {@link #pendingStackPointer}.
   */
  final void load(RunState state) {
    budget = state.budget();
    cycles = state.cycles();
    atLastBlock = state.atLastBlock();
    atBlockBeforeLast = state.atBlockBeforeLast();
    pendingCost = state.pendingCost();
    pendingExtra = state.pendingExtra();
    pendingOdd = state.pendingOdd();
    pendingEnd = state.pendingEnd();
  }

  /** Lets native code go on from here. */
  final void save(RunState state) {
    state.cycles(budget, cycles, atLastBlock, atBlockBeforeLast);
    state.pending(
        pendingCost,
        pendingExtra,
        pendingOdd,
        pendingEnd,
        pendingCondition != null || pendingStackPointer);
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
