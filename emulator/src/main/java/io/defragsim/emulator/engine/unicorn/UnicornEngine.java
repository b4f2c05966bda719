package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.engine.Engine;
import io.defragsim.emulator.engine.EngineFactory;
import io.defragsim.emulator.engine.Handover;
import io.defragsim.emulator.engine.HostPage;
import io.defragsim.emulator.engine.Life;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;
import unicorn.ArmConst;
import unicorn.InterruptHook;
import unicorn.Unicorn;

/**
 * The engine on the Unicorn library: QEMU's Cortex-M3, which translates code, held to what ARMv6-M
 * has. It counts by the block, so it knows that something is wrong with a block and not where in
 * it: then a run ends in {@link Stop.Inexact}. What it would do otherwise than a Cortex-M0 it does
 * not do at all but ends in {@link Stop.NeedsInterpreter}; only unaligned accesses are performed.
 */
final class UnicornEngine implements Engine {
  private static final long END_OF_ADDRESSES = 0xFFFF_FFFFL;
  private static final int BKPT = 7;

  private final Core core;
  private final Counter counter;
  private final Life life = new Life();

  private @Nullable HostPage hostPage;
  private boolean closed;

  private int interrupt; // 0 for none
  private long interruptPc;

  /**
   * A factory of engines that share the flash and what is known of its code.
   *
   * @param flash all of it; not copied, and must not change
   */
  static EngineFactory factory(
      MemoryMap map, byte[] flash, CycleModel model, BlockCounting counting) {
    FlashCosts costs = new FlashCosts(map.flashBytes());
    return sram -> {
      Core core = new Core(map, flash, sram);
      return new UnicornEngine(core, counter(counting, core, model, costs));
    };
  }

  private static BlockCounter counter(
      BlockCounting counting, Core core, CycleModel model, FlashCosts costs) {
    if (counting == BlockCounting.JAVA) {
      return new BlockCounter(core, model, costs);
    }
    String problem = NativeLibrary.get().problem();
    if (problem.isEmpty()) {
      BlockCounter counter = NativeBlockCounter.open(core, model, costs);
      if (counter != null) {
        return counter;
      }
      problem = "the engine's library is not the one expected";
    }
    if (counting == BlockCounting.NATIVE) {
      throw new IllegalStateException("no native counter: " + problem);
    }
    return new BlockCounter(core, model, costs);
  }

  /** {@link UnicornLibrary#uncounted}. */
  static EngineFactory uncounted(MemoryMap map, byte[] flash) {
    return sram -> new UnicornEngine(new Core(map, flash, sram), new NullCounter());
  }

  private UnicornEngine(Core core, Counter counter) {
    this.core = core;
    this.counter = counter;
    core.addHooks(this::hooks);
  }

  private void hooks(Unicorn unicorn) {
    if (counter instanceof BlockCounter blocks) {
      // All of the host's page but the entries and the exit: a program that jumps elsewhere into it
      // is caught. The layout of the page does not depend on SP, its contents do.
      HostPage layout = new HostPage(0);
      blocks.addTo(unicorn, 0, MemoryMap.HOST_PAGE - 1);
      blocks.addTo(unicorn, layout.lastEntry() + 1, layout.exit() - 1);
      blocks.addTo(unicorn, layout.calmEnd(), END_OF_ADDRESSES);
    }
    unicorn.hook_add_new((InterruptHook) (u, number, user) -> interrupted(number), null);
  }

  private void interrupted(int number) {
    interrupt = number;
    interruptPc = core.pc();
    core.stop();
  }

  @Override
  public Stop start(long sp, long pc, long cycleBudget) {
    life.start();
    core.register(ArmConst.UC_ARM_REG_SP, (int) sp);
    core.register(ArmConst.UC_ARM_REG_LR, -1);
    // The first block of an engine's first run is announced once, so no entry code is needed.
    return run(pc, pc, cycleBudget);
  }

  @Override
  public Stop call(long sp, long function, int[] arguments, long cycleBudget) {
    life.call(arguments);
    HostPage page = hostPage;
    if (page == null || page.sp() != sp) {
      if (page != null) { // it has been executed: only another instance takes a new one
        core.renew(core.read(core.map.sramBase(), core.map.sramBytes()), this::hooks);
      }
      page = new HostPage(sp);
      core.write(MemoryMap.HOST_PAGE, page.code());
      hostPage = page;
      core.run(page.calm(), page.calmEnd()); // from here on no call leaves PRIMASK changed
    }
    for (int i = 0; i < arguments.length; i++) {
      core.register(ArmConst.UC_ARM_REG_R0 + i, arguments[i]);
    }
    core.register(ArmConst.UC_ARM_REG_R12, ((int) function | 1) ^ HostPage.TARGET_FLIP);
    return run(page.entry(arguments.length), function, cycleBudget);
  }

  private Stop run(long from, long entry, long cycleBudget) {
    life.begin();
    interrupt = 0;
    counter.begin(entry, cycleBudget);
    HostPage page = hostPage;
    boolean whole =
        core.run(from, life.inCall() && page != null ? page.exitEnd() : END_OF_ADDRESSES);
    Stop stop = counter.ended();
    if (stop == null) {
      stop = whole ? regularEnd() : null;
    }
    if (stop == null || stop.cycles() > cycleBudget) { // which is reached in the middle of a block
      stop = new Stop.Inexact(counter instanceof BlockCounter blocks ? blocks.lowerBound() : 0);
    }
    return life.over(stop);
  }

  /** A park or a return, null if the run ended in another way. */
  private @Nullable Stop regularEnd() {
    HostPage page = hostPage;
    if (!life.inCall() && interrupt == BKPT) {
      long sp = core.stackPointer() & END_OF_ADDRESSES;
      return BlockCounter.isWordAligned(sp)
          ? new Stop.Breakpoint(
              interruptPc, sp, core.codeHalfword(interruptPc) & 0xFF, counter.total())
          : null;
    }
    if (!life.inCall() || interrupt != 0 || page == null || core.pc() != page.exit()) {
      return null;
    }
    // R12: what the exit code found changed of the registers that must be kept
    return core.general(12) == 0 ? new Stop.Returned(core.general(0), counter.total()) : null;
  }

  @Override
  public Handover handover() {
    Stop.OutOfBudget out = life.exhausted();
    HostPage page = hostPage;
    CoreState state = core.state(out.pc());
    byte[] sram = core.read(core.map.sramBase(), core.map.sramBytes());
    long callSp = page == null ? 0 : page.sp();
    return new Handover(state, sram, counter.eventRegister(), life.inCall(), callSp, out.cycles());
  }

  @Override
  public byte[] readSram(long address, int length) {
    core.map.requireSram(address, length);
    return core.read(address, length);
  }

  @Override
  public void writeSram(long address, byte[] bytes) {
    core.map.requireSram(address, bytes.length);
    life.requireMore();
    core.write(address, bytes);
  }

  @Override
  public boolean eventRegister() {
    return counter.eventRegister();
  }

  @Override
  public void setEventRegister(boolean event) {
    counter.setEventRegister(event);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      core.close();
      counter.close();
    }
  }
}
