package io.defragsim.report.text;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.ExecutionResult.TakenFault;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Intervals.Interval;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.model.Fault;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.Executed;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A program that ran from reset, for people. */
public final class ExecReport {
  private static final int MOST_FUNCTIONS = 20;
  private static final int MOST_INTERVALS = 10;

  private final Executed executed;
  private final ExecutionResult result;
  private final McuConfig part;
  private final Page page;

  private ExecReport(Executed executed, Page page) {
    this.executed = executed;
    this.page = page;
    result = executed.result();
    part = executed.program().part();
  }

  /**
   * Prints all that is known of it; the last line says how it ended.
   *
   * @param quiet whether to print that line alone
   */
  public static void print(Executed executed, boolean quiet, Page page) {
    ExecReport report = new ExecReport(executed, page);
    if (quiet) {
      report.lastLine();
      return;
    }
    report.subject();
    Executed.Measured measured = executed.measured();
    if (measured != null) {
      report.intervals(measured);
    }
    Profile profile = executed.profile();
    if (profile != null) {
      report.profile(profile);
    }
    report.takenFaults();
    report.verdict();
  }

  private void subject() {
    var image = executed.program().image();
    SubjectSection.title(image.name(), executed.producer(), page);
    page.blank();
    page.entry("image", SubjectSection.named(image.name(), image.sha256()));
    page.entry(
        "part",
        String.format(
            Locale.ROOT,
            "%s, %s SRAM at %s, %s flash, %s multiplier",
            Numbers.clock(part.clockHz()),
            Numbers.size(part.sramBytes()),
            Numbers.hex(part.sramBase()),
            Numbers.size(part.flashBytes()),
            part.multiplierCycles() == 1 ? "1-cycle" : part.multiplierCycles() + "-cycle"));
    page.entry("mode", executed.mode());
    page.entry("cycles", executed.cycleModel());
    page.entry(
        "ran",
        Numbers.count(result.instructions(), "instruction")
            + ", "
            + Numbers.count(result.cycles(), "cycle")
            + " from reset ("
            + time(result.cycles())
            + ")"
            + (result.asleep() == 0
                ? ""
                : ", " + Numbers.plain(result.asleep()) + " of them asleep")
            + (executed.clockIsEstimate() ? ", estimated" : ""));
    if (result.resets() > 0) {
      page.entry("resets", Numbers.plain(result.resets()) + ", by the program itself");
    }
    if (!result.isExact()) {
      page.entry("note", returns());
    }
    for (String call : result.refused()) {
      page.entry("note", "semihosting: " + call + " was refused");
    }
    if (result.refusedMore() > 0) {
      page.entry(
          "note",
          "semihosting: "
              + Numbers.count(result.refusedMore(), "more call")
              + (result.refusedMore() == 1 ? " was refused" : " were refused"));
    }
    for (String note : result.notes()) {
      page.entry("note", note);
    }
  }

  /** What of the cycles no table of Arm's has. */
  private String returns() {
    var model = part.timing();
    String counted = "";
    if (result.returns() > 0) {
      counted =
          Numbers.count(result.returns(), "return")
              + (result.returns() == 1 ? " from an exception at " : " from exceptions at ")
              + Numbers.count(model.exceptionReturn(), "cycle")
              + (result.returns() == 1 ? "" : " each");
    }
    if (result.tailChains() > 0) {
      counted +=
          (counted.isEmpty() ? "" : " and ")
              + Numbers.count(result.tailChains(), "tail-chain")
              + " at "
              + Numbers.count(model.tailChain(), "cycle")
              + (result.tailChains() == 1 ? "" : " each");
    }
    return "the cycles include "
        + counted
        + ", an estimate, since Arm publishes no number for that"
        + (part.isEstimate()
            ? ""
            : "; those of instructions, and "
                + Numbers.plain(model.exceptionEntry())
                + " for an entry, are exact");
  }

  private void intervals(Executed.Measured measured) {
    Intervals intervals = measured.intervals();
    String from = place(measured.from(), measured.fromAddress());
    String to = place(measured.to(), measured.toAddress());
    page.heading("From " + from + " to " + to, executed.intervalsAreEstimates(), "cycles");
    long count = intervals.count();
    Interval shortest = intervals.shortest();
    Interval longest = intervals.longest();
    Table table = new Table("count", "min", "mean", "max", "max µs", "total");
    table.row(
        Numbers.plain(count),
        cycles(shortest),
        count == 0 ? Numbers.NONE : Numbers.plain(rounded(intervals.total(), count)),
        cycles(longest),
        Numbers.micros(longest == null ? null : longest.cycles(), part.clockHz()),
        Numbers.plain(intervals.total()));
    table.print(page);
    if (count > 1 && longest != null) {
      page.paragraph("the longest began at cycle " + Numbers.plain(longest.begin()));
    }
    if (count > 1 && count <= MOST_INTERVALS) {
      page.paragraph(
          "each: "
              + intervals.first().stream()
                  .map(interval -> Numbers.plain(interval.cycles()))
                  .collect(Collectors.joining(", ")));
    }
    if (!intervals.fromReached()) {
      page.paragraph(from + " was never executed");
    }
    if (!intervals.toReached()) {
      page.paragraph(to + " was never executed");
    }
    Long open = intervals.open();
    if (open != null) {
      page.paragraph(
          "one more began at cycle " + Numbers.plain(open.longValue()) + " and did not end");
    }
  }

