package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.ByteMemory;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.ExceptionNumber;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.system.OutsideRequests;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/**
 * Random functions, once alone and once with interrupts at random cycles whose handlers leave no
 * trace. Instruction by instruction both must have the same registers and flags, and the cycles of
 * the second must be more by exactly what interrupts cost.
 *
 * <p>{@code -Ddefragsim.interrupts.seed} gives another seed or one that failed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TransparentInterruptsTest {
  private static final long SEED = Long.getLong("defragsim.interrupts.seed", 20261125L);
  private static final int FUNCTIONS = 500;
  private static final int FLASH = 16 * 1024;
  private static final int SRAM = 8 * 1024;
  private static final int FUNCTION = 0x400;
  private static final int AFTER = 0x3F0; // where the function returns to
  private static final int PROLOGUE = 25; // cycles until its frame is on the stack

  private static final int ENTRY = 16;
  private static final int TAIL_CHAIN = 8;
  private static final int RETURN = 16;

  /** Handlers, and their cycles without entry and return: by the table, with the hand. */
  private record Handler(String code, int cycles) {}

  private static final List<Handler> HANDLERS =
      List.of(
          new Handler("bx lr", 3),
          new Handler(
              "push {r4, r5, lr}; movs r4, #9; lsls r5, r4, #3; pop {r4, r5, pc}", 4 + 2 + 7),
          new Handler("movs r0, #0; mov r12, r0; mvns r3, r0; cmp r3, r0; bx lr", 4 + 3),
          new Handler(
              "cpsid i; mrs r0, psp; nop; nop; cpsie i; mov r1, lr; bx r1", 1 + 4 + 3 + 1 + 3),
          new Handler("sub sp, #4; push {r0, r1, r2, r3}; add sp, #20; bx lr", 1 + 5 + 1 + 3));

  private long entries;
  private long chains;
  private long abandoned;
  private long nested;
  private long late;

  @Test
  void leave_no_trace_but_their_cycles() {
    Set<Form> forms = EnumSet.noneOf(Form.class);
    for (int i = 0; i < FUNCTIONS; i++) {
      long seed = SEED + i;
      SplittableRandom random = new SplittableRandom(seed);
      compare(seed, random, RandomProgram.harmless(random, forms));
    }
    assertThat(entries).as("entries").isGreaterThan(10 * FUNCTIONS);
    assertThat(chains).as("tail-chains").isGreaterThan(FUNCTIONS);
    assertThat(abandoned).as("instructions given up").isGreaterThan(FUNCTIONS);
    assertThat(late).as("late arrivals").isGreaterThan(FUNCTIONS);
    assertThat(nested).as("entries from a handler").isGreaterThan(FUNCTIONS);
  }

  private void compare(long seed, SplittableRandom random, int[] function) {
    int multiplier = random.nextBoolean() ? 1 : 32;
    int[] cost = new int[ExceptionNumber.END]; // of each handler
    byte[] flash = new byte[FLASH];
    Code code = new Code(flash, 0xC0);
    code.word(0, 0x2000_0000 + SRAM).word(4, FUNCTION | 1);
    for (int exception = ExceptionNumber.SYSTICK; exception < ExceptionNumber.END; exception++) {
      Handler handler = HANDLERS.get(random.nextInt(HANDLERS.size()));
      code.align().word(4 * exception, code.here() | 1).asm(handler.code());
      cost[exception] = handler.cycles();
    }
    new Code(flash, AFTER).asm("bkpt #0");
    new Code(flash, FUNCTION).emit(function);
    byte[] sramAlone = new byte[SRAM];
    byte[] sram = new byte[SRAM];
    InterruptSchedule schedule = new InterruptSchedule();
    Interpreter alone = machine(flash, sramAlone, multiplier, OutsideRequests.NONE);
    Interpreter interrupted = machine(flash, sram, multiplier, schedule);
    request(random, interrupted, schedule);

    String where = "seed " + seed;
    long costs = 0;
    boolean done = false;
    while (!done) {
      boolean thread = !interrupted.core().handlerMode();
      StepResult result = interrupted.step();
      if (result instanceof StepResult.Entered entered) {
        long least = entered.tailChained() ? TAIL_CHAIN : ENTRY;
        // three priorities are above the least urgent, so up to three times another takes its place
        assertThat(entered.cycles())
            .as(where)
            .isBetween(least, entered.late() ? least + 3 * (TAIL_CHAIN - 1) : least);
        costs += entered.cycles() + cost[entered.exception()];
        entries++;
        chains += entered.tailChained() ? 1 : 0;
        late += entered.late() ? 1 : 0;
        nested += !thread && !entered.tailChained() ? 1 : 0;
      } else if (result instanceof StepResult.Returned) {
        costs += RETURN;
      } else if (result instanceof StepResult.Abandoned given) {
        assertThat(given.cycles()).as(where).isBetween(1L, 31L);
        costs += given.cycles();
        abandoned++;
      } else if (result instanceof StepResult.Retired) {
        if (thread) {
          assertThat(alone.step()).as(where).isEqualTo(result);
          assertThat(state(interrupted.core())).as(where).isEqualTo(state(alone.core()));
          assertThat(interrupted.cycles()).as(where).isEqualTo(alone.cycles() + costs);
        }
      } else {
        assertThat(result).as(where).isEqualTo(new StepResult.Breakpoint(0));
        done = true;
      }
    }
    assertThat(alone.step()).as(where).isEqualTo(new StepResult.Breakpoint(0));
    int end = alone.core().sp() - 0x2000_0000; // below are frames, and what functions left
    assertThat(Arrays.mismatch(sram, 0, 0x400, sramAlone, 0, 0x400)).as(where).isNegative();
    assertThat(Arrays.mismatch(sram, end, SRAM, sramAlone, end, SRAM)).as(where).isNegative();
  }

  private static Interpreter machine(
      byte[] flash, byte[] sram, int multiplier, OutsideRequests outside) {
    Interpreter interpreter =
        new Interpreter(
            new ByteMemory(new MemoryMap(FLASH, 0x2000_0000L, SRAM), flash, sram),
            CoreKind.CORTEX_M0,
            CycleModel.cortexM0(multiplier),
            FaultPolicy.TAKE,
            address -> new Location(address, null, 0),
            outside);
    interpreter.reset();
    interpreter.core().setLr(AFTER | 1);
    interpreter.core().setSp(0x2000_0000 + SRAM - 64);
    return interpreter;
  }

  /** IRQs as pulses at random cycles, often some at once, and SysTick all the time. */
  private static void request(
      SplittableRandom random, Interpreter interpreter, InterruptSchedule schedule) {
    var system = interpreter.system();
    for (int irq = 0; irq < 32; irq++) {
      int exception = ExceptionNumber.ofIrq(irq);
      system.exceptions().setEnabled(exception, true);
      system.exceptions().setPriority(exception, random.nextInt(4));
    }
    system.exceptions().setPriority(ExceptionNumber.SYSTICK, random.nextInt(4));
    long cycle = PROLOGUE;
    for (int i = 0; i < 100; i++) {
      cycle += random.nextInt(random.nextBoolean() ? 12 : 120);
      for (int n = random.nextInt(3); n >= 0; n--) {
        schedule.at(cycle, ExceptionNumber.ofIrq(random.nextInt(32)));
      }
    }
    try {
      system.space().write(0xE000_E014L, 4, 150 + random.nextInt(500));
      system.space().write(0xE000_E018L, 4, 0);
      system.space().write(0xE000_E010L, 4, 3);
    } catch (AccessFault e) {
      throw new AssertionError(e);
    }
  }

  private static List<Integer> state(CoreState core) {
    List<Integer> state = new ArrayList<>();
    for (int register = 0; register <= 14; register++) {
      state.add(core.register(register));
    }
    state.addAll(List.of(core.pc(), core.xpsr(), core.psp(), core.primask() ? 1 : 0));
    return state;
  }
}
