package io.defragsim.emulator.engine;

import io.defragsim.emulator.Fault;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import org.jspecify.annotations.Nullable;
import unicorn.ArmConst;
import unicorn.BlockHook;
import unicorn.EventMemHook;
import unicorn.InterruptHook;
import unicorn.Unicorn;
import unicorn.UnicornConst;

/** The engine on the Unicorn library: QEMU's Cortex-M3, held to what ARMv6-M has. */
public final class UnicornEngine implements Engine {
  private static final long END_OF_ADDRESSES = 0xFFFF_FFFFL;
  private static final int SVC = 2;
  private static final int BKPT = 7;

  private final Core core;
  private final CycleModel model;
  private Counter counter;

  private @Nullable HostPage hostPage;
  private boolean started;
  private boolean inCall;
  private @Nullable Stop lastStop;
  private boolean ended;
  private boolean closed;

  private int interrupt; // 0 for none
  private long interruptPc;
  private int memoryEvent; // 0 for none
  private long memoryAddress;

  /**
   * A factory of engines that share the flash and what is known of its code.
   *
   * @param flash all of it; not copied, and must not change
   */
  public static EngineFactory factory(MemoryMap map, byte[] flash, CycleModel model) {
    return factory(map, flash, model, BlockCounting.chosen());
  }

  /** As above, with blocks counted in a given way. */
  public static EngineFactory factory(
      MemoryMap map, byte[] flash, CycleModel model, BlockCounting counting) {
    FlashCosts costs = new FlashCosts(map.flashBytes());
    return (sram, accounting, scrutiny) ->
        new UnicornEngine(map, flash, model, counting, costs, sram, accounting, scrutiny);
  }

  private UnicornEngine(
      MemoryMap map,
      byte[] flash,
      CycleModel model,
      BlockCounting counting,
      FlashCosts costs,
      byte[] sram,
      Accounting accounting,
      Scrutiny scrutiny) {
    core = new Core(map, flash, sram);
    this.model = model;
    counter =
        switch (accounting) {
          case BLOCKS -> counting.counter(core, model, costs);
          case INSTRUCTIONS -> new InstructionCounter(core, model, scrutiny);
          case NOTHING -> new NullCounter();
        };
    core.addHooks(this::hooks);
  }

  private void hooks(Unicorn unicorn) {
    if (counter instanceof BlockCounter blocks) {
      blocks.addTo(unicorn, 0, MemoryMap.HOST_PAGE - 1);
      hookHostPage((from, to) -> blocks.addTo(unicorn, from, to));
    } else if (counter instanceof InstructionCounter instructions) {
      unicorn.hook_add_new(
          (BlockHook) (u, address, size, user) -> instructions.blockInSram(address, size),
          core.map.sramBase(),
          core.map.sramEnd() - 1,
          null);
      unicorn.hook_add_new(instructions, 0, MemoryMap.HOST_PAGE - 1, null);
      BlockHook closed = (u, address, size, user) -> instructions.blockInHostPage();
      hookHostPage((from, to) -> unicorn.hook_add_new(closed, from, to, null));
    }
    unicorn.hook_add_new((InterruptHook) (u, number, user) -> interrupted(number), null);
    unicorn.hook_add_new(
        (EventMemHook)
            (u, address, size, value, user) -> refused(UnicornConst.UC_MEM_READ, address),
        UnicornConst.UC_HOOK_MEM_READ_INVALID,
        null);
    unicorn.hook_add_new(
        (EventMemHook)
            (u, address, size, value, user) -> refused(UnicornConst.UC_MEM_WRITE, address),
        UnicornConst.UC_HOOK_MEM_WRITE_INVALID,
        null);
    unicorn.hook_add_new(
        (EventMemHook)
            (u, address, size, value, user) -> refused(UnicornConst.UC_MEM_FETCH, address),
        UnicornConst.UC_HOOK_MEM_FETCH_INVALID,
        null);
  }

  /**
   * All of the page but the entries and the exit: a program that jumps elsewhere into it is caught.
   * The layout of the page does not depend on SP, its contents do.
   */
  private static void hookHostPage(BlockHooks hooks) {
    HostPage layout = new HostPage(0, null);
    hooks.add(layout.lastEntry() + 1, layout.exit() - 1);
    hooks.add(layout.calmEnd(), END_OF_ADDRESSES);
  }

  /** Hooks blocks that start in a range, both ends included. */
  private interface BlockHooks {
    void add(long from, long to);
  }

  private void interrupted(int number) {
    interrupt = number;
    interruptPc = core.pc();
    core.stop();
  }