  /** With its address, unless it is one. */
  private static String place(String name, long address) {
    return Character.isDigit(name.charAt(0)) ? Numbers.hex(address) : Page.clean(name);
  }

  private static String cycles(@Nullable Interval interval) {
    return interval == null ? Numbers.NONE : Numbers.plain(interval.cycles());
  }

  private static long rounded(long total, long count) {
    return (total + count / 2) / count;
  }

  private void profile(Profile profile) {
    page.heading(
        "Profile",
        executed.clockIsEstimate(),
        "cycles of functions, alone and with what they called");
    Table table = new Table("alone", "", "with calls", "", "calls", "<");
    profile.functions().stream()
        .limit(MOST_FUNCTIONS)
        .forEach(
            function ->
                table.row(
                    Numbers.plain(function.exclusive()),
                    share(function.exclusive(), profile.cycles()),
                    Numbers.plain(function.inclusive()),
                    share(function.inclusive(), profile.cycles()),
                    Numbers.plain(function.calls()),
                    Page.clean(function.function())));
    table.print(page);
    int more = profile.functions().size() - MOST_FUNCTIONS;
    if (more > 0) {
      long cycles =
          profile.functions().stream()
              .skip(MOST_FUNCTIONS)
              .mapToLong(Profile.FunctionProfile::exclusive)
              .sum();
      page.paragraph(
          "and "
              + Numbers.count(more, "more function")
              + " with "
              + Numbers.count(cycles, "cycle"));
    }
    if (profile.cut()) {
      page.paragraph(
          "calls were too deep, or in too many ways, to follow all: those with calls may be too few");
    }
  }

  private static String share(long cycles, long all) {
    return all == 0 ? Numbers.NONE : Numbers.percent(Math.round(cycles * 1e6 / all));
  }

  private void takenFaults() {
    if (result.faultCount() == 0) {
      return;
    }
    page.heading(
        "Faults that the program's HardFault handler took",
        executed.clockIsEstimate(),
        Numbers.plain(result.faultCount()));
    for (TakenFault taken : result.faults()) {
      Fault fault = taken.fault();
      page.paragraph(
          EndingSection.words(fault.kind())
              + " at "
              + fault.at()
              + ", cycle "
              + Numbers.plain(taken.cycle())
              + ": "
              + fault.detail());
    }
    long more = result.faultCount() - result.faults().size();
    if (more > 0) {
      page.paragraph("and " + Numbers.plain(more) + " more");
    }
  }

  private void verdict() {
    Ending ending = result.ending();
    String name = executed.program().image().name();
    if (ending instanceof Ending.Faulted faulted) {
      page.alarm("The program faulted", name);
      EndingSection.whatAndWhere(faulted.fault(), page);
      if (faulted.lockedUp()) {
        page.entry("when", "in the handler of a fault: the core is locked up");
      }
      EndingSection.addressAndRegisters(faulted.fault(), page);
    }
    page.blank();
    lastLine();
  }

  private void lastLine() {
    Ending ending = result.ending();
    String name = executed.program().image().name();
    String line =
        Page.clean(name)
            + (part.isEstimate() ? " (" + part.estimate() + ")" : "")
            + ": "
            + brief(ending);
    page.line(
        executed.exitStatus() == ExitStatus.OK.code()
            ? page.palette().good(line)
            : page.palette().bad(line));
  }

  private String brief(Ending ending) {
    if (ending instanceof Ending.Exited exited) {
      return "ended with exit code " + exited.code();
    } else if (ending instanceof Ending.Parked parked) {
      return "parked on bkpt #"
          + parked.immediate()
          + " at "
          + parked.at()
          + handling(parked.inHardFault());
    } else if (ending instanceof Ending.LoopsForever loops) {
      return "loops for ever at " + loops.at() + handling(loops.inHardFault());
    } else if (ending instanceof Ending.BudgetExhausted exhausted) {
      return "BUDGET EXHAUSTED, not done after "
          + Numbers.count(exhausted.budget(), "cycle").replace(Page.GLUE, ' ')
          + (executed.budgetIsDefault()
              ? ", the default (--budget raises it), at "
              : " (--budget), at ")
          + exhausted.at()
          + handling(exhausted.inHardFault());
    } else if (ending instanceof Ending.PrintedTooMuch printed) {
      return "PRINTED TOO MUCH, more than "
          + Numbers.size(printed.limit()).replace(Page.GLUE, ' ')
          + " (--output-limit raises it), at "
          + printed.at()
          + handling(printed.inHardFault());
    } else if (ending instanceof Ending.Faulted faulted) {
      return "FAULT, "
          + EndingSection.words(faulted.fault().kind())
          + " at "
          + faulted.fault().at();
    }
    throw new IllegalStateException("unknown ending: " + ending);
  }

  private static String handling(boolean inHardFault) {
    return inHardFault ? ", in its HardFault handler: FAULT" : "";
  }

  private String time(long cycles) {
    return Numbers.time(cycles, part.clockHz());
  }
}
