package io.defragsim.emulator.exec;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.ThreadCost;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.ExceptionNumber;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Programs that try to do harm to who runs them: each ends, in a known way, and takes little of the
 * host. Every one is profiled and has its intervals measured.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HostileProgramsTest {
  private static final int SRAM = Source.SRAM;
  private static final int FREE = Source.FREE; // for parameters and texts
  private static final int ANYTHING = 0xDEAD_BEEF;
  private static final int SYST_CSR = 0xE000_E010;
  private static final int ICSR = 0xE000_ED04;
  private static final int AIRCR = 0xE000_ED0C;
  private static final int VTOR = 0xE000_ED08;

  private static final long BUDGET = 20_000;
  private static final int MOST_OUTPUT = 1000;
  private static final long MOST_ALLOCATED = 32 << 20;
  private static final Duration MOST_TIME = Duration.ofSeconds(5);

  private final Map<String, Class<? extends Ending>> expected = new LinkedHashMap<>();
  private final Map<String, Source> programs = new LinkedHashMap<>();

  /**
   * A program whose low registers hold constants, from R0 on.
   *
   * @param source what it does with them
   */
  private Source program(
      String name, Class<? extends Ending> ending, String source, int... constants) {
    Source program = Source.of(source, constants);
    programs.put(name, program);
    expected.put(name, ending);
    return program;
  }

  /** A semihosting call with parameters at {@link #FREE}. */
  private Source call(String name, Class<? extends Ending> ending, int operation, int... words) {
    Source program = program(name, ending, "bkpt #171; bkpt #0", operation, FREE);
    for (int i = 0; i < words.length; i++) {
      program.word(FREE + 4 * i, words[i]);
    }
    return program;
  }

  private void code() {
    Class<? extends Ending> fault = Ending.Faulted.class;
    Class<? extends Ending> endless = Ending.BudgetExhausted.class;
    program(
        "rewrites itself to stop",
        Ending.LoopsForever.class,
        "strh r1, [r0, #0]; adds r0, #1; bx r0",
        SRAM,
        0xE7FE);
    program(
        "rewrites itself for ever",
        endless,
        "str r1, [r0, #0]; bx r2",
        SRAM,
        0xE7FD_6001,
        SRAM | 1);
    program("runs what SRAM happens to hold", fault, "bx r0", SRAM + 0xFF01);
    program("runs erased flash", fault, "bx r0", 0x0003_0001);
    program("runs off the end of flash", fault, "bx r0", 0x0003_FFFF);
    program("goes where nothing is", fault, "bx r0", 0xC000_0001);
    program("goes to Arm code", fault, "bx r0", 0x100);
    program("adds anything to PC", fault, "add pc, r0", ANYTHING);
    program("calls itself and never returns", endless, "bl .+0");
    program("recurses until the stack is gone", fault, "push {r0, lr}; bl .-2");
    program("returns from no exception", fault, "bx r0", 0xFFFF_FFF9);
    program("pops a return from no exception", fault, "push {r0}; pop {pc}", 0xFFFF_FFF1);
    program("is Thumb-2", fault, "bx r0", FREE | 1).word(FREE, 0xF000_F04F);
    program("ends in half an instruction", fault, "bx r0", 0x0003_FFFF).word(FREE, 0);
    program(
        "comes back by a jump to a loop that waits no more",
        Ending.LoopsForever.class,
        "ldr r3, [r0, #0]; cmp r3, #0; beq .-4; subs r2, #1; beq .+4; bx r1; b .+0",
        SRAM,
        0x107,
        5);
    program(
        "stops the timer that it had started, and branches to itself",
        Ending.LoopsForever.class,
        "str r1, [r0, #4]; str r1, [r0, #8]; str r2, [r0, #0]; mrs r4, ipsr; str r3, [r0, #0]; nop; b .+0",
        SYST_CSR,
        10_000,
        7,
        5);
    program("branches to itself", Ending.LoopsForever.class, "b .+0");
    program("sleeps for ever", fault, "wfi");
    program("waits for no event", fault, "wfe; wfe");
    program("sleeps with interrupts masked", fault, "cpsid i; wfi");
  }

  private void memory() {
    Class<? extends Ending> fault = Ending.Faulted.class;
    program("has its stack in flash", fault, "mov sp, r0; push {r1}", FREE);
    program(
        "has an odd stack", Ending.Parked.class, "mov sp, r0; push {r1}; bkpt #0", SRAM + 0x103);
    program("pushes below 0", fault, "mov sp, r0; push {r1}", 0);
    program(
        "loads over the end of SRAM",
        fault,
        "ldm r0!, {r1, r2, r3, r4, r5, r6, r7}",
        SRAM + 0xFFF8);
    program(
        "stores over the end of SRAM",
        fault,
        "stm r0!, {r1, r2, r3, r4, r5, r6, r7}",
        SRAM + 0xFFF8);
    program("loads over the end of addresses", fault, "ldm r0!, {r1, r2}", 0xFFFF_FFFC);
    program("reads at an odd address", fault, "ldr r1, [r0, #0]", SRAM + 1);
    program("writes flash", fault, "str r0, [r0, #0]", FREE);
    program("reads a peripheral", fault, "ldr r1, [r0, #0]", 0x4000_0000);
    program(
        "fills all registers of the core",
        fault,
        "str r1, [r0, #0]; adds r0, #4; b .-4",
        0xE000_E01C,
        -1);
    program("has a wild SP from its table", fault, "push {r0}").word(0, -1);
    program("starts in a peripheral", fault, "nop").word(4, 0x4000_0001);
    program("starts at an even address", fault, "nop").word(4, 0x100);
  }

  private void exceptions() {
    Class<? extends Ending> fault = Ending.Faulted.class;
    Class<? extends Ending> endless = Ending.BudgetExhausted.class;
    int svc = 4 * ExceptionNumber.SVCALL;
    program("has no handler of SVC", fault, "svc #0");
    program("has a wild handler of SVC", fault, "svc #0").word(svc, -1);
    program("has its handler in a peripheral", fault, "svc #0").word(svc, 0x4000_0001);
    program("masks and calls", fault, "cpsid i; svc #0");
    for (int wrong : new int[] {0xFFFF_FFF1, 0xFFFF_FFFD, 0xF000_0000, -1}) {
      program("returns with " + Integer.toHexString(wrong), fault, "svc #0", wrong, wrong)
          .function("handler", "bx r1")
          .handler(ExceptionNumber.SVCALL, "handler");
    }
    program("breaks its own frame", fault, "svc #0", ANYTHING)
        .function("handler", "str r0, [sp, #24]; str r0, [sp, #28]; bx lr")
        .handler(ExceptionNumber.SVCALL, "handler");
    program("returns from an exception that there is not", fault, "svc #0", 1)
        .function("called", "ldr r1, [r0, #0]; bx lr")
        .function(
            "faulted",
            "ldr r0, [sp, #28]; movs r1, #63; orrs r0, r1; str r0, [sp, #28]; ldr r0, [sp, #24];"
                + " adds r0, #2; str r0, [sp, #24]; bx lr")
        .handler(ExceptionNumber.SVCALL, "called")
        .handler(ExceptionNumber.HARD_FAULT, "faulted");
    program("calls in a fault", fault, "ldr r0, [r0, #0]", 1)
        .function("handler", "svc #0")
        .handler(ExceptionNumber.HARD_FAULT, "handler");
    program("faults for ever", endless, "ldr r1, [r0, #0]", 1)
        .function("handler", "bx lr")
        .handler(ExceptionNumber.HARD_FAULT, "handler");
    program(
            "has its frames nowhere",
            fault,
            "msr psp, r0; msr control, r1; isb sy; svc #0",
            0x4000,
            2)
        .function("handler", "bx lr")
        .handler(ExceptionNumber.SVCALL, "handler");
    program("asks for itself again and again", endless, "str r1, [r0, #0]; b .+0", ICSR, 1 << 28)
        .function("handler", "str r1, [r0, #0]; bx lr")
        .handler(ExceptionNumber.PENDSV, "handler");
    program(
            "ticks at each cycle",
            endless,
            "str r1, [r0, #4]; str r1, [r0, #8]; str r2, [r0, #0]; b .+0",
            SYST_CSR,
            1,
            7)
        .function("handler", "bx lr")
        .handler(ExceptionNumber.SYSTICK, "handler");
    program(
        "ticks never",
        Ending.LoopsForever.class,
        "str r1, [r0, #4]; str r2, [r0, #0]; b .+0",
        SYST_CSR,
        0,
        7);
    program(
        "resets for ever",
        Ending.KeepsResetting.class,
        "str r1, [r0, #0]; b .+0",
        AIRCR,
        0x05FA_0004);
    program("takes an NMI that it lacks", fault, "str r1, [r0, #0]; nop", ICSR, 1 << 31);
    program("moves its vectors nowhere", fault, "str r1, [r0, #0]; svc #0", VTOR, 0xFFFF_FF00);
    program(
        "rewrites its vectors",
        fault,
        "str r1, [r0, #0]; str r2, [r1, #44]; str r2, [r1, #12]; svc #0",
        VTOR,
        SRAM,
        ANYTHING);
  }

  private void semihosting() {
    Class<? extends Ending> fault = Ending.Faulted.class;
    Class<? extends Ending> endless = Ending.BudgetExhausted.class;
    Class<? extends Ending> parked = Ending.Parked.class;
    Class<? extends Ending> printed = Ending.PrintedTooMuch.class;
    program("prints characters for ever", printed, "movs r0, #3; bkpt #171; b .-4", 0, FREE);
    program("prints all memory", printed, "bkpt #171; bkpt #0", 4, SRAM);
    program("prints no text", fault, "bkpt #171", 4, 0x4000_0000);
    program("prints what nobody may read", fault, "bkpt #171", 3, -1);
    String open = "bkpt #171; movs r0, #5; adds r1, #12; bkpt #171; bkpt #0";
    for (int length : new int[] {-1, 1 << 31, 0x1_0000}) {
      console(
          program("writes " + Integer.toHexString(length), printed, open, 1, FREE), SRAM, length);
    }
    console(program("writes from nowhere", fault, open, 1, FREE), -16, 64);
    console(program("writes over the end", fault, open, 1, FREE), SRAM + 0xFFF0, 64);
    call("opens nothing", fault, 1, -1, 0, -1);
    call("opens a long name", parked, 1, SRAM, 0, -1);
    call("opens with no mode", parked, 1, SRAM, -1, 3);
    call("opens an empty name", parked, 1, 0, 0, 0);
    call("closes what is not open", parked, 2, -1);
    call("reads what is not open", parked, 6, -1, SRAM, -1);
    call("seeks in what is not open", parked, 10, 1 << 31, -1);
    call("asks for its command line in flash", fault, 0x15, FREE, 64);
    call("asks for its heap at an odd address", fault, 0x16, SRAM + 1);
    call("asks for the time in flash", fault, 0x30, 0);
    program("exits with parameters nowhere", fault, "bkpt #171", 0x20, 0x4000_0000);
    call("exits for another reason", Ending.Exited.class, 0x20, 0x20023, 0);
    program(
        "makes every call there is",
        endless,
        "adds r4, #1; movs r0, r4; movs r1, #0; bkpt #171; b .-8",
        0,
        0,
        0,
        0,
        0x100);
    program(
        "opens a million names",
        endless,
        "str r3, [r1, #0]; str r2, [r1, #4]; str r4, [r1, #8]; adds r5, #1; str r5, [r3, #0]; movs r0, #1; bkpt #171; b .-8",
        1,
        SRAM,
        0,
        SRAM + 16,
        8);
    program("opens all that it can", endless, "movs r0, #1; bkpt #171; b .-4", 1, FREE)
        .word(FREE, 0x700)
        .word(FREE + 4, 4)
        .word(FREE + 8, 3)
        .text(0x700, ":tt");
    program("reads what is not there", endless, "movs r0, #7; bkpt #171; b .-4");
    program("stops in a loop", endless, "movs r0, #49; bkpt #171; b .-4");
  }

  /** Parameters to open the console, and to write to it by handle 1. */
  private static void console(Source program, int from, int length) {
    program.word(FREE, 0x700).word(FREE + 4, 4).word(FREE + 8, 3).text(0x700, ":tt");
    program.word(FREE + 12, 1).word(FREE + 16, from).word(FREE + 20, length);
  }

  @Test
  void each_ends_as_it_must_and_takes_little_of_the_host() {
    code();
    memory();
    exceptions();
    semihosting();
    int tried = 0;
    for (CoreKind core : CoreKind.values()) {
      for (Map.Entry<String, Source> entry : programs.entrySet()) {
        check(entry.getKey(), core, entry.getValue().image());
        tried++;
      }
    }
    System.out.println("hostile programs tried: " + tried);
    assertThat(tried).isGreaterThan(100);
  }

  private void check(String name, CoreKind core, FirmwareImage image) {
    Program program =
        Program.load(
            new McuConfig(
                "test",
                core,
                1000,
                1000,
                0,
                32,
                Layout.of(image, Layout.Known.NOTHING).map().flashBytes(),
                SRAM & 0xFFFF_FFFFL,
                64 << 10),
            image);
    int[] output = {0};
    Console console = (bytes, error) -> output[0] += bytes.length;
    Profiler profiler = new Profiler(program);
    long allocated = ThreadCost.allocated();
    long begun = ThreadCost.cpuTime();
    ExecutionResult result =
        new Execution(program, console, MOST_OUTPUT)
            .measure(new Intervals(program, 0x100, 0x100))
            .profile(profiler)
            .run(BUDGET);
    Profile profile = profiler.profile();

    assertThat(Duration.ofNanos(ThreadCost.cpuTime() - begun)).as(name).isLessThan(MOST_TIME);
    assertThat(ThreadCost.allocated() - allocated)
        .as("%s: bytes allocated", name)
        .isLessThan(MOST_ALLOCATED);
    assertThat(result.ending()).as("%s on %s", name, core).isInstanceOf(expected.get(name));
    assertThat(output[0]).as(name).isLessThanOrEqualTo(MOST_OUTPUT);
    assertThat(result.refused()).as(name).hasSizeLessThanOrEqualTo(16);
    assertThat(profile.cycles()).as("%s: cycles of all functions", name).isEqualTo(result.cycles());
    for (int translateAfter : new int[] {0, FastCode.NEVER, Execution.STEP_BY_STEP}) {
      assertThat(new Execution(program, console, MOST_OUTPUT, translateAfter).run(BUDGET))
          .as("%s on %s, translated after %d", name, core, translateAfter)
          .isEqualTo(result);
    }
  }
}
