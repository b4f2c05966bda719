package io.defragsim.lab;

import io.defragsim.lab.image.AllocatorImage;
import io.defragsim.lab.image.ContractRule;
import io.defragsim.lab.image.RunStopped;
import io.defragsim.lab.image.TimedCalls.Answer;
import io.defragsim.lab.recording.Account;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.ContractFunction;
import io.defragsim.lab.result.Pauses.Cause;
import io.defragsim.lab.words.Numbers;
import io.defragsim.scenario.DefragPolicy;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Runs steps of compaction: when the policy says so and when the workload asks for them. */
final class Compactor {
  /** Steps of one stall, or of one stretch without work, for each byte of the pool. */
  private static final int STEPS_A_BYTE = 4;

  private static final String ALWAYS_MORE = "it always has more to do";

  private final AllocatorImage image;
  private final ShadowHeap heap;
  private final Narrator narrator;
  private final DefragPolicy policy;
  private final long stallBudget;
  private final long mostSteps;

  /**
   * @param stallBudget the most cycles of one stall, and of the idle steps after one phase: an
   *     image that always has more to do must end
   */
  Compactor(
      AllocatorImage image,
      ShadowHeap heap,
      Narrator narrator,
      DefragPolicy policy,
      long stallBudget) {
    this.image = image;
    this.heap = heap;
    this.narrator = narrator;
    this.policy = policy;
    this.stallBudget = stallBudget;
    this.mostSteps = (long) STEPS_A_BYTE * image.layout().pool();
  }

  /** One step, which is one pause. */
  Answer step(Cause cause) {
    Answer answer = image.calls().step(policy.budgetBytes());
    narrator.called(
        ContractFunction.STEP,
        cause,
        "",
        policy.budgetBytes(),
        answer,
        () -> {
          if (answer.value() > 1) {
            throw ContractRule.STEP.broken(ContractFunction.STEP, " answered %d", answer.value());
          }
          return heap.refresh(image.mayHaveMoved(), b -> image.address(b.handle()));
        });
    return answer;
  }

  /** Whether a step has more to do. */
  static boolean more(Answer step) {
    return step.value() == 1;
  }

  /** Whether a request that was answered with {@code error} is to be waited for. */
  boolean waitsFor(@Nullable ContractError error) {
    return error == ContractError.FRAGMENTED
        && policy instanceof DefragPolicy.OnFailure
        && image.contract().steps();
  }

  /** The policy's step after so many operations, if one is due. */
  void afterOperation(long operation) {
    if (policy instanceof DefragPolicy.Every every
        && image.contract().steps()
        && (operation + 1) % every.operations() == 0) {
      step(Cause.PERIODIC);
    }
  }

  /** The policy's steps between phases: until nothing is left to do. */
  void betweenPhases() {
    if (worksWhileIdle()) {
      long cycles = 0;
      long steps = 0;
      Answer step;
      do {
        step = step(Cause.IDLE);
        cycles += step.elapsed();
        checkBudget(cycles, ++steps);
      } while (more(step));
    }
  }

  /**
   * Lets time pass, with the policy's steps in it. A step that has begun is carried out, so that
   * the wait may last longer by part of a step.
   */
  void idle(long cycles) {
    long left = cycles;
    if (worksWhileIdle()) {
      long steps = 0;
      Answer step;
      do {
        step = step(Cause.IDLE);
        left -= step.elapsed();
        checkBudget(0, ++steps);
      } while (more(step) && left > 0);
    }
    if (left > 0) {
      image.calls().idle(left);
    }
  }

  private boolean worksWhileIdle() {
    return policy instanceof DefragPolicy.Idle && image.contract().steps();
  }

  /** Ends a run whose compaction does not come to an end: an image with always more to do. */
  void checkBudget(long cycles, long steps) {
    checkBudget(cycles, steps, ALWAYS_MORE, () -> false);
  }

  /**
   * The same of a stall, which does not come to an end either where the request is refused again
   * and again.
   *
   * @param refusedAgain whether a step has answered otherwise than 1, and that was of no use
   * @param served whether the request would be served now
   */
  void checkStall(Account account, boolean refusedAgain, BooleanSupplier served) {
    checkBudget(
        account.elapsed(),
        account.waiting().count(),
        refusedAgain ? "the request is refused whenever it does not answer 1" : ALWAYS_MORE,
        served);
  }

  /**
   * Steps are bounded, too, since one that does nothing takes next to no cycles, and the host looks
   * at all blocks after each.
   */
  private void checkBudget(long cycles, long steps, String why, BooleanSupplier served) {
    if (cycles > stallBudget || steps > mostSteps) {
      RunStopped stopped =
          cycles > stallBudget
              ? RunStopped.budget(stallBudget, image.calls().start(ContractFunction.STEP))
              : RunStopped.steps(mostSteps, image.calls().start(ContractFunction.STEP));
      throw stopped.within(
          ContractFunction.STEP
              + ", called "
              + Numbers.plain(steps)
              + " times in a row because "
              + why
              + (served.getAsBoolean()
                  ? "; the request would be served now: "
                      + ContractFunction.STEP
                      + " must answer 0 then"
                  : ""));
    }
  }
}
