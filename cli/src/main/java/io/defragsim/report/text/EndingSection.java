package io.defragsim.report.text;

import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.model.Registers;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import java.util.Locale;

/** Why a run ended early: what, where, during which operation, and the registers. */
public final class EndingSection {

  private EndingSection() {}

  /** Prints nothing for a run that was completed. */
  static void print(RunResult result, Page page) {
    RunEnding ending = result.ending();
    String image = result.subject().image().name();
    if (ending instanceof RunEnding.Faulted faulted) {
      Fault fault = faulted.fault();
      page.alarm("The firmware faulted", image);
      whatAndWhere(fault, page);
      when(faulted.during(), faulted.operation(), page);
      addressAndRegisters(fault, page);
    } else if (ending instanceof RunEnding.ContractViolated violated) {
      page.alarm("The image broke its contract", image);
      page.entry("what", violated.what());
      when(violated.during(), violated.operation(), page);
    } else if (ending instanceof RunEnding.BudgetExhausted exhausted) {
      page.alarm(
          exhausted.unit() == RunEnding.BudgetExhausted.Unit.CYCLES
              ? "The cycle budget was exhausted"
              : "The budget of interrupt handlers was exhausted",
          image);
      page.entry("what", exhausted(exhausted));
      page.entry("where", exhausted.at().toString());
      when(exhausted.during(), exhausted.operation(), page);
    }
  }

  /** What happened, and at which instruction. */
  static void whatAndWhere(Fault fault, Page page) {
    page.entry("what", words(fault.kind()) + ": " + fault.detail());
    page.entry("where", fault.at().toString());
  }

  /** What was accessed, if anything, and the registers. */
  static void addressAndRegisters(Fault fault, Page page) {
    Long address = fault.accessAddress();
    if (address != null) {
      page.entry("address", Numbers.hex(address));
    }
    registers(fault.registers(), page);
  }

  /** What ran out, and how to raise it. */
  public static String exhausted(RunEnding.BudgetExhausted exhausted) {
    return "more than "
        + Numbers.count(exhausted.budget(), exhausted.unit().one())
        + " and not done"
        + (exhausted.remedy().isEmpty() ? "" : "; " + exhausted.remedy());
  }

  /** The kind of an early ending in a word; empty for a run that was completed. */
  public static String type(RunEnding ending) {
    if (ending instanceof RunEnding.Faulted) {
      return "fault";
    }
    if (ending instanceof RunEnding.ContractViolated) {
      return "contract";
    }
    return ending instanceof RunEnding.BudgetExhausted ? "budget" : "";
  }

  /** In one line, for a summary; empty for a run that was completed. */
  public static String brief(RunEnding ending) {
    if (ending instanceof RunEnding.Faulted faulted) {
      return "FAULT, "
          + words(faulted.fault().kind())
          + " at "
          + faulted.fault().at()
          + " "
          + moment(faulted.during(), faulted.operation());
    }
    if (ending instanceof RunEnding.ContractViolated violated) {
      return "CONTRACT BROKEN "
          + moment(violated.during(), violated.operation())
          + ": "
          + violated.what();
    }
    if (ending instanceof RunEnding.BudgetExhausted exhausted) {
      return "BUDGET EXHAUSTED, "
          + Numbers.count(exhausted.budget(), exhausted.unit().one())
          + " "
          + moment(exhausted.during(), exhausted.operation())
          + (exhausted.remedy().isEmpty() ? "" : "; " + exhausted.remedy());
    }
    return "";
  }

  private static void when(String during, long operation, Page page) {
    page.entry("when", moment(during, operation));
  }

  private static String moment(String during, long operation) {
    return operation == RunEnding.BEFORE_FIRST
        ? "before the first operation, in " + during
        : "during operation " + Numbers.plain(operation) + ": " + during;
  }

  /** A kind of fault, for example {@code unaligned access}. */
  static String words(Fault.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static void registers(Registers registers, Page page) {
    Table table = new Table("<", "<", "<", "<", "<", "<", "<", "<");
    String[] names = new String[17];
    int[] values = new int[17];
    for (int i = 0; i < 13; i++) {
      names[i] = "r" + i;
      values[i] = registers.general().get(i);
    }
    String[] special = {"sp", "lr", "pc", "xpsr"};
    int[] specialValues = {registers.sp(), registers.lr(), registers.pc(), registers.xpsr()};
    for (int i = 0; i < special.length; i++) {
      names[13 + i] = special[i];
      values[13 + i] = specialValues[i];
    }
    for (int row = 0; row < names.length; row += 4) {
      String[] cells = new String[2 * Math.min(4, names.length - row)];
      for (int i = 0; i < cells.length / 2; i++) {
        cells[2 * i] = names[row + i];
        cells[2 * i + 1] = Numbers.hex(values[row + i]);
      }
      table.row(cells);
    }
    table.print(page);
  }
}