  private boolean refused(int access, long address) {
    memoryEvent = access;
    memoryAddress = address & END_OF_ADDRESSES;
    return false;
  }

  @Override
  public Stop start(long sp, long pc, long cycleBudget) {
    if (started) {
      throw new IllegalStateException("only the first run of an engine can be a start");
    }
    core.register(ArmConst.UC_ARM_REG_SP, (int) sp);
    core.register(ArmConst.UC_ARM_REG_LR, -1);
    inCall = false;
    // The first block of an engine's first run is announced once, so no entry code is needed.
    return finish(run(pc, pc, cycleBudget));
  }

  @Override
  public Stop call(long sp, long function, int[] arguments, long cycleBudget) {
    if (arguments.length > 4) {
      throw new IllegalArgumentException("at most 4 arguments: " + arguments.length);
    }
    HostPage page = hostPage;
    if (page == null || page.sp() != sp) {
      if (page != null) { // it has been executed: only another instance takes a new one
        core.renew(core.read(core.map.sramBase(), core.map.sramBytes()), this::hooks);
      }
      page = install(new HostPage(sp, null));
    }
    for (int i = 0; i < arguments.length; i++) {
      core.register(ArmConst.UC_ARM_REG_R0 + i, arguments[i]);
    }
    core.register(ArmConst.UC_ARM_REG_R12, ((int) function | 1) ^ HostPage.TARGET_FLIP);
    inCall = true;
    return finish(run(page.entry(arguments.length), function, cycleBudget));
  }

  @Override
  public Stop continueByInstructions(Scrutiny scrutiny, long cycleBudget) {
    if (!(lastStop instanceof Stop.OutOfBudget out)) {
      throw new IllegalStateException("the last run did not exhaust its budget: " + lastStop);
    }
    InstructionCounter instructions = new InstructionCounter(core, model, scrutiny);
    instructions.begin(out.pc(), cycleBudget);
    instructions.continueFrom(out.cycles());
    instructions.setEventRegister(counter.eventRegister());
    instructions.resumed(out.pc());
    Counter before = counter;
    counter = instructions;
    long from = renewed(out.pc());
    before.close(); // the instance that announced to it is gone
    return finish(goOn(from));
  }

  /** What a run came to. */
  private Stop finish(boolean whole) {
    HostPage page = hostPage;
    Stop stop = counter.ended();
    if (stop == null) {
      if (!inCall && whole && interrupt == BKPT) {
        stop =
            new Stop.Breakpoint(
                interruptPc,
                core.stackPointer() & END_OF_ADDRESSES,
                core.codeHalfword(interruptPc) & 0xFF,
                counter.total());
      } else if (inCall && whole && interrupt == 0 && page != null && core.pc() == page.exit()) {
        stop = returned(page);
      } else {
        stop = irregular();
      }
    }
    ended = !(stop instanceof Stop.Returned || stop instanceof Stop.Breakpoint);
    lastStop = stop;
    return stop;
  }

  private HostPage install(HostPage page) {
    core.write(MemoryMap.HOST_PAGE, page.code());
    hostPage = page;
    return page;
  }

  /** Runs; false if the library gave an error. */
  private boolean run(long from, long entry, long cycleBudget) {
    if (ended) {
      throw new IllegalStateException("this engine's last run did not end regularly");
    }
    started = true;
    interrupt = 0;
    memoryEvent = 0;
    counter.begin(entry, cycleBudget);
    return goOn(from);
  }

  private boolean goOn(long from) {
    boolean whole = runUntilExit(from);
    while (counter instanceof InstructionCounter instructions && instructions.resumeAt() >= 0) {
      long at = instructions.resumeAt();
      instructions.resumed(at);
      whole = runUntilExit(renewed(at));
    }
    return whole;
  }

  private boolean runUntilExit(long from) {
    HostPage page = hostPage;
    return core.run(from, inCall && page != null ? page.exitEnd() : END_OF_ADDRESSES);
  }

  /** Another instance of the library with the same state; gives where it has to start. */
  private long renewed(long pc) {
    CoreState state = core.state(pc);
    long sp = hostPage == null ? 0 : hostPage.sp();
    core.renew(core.read(core.map.sramBase(), core.map.sramBytes()), this::hooks);
    return install(new HostPage(sp, state)).resume();
  }

