package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.Armv6m;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Undefined;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A random program of exceptions, whole and bare-metal: a vector table, a handler of random actions
 * for each exception, and many rounds in Thread mode. It pends, enables, masks, prioritises,
 * faults, nests and switches stacks, between random functions of all instructions.
 *
 * <p>It tells everything by semihosting: after each round it writes {@link #DUMP_BYTES} of SRAM,
 * which hold a log of what each handler saw, both stacks with the frames that were on them, and
 * what the functions left.
 *
 * <p>It ends always, and stays within what the architecture defines, so that any two
 * implementations must agree:
 *
 * <ul>
 *   <li>Fuel: a handler acts only while there is some, and each takes one from it, so that handlers
 *       that request each other come to an end.
 *   <li>SVC only where its priority lets it in: in Thread mode, and in the handlers of IRQ 16 to
 *       31, which always have a priority below that of SVC.
 *   <li>The handlers of NMI and HardFault do nothing that faults, which would lock the core up.
 *   <li>HardFault's steps over the instruction that faulted; where control was lost, to LR.
 *   <li>Priorities change in Thread mode only: that of an active exception must not.
 * </ul>
 *
 * <p>Left out is what QEMU's Cortex-M0 does otherwise than ARMv6-M (ARM DDI 0419C; seen with 7.2):
 *
 * <ul>
 *   <li>IT, CBZ and CBNZ, which ARMv6-M does not have (A5.2), it runs.
 *   <li>ICSR bit 11, reserved (B3.2.4), it reads as ARMv7-M's RETTOBASE.
 *   <li>SHPR3 bits 7 and 6, reserved (B3.2), it keeps.
 *   <li>APSR bit 27, reserved (B1.4.2), it keeps as ARMv7-M's Q.
 *   <li>An SVC that becomes a HardFault leaves the address behind it in the frame; here it is that
 *       of the SVC, as of every instruction that faults (B1.5.6).
 *   <li>A store to flash it ignores; here it faults.
 *   <li>A lockup ends it.
 *   <li>What ARMv6-M calls UNPREDICTABLE it does somehow; here it ends the run.
 * </ul>
 */
final class RandomExceptions {
  /** Bytes of flash and SRAM of the part that it is for. */
  static final int FLASH_BYTES = 256 << 10;

  static final int SRAM_BYTES = 16 << 10;

  /** What a round writes, from the start of SRAM. */
  static final int DUMP_BYTES = 0x3000;

  /** What it can do besides calling random functions. */
  enum Action {
    FUNCTION,
    SUPERVISOR_CALL,
    PEND_IRQS,
    CLEAR_IRQS,
    ENABLE_IRQS,
    DISABLE_IRQS,
    PEND_SYSTEM,
    CLEAR_SYSTEM,
    PEND_NMI,
    PRIORITIES,
    READ_SYSTEM,
    READ_SPECIAL,
    WRITE_SPECIAL,
    PRIMASK,
    BURST,
    CHANGE_FRAME,
    UNDEFINED,
    UNALIGNED,
    UNMAPPED,
    LOST_CONTROL,
    MISALIGN_STACK,
    WAIT_FOR_INTERRUPT,
    PROCESS_STACK,
    SWITCH_STACKS
  }

  private static final int SRAM = 0x2000_0000;

  /** Where in SRAM the log begins. */
  static final int LOG_OFFSET = 0x400;

  /** Where in SRAM the word is that tells the address of the log's end. */
  static final int LOG_END_OFFSET = 0xFF8;

  private static final int LOG = SRAM + LOG_OFFSET;
  private static final int LOG_AT = SRAM + LOG_END_OFFSET;
  private static final int FUEL_AT = LOG_AT + 4;
  private static final int PROCESS_TOP = SRAM + 0x1800;
  private static final int MAIN_TOP = SRAM + DUMP_BYTES;
  private static final int CALL_BLOCK = SRAM + 0x3F00; // of semihosting, not written
  private static final int FUEL = 32;

  private static final int SYST_CSR = 0xE000_E010;
  private static final int SYST_RVR = 0xE000_E014;
  private static final int SYST_CVR = 0xE000_E018;
  private static final int ISER = 0xE000_E100;
  private static final int ICER = 0xE000_E180;
  private static final int ISPR = 0xE000_E200;
  private static final int ICPR = 0xE000_E280;
  private static final int IPR = 0xE000_E400;
  private static final int ICSR = 0xE000_ED04;
  private static final int SHPR2 = 0xE000_ED1C;
  private static final int SHPR3 = 0xE000_ED20;
  private static final int UNMAPPED_BASE = 0x6000_0000;

  private static final int PL = 5;
  private static final int LO = 3;
  private static final int ALWAYS = -1;

  /** ICSR has RETTOBASE there in ARMv7-M, and in QEMU's Cortex-M0; in ARMv6-M it is reserved. */
  private static final String NO_BIT_11 = "; movs r2, #1; lsls r2, r2, #11; bics r0, r2";

  private static final int APSR_Q = 1 << 27;

  private static final int TO_PROCESS = 0xF0;
  private static final int TO_MAIN = 0xF1;
  private static final int FUNCTIONS = 100;

  private enum Level {
    THREAD,
    THREAD_ON_PROCESS_STACK,
    HANDLER,
    LOW_HANDLER,
    CRITICAL_HANDLER
  }

  private final SplittableRandom random;
  private final Code code = new Code(new byte[FLASH_BYTES], 0xC0);
  private final List<Integer> functions = new ArrayList<>();
  private final Set<Form> forms;
  private final Set<Action> actions;
  private int writeLog;
  private int enterHandler;
  private int stepOver;
  private int endRound;

  private RandomExceptions(SplittableRandom random, Set<Form> forms, Set<Action> actions) {
    this.random = random;
    this.forms = forms;
    this.actions = actions;
  }

  /**
   * A program.
   *
   * @param forms gains the forms of instruction that its functions have
   * @param actions gains what it does
   */
  static byte[] program(SplittableRandom random, int rounds, Set<Form> forms, Set<Action> actions) {
    return new RandomExceptions(random, forms, actions).whole(rounds, 0);
  }

  /**
   * The same with SysTick, which QEMU has, but at other cycles.
   *
   * @param period cycles from one of its requests to the next
   */
  static byte[] ticking(
      SplittableRandom random, int rounds, int period, Set<Form> forms, Set<Action> actions) {
    return new RandomExceptions(random, forms, actions).whole(rounds, period);
  }

  private byte[] whole(int rounds, int period) {
    routines();
    for (int i = 0; i < FUNCTIONS; i++) {
      code.align();
      functions.add(code.here());
      code.emit(RandomProgram.harmless(random, forms));
    }
    code.word(0, MAIN_TOP);
    for (int exception = ExceptionNumber.NMI; exception < ExceptionNumber.END; exception++) {
      if (ExceptionNumber.exists(exception)) {
        code.align();
        code.word(4 * exception, code.here() | 1);
        handler(exception);
      }
    }
    code.align();
    code.word(4, code.here() | 1);
    start();
    if (period != 0) {
      writeWord(SYST_RVR, period - 1);
      writeWord(SYST_CVR, 0);
      writeWord(SYST_CSR, 3);
    }
    for (int i = 0; i < rounds; i++) {
      round();
    }
    code.constant(1, 0x20026).asm("movs r0, #24").emit(0xBEAB);
    return code.bytes();
  }

  // ---- What all programs have ----

  private void routines() {
    writeLog = code.here(); // appends r0, changes nothing
    code.asm("push {r1, r2}").constant(1, LOG_AT);
    code.asm("ldr r2, [r1, #0]; str r0, [r2, #0]; adds r2, #4; str r2, [r1, #0]");
    code.asm("pop {r1, r2}; bx lr");

    // r0 EXC_RETURN, r1 the frame if it is on the main stack; gives 0 in r0 if there is no fuel.
    code.align();
    enterHandler = code.here();
    code.asm("push {r4, lr}").constant(2, FUEL_AT).asm("ldr r3, [r2, #0]; subs r3, #1");
    code.asm("bpl .+6; movs r0, #0; pop {r4, pc}; str r3, [r2, #0]").call(writeLog);
    code.asm("lsls r0, r0, #29");
    int main = code.mark();
    code.asm("mrs r1, psp").land(main, PL);
    code.asm("mov r4, r1; mov r0, r1").call(writeLog);
    code.asm("ldr r0, [r4, #24]").call(writeLog);
    code.asm("ldr r0, [r4, #28]").call(writeLog);
    code.asm("mrs r0, ipsr").call(writeLog);
    code.asm("mrs r0, psp; mrs r1, control; adds r0, r0, r1; mrs r1, primask; adds r0, r0, r1");
    code.call(writeLog);
    code.constant(1, ICSR).asm("ldr r0, [r1, #0]" + NO_BIT_11).call(writeLog);
    code.constant(1, ISPR).asm("ldr r0, [r1, #0]").call(writeLog);
    code.asm("movs r0, #1; pop {r4, pc}");

    // r1 the frame
    code.align();
    stepOver = code.here();
    code.asm("ldr r2, [r1, #24]; ldr r3, [r1, #28]; movs r0, r3; lsls r0, r0, #7"); // T
    int notThumb = code.mark();
    code.constant(0, FLASH_BYTES).asm("cmp r2, r0");
    int inFlash = code.mark();
    code.land(notThumb, PL).asm("ldr r2, [r1, #20]; movs r0, #1; bics r2, r0; str r2, [r1, #24]");
    code.asm("lsls r0, r0, #24; orrs r3, r0; str r3, [r1, #28]; bx lr").land(inFlash, LO);
    code.asm("ldrh r3, [r2, #0]; lsrs r3, r3, #11; cmp r3, #29");
    int narrow = code.mark();
    code.asm("adds r2, #2").land(narrow, LO).asm("adds r2, #2; str r2, [r1, #24]; bx lr");

    // Ends a round: writes SRAM, and starts the log again.
    code.align();
    endRound = code.here();
    code.asm("push {lr}; movs r0, #5").constant(1, CALL_BLOCK).emit(0xBEAB);
    code.constant(1, LOG_AT).constant(0, LOG).asm("str r0, [r1, #0]; movs r0, #" + FUEL);
    code.asm("str r0, [r1, #4]; pop {pc}");
  }

  private void start() {
    // All of SRAM becomes 0, and what is pending or enabled is what reset left.
    code.constant(0, SRAM).constant(1, SRAM + SRAM_BYTES).asm("movs r2, #0; str r2, [r0, #0]");
    code.asm("adds r0, #4; cmp r0, r1; bne .-6");
    // SYS_OPEN of ":tt" to write
    code.constant(1, CALL_BLOCK).constant(2, CALL_BLOCK + 16).constant(3, 0x0074_743A);
    code.asm("str r3, [r2, #0]; str r2, [r1, #0]; movs r0, #4; str r0, [r1, #4]; movs r0, #3");
    code.asm("str r0, [r1, #8]; movs r0, #1").emit(0xBEAB);
    // the block of SYS_WRITE
    code.asm("str r0, [r1, #0]").constant(0, SRAM).asm("str r0, [r1, #4]");
    code.constant(0, DUMP_BYTES).asm("str r0, [r1, #8]");
    code.constant(1, LOG_AT).constant(0, LOG).asm("str r0, [r1, #0]");
    code.asm("movs r0, #" + FUEL + "; str r0, [r1, #4]");
    priorities();
    writeWord(ISER, -1);
  }

  // ---- Handlers ----

  private void handler(int exception) {
    if (exception == ExceptionNumber.SVCALL) {
      switches();
    }
    code.asm("mov r0, lr; mov r1, sp; push {r4, r5, r6, r7, lr}").call(enterHandler);
    Level level =
        exception == ExceptionNumber.NMI || exception == ExceptionNumber.HARD_FAULT
            ? Level.CRITICAL_HANDLER
            : exception >= ExceptionNumber.ofIrq(16) ? Level.LOW_HANDLER : Level.HANDLER;
    code.asm("cmp r0, #0; bne .+4");
    int exhausted = code.mark();
    for (int n = random.nextInt(4); n > 0; n--) {
      action(level);
    }
    code.land(exhausted, ALWAYS);
    if (exception == ExceptionNumber.HARD_FAULT) {
      findFrame();
      code.call(stepOver);
    }
    switch (random.nextInt(3)) {
      case 0 -> code.asm("pop {r4, r5, r6, r7, pc}");
      case 1 -> code.asm("pop {r4, r5, r6, r7}; pop {r3}; bx r3");
      default -> code.asm("pop {r4, r5, r6, r7}; pop {r0}; mov lr, r0; bx lr");
    }
  }

  /** r1 = the frame, in a handler that has pushed five words. */
  private void findFrame() {
    code.asm("ldr r0, [sp, #16]; add r1, sp, #20; lsls r0, r0, #29");
    int main = code.mark();
    code.asm("mrs r1, psp").land(main, PL);
  }

  /**
   * As the first thing of SVC's handler, two calls that return to Thread mode on the other stack:
   * its frame moves there. Each leaves SP where it was, and the code that calls needs no stack.
   */
  private void switches() {
    // r1 = frame, r2 = the number in the SVC
    code.asm("mov r1, sp; mov r0, lr; lsls r0, r0, #29");
    int onMain = code.mark();
    code.asm("mrs r1, psp").land(onMain, PL);
    code.asm("ldr r2, [r1, #24]; subs r2, #2; ldrb r2, [r2, #0]; cmp r2, #" + TO_PROCESS);
    code.asm("beq .+8; cmp r2, #" + TO_MAIN + "; beq .+6");
    int neither = code.mark();
    int process = code.mark();
    int main = code.mark();
    code.land(process, ALWAYS);
    code.constant(2, PROCESS_TOP - 64);
    copyFrame();
    code.asm("msr psp, r2; add sp, #32; lsls r3, r0, #22"); // r0 = xPSR, whose bit 9
    int aligned = code.mark();
    code.asm("add sp, #4").land(aligned, PL);
    code.asm("movs r0, #2; mvns r0, r0; bx r0");
    code.land(main, ALWAYS).asm("sub sp, #32; mov r2, sp");
    copyFrame();
    code.asm("movs r0, #6; mvns r0, r0; bx r0");
    code.land(neither, ALWAYS);
  }

  /** From r1 to r2, of 8-aligned stacks to 8-aligned stacks; leaves the old xPSR in r0. */
  private void copyFrame() {
    for (int i = 0; i < 8; i++) {
      code.asm(String.format("ldr r0, [r1, #%d]; str r0, [r2, #%d]", 4 * i, 4 * i));
    }
    code.asm("movs r3, #1; lsls r3, r3, #9; mov r4, r0; bics r4, r3; str r4, [r2, #28]");
  }

  // ---- Thread mode ----

  private void round() {
    for (int n = 2 + random.nextInt(7); n > 0; n--) {
      action(Level.THREAD);
    }
    code.call(endRound);
  }

  // ---- Actions ----

  private void action(Level level) {
    while (true) {
      Action action = Action.values()[random.nextInt(Action.values().length)];
      if (emit(action, level)) {
        actions.add(action);
        return;
      }
    }
  }

  /** Emits it if it may be done here, and says whether. */
  private boolean emit(Action action, Level level) {
    boolean thread = level == Level.THREAD || level == Level.THREAD_ON_PROCESS_STACK;
    boolean critical = level == Level.CRITICAL_HANDLER;
    switch (action) {
      case FUNCTION -> code.call(functions.get(random.nextInt(FUNCTIONS)));
      case SUPERVISOR_CALL -> {
        if (!thread && level != Level.LOW_HANDLER) {
          return false;
        }
        code.emit(0xDF00 | random.nextInt(0x80));
      }
      case PEND_IRQS -> writeWord(ISPR, irqs());
      case CLEAR_IRQS -> writeWord(ICPR, random.nextInt());
      case ENABLE_IRQS -> writeWord(ISER, random.nextInt());
      case DISABLE_IRQS -> writeWord(ICER, irqs());
      case PEND_SYSTEM -> writeWord(ICSR, random.nextBoolean() ? 1 << 28 : 1 << 26);
      case CLEAR_SYSTEM -> writeWord(ICSR, random.nextBoolean() ? 1 << 27 : 1 << 25);
      case PEND_NMI -> writeWord(ICSR, 1 << 31);
      case PRIORITIES -> {
        if (!thread) {
          return false;
        }
        priorities();
      }
      case READ_SYSTEM -> {
        int[] readable = {ISER, ICER, ISPR, ICPR, ICSR, SHPR2, SHPR3, IPR + 4 * random.nextInt(8)};
        code.constant(1, readable[random.nextInt(readable.length)])
            .asm("ldr r0, [r1, #0]" + NO_BIT_11);
        code.call(writeLog);
      }
      case READ_SPECIAL -> {
        String[] names = {
          "apsr", "iapsr", "eapsr", "xpsr", "ipsr", "epsr", "iepsr", "msp", "psp", "primask",
          "control"
        };
        code.asm("mrs r0, " + names[random.nextInt(names.length)]).call(writeLog);
      }
      case WRITE_SPECIAL -> writeSpecial(level, thread);
      case PRIMASK -> {
        code.asm(random.nextBoolean() ? "cpsid i" : "movs r0, #1; msr primask, r0");
        few(thread, Action.PEND_IRQS, Action.PEND_SYSTEM, Action.READ_SYSTEM, Action.CLEAR_IRQS);
        code.asm(random.nextBoolean() ? "cpsie i" : "movs r0, #0; msr primask, r0");
      }
      case BURST -> { // many at once, to be chained
        code.asm("cpsid i");
        writeWord(ISPR, random.nextInt());
        writeWord(ICSR, 1 << 28 | 1 << 26);
        code.asm("cpsie i");
      }
      case CHANGE_FRAME -> {
        if (thread) {
          return false;
        }
        findFrame();
        code.asm("ldr r0, [r1, #4]; mvns r0, r0; str r0, [r1, #4]");
        code.asm("ldr r0, [r1, #28]; movs r2, #" + random.nextInt(16) + "; lsls r2, r2, #28");
        code.asm("eors r0, r2; str r0, [r1, #28]");
      }
      case UNDEFINED -> {
        if (critical) {
          return false;
        }
        undefined();
      }
      case UNALIGNED -> {
        if (critical) {
          return false;
        }
        String[] accesses = {
          "ldr r1, [r0, #0]", "str r1, [r0, #4]", "ldrh r1, [r0, #2]", "strh r1, [r0, #6]",
          "ldm r0!, {r1, r2}", "stm r0!, {r1, r3}", "ldr r1, [r0, r2]", "ldrsh r1, [r0, r2]"
        };
        code.constant(0, SRAM + 0x101 + 2 * random.nextInt(16)).asm("movs r2, #0");
        code.asm(accesses[random.nextInt(accesses.length)]);
      }
      case UNMAPPED -> {
        if (critical) {
          return false;
        }
        String[] accesses = {
          "ldr r1, [r0, #0]",
          "str r1, [r0, #4]",
          "ldrb r1, [r0, #3]",
          "strh r1, [r0, #6]",
          "ldm r0!, {r1, r2}",
          "stm r0!, {r1, r3}"
        };
        code.constant(0, UNMAPPED_BASE + 4 * random.nextInt(100));
        code.asm(accesses[random.nextInt(accesses.length)]);
      }
      case LOST_CONTROL -> {
        if (critical) {
          return false;
        }
        int even = 0x100 + 2 * random.nextInt(1000);
        code.constant(0, random.nextBoolean() ? UNMAPPED_BASE | 1 : even).asm("blx r0");
      }
      case MISALIGN_STACK -> {
        code.asm("sub sp, #4");
        few(thread, Action.PEND_IRQS, Action.BURST, Action.READ_SPECIAL, Action.PEND_NMI);
        code.asm("add sp, #4");
      }
      case WAIT_FOR_INTERRUPT -> {
        if (!thread) {
          return false;
        }
        code.asm("cpsid i");
        writeWord(ICSR, 1 << 28);
        code.asm("wfi; cpsie i");
      }
      case PROCESS_STACK -> {
        if (level != Level.THREAD) {
          return false;
        }
        code.constant(0, PROCESS_TOP - 4 * random.nextInt(8));
        code.asm("msr psp, r0; movs r0, #2; msr control, r0; isb sy");
        some(Level.THREAD_ON_PROCESS_STACK);
        code.asm("movs r0, #0; msr control, r0; isb sy");
      }
      case SWITCH_STACKS -> {
        if (level != Level.THREAD) {
          return false;
        }
        code.emit(0xDF00 | TO_PROCESS);
        some(Level.THREAD_ON_PROCESS_STACK);
        code.emit(0xDF00 | TO_MAIN);
      }
    }
    return true;
  }

  private void some(Level level) {
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      action(level);
    }
  }

  private void few(boolean thread, Action... choice) {
    for (int n = random.nextInt(4); n > 0; n--) {
      Action action = choice[random.nextInt(choice.length)];
      emit(action, thread ? Level.THREAD : Level.HANDLER);
    }
  }

  private void writeSpecial(Level level, boolean thread) {
    code.constant(0, random.nextInt() & ~APSR_Q);
    switch (random.nextInt(6)) {
      case 0 -> code.asm("msr apsr, r0; mrs r0, apsr").call(writeLog);
      case 1 -> code.asm("msr xpsr, r0; mrs r0, xpsr").call(writeLog);
      case 2 -> code.asm("msr ipsr, r0; msr epsr, r0; msr iepsr, r0; mrs r0, ipsr").call(writeLog);
      case 3 -> { // ignored in Handler mode
        code.asm("mrs r0, control; movs r1, #" + (thread ? 0 : 2) + "; orrs r0, r1");
        code.asm("msr control, r0; mrs r0, control").call(writeLog);
      }
      case 4 -> { // no low two bits
        code.asm("mrs r0, msp; movs r1, #3; orrs r1, r0; msr msp, r1; mrs r0, msp").call(writeLog);
      }
      default -> {
        if (level == Level.THREAD) {
          code.asm("msr psp, r0; mrs r0, psp").call(writeLog);
        } else {
          code.asm("mrs r0, psp; movs r1, #3; orrs r1, r0; msr psp, r1; mrs r0, psp");
          code.call(writeLog);
        }
      }
    }
  }

  /** One to three of them, more often than all at once. */
  private int irqs() {
    int mask = 0;
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      mask |= 1 << random.nextInt(32);
    }
    return mask;
  }

  /** Of all: SVC's stays above those of IRQ 16 to 31. */
  private void priorities() {
    for (int register = 0; register < 8; register++) {
      int value = random.nextInt();
      writeWord(IPR + 4 * register, register < 4 ? value : value | 0x8080_8080);
    }
    writeWord(SHPR2, random.nextInt() & 0x7FFF_FFFF);
    writeWord(SHPR3, random.nextInt() & 0xFFFF_FF00); // PRI_12, which only ARMv7-M has, QEMU keeps
  }

  private void writeWord(int address, int value) {
    int base = random.nextInt(4);
    code.constant(base, address).constant(base + 1, value);
    code.emit(0x6000 | base << 3 | (base + 1)); // str
    if (random.nextBoolean()) {
      code.asm("dsb sy; isb sy");
    }
  }

  /** UDF, or anything else that is undefined, of either length. */
  private void undefined() {
    while (true) {
      boolean wide = random.nextBoolean();
      int first = wide ? 0xE800 + random.nextInt(0x1800) : random.nextInt(0xE800);
      int second = random.nextInt(0x10000);
      if (Armv6m.decode(first, second) instanceof Undefined && !qemuRuns(first)) {
        code.emit(first);
        if (wide) {
          code.emit(second);
        }
        return;
      }
    }
  }

  /** QEMU has IT, CBZ and CBNZ of ARMv7-M (A7.7) in its Cortex-M0 too. */
  private static boolean qemuRuns(int halfword) {
    return (halfword & 0xFF00) == 0xBF00 || (halfword & 0xF500) == 0xB100;
  }
}
