package io.defragsim.emulator.exec;

import io.defragsim.emulator.board.UnexplainedPoll;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import org.jspecify.annotations.Nullable;

/** How an execution ended. */
public sealed interface Ending {

  /** Where the core stood; null if the program ended itself. */
  default @Nullable Location at() {
    return null;
  }

  /** Whether that was in the handler of a fault. */
  default boolean inHardFault() {
    return false;
  }

  /**
   * The core stands on a BKPT that is no semihosting call.
   *
   * @param inHardFault whether that is in the handler of a fault
   */
  record Parked(int immediate, Location at, boolean inHardFault) implements Ending {}

  /**
   * The program ended itself by semihosting.
   *
   * @param code its exit code: 1 if the reason is not the ordinary one; else what it gave, or 0 of
   *     SYS_EXIT, which has none
   * @param reason what it gave as the reason, 0x20026 for an ordinary exit
   */
  record Exited(int code, int reason) implements Ending {}

  /**
   * A fault that no handler took.
   *
   * @param lockedUp whether it happened while a fault was handled already
   */
  record Faulted(Fault fault, boolean lockedUp) implements Ending {
    @Override
    public Location at() {
      return fault.at();
    }

    @Override
    public boolean inHardFault() {
      return lockedUp;
    }
  }

  /**
   * The program stands on a branch to itself, and no interrupt can come any more.
   *
   * @param inHardFault whether that is in the handler of a fault
   */
  record LoopsForever(Location at, boolean inHardFault) implements Ending {}

  /**
   * More cycles than allowed.
   *
   * @param at the next instruction
   * @param inHardFault whether that is in the handler of a fault
   */
  record BudgetExhausted(Location at, long budget, boolean inHardFault) implements Ending {}

  /**
   * The program has reset the part {@link ExecutionResult#MOST_RESETS} times, and does so again.
   *
   * @param at the instruction that the reset comes before
   * @param inHardFault whether that is in the handler of a fault
   */
  record KeepsResetting(Location at, long resets, boolean inHardFault) implements Ending {}

  /**
   * More output than allowed.
   *
   * @param at the call that wrote it
   * @param limit in bytes
   * @param inHardFault whether that is in the handler of a fault
   */
  record PrintedTooMuch(Location at, long limit, boolean inHardFault) implements Ending {}

  /**
   * The program reads a register again and again, and no model and no rule will ever change it.
   *
   * @param at behind the instruction that reads
   * @param inHardFault whether that is in the handler of a fault
   */
  record Unexplained(UnexplainedPoll poll, Location at, boolean inHardFault) implements Ending {}

  /** All steps of a {@link Script} are over. */
  record ScriptDone() implements Ending {}

  /**
   * What a script expected did not come in time.
   *
   * @param step the number of the step, from 0
   * @param expected what did not come
   * @param came what the program sent since the step before, the last of it
   * @param cycles that it waited
   */
  record NotExpected(int step, String expected, String came, long cycles) implements Ending {}

  /**
   * Who typed on the serial line has left.
   *
   * @param at the next instruction
   * @param inHardFault whether that is in the handler of a fault
   */
  record InputEnded(Location at, boolean inHardFault) implements Ending {}
}
