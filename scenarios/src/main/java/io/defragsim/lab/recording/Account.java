package io.defragsim.lab.recording;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.result.Stalls.Stall;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.trace.CallStack;
import org.jspecify.annotations.Nullable;

/**
 * What one operation has taken so far, and what became of it. Steps that a policy makes after it
 * count as its own until the next one begins.
 *
 * @param number from 0; {@link #BEFORE_FIRST} for what happens before the first
 * @param operation null before the first
 * @param block the name of the block that it is on; empty for none
 * @param stack where it asked for memory or, of one that asks for none, its block was asked for;
 *     null if that is not known
 * @param calls all that are no steps
 * @param waiting the steps that were made because a request was refused
 * @param compacting the steps that no request waited for
 * @param inside those of {@code calls} that moved blocks on the side: whole calls, so that the
 *     cycles of compaction are an upper bound
 * @param stall null if no request had to wait, or the wait is not over
 * @param failure why it was refused in the end; null unless it was
 */
public record Account(
    long number,
    @Nullable Operation operation,
    String block,
    @Nullable CallStack stack,
    Cost calls,
    Cost waiting,
    Cost compacting,
    Cost inside,
    @Nullable Stall stall,
    Outcome outcome,
    @Nullable Failure failure) {

  /** The number of what is before the first operation. */
  public static final long BEFORE_FIRST = -1;

  /** What became of an operation. */
  public enum Outcome {
    UNDER_WAY,
    SERVED,
    /** Its block was never served. */
    SKIPPED,
    /** The allocator said no in the end. */
    REFUSED,
    /** The run ended in the middle of it. */
    ENDED
  }

  /**
   * What some calls took together.
   *
   * @param count how many
   * @param cycles their own
   * @param elapsed the same and what interrupts took in them
   * @param longest the most that one of them elapsed
   * @param blocksMoved how many blocks arrived elsewhere
   * @param bytesMoved the requested bytes of those
   */
  public record Cost(
      long count, long cycles, long elapsed, long longest, long blocksMoved, long bytesMoved) {
    public static final Cost NOTHING = new Cost(0, 0, 0, 0, 0, 0);

    private Cost plus(Call call) {
      return plus(
          new Cost(
              1,
              call.cycles(),
              call.elapsed(),
              call.elapsed(),
              call.moves().size(),
              call.bytesMoved()));
    }

    private Cost plus(Cost other) {
      return new Cost(
          count + other.count,
          cycles + other.cycles,
          elapsed + other.elapsed,
          Math.max(longest, other.longest),
          blocksMoved + other.blocksMoved,
          bytesMoved + other.bytesMoved);
    }
  }

  /** That of an operation that begins. */
  public static Account of(long number, @Nullable Operation operation, String block) {
    return new Account(
        number,
        operation,
        block,
        null,
        Cost.NOTHING,
        Cost.NOTHING,
        Cost.NOTHING,
        Cost.NOTHING,
        null,
        Outcome.UNDER_WAY,
        null);
  }

  /** The same, asked for in that stack. */
  public Account askedFor(@Nullable CallStack in) {
    return new Account(
        number, operation, block, in, calls, waiting, compacting, inside, stall, outcome, failure);
  }

  /** The same with one call more. */
  public Account plus(Call call) {
    boolean step = call.function() == ContractFunction.STEP;
    boolean waited = call.cause() == Cause.FAILURE;
    return new Account(
        number,
        operation,
        block,
        stack,
        step ? calls : calls.plus(call),
        step && waited ? waiting.plus(call) : waiting,
        step && !waited ? compacting.plus(call) : compacting,
        call.cause() == Cause.INSIDE_CALL ? inside.plus(call) : inside,
        stall,
        outcome,
        failure);
  }

  /**
   * The same once its request, which comes before all else that it does, has waited.
   *
   * @param error why it was not served, null if it was
   */
  public Account stalled(@Nullable ContractError error) {
    Stall over =
        new Stall(
            number,
            operation == null ? 0 : operation.amount(),
            (int) waiting.count(),
            waiting.bytesMoved(),
            elapsed(),
            error);
    return new Account(
        number,
        operation,
        block,
        stack,
        calls,
        waiting,
        compacting,
        inside,
        over,
        outcome,
        failure);
  }

  /** The same with what became of it. */
  public Account done(Outcome what, @Nullable Failure why) {
    return new Account(
        number, operation, block, stack, calls, waiting, compacting, inside, stall, what, why);
  }

  public boolean isOver() {
    return outcome != Outcome.UNDER_WAY;
  }

  /** Null before the first. */
  public @Nullable OperationKind kind() {
    return operation == null ? null : operation.kind();
  }

  /** Why it was refused in the end; null unless it was. */
  public @Nullable ContractError error() {
    return failure == null ? null : failure.error();
  }

  /** The cycles of its own calls and of the steps that it waited for. */
  public long cycles() {
    return calls.cycles() + waiting.cycles();
  }

  /** The same with what interrupts took in them. */
  public long elapsed() {
    return calls.elapsed() + waiting.elapsed();
  }

  /** How many steps there were, whether a request waited for them or not. */
  public long steps() {
    return waiting.count() + compacting.count();
  }

  /** All stretches of compaction. */
  public Cost pauses() {
    return waiting.plus(compacting).plus(inside);
  }
}