  private Stop returned(HostPage page) {
    int value = core.general(0);
    if (core.general(12) != 0) {
      String changes = changes(page.sp());
      if (!changes.isEmpty()) {
        return irregular(Fault.Kind.CALLING_CONVENTION, changes, null);
      }
      // CONTROL or PRIMASK: no breach, but the next call starts with both 0.
      core.run(page.calm(), page.calmEnd());
    }
    return new Stop.Returned(value, counter.total());
  }

  /** What the exit code in the host's page found changed; empty if nothing. */
  private String changes(long callSp) {
    StringBuilder text = new StringBuilder();
    for (int register = 4; register <= 11; register++) {
      int difference = core.general(register);
      if (difference != 0) {
        int expected = HostPage.preserved(register);
        text.append(text.isEmpty() ? "" : ", ")
            .append(
                String.format(
                    "R%d was 0x%08x at the call and is 0x%08x on return",
                    register, expected, expected ^ difference));
      }
    }
    int sp = core.stackPointer();
    if (sp != (int) callSp) {
      text.append(text.isEmpty() ? "" : ", ")
          .append(
              String.format("SP was 0x%08x at the call and is 0x%08x on return", (int) callSp, sp));
    }
    return text.toString();
  }

  private Stop irregular() {
    if (memoryEvent == UnicornConst.UC_MEM_FETCH || !core.thumb()) {
      long target = memoryEvent == UnicornConst.UC_MEM_FETCH ? memoryAddress : core.pc();
      return core.thumb()
          ? irregular(
              Fault.Kind.UNMAPPED_FETCH,
              "the program went to " + core.map.describeHole(target),
              target)
          : irregular(
              Fault.Kind.NOT_THUMB,
              String.format("branch to 0x%08x with the Thumb bit clear", target & ~1L),
              target & ~1L);
    }
    if (memoryEvent == UnicornConst.UC_MEM_READ) {
      return irregular(
          Fault.Kind.UNMAPPED_ACCESS,
          "load from " + core.map.describeHole(memoryAddress),
          memoryAddress);
    }
    if (memoryEvent == UnicornConst.UC_MEM_WRITE) {
      return core.map.flashOffset(memoryAddress) >= 0
          ? irregular(
              Fault.Kind.WRITE_PROTECTED,
              String.format("store to flash at 0x%08x", memoryAddress),
              memoryAddress)
          : irregular(
              Fault.Kind.UNMAPPED_ACCESS,
              "store to " + core.map.describeHole(memoryAddress),
              memoryAddress);
    }
    if (interrupt == BKPT) {
      return irregular(Fault.Kind.UNEXPECTED_BREAKPOINT, "bkpt in the middle of a call", null);
    }
    if (interrupt == SVC) {
      return irregular(
          Fault.Kind.UNHANDLED_EXCEPTION, "svc, and exceptions are not modelled yet", null);
    }
    if (interrupt != 0) {
      return irregular(
          Fault.Kind.UNHANDLED_EXCEPTION, "exception " + interrupt + " of the engine", null);
    }
    long pc = core.pc();
    if (pc >= MemoryMap.HOST_PAGE && pc < MemoryMap.HOST_PAGE + MemoryMap.HOST_BYTES) {
      return irregular(
          Fault.Kind.UNMAPPED_FETCH,
          String.format("the program went to 0x%08x, a page of the host's", pc),
          pc);
    }
    return irregular(
        Fault.Kind.UNDEFINED_INSTRUCTION, "the engine could not run this instruction", null);
  }

  private Stop irregular(Fault.Kind kind, String detail, @Nullable Long accessAddress) {
    if (counter instanceof InstructionCounter instructions) {
      instructions.nothingRan(core.pc());
      return instructions.fault(kind, detail, accessAddress);
    }
    return new Stop.Inexact(counter instanceof BlockCounter blocks ? blocks.lowerBound() : 0);
  }

  @Override
  public byte[] readSram(long address, int length) {
    requireSram(address, length);
    return core.read(address, length);
  }

  @Override
  public void writeSram(long address, byte[] bytes) {
    requireSram(address, bytes.length);
    if (ended) {
      throw new IllegalStateException("this engine's last run did not end regularly");
    }
    if (core.isTranslated(address, bytes.length)) {
      byte[] sram = core.read(core.map.sramBase(), core.map.sramBytes());
      System.arraycopy(bytes, 0, sram, core.map.sramOffset(address), bytes.length);
      core.renew(sram, this::hooks);
      hostPage = null;
    } else {
      core.write(address, bytes);
    }
  }

  private void requireSram(long address, int length) {
    if (!core.map.isSram(address, length)) {
      throw new IllegalArgumentException(
          String.format("0x%08x + %d is not in SRAM", address, length));
    }
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
