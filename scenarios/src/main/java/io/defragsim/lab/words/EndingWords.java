package io.defragsim.lab.words;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Location;
import io.defragsim.lab.result.RunEnding;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended, in words.
 *
 * @param type in one word: {@code fault}, {@code contract}, {@code budget} or {@code stopped}
 * @param title for example {@code The firmware faulted}
 * @param what happened
 * @param at where the core stood, null where that says nothing
 * @param when during which operation, or before the first
 * @param brief all of it in one line, for a summary
 * @param fault null unless it is one
 */
public record EndingWords(
    String type,
    String title,
    String what,
    @Nullable Location at,
    String when,
    String brief,
    @Nullable Fault fault) {

  /** Of an early ending; null for a run that was completed. */
  public static @Nullable EndingWords of(RunEnding ending) {
    String when =
        ending.operation() == RunEnding.BEFORE_FIRST
            ? "before the first operation"
                + (ending.during().isEmpty() ? "" : ", in " + ending.during())
            : ending.during().isEmpty()
                ? "after operation " + Numbers.plain(ending.operation())
                : "during operation " + Numbers.plain(ending.operation()) + ": " + ending.during();
    if (ending instanceof RunEnding.Faulted faulted) {
      Fault fault = faulted.fault();
      String brief = brief(fault) + " " + when;
      return new EndingWords(
          "fault", "The firmware faulted", what(fault), fault.at(), when, brief, fault);
    }
    if (ending instanceof RunEnding.ContractViolated broken) {
      String brief = "CONTRACT BROKEN " + when + ": " + broken.what();
      return new EndingWords(
          "contract", "The image broke its contract", broken.what(), null, when, brief, null);
    }
    if (ending instanceof RunEnding.BudgetExhausted exhausted) {
      String budget = Numbers.count(exhausted.budget(), exhausted.unit().one());
      String remedy = exhausted.remedy().isEmpty() ? "" : "; " + exhausted.remedy();
      return new EndingWords(
          "budget",
          exhausted.unit() == RunEnding.BudgetExhausted.Unit.CYCLES
              ? "The cycle budget was exhausted"
              : "The budget of " + exhausted.unit().one() + "s was exhausted",
          "more than " + budget + " and not done" + remedy,
          exhausted.at(),
          when,
          "BUDGET EXHAUSTED, " + budget + " " + when + remedy,
          null);
    }
    if (ending instanceof RunEnding.Stopped stopped) {
      return new EndingWords(
          "stopped",
          "The program did not end",
          stopped.what(),
          stopped.at(),
          when,
          stopped.what() + ", " + when,
          null);
    }
    return null;
  }

  /** In one line; empty for a run that was completed. */
  public static String brief(RunEnding ending) {
    EndingWords words = of(ending);
    return words == null ? "" : words.brief();
  }

  /** A fault in a line, for example {@code FAULT, unaligned access at image_alloc+0x1c (0x...)}. */
  public static String brief(Fault fault) {
    return "FAULT, " + kind(fault) + " at " + fault.at();
  }

  /** What happened, for example {@code unaligned access: ldr r0, [r1] of 0x20000002}. */
  public static String what(Fault fault) {
    return kind(fault) + ": " + fault.detail();
  }

  /** For example {@code unaligned access}. */
  public static String kind(Fault fault) {
    return fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
