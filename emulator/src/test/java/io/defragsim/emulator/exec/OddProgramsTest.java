package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.ThreadCost;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.interpreter.FaultPolicy;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.interpreter.TwoCores;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.ExceptionNumber;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Programs that do what a fast core is easily wrong about: they rewrite themselves, wait, poll, are
 * interrupted at each cycle, unwind calls, run off the end of memory. Each does at speed what it
 * does step by step: registers and SRAM at each stretch, and the result, the profile and the
 * intervals of a whole run.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class OddProgramsTest {
  private static final int SRAM = Source.SRAM;
  private static final int FLASH_BYTES = 2048;
  private static final int SRAM_BYTES = 4096;
  private static final int COPY = SRAM + 0x200; // of code
  private static final int HANDLER = 0x400;
  private static final int SYST_CSR = 0xE000_E010;
  private static final int ICSR = 0xE000_ED04;
  private static final int ISER = 0xE000_E100;
  private static final int SCR = 0xE000_ED10;
  private static final int PENDSV = 1 << 28;
  private static final int NMI = 1 << 31;

  private static final long BUDGET = 12_000;
  private static final int[] MODES = {0, 3, FastCode.NEVER};

  private static final Class<? extends Ending> PARKED = Ending.Parked.class;
  private static final Class<? extends Ending> ENDLESS = Ending.BudgetExhausted.class;
  private static final Class<? extends Ending> LOOPS = Ending.LoopsForever.class;
  private static final Class<? extends Ending> FAULT = Ending.Faulted.class;

  /** Starts SysTick, whose first register is at R0, with reload R1 and control R2. */
  private static final String TICK = "str r1, [r0, #4]; str r1, [r0, #8]; str r2, [r0, #0]; ";

  private final Map<String, Class<? extends Ending>> expected = new LinkedHashMap<>();
  private final Map<String, Source> programs = new LinkedHashMap<>();
  private long instructions;
  private long atSpeed;

  private Source program(
      String name, Class<? extends Ending> ending, String source, int... constants) {
    Source program = Source.of(source, constants);
    programs.put(name, program);
    expected.put(name, ending);
    return program;
  }

  /** One whose code runs from SRAM, at {@link #COPY}. */
  private Source copied(String name, Class<? extends Ending> ending, String source) {
    return program(
            name,
            ending,
            "ldr r3, [r1, #0]; str r3, [r0, #0]; adds r0, #4; adds r1, #4; subs r2, #4; bne .-10;"
                + " movs r3, #0; subs r0, #127; bx r0",
            COPY,
            Source.FREE,
            128)
        .code(Source.FREE, source);
  }

  private void rewriting() {
    copied(
        "rewrites its next instruction by a halfword",
        PARKED,
        "add r0, pc, #4; movs r7, #60; ldrh r1, [r0, #4]; movs r2, #3; eors r1, r2;"
            + " strh r1, [r0, #4]; adds r3, #1; subs r7, #1; bne .-12; bkpt #0");
    copied(
        "rewrites its next instruction by a byte",
        PARKED,
        "add r0, pc, #4; movs r7, #60; ldrb r1, [r0, #4]; adds r1, #1; nop; strb r1, [r0, #4];"
            + " adds r3, #1; subs r7, #1; bne .-12; bkpt #0");
    copied(
        "rewrites its next two instructions by STM",
        PARKED,
        "add r0, pc, #8; movs r7, #60; ldr r1, [r0, #0]; movs r2, #3; eors r1, r2; mov r4, r0;"
            + " stm r4!, {r1}; adds r3, #1; adds r3, #3; subs r7, #1; bne .-16; bkpt #0");
    copied(
        "rewrites its next two instructions by PUSH",
        PARKED,
        "add r0, pc, #16; mov r8, sp; movs r7, #60; ldr r1, [r0, #0]; movs r2, #3; eors r1, r2;"
            + " adds r0, #4; mov sp, r0; subs r0, #4; push {r1}; adds r3, #1; adds r3, #3;"
            + " mov sp, r8; subs r7, #1; bne .-22; bkpt #0");
    copied(
        "rewrites what a loop before did",
        PARKED,
        "add r0, pc, #4; movs r7, #20; b .+2; nop; movs r6, #20; adds r3, #1; subs r6, #1;"
            + " bne .-4; ldrh r1, [r0, #2]; adds r1, #1; strh r1, [r0, #2]; subs r7, #1; bne .-20;"
            + " bkpt #0");
    // R4 counts by an instruction that lies where an exception stacks R0.
    program(
            "runs what an exception has stacked",
            PARKED,
            "mov r5, sp; subs r5, #31; movs r7, #50; mov r6, pc; adds r6, #7; svc #0; bx r5; nop;"
                + " adds r0, #1; subs r7, #1; bne .-14; bkpt #0",
            0x4730_3401)
        .code(HANDLER, "bx lr")
        .handler(ExceptionNumber.SVCALL, HANDLER);
    program("runs its constants", PARKED, "bx r1", 0, 0x481, 0)
        .word(0x480, 0x3001_3001)
        .word(0x484, 0x481)
        .word(0x488, 0xBE00_3001);
  }

  private void edges() {
    String toEnd = "movs r2, #30; bx r1";
    program("runs off the end of flash", FAULT, toEnd, 0, 0x7F9)
        .code(0x7F8, "adds r0, #1; nop; nop; nop");
    program("branches at the end of flash", ENDLESS, toEnd, 0, 0x7F9)
        .code(0x7F8, "adds r0, #1; adds r2, #1; nop; b .-6");
    program("falls through a branch at the end of flash", FAULT, toEnd, 0, 0x7F9)
        .code(0x7F8, "adds r0, #1; subs r2, #1; nop; bne .-6");
    program("leaves by a branch at the end of flash", FAULT, toEnd, 0, 0x7F9)
        .code(0x7F8, "adds r0, #1; adds r2, #1; bmi .+8; b .-6")
        .code(0x7FC, "b .+4");
    program("has half an instruction at the end of flash", FAULT, toEnd, 0, 0x7FB)
        .word(0x7FC, 0xF000_3001);
    program("calls at the end of flash", PARKED, toEnd, 0, 0x7FD)
        .code(0x7FC, "bl .-252")
        .code(0x700, "adds r0, #1; subs r2, #1; beq .+4; bx r1; bkpt #0");
    program(
            "goes from one view of flash to the other",
            PARKED,
            "movs r2, #60; blx r1; blx r0; subs r2, #1; bne .-6; bkpt #0",
            0x0800_0601,
            0x601)
        .code(0x600, "adds r3, #1; mov r4, pc; mov r5, lr; bx lr");
    program(
        "stores and loads up to the ends of SRAM",
        PARKED,
        "movs r7, #40; str r7, [r0, #0]; strb r7, [r1, #0]; ldrb r3, [r1, #0]; ldrh r4, [r0, #0];"
            + " ldr r5, [r0, #0]; subs r7, #1; bne .-12; bkpt #0",
        SRAM,
        SRAM + SRAM_BYTES - 1);
    for (String access : List.of("stm r0!, {r1, r2}", "ldm r0!, {r1, r2}", "str r1, [r0, #0]")) {
      program(
          "goes on to the end of SRAM by " + access, FAULT, access + "; adds r0, #4; b .-4", SRAM);
    }
    program("goes on to the start of SRAM by PUSH", FAULT, "push {r0, r1, lr}; adds r7, #1; b .-4");
    program("goes on to the end of SRAM by POP", FAULT, "pop {r1}; b .-2").word(0, SRAM + 0x40);
    program("pops PC from the end of SRAM", FAULT, "pop {r1, pc}").word(0, SRAM + 0xFFC);
    program("reads all of flash and beyond", FAULT, "ldrb r1, [r0, #0]; adds r0, #1; b .-4", 0x700);
    program("recurses to the end of the stack", FAULT, "push {r4, lr}; adds r0, #1; bl .-4");
    program("has no room for the frame of its fault", FAULT, "push {r4, lr}; adds r0, #1; bl .-4")
        .code(HANDLER, "ldr r0, [pc, #4]; mov sp, r0; ldr r0, [pc, #4]; bx r0")
        .word(HANDLER + 8, SRAM + 0x800)
        .word(HANDLER + 12, 0x101)
        .handler(ExceptionNumber.HARD_FAULT, HANDLER);
  }

  private void calls() {
    // R1 rounds of a call that nests R0 deep, and comes back one by one.
    program(
            "calls 200 deep and returns",
            PARKED,
            "movs r0, #200; blx r2; subs r1, #1; bne .-6; bkpt #0",
            0,
            2,
            0x601)
        .code(0x600, "push {r4, lr}; subs r0, #1; beq .+6; bl .-6; nop; adds r4, #1; pop {r4, pc}");
    program(
            "unwinds 200 calls at once",
            PARKED,
            "mov r7, sp; mov r6, pc; adds r6, #7; movs r0, #200; blx r2; nop; nop; subs r1, #1;"
                + " bne .-10; bkpt #0",
            0,
            5,
            0x601)
        .code(0x600, "push {r4, lr}; subs r0, #1; beq .+6; bl .-6; nop; mov sp, r7; bx r6");
    program(
            "changes where a call returns to",
            PARKED,
            "movs r0, #90; blx r1; adds r3, #1; adds r4, #1; subs r0, #1; bne .-8; bkpt #0",
            0,
            0x601)
        .code(
            0x600,
            "push {r4, lr}; lsrs r2, r0, #1; bcc .+8; ldr r2, [sp, #4]; adds r2, #2;"
                + " str r2, [sp, #4]; pop {r4, pc}");
    program(
            "returns on another stack",
            PARKED,
            "movs r0, #60; mov r6, sp; mov r7, sp; subs r7, #128; blx r1; subs r0, #1; bne .-4;"
                + " bkpt #0",
            0,
            0x601)
        .code(
            0x600,
            "push {r4, lr}; mov r5, sp; mov r4, sp; ldr r2, [r4, #0]; ldr r3, [r4, #4];"
                + " mov sp, r7; push {r2, r3}; pop {r4, pc}");
    program(
            "is one function in the middle of another",
            PARKED,
            "movs r0, #60; blx r1; blx r2; subs r0, #1; bne .-6; bkpt #0",
            0,
            0x601,
            0x605)
        .code(0x600, "adds r3, #1; b .+4; adds r4, #1; mov pc, lr");
    program(
            "pops an even PC",
            PARKED,
            "movs r0, #50; push {r0}; pop {pc}; nop; subs r0, #2; bne .-8; bkpt #0")
        .code(
            HANDLER,
            "ldr r1, [sp, #24]; movs r2, #1; lsls r2, r2, #24; ldr r3, [sp, #28]; orrs r3, r2;"
                + " str r3, [sp, #28]; ldr r1, [pc, #4]; str r1, [sp, #24]; bx lr; nop")
        .word(HANDLER + 20, 0x106)
        .handler(ExceptionNumber.HARD_FAULT, HANDLER);
    program(
        "computes where it goes",
        PARKED,
        "movs r0, #60; movs r1, #0; add pc, r1; adds r3, #1; adds r3, #2; adds r3, #4;"
            + " movs r2, #2; eors r1, r2; subs r0, #1; bne .-14; bkpt #0");
    program(
        "has its call between two words",
        PARKED,
        "movs r0, #60; bl .+10; subs r0, #1; bne .-6; bkpt #0; adds r3, #1; mov pc, lr");
  }

  private void interrupts() {
    String work =
        "movs r7, #20; push {r0, r1, r2, r3}; pop {r3, r4, r5, r6}; mov r4, sp; subs r4, #64;"
            + " stm r4!, {r0, r1, r2}; subs r4, #12; ldm r4!, {r0, r1, r2}; mov r3, r7;"
            + " muls r3, r7, r3; cpsid i; adds r6, #1; cpsie i; subs r7, #1; bne .-26; bkpt #0";
    for (int reload = 36; reload < 100; reload += reload < 60 ? 1 : 9) {
      program(
              "ticks each " + (reload + 1) + " cycles",
              Ending.class,
              TICK + work,
              SYST_CSR,
              reload,
              7)
          .code(
              HANDLER,
              "push {r4, lr}; mrs r0, ipsr; mov r1, r8; adds r1, #1; mov r8, r1;" + " pop {r4, pc}")
          .handler(ExceptionNumber.SYSTICK, HANDLER);
    }
    program("ticks right behind each return", ENDLESS, TICK + "adds r3, #1; b .-2", SYST_CSR, 1, 7)
        .code(HANDLER, "bx lr")
        .handler(ExceptionNumber.SYSTICK, HANDLER);
    program(
            "masks ticks all the time",
            ENDLESS,
            TICK
                + "cpsid i; adds r3, #1; mrs r4, primask; cpsie i; msr primask, r4; adds r3, #1;"
                + " movs r4, #0; msr primask, r4; b .-22",
            SYST_CSR,
            70,
            7)
        .code(HANDLER, "cpsid i; adds r0, #1; cpsie i; bx lr")
        .handler(ExceptionNumber.SYSTICK, HANDLER);
    program(
            "asks for an exception behind its mask",
            ENDLESS,
            "cpsid i; str r1, [r0, #0]; adds r3, #1; mrs r4, primask; cpsie i; adds r3, #1; b .-14",
            ICSR,
            PENDSV)
        .code(HANDLER, "adds r0, #1; bx lr")
        .handler(ExceptionNumber.PENDSV, HANDLER);
    program(
            "pends interrupts of its own",
            ENDLESS,
            "str r1, [r0, #0]; movs r4, #1; lsls r4, r4, #8; adds r4, r4, r0; movs r5, #3;"
                + " str r5, [r4, #0]; adds r3, #1; adds r3, #1; b .-8",
            ISER,
            3)
        .code(HANDLER, "push {r4, lr}; mrs r1, ipsr; pop {r4, pc}")
        .handler(ExceptionNumber.ofIrq(0), HANDLER)
        .handler(ExceptionNumber.ofIrq(1), HANDLER);
    program("asks for NMI in a loop", ENDLESS, "str r1, [r0, #0]; adds r3, #1; b .-4", ICSR, NMI)
        .code(HANDLER, "adds r0, #1; nop; mov r1, lr; bx r1")
        .handler(ExceptionNumber.NMI, HANDLER);
    program("faults in NMI", FAULT, "adds r3, #1; str r1, [r0, #0]; b .-4", ICSR, NMI)
        .code(HANDLER, "movs r0, #1; ldr r1, [r0, #0]; bx lr")
        .handler(ExceptionNumber.NMI, HANDLER)
        .handler(ExceptionNumber.HARD_FAULT, HANDLER);
    program("steps over its faults", ENDLESS, "adds r3, #1; ldr r1, [r0, #0]; b .-4", 1)
        .code(HANDLER, "ldr r1, [sp, #24]; adds r1, #2; str r1, [sp, #24]; bx lr")
        .handler(ExceptionNumber.HARD_FAULT, HANDLER);
    program(
            "calls for service on both stacks",
            PARKED,
            "msr psp, r0; movs r7, #20; movs r1, #2; msr control, r1; svc #1; push {r7};"
                + " movs r1, #0; msr control, r1; svc #2; push {r7}; pop {r2}; subs r7, #1;"
                + " bne .-24; bkpt #0",
            SRAM + 0x800)
        .code(HANDLER, "mov r1, lr; mrs r2, psp; bx r1")
        .handler(ExceptionNumber.SVCALL, HANDLER);
    program(
            "has no privilege",
            PARKED,
            "movs r7, #40; movs r1, #1; msr control, r1; isb sy; cpsid i; mrs r2, primask;"
                + " msr primask, r1; mrs r3, msp; subs r7, #1; bne .-20; bkpt #0",
            SRAM + 0x800)
        .code(HANDLER, "bx lr");
  }

  private void waits() {
    String counts = "ldr r0, [pc, #8]; ldr r1, [r0, #0]; adds r1, #1; str r1, [r0, #0]; bx lr";
    String[] loops = {
      "b .+0",
      "nop; b .-2",
      "adds r6, #1; b .+0",
      "cmp r3, #1; bne .-2",
      "ldr r4, [r3, #0]; lsls r5, r4, #29; bpl .-4; adds r6, #1; movs r4, #0; str r4, [r3, #0];"
          + " b .-12",
      "wfi; adds r6, #1; b .-4",
      "wfe; adds r6, #1; b .-4",
      "sev; wfe; wfe; adds r6, #1; b .-8",
      "cpsid i; wfi; cpsie i; adds r6, #1; b .-8",
      "ldr r4, [r0, #8]; cmp r4, #9; bhi .-4; adds r6, #1; b .-8",
      "ldr r4, [r0, #0]; lsrs r4, r4, #17; bcc .-4; adds r6, #1; b .-8",
      "movs r5, #1; lsls r5, r5, #9; adcs r5, r5; cmp r5, #9; bne .-6",
    };
    for (int control = 5; control <= 7; control += 2) {
      for (String loop : loops) {
        boolean interrupts = (control & 2) != 0;
        boolean asleep = loop.contains("wf");
        boolean alone = loop.endsWith("b .+0");
        program(
                "waits by " + loop + (interrupts ? " for ticks" : " for nothing"),
                interrupts || (!asleep && !alone) ? ENDLESS : alone ? LOOPS : FAULT,
                TICK + loop,
                SYST_CSR,
                150,
                control,
                SRAM)
            .code(HANDLER, counts)
            .word(HANDLER + 12, SRAM)
            .handler(ExceptionNumber.SYSTICK, HANDLER);
      }
    }
    program(
            "sleeps whenever it returns",
            ENDLESS,
            TICK + "str r4, [r3, #0]; adds r6, #1; b .-2",
            SYST_CSR,
            150,
            7,
            SCR,
            2)
        .code(HANDLER, "adds r0, #1; bx lr")
        .handler(ExceptionNumber.SYSTICK, HANDLER);
    program(
        "sets its timer anew in a loop",
        ENDLESS,
        TICK
            + "ldr r4, [r0, #8]; adds r1, #3; str r1, [r0, #4]; ldr r5, [r0, #0]; adds r6, r6, r5;"
            + " str r5, [r0, #8]; ldr r5, [r0, #8]; adds r6, r6, r4; b .-16",
        SYST_CSR,
        9,
        5);
    program(
            "turns its timer off and on",
            ENDLESS,
            TICK
                + "movs r4, #0; str r4, [r0, #0]; nop; nop; str r2, [r0, #0]; adds r6, #1; nop;"
                + " ldr r5, [r0, #8]; adds r7, r7, r5; b .-18",
            SYST_CSR,
            60,
            7)
        .code(HANDLER, "adds r0, #1; bx lr")
        .handler(ExceptionNumber.SYSTICK, HANDLER);
    program(
        "waits with a carry that its first round changes",
        PARKED,
        "movs r7, #50; adds r6, #1; movs r5, #1; adcs r5, r5; movs r4, #3; subs r4, r4, r5;"
            + " bne .-8; subs r7, #1; bne .-14; bkpt #0");
    // What waits for a word of SRAM first waits for the timer then, and another time is left to.
    program(
        "waits at one place for two things",
        ENDLESS,
        "mov r3, r0; str r1, [r3, #4]; str r1, [r3, #8]; str r2, [r3, #0]; mov r4, sp;"
            + " subs r4, #64; movs r5, #0; str r5, [r4, #8]; b .+2; ldr r5, [r4, #8]; cmp r5, #40;"
            + " bhi .-4; mov r4, r3; b .-8",
        SYST_CSR,
        250,
        5);
    program(
        "comes back to where it waited by a computed branch",
        ENDLESS,
        "b .+2; cmp r0, #5; beq .-2; movs r0, #5; mov pc, r1",
        0,
        0x106);
    program("loops for ever behind other instructions", LOOPS, "movs r0, #1; adds r0, #2; b .+0");
    program(
        "loops for ever at the end of a loop", LOOPS, "movs r0, #50; subs r0, #1; bne .-2; b .+0");
    program(
        "loops for ever on a condition", ENDLESS, "movs r0, #0; adds r3, #1; cmp r0, #0; beq .+0");
  }

  private void flags() {
    String[] between = {
      "movs r4, #0",
      "movs r4, r2",
      "ands r4, r2",
      "muls r4, r2, r4",
      "mvns r4, r2",
      "nop",
      "lsls r4, r2, #3",
      "lsrs r4, r2",
      "sxth r4, r2",
      "tst r4, r2"
    };
    String[] conditions = {
      "eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le"
    };
    for (String operation : List.of("cmp r0, r1", "cmn r0, r1", "adcs r0, r1", "sbcs r0, r1")) {
      for (String after : between) {
        StringBuilder code = new StringBuilder("movs r7, #6; mov r4, r0; ");
        int length = 0;
        for (String condition : conditions) {
          code.append(operation).append("; ").append(after).append("; b").append(condition);
          code.append(" .+4; adds r3, #1; adds r3, r3, r3; ");
          length += 10;
        }
        code.append("adds r0, r0, r2; mov r5, r0; mov r0, r1; mov r1, r5; mov r4, r5;");
        code.append("subs r7, #1; beq .+6; b .-").append(length + 14).append("; nop; bkpt #0");
        program(operation + "; " + after, PARKED, code.toString(), 5, 0x8000_0003, 0x6001_F00D, 0);
      }
    }
  }

  private void all() {
    rewriting();
    edges();
    calls();
    interrupts();
    waits();
    flags();
  }

  @Test
  void odd_programs_do_the_same_at_speed() {
    all();
    programs.forEach(this::lockstep);
    assertThat(programs).hasSizeGreaterThan(120);
    assertThat(atSpeed).as("instructions at speed").isGreaterThan(instructions / 2);
  }

  private void lockstep(String name, Source program) {
    for (int mode : MODES) {
      CoreKind kind = name.hashCode() % 2 == 0 ? CoreKind.CORTEX_M0 : CoreKind.CORTEX_M0PLUS;
      TwoCores cores =
          new TwoCores(
              new TwoCores.Setup(
                  kind,
                  kind.timing(32).withWaitStates(Math.floorMod(name.hashCode(), 3)),
                  FaultPolicy.TAKE_IF_HANDLED,
                  mode,
                  null,
                  address -> false,
                  address -> 0),
              program.flash(FLASH_BYTES),
              new byte[SRAM_BYTES]);
      cores.each(interpreter -> interpreter.reset());
      StepResult result = null;
      try {
        while (cores.cycles() < BUDGET && !isEnd(result)) {
          result = cores.step(BUDGET - cores.cycles());
        }
      } catch (AssertionError e) {
        throw new AssertionError(name + ", translated after " + mode, e);
      }
      instructions += cores.instructions();
      atSpeed += cores.atSpeed();
    }
  }

  private static boolean isEnd(@Nullable StepResult result) {
    return result instanceof StepResult.Breakpoint
        || result instanceof StepResult.Faulted
        || result instanceof StepResult.LockedUp
        || result instanceof StepResult.Asleep;
  }

  @Test
  void odd_programs_end_the_same_are_profiled_and_measured_the_same() {
    all();
    programs.forEach(this::wholeRuns);
  }

  private record Run(ExecutionResult result, Profile profile, List<Object> intervals) {}

  private void wholeRuns(String name, Source source) {
    FirmwareImage image = source.image();
    McuConfig part =
        new McuConfig("odd", 1000, 1000, 32, FLASH_BYTES, SRAM & 0xFFFF_FFFFL, SRAM_BYTES);
    Program program = Program.load(part, image);
    SplittableRandom random = new SplittableRandom(name.hashCode());
    Run whole = run(program, Execution.STEP_BY_STEP, BUDGET, 0, 0);
    assertThat(whole.result().ending()).as(name).isInstanceOf(expected.get(name));
    for (int mode : MODES) {
      long budget = random.nextBoolean() ? BUDGET : random.nextLong(whole.result().cycles() + 1);
      int from = 0x100 + 2 * random.nextInt(40);
      int to = random.nextInt(4) == 0 ? HANDLER : 0x100 + 2 * random.nextInt(40);
      assertThat(run(program, mode, budget, from, to))
          .as("%s, translated after %d, %d cycles, from %x to %x", name, mode, budget, from, to)
          .isEqualTo(run(program, Execution.STEP_BY_STEP, budget, from, to));
    }
  }

  private static Run run(Program program, int translateAfter, long budget, int from, int to) {
    Execution execution = new Execution(program, Console.NONE, 1000, translateAfter);
    Profiler profiler = new Profiler(program);
    Intervals intervals = new Intervals(program, from, to);
    execution.profile(profiler);
    if (from != 0) {
      execution.measure(intervals);
    }
    ExecutionResult result = execution.run(budget);
    List<Object> measured = new ArrayList<>(intervals.first());
    measured.addAll(List.of(intervals.count(), intervals.total(), intervals.isExact()));
    return new Run(result, profiler.profile(), measured);
  }

  @Test
  void large_flash_takes_little_beside_itself() {
    McuConfig part =
        new McuConfig("large", 1000, 1000, 32, Layout.MOST_BYTES, SRAM & 0xFFFF_FFFFL, 64 << 10);
    Source source = Source.of("adds r0, #1; cmp r0, r1; bne .-4; bkpt #0", 0, 1000);
    Program program = Program.load(part, source.image());
    long before = ThreadCost.allocated();

    ExecutionResult result = new Execution(program, Console.NONE, 0, 0).run(BUDGET);

    assertThat(result.ending()).isInstanceOf(PARKED);
    assertThat(ThreadCost.allocated() - before).as("bytes").isLessThan(16 << 20);
  }

  @Test
  @Tag("campaign") // 2^33 instructions
  void instructions_are_counted_right_beyond_what_an_int_holds() {
    Source source = Source.of("subs r0, #1; bne .-2; bkpt #0", 0);
    Program program =
        Program.load(
            new McuConfig("long", 1000, 1000, 1, FLASH_BYTES, SRAM & 0xFFFF_FFFFL, SRAM_BYTES),
            source.image());

    ExecutionResult result = new Execution(program, Console.NONE, 0, 0).run(Long.MAX_VALUE);

    assertThat(result.instructions()).isEqualTo(1 + 2 * (1L << 32));
    assertThat(result.cycles()).isEqualTo(2 + 4 * (1L << 32) - 2);
  }
}
