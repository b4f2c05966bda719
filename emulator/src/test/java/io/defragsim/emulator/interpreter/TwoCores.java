package io.defragsim.emulator.interpreter;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.fast.FastCode;
import io.defragsim.emulator.fast.FastCore;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.system.AccessFault;
import io.defragsim.emulator.system.Budget;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.EventQueue;
import io.defragsim.emulator.system.MappedMemory;
import io.defragsim.emulator.system.Memory;
import io.defragsim.emulator.system.MemoryMap;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One program on two interpreters, one of which has a {@link FastCore}. The other goes step by step
 * through all that ran at speed, and both must be in the same state behind each stretch. What a
 * {@link Watcher} is promised is checked as well.
 */
public final class TwoCores {
  public static final int SRAM = 0x2000_0000;

  /**
   * What they have in common.
   *
   * @param translateAfter as of {@link FastCode}
   * @param guard the address of a word that nothing at speed may store to, null for none
   * @param stops where nothing at speed may run
   * @param places which place an address is in; a stretch stays in one
   */
  public record Setup(
      CoreKind kind,
      CycleModel model,
      FaultPolicy policy,
      int translateAfter,
      @Nullable Integer guard,
      IntPredicate stops,
      IntUnaryOperator places) {

    /** That of a Cortex-M0 that nobody watches. */
    public static Setup of(int translateAfter) {
      return new Setup(
          CoreKind.CORTEX_M0,
          CycleModel.cortexM0(32),
          FaultPolicy.TAKE,
          translateAfter,
          null,
          address -> false,
          address -> 0);
    }
  }

  private record Ran(int from, long cycles, Flow flow, int pc, List<Integer> registers) {}

  /** An interpreter and what is around it. */
  private static final class Side {
    final MappedMemory memory;
    final InterruptSchedule schedule = new InterruptSchedule();
    final Interpreter interpreter;

    Side(MemoryMap map, int[] flash, byte[] sram, Setup setup, Consumer<Long> stores) {
      memory = new MappedMemory(map, flash, sram);
      interpreter =
          new Interpreter(
              telling(memory, stores),
              setup.kind(),
              setup.model(),
              setup.policy(),
              address -> new Location(address, null, 0),
              schedule);
    }
  }

  private final Setup setup;
  private final Side oracle;
  private final Side fast;
  private final FastCore core;
  private final Budget budget;
  private final List<Ran> stretches = new ArrayList<>();
  private boolean atSpeed;
  private long instructions;
  private long stepped;

  /**
   * Both before their reset.
   *
   * @param flash all of it
   * @param sram what SRAM holds, all of it
   */
  public TwoCores(Setup setup, byte[] flash, byte[] sram) {
    this.setup = setup;
    MemoryMap map = new MemoryMap(flash.length, SRAM, sram.length);
    int[] words = MappedMemory.words(flash);
    oracle = new Side(map, words, sram, setup, this::stored);
    fast = new Side(map, words, sram, setup, address -> {});
    Watcher watcher =
        new Watcher() {
          @Override
          public boolean stopsAt(int address, Instruction instruction) {
            return setup.stops().test(address);
          }

          @Override
          public boolean together(int address, int other) {
            return setup.places().applyAsInt(address) == setup.places().applyAsInt(other);
          }

          @Override
          public void ran(int from, long cycles, Flow flow, int pc, int[] registers) {
            stretches.add(
                new Ran(from, cycles, flow, pc, Arrays.stream(registers).boxed().toList()));
          }
        };
    FastCode code =
        new FastCode(
            map, words, setup.model(), setup.translateAfter(), setup.guard() != null, watcher);
    core = new FastCore(fast.interpreter, fast.memory, code);
    budget = new Budget(fast.interpreter.system());
    core.guard(setup.guard() == null ? null : Integer.toUnsignedLong(setup.guard()));
  }

  private static Memory telling(MappedMemory memory, Consumer<Long> stores) {
    return new Memory() {
      @Override
      public int read(long address, int bytes) throws AccessFault {
        return memory.read(address, bytes);
      }

      @Override
      public void write(long address, int bytes, int value) throws AccessFault {
        memory.write(address, bytes, value);
        stores.accept(address);
      }

      @Override
      public int fetch(long address) throws AccessFault {
        return memory.fetch(address);
      }

      @Override
      public boolean waits(long address) {
        return memory.waits(address);
      }
    };
  }

  private void stored(long address) {
    if (atSpeed && setup.guard() != null) {
      assertThat((int) address & ~3).as("a store at speed").isNotEqualTo(setup.guard());
    }
  }

