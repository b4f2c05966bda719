package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.engine.InterpreterEngine;
import io.defragsim.emulator.engine.Stop;
import io.defragsim.emulator.engine.Watch;
import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.isa.Form;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.InterruptLines;
import io.defragsim.emulator.system.InterruptListener;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Strict runs at speed do what they do step by step: random functions, called with random budgets
 * and interrupted at random cycles, with a word of SRAM watched.
 *
 * <p>{@code -Ddefragsim.seed} gives another seed or one that failed.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StrictRunsTest {
  private static final long SEED = Long.getLong("defragsim.seed", 20261128L);
  private static final int FLASH = 32 * 1024;
  private static final int SRAM = 4 * 1024;
  private static final long BASE = 0x2000_0000L;
  private static final int CALLS = 60;

  /** Leaves each instruction to the interpreter. */
  private static final Watcher EACH =
      new Watcher() {
        @Override
        public boolean stopsAt(int address, Instruction instruction) {
          return true;
        }
      };

  private final Set<Form> forms = EnumSet.noneOf(Form.class);
  private int returned;
  private int faulted;
  private int exhausted;
  private int overwritten;
  private int served;

  @Test
  void random_functions_with_interrupts_do_the_same_at_speed() {
    programs(13);
    assertThat(List.of(returned, faulted, exhausted, overwritten)).allMatch(count -> count > 10);
    assertThat(served).isGreaterThan(1000);
  }

  @Test
  @Tag("campaign")
  void many_random_functions_with_interrupts_do_the_same_at_speed() {
    programs(1500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "strb r2, [r1, #2]",
        "strb r2, [r1, r3]",
        "strh r2, [r1, #2]",
        "str r2, [r1, #0]",
        "stm r1!, {r2, r3}",
        "mov r4, sp; mov sp, r1; add sp, #4; push {r2}; mov sp, r4"
      })
  void a_store_to_the_watched_word_is_seen_at_speed(String store) {
    byte[] flash = new byte[FLASH];
    new Code(flash, 0xC0)
        .asm("movs r1, #1; lsls r1, r1, #29; movs r2, #5; movs r3, #1; " + store)
        .asm("adds r3, #1; adds r3, #1; bx lr");
    Watch word = new Watch(BASE, 0);
    List<Stop> stops = new ArrayList<>();
    for (int mode : new int[] {0, FastCode.NEVER}) {
      for (Watcher watcher : List.of(EACH, Watcher.NONE)) {
        Side side =
            new Side(flash, CycleModel.cortexM0(1), CoreKind.CORTEX_M0, List.of(), mode, watcher);
        InterpreterEngine engine = side.open(new byte[SRAM], 0);
        engine.watch(word);
        stops.add(engine.call(BASE + SRAM, 0xC0, new int[0], 1000));
      }
    }

    assertThat(stops.get(0)).isInstanceOf(Stop.Faulted.class);
    assertThat(stops).allMatch(stops.get(0)::equals);
  }

  private void programs(int count) {
    for (int i = 0; i < count; i++) {
      long seed = SEED + i;
      SplittableRandom random = new SplittableRandom(seed);
      byte[] flash = new byte[FLASH];
      Code code = new Code(flash, 0xC0);
      List<Integer> functions = new ArrayList<>();
      while (code.here() < FLASH - 4096) {
        code.align();
        functions.add(code.here());
        code.emit(RandomProgram.function(random, random.nextInt(20) == 0, forms));
      }
      CoreKind kind = random.nextBoolean() ? CoreKind.CORTEX_M0 : CoreKind.CORTEX_M0PLUS;
      CycleModel model =
          kind.timing(random.nextBoolean() ? 1 : 32).withWaitStates(random.nextInt(3));
      List<InterruptSource> sources = sources(random, model);
      int[] translateAfter = {0, 2, FastCode.NEVER};
      int mode = translateAfter[random.nextInt(translateAfter.length)];
      long choices = random.nextLong();
      Side slow = new Side(flash, model, kind, sources, 0, EACH);
      Side fast = new Side(flash, model, kind, sources, mode, Watcher.NONE);
      assertThat(fast.calls(functions, new SplittableRandom(choices)))
          .as("seed %d, translated after %d", seed, mode)
          .isEqualTo(slow.calls(functions, new SplittableRandom(choices)));
      count(slow.heard);
    }
    System.out.printf(
        "%d programs from seed %d: %d returned, %d faulted, %d of them by the watched word,"
            + " %d out of budget, %d interrupts%n",
        count, SEED, returned, faulted, overwritten, exhausted, served);
  }

  private void count(List<Object> heard) {
    for (Object each : heard) {
      returned += each instanceof Stop.Returned ? 1 : 0;
      exhausted += each instanceof Stop.OutOfBudget ? 1 : 0;
      faulted += each instanceof Stop.Faulted ? 1 : 0;
      overwritten +=
          each instanceof Stop.Faulted fault && fault.detail().contains("overwritten") ? 1 : 0;
      served += each instanceof Served ? 1 : 0;
    }
  }

  /** They take half of the time at most: under more than all of it no run would end. */
  private static List<InterruptSource> sources(SplittableRandom random, CycleModel model) {
    List<InterruptSource> sources = new ArrayList<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      int cycles = model.shortestInterrupt() + random.nextInt(60);
      sources.add(
          new InterruptSource(
              "source " + n,
              random.nextInt(300),
              6 * cycles + random.nextInt(400),
              cycles,
              random.nextInt(4)));
    }
    return sources;
  }

  private record Served(
      int irq, long latency, Activity during, boolean tailChained, boolean late) {}

  /** An engine, and what was heard of it. */
  private static final class Side {
    private final MemoryMap map = new MemoryMap(FLASH, BASE, SRAM);
    private final int[] words;
    private final CoreKind kind;
    private final FastCode code;
    private final InterruptLines lines;
    final List<Object> heard = new ArrayList<>();

    Side(
        byte[] flash,
        CycleModel model,
        CoreKind kind,
        List<InterruptSource> sources,
        int translateAfter,
        Watcher watcher) {
      this.kind = kind;
      words = MappedMemory.words(flash);
      code = new FastCode(map, words, model, translateAfter, true, watcher);
      lines = new InterruptLines(sources, model);
      lines.setListener(
          new InterruptListener() {
            @Override
            public void served(
                int irq, long latency, Activity during, boolean tailChained, boolean late) {
              heard.add(new Served(irq, latency, during, tailChained, late));
            }

            @Override
            public void missed(int irq) {
              heard.add("missed " + irq);
            }
          });
    }

    /** All that was heard, and what was left in SRAM. */
    List<Object> calls(List<Integer> functions, SplittableRandom random) {
      InterpreterEngine engine = open(new byte[SRAM], 0);
      lines.start(random.nextInt(100));
      lines.agree();
      for (int n = 0; n < CALLS; n++) {
        long at = BASE + 4L * random.nextInt(SRAM / 4);
        engine.watch(
            switch (random.nextInt(3)) {
              case 0 -> null;
              case 1 -> new Watch(at, word(engine.readSram(at, 4)));
              default -> {
                long deep = BASE + SRAM - 4L * random.nextInt(1, 200);
                yield new Watch(deep, word(engine.readSram(deep, 4)));
              }
            });
        if (random.nextInt(8) == 0) {
          Stop idle = engine.idle(BASE + SRAM, random.nextInt(1000));
          if (idle != null) { // the watched word is in a frame
            heard.add(idle);
            engine = reopen(engine, random);
          }
        }
        long budget = random.nextInt(4) == 0 ? random.nextInt(800) : 100_000;
        int[] arguments = random.ints(random.nextInt(5)).toArray();
        int function = functions.get(random.nextInt(functions.size()));
        Stop stop = engine.call(BASE + SRAM, function, arguments, budget);
        heard.add(stop);
        heard.add(List.of(engine.cycles(), engine.interruptCycles(), engine.eventRegister()));
        heard.add(Arrays.hashCode(engine.readSram(BASE, SRAM)));
        if (!(stop instanceof Stop.Returned)) {
          engine = reopen(engine, random);
        }
      }
      return heard;
    }

    private InterpreterEngine reopen(InterpreterEngine engine, SplittableRandom random) {
      lines.stop();
      InterpreterEngine next = open(engine.readSram(BASE, SRAM), engine.cycles());
      lines.start(engine.cycles() + random.nextInt(100));
      return next;
    }

    private InterpreterEngine open(byte[] sram, long cycle) {
      InterpreterEngine engine =
          new InterpreterEngine(
              map, words, code, kind, true, sram, address -> new Location(address, null, 0), lines);
      engine.resume(cycle);
      return engine;
    }

    private static int word(byte[] bytes) {
      return MappedMemory.words(bytes)[0];
    }
  }
}
