package io.defragsim.emulator.timing;

import static io.defragsim.emulator.isa.CostClass.*;
import static java.util.Map.entry;

import io.defragsim.emulator.isa.CostClass;
import io.defragsim.emulator.isa.Flow;
import io.defragsim.emulator.isa.Instruction;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * What the instructions of a core cost: exact for memory without wait states, and with those of
 * flash an estimate ({@link FlashWaits}). The cycles of a program are the sum over its
 * instructions; nothing depends on what stands beside an instruction.
 *
 * @param name what reports call the model
 * @param costs the cost of every class
 * @param exceptionEntry cycles from the request of an exception to the first instruction of its
 *     handler, without wait states
 * @param exceptionReturn cycles from the end of the instruction that returns (which costs what it
 *     always costs) to the first instruction of the interrupted program, without wait states
 * @param flash what wait states of flash add
 */
public record CycleModel(
    String name,
    Map<CostClass, Cost> costs,
    int exceptionEntry,
    int exceptionReturn,
    FlashWaits flash) {

  /** Checks that every class has a cost. */
  public CycleModel {
    EnumMap<CostClass, Cost> copy = new EnumMap<>(CostClass.class);
    copy.putAll(costs);
    for (CostClass cost : CostClass.values()) {
      Objects.requireNonNull(copy.get(cost), () -> "no cost for " + cost);
    }
    costs = Collections.unmodifiableMap(copy);
  }

  /**
   * The Cortex-M0 by table 3-1 of its Technical Reference Manual r0p0 (ARM DDI 0432C).
   *
   * <p>The table is silent on four things. Decided here, and only here:
   *
   * <ul>
   *   <li>SVC costs 0 by itself: its way into the handler is the exception entry, whose 16 cycles
   *       count from the request.
   *   <li>BKPT costs 0: it stops the core, and a program that parks on one is charged for what it
   *       did before.
   *   <li>An exception return costs 16 beyond its BX or POP: it reads the eight words back that the
   *       entry wrote, and refills the pipeline as the entry does.
   *   <li>Hints that are not allocated cost what NOP does.
   * </ul>
   *
   * @param multiplierCycles what MULS costs: 1 (fast multiplier) or 32 (small multiplier)
   */
  public static CycleModel cortexM0(int multiplierCycles) {
    return of(
        "cortex-m0",
        multiplierCycles,
        new Branches(Cost.of(3), Cost.conditional(1, 3), Cost.of(4), Cost.perRegister(4)),
        Cost.of(4),
        16);
  }

  /**
   * The Cortex-M0+ by table 3-1 of its Technical Reference Manual r0p1 (ARM DDI 0484C). Its
   * pipeline has two stages, so whatever goes elsewhere costs one cycle less than on the Cortex-M0,
   * and so do the 32-bit instructions for special registers and barriers. Where the table is silent
   * it is as {@link #cortexM0}, with 15 cycles for the entry of an exception and for its return.
   * Accesses to the single-cycle I/O port, which would cost 1, do not occur: no part here has one.
   *
   * @param multiplierCycles as of {@link #cortexM0}
   */
  public static CycleModel cortexM0Plus(int multiplierCycles) {
    return of(
        "cortex-m0plus",
        multiplierCycles,
        new Branches(Cost.of(2), Cost.conditional(1, 2), Cost.of(3), Cost.perRegister(3)),
        Cost.of(3),
        15);
  }

  /**
   * What differs with the length of the pipeline.
   *
   * @param jump of every branch, computed ones included, that neither returns by a POP nor is BL
   */
  private record Branches(Cost jump, Cost conditional, Cost link, Cost popPc) {}

  private static CycleModel of(
      String core, int multiplierCycles, Branches branches, Cost system, int exception) {
    if (multiplierCycles != 1 && multiplierCycles != 32) {
      throw new IllegalArgumentException("a multiplier takes 1 or 32 cycles: " + multiplierCycles);
    }
    return new CycleModel(
        core + ", " + multiplierCycles + "-cycle multiplier",
        Map.ofEntries(
            entry(DATA, Cost.of(1)),
            entry(MULTIPLY, Cost.of(multiplierCycles)),
            entry(PC_WRITE, branches.jump),
            entry(LOAD, Cost.of(2)),
            entry(STORE, Cost.of(2)),
            entry(LOAD_MULTIPLE, Cost.perRegister(1)),
            entry(STORE_MULTIPLE, Cost.perRegister(1)),
            entry(LOAD_MULTIPLE_PC, branches.popPc),
            entry(BRANCH_CONDITIONAL, branches.conditional),
            entry(BRANCH, branches.jump),
            entry(BRANCH_LINK, branches.link),
            entry(BRANCH_EXCHANGE, branches.jump),
            entry(BRANCH_LINK_EXCHANGE, branches.jump),
            entry(SPECIAL, system),
            entry(BARRIER, system),
            entry(PRIMASK_CHANGE, Cost.of(1)),
            entry(HINT, Cost.of(1)),
            entry(WAIT, Cost.of(2)),
            entry(SUPERVISOR_CALL, Cost.of(0)),
            entry(BREAKPOINT, Cost.of(0))),
        exception,
        exception,
        FlashWaits.NONE);
  }

  /**
   * The same core with flash that it has to wait for, an estimate.
   *
   * @param waitStates 0 to {@link FlashWaits#MOST}; 0 gives the exact model
   */
  public CycleModel withWaitStates(int waitStates) {
    return new CycleModel(name, costs, exceptionEntry, exceptionReturn, new FlashWaits(waitStates));
  }

  /** Words of a stack frame, at a cycle each. */
  private static final int FRAME_WORDS = 8;

  /**
   * Cycles of a tail-chain, from the end of the instruction that returns from one handler to the
   * first instruction of the next: an entry without the words that it would write, since they are
   * on the stack already. The reference manual gives no figure; this is an estimate.
   */
  public int tailChain() {
    return exceptionEntry - FRAME_WORDS;
  }

  /**
   * The cycles of one instruction without wait states. Of WFE and WFI, without the time asleep.
   *
   * @param taken whether a conditional branch is taken; of no effect on other instructions
   */
  public int cycles(Instruction instruction, boolean taken) {
    Cost cost = cost(instruction);
    int cycles = cost.fixed() + cost.perRegister() * instruction.registerCount();
    return taken ? cycles + cost.takenExtra() : cycles;
  }

  /**
   * The cycles of one instruction that stands in flash and, if it is a branch, goes to flash; where
   * its target is not known before it runs, to a word boundary ({@link #oddTarget}).
   *
   * @param address where it stands
   * @param taken as of {@link #cycles}
   */
  public int cyclesInFlash(Instruction instruction, long address, boolean taken) {
    int cycles = cycles(instruction, taken);
    Flow flow = instruction.form().flow();
    int refetch =
        switch (flow) {
          case CONDITIONAL_BRANCH -> taken ? flash.refetch(instruction.target(address)) : 0;
          case BRANCH, CALL -> flash.refetch(instruction.target(address));
          case COMPUTED_BRANCH, COMPUTED_CALL -> flash.refetch(0);
          case NEXT, EXCEPTION, SLEEP -> 0;
        };
    return cycles + flash.straight(instruction, address, cycles) + refetch;
  }

  /** What {@link #cyclesInFlash} lacks if a computed branch goes to an address with bit 1 set. */
  public int oddTarget() {
    return flash.refetch(2) - flash.refetch(0);
  }

  /**
   * Cycles of an interrupt with a handler in flash that does nothing, of a program in flash: entry
   * and return, both to a word boundary.
   */
  public int shortestInterrupt() {
    return exceptionEntry + flash.vector() + flash.refetch(0) + exceptionReturn + flash.refetch(0);
  }

  private Cost cost(Instruction instruction) {
    return Objects.requireNonNull(costs.get(instruction.form().cost()));
  }
}