  /** Does the same to both. */
  public void each(Consumer<Interpreter> change) {
    change.accept(oracle.interpreter);
    change.accept(fast.interpreter);
  }

  /** Requests an exception of both from outside. */
  public void request(long cycle, int exception) {
    oracle.schedule.at(cycle, exception);
    fast.schedule.at(cycle, exception);
  }

  /** The registers, to read. */
  public CoreState core() {
    return oracle.interpreter.core();
  }

  public long cycles() {
    return oracle.interpreter.cycles();
  }

  /** A word of SRAM. */
  public int word(int address) {
    return oracle.memory.sram()[(address - SRAM) >>> 2];
  }

  /** How many instructions were carried out. */
  public long instructions() {
    return instructions;
  }

  /** How many of them at speed. */
  public long atSpeed() {
    return core.instructions();
  }

  /**
   * A stretch at speed if there is one, and then one step.
   *
   * @param most cycles that the stretch may take
   */
  public StepResult step(long most) {
    long start = fast.interpreter.cycles();
    stretches.clear();
    budget.endAt(start + most + 1);
    core.run();
    budget.endAt(EventQueue.NEVER);
    long end = fast.interpreter.cycles();
    assertThat(end - start).as("cycles at speed").isLessThanOrEqualTo(most);
    if (end > start) {
      follow();
      compare("at speed");
    }
    StepResult result = oracle.interpreter.step();
    if (result instanceof StepResult.Retired) {
      instructions++;
      stepped++;
    }
    assertThat(fast.interpreter.step()).isEqualTo(result);
    compare("after " + result);
    return result;
  }

  private void follow() {
    atSpeed = true;
    Interpreter one = oracle.interpreter;
    for (Ran ran : stretches) {
      assertThat(one.core().pc()).as("where a stretch begins").isEqualTo(ran.from());
      long end = one.cycles() + ran.cycles();
      while (one.cycles() < end) {
        int pc = one.core().pc();
        assertThat(setup.stops().test(pc)).as("a stop at speed at %x", pc).isFalse();
        assertThat(setup.places().applyAsInt(pc))
            .as("a stretch from %x at %x", ran.from(), pc)
            .isEqualTo(setup.places().applyAsInt(ran.from()));
        StepResult result = one.step();
        assertThat(result).as("at %x", pc).isInstanceOf(StepResult.Retired.class);
        Flow flow = ((StepResult.Retired) result).instruction().form().flow();
        boolean leaves =
            flow == Flow.CALL || flow == Flow.COMPUTED_CALL || flow == Flow.COMPUTED_BRANCH;
        boolean last = one.cycles() >= end;
        assertThat(leaves ? flow : Flow.NEXT)
            .as("how control goes on at %x", pc)
            .isEqualTo(last ? ran.flow() : Flow.NEXT);
        instructions++;
      }
      assertThat(one.cycles()).as("cycles of a stretch").isEqualTo(end);
      assertThat(one.core().pc()).as("where a stretch ends").isEqualTo(ran.pc());
      for (int register = 0; register < ran.registers().size(); register++) {
        if (one.core().register(register) != ran.registers().get(register)) {
          assertThat(ran.registers().get(register))
              .as("R%d then", register)
              .isEqualTo(one.core().register(register));
        }
      }
    }
    atSpeed = false;
  }

  private void compare(String when) {
    Interpreter one = oracle.interpreter;
    Interpreter other = fast.interpreter;
    if (one.cycles() != other.cycles()
        || !state(one).equals(state(other))
        || instructions != stepped + core.instructions()
        || !Arrays.equals(oracle.memory.sram(), fast.memory.sram())) {
      assertThat(other.cycles()).as("cycles %s", when).isEqualTo(one.cycles());
      assertThat(state(other)).as("registers %s", when).isEqualTo(state(one));
      assertThat(core.instructions() + stepped).as("instructions").isEqualTo(instructions);
      assertThat(fast.memory.sram()).as("SRAM %s", when).isEqualTo(oracle.memory.sram());
    }
  }

  /** All registers and what is pending. */
  private static List<Integer> state(Interpreter interpreter) {
    CoreState core = interpreter.core();
    List<Integer> state = new ArrayList<>();
    for (int register = 0; register <= 14; register++) {
      state.add(core.register(register));
    }
    state.addAll(List.of(core.pc(), core.xpsr(), core.msp(), core.psp(), core.control()));
    state.add(core.primask() ? 1 : 0);
    state.add(interpreter.system().exceptions().mostUrgentPending());
    state.add(interpreter.system().exceptions().activeCount());
    state.add(interpreter.system().exceptions().pendingIrqs());
    return state;
  }
}
