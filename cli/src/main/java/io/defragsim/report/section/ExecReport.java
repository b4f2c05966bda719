package io.defragsim.report.section;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.ExecutionResult.TakenFault;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Intervals.Interval;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.model.Fault;
import io.defragsim.emulator.system.MemoryMap.Area;
import io.defragsim.emulator.system.MemoryMap.Flash;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.words.EndingWords;
import io.defragsim.lab.words.Estimates;
import io.defragsim.lab.words.Numbers;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.Executed;
import io.defragsim.report.model.Facts;
import io.defragsim.report.model.OutcomeLine;
import io.defragsim.report.model.Part;
import io.defragsim.report.model.Report;
import io.defragsim.report.model.Report.Head;
import io.defragsim.report.model.Section;
import io.defragsim.report.model.Sentence;
import io.defragsim.report.model.Table;
import io.defragsim.report.model.Tone;
import io.defragsim.words.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A program that ran from reset. */
public final class ExecReport {
  private static final int MOST_INTERVALS = 10;

  private final Executed executed;
  private final ExecutionResult result;
  private final McuConfig part;
  private final String name;

  private ExecReport(Executed executed) {
    this.executed = executed;
    result = executed.result();
    part = executed.program().part();
    name = executed.program().image().name();
  }

  /** All that is known of it; the outcome says how it ended. */
  public static Report of(Executed executed) {
    ExecReport report = new ExecReport(executed);
    return new Report(
        new Head(report.name, "", executed.producer(), ""),
        List.of(SubjectSection.of(report.subject())),
        report.details(),
        report.verdicts(),
        List.of(report.outcome()),
        "");
  }

  private Facts subject() {
    Facts facts = new Facts();
    boolean elf = executed.format() == FirmwareFile.Format.ELF;
    facts.add(
        "image",
        RunWords.image(name, executed.program().image().sha256())
            + (elf ? "" : ", " + executed.format().title()));
    facts.add(
        "part",
        String.format(
            Locale.ROOT,
            "%s, %s, %s, %s",
            Numbers.clock(part.clockHz()),
            ram(),
            flash(),
            RunWords.multiplier(part)));
    if (executed.board() != null) {
      facts.add(
          "board",
          Printable.of(executed.board().name())
              + (executed.board().byHand() ? "; typed by hand, so no other run is the same" : ""));
    }
    facts.add("mode", executed.mode());
    facts.add("cycles", executed.cycleModel());
    facts.add(
        "ran",
        Numbers.count(result.instructions(), "instruction")
            + ", "
            + RunWords.fromReset(result.cycles(), part.clockHz())
            + (result.asleep() == 0
                ? ""
                : ", " + Numbers.plain(result.asleep()) + " of them asleep")
            + Estimates.last(executed.clockIsEstimate()));
    if (result.resets() > 0) {
      facts.add("resets", Numbers.plain(result.resets()) + ", by the program itself");
    }
    if (!result.isExact()) {
      facts.add("note", returns());
    }
    result.refused().forEach(call -> facts.add("note", "semihosting: " + call + " was refused"));
    if (result.refusedMore() > 0) {
      facts.add(
          "note",
          "semihosting: "
              + Numbers.count(result.refusedMore(), "more call")
              + (result.refusedMore() == 1 ? " was refused" : " were refused"));
    }
    executed.notes().forEach(note -> facts.add("note", note));
    return facts;
  }

  private String ram() {
    return Numbers.size(part.sramBytes())
        + " SRAM at "
        + Numbers.hex(part.sramBase())
        + executed.program().layout().map().areas().stream()
            .filter(Area::writable)
            .map(ram -> " and " + Numbers.size(ram.bytes()) + " at " + Numbers.hex(ram.base()))
            .collect(Collectors.joining());
  }

  /** Where it is only if that is not where most parts have it. */
  private String flash() {
    Flash flash = executed.program().layout().map().flash();
    return Numbers.size(flash.bytes())
        + " flash"
        + (flash.alsoAtZero() ? "" : " at " + Numbers.hex(flash.base()));
  }

  /** What of the cycles no table of Arm's has. */
  private String returns() {
    var model = part.timing();
    List<String> counted = new ArrayList<>();
    if (result.returns() > 0) {
      String from = result.returns() == 1 ? " from an exception" : " from exceptions";
      counted.add(each(result.returns(), "return", from, model.exceptionReturn()));
    }
    if (result.tailChains() > 0) {
      counted.add(each(result.tailChains(), "tail-chain", "", model.tailChain()));
    }
    if (result.lateArrivals() > 0) {
      counted.add(Numbers.count(result.lateArrivals(), "late arrival"));
    }
    return "the cycles include "
        + String.join(" and ", counted)
        + ", an estimate, since Arm publishes no number for that"
        + (part.isEstimate()
            ? ""
            : "; those of instructions, and "
                + Numbers.plain(model.exceptionEntry())
                + " for an entry, are exact");
  }

  private static String each(long count, String noun, String from, long cycles) {
    return Numbers.count(count, noun)
        + from
        + " at "
        + Numbers.count(cycles, "cycle")
        + (count == 1 ? "" : " each");
  }

  private List<Section> details() {
    List<Section> details = new ArrayList<>();
    if (executed.measured() != null) {
      details.add(intervals(executed.measured()));
    }
    details.addAll(BoardSections.of(executed));
    if (executed.profile() != null) {
      details.add(ProfileSection.of(executed.profile(), executed.clockIsEstimate()));
    }
    if (result.faultCount() > 0) {
      details.add(takenFaults());
    }
    return details;
  }

  private Section intervals(Executed.Measured measured) {
    Intervals intervals = measured.intervals();
    String from = place(measured.from(), measured.fromAddress());
    String to = place(measured.to(), measured.toAddress());
    long count = intervals.count();
    Interval shortest = intervals.shortest();
    Interval longest = intervals.longest();
    List<Part> parts = new ArrayList<>();
    parts.add(
        new Table("count|min|mean|max|max µs|total")
            .row(
                count,
                cycles(shortest),
                count == 0 ? null : (Long) ((intervals.total() + count / 2) / count),
                cycles(longest),
                Numbers.micros(cycles(longest), part.clockHz()),
                intervals.total()));
    if (executed.board() != null && count > 0) {
      parts.add(
          new Sentence(
              "of all cycles "
                  + Numbers.plain(intervals.waiting())
                  + " were in polls of registers, and "
                  + Numbers.plain(intervals.asleep())
                  + " asleep"
                  + (executed.intervalsAreEstimates() ? "" : "; they are exact")));
    }
    if (!intervals.rests().isEmpty()) {
      parts.add(
          new Sentence(
              "not exact, for these were in it: "
                  + Printable.of(String.join("; ", intervals.rests()))));
    }
    if (count > 1 && longest != null) {
      parts.add(new Sentence("the longest began at cycle " + Numbers.plain(longest.begin())));
    }
    if (count > 1 && count <= MOST_INTERVALS) {
      parts.add(
          new Sentence(
              intervals.first().stream()
                  .map(interval -> Numbers.plain(interval.cycles()))
                  .collect(Collectors.joining(", ", "each: ", ""))));
    }
    if (!intervals.fromReached()) {
      parts.add(new Sentence(from + " was never executed"));
    }
    if (!intervals.toReached()) {
      parts.add(new Sentence(to + " was never executed"));
    }
    Long open = intervals.open();
    if (open != null) {
      parts.add(
          new Sentence("one more began at cycle " + Numbers.plain(open) + " and did not end"));
    }
    return new Section(
        "intervals",
        "From " + from + " to " + to,
        "cycles",
        executed.intervalsAreEstimates(),
        parts);
  }

  /** With its address, unless it is one. */
  private static String place(String name, long address) {
    return Character.isDigit(name.charAt(0)) ? Numbers.hex(address) : Printable.of(name);
  }

  private static @Nullable Long cycles(@Nullable Interval interval) {
    return interval == null ? null : interval.cycles();
  }

  private Section takenFaults() {
    List<Part> parts = new ArrayList<>();
    for (TakenFault taken : result.faults()) {
      Fault fault = taken.fault();
      parts.add(
          new Sentence(
              EndingWords.kind(fault)
                  + " at "
                  + fault.at()
                  + ", cycle "
                  + Numbers.plain(taken.cycle())
                  + ": "
                  + fault.detail()));
    }
    long more = result.faultCount() - result.faults().size();
    if (more > 0) {
      parts.add(new Sentence("and " + Numbers.plain(more) + " more"));
    }
    return new Section(
        "faults",
        "Faults that the program's HardFault handler took",
        Numbers.plain(result.faultCount()),
        executed.clockIsEstimate(),
        parts);
  }

  private List<Section> verdicts() {
    if (executed.board() != null) {
      List<Section> ofBoard = BoardSections.verdicts(executed);
      if (!ofBoard.isEmpty()) {
        return ofBoard;
      }
    }
    return result.ending() instanceof Ending.Faulted faulted
        ? List.of(
            EndingSection.of(
                "The program faulted",
                name,
                faulted.fault(),
                faulted.lockedUp() ? "in the handler of a fault: the core is locked up" : ""))
        : List.of();
  }

  /** How it ended, in a line. */
  public static String ending(Executed executed) {
    return new ExecReport(executed).brief(executed.result().ending());
  }

  private OutcomeLine outcome() {
    return new OutcomeLine(
        Printable.of(name)
            + Estimates.why(part)
            + ": "
            + brief(result.ending())
            + (executed.scriptIsCutOff() ? ", before its script was done: NOT EXPECTED" : "")
            + (result.ending().inHardFault() && !(result.ending() instanceof Ending.Faulted)
                ? ", in its HardFault handler: FAULT"
                : ""),
        Tone.of(executed.exitStatus() == ExitStatus.OK.code()),
        BoardSections.why(executed).toArray(Sentence[]::new));
  }

  private String brief(Ending ending) {
    if (ending instanceof Ending.Exited exited) {
      return "ended with exit code " + exited.code();
    } else if (ending instanceof Ending.Parked parked) {
      return "parked on bkpt #" + parked.immediate() + " at " + parked.at();
    } else if (ending instanceof Ending.LoopsForever loops) {
      return "loops for ever at " + loops.at();
    } else if (ending instanceof Ending.BudgetExhausted exhausted) {
      return "BUDGET EXHAUSTED, not done after "
          + Numbers.count(exhausted.budget(), "cycle")
          + (executed.budgetIsDefault() ? ", the default (--budget raises it)" : " (--budget)")
          + ", at "
          + exhausted.at();
    } else if (ending instanceof Ending.KeepsResetting keeps) {
      return "KEEPS RESETTING, again after "
          + Numbers.count(keeps.resets(), "reset")
          + ", at "
          + keeps.at();
    } else if (ending instanceof Ending.PrintedTooMuch printed) {
      return "PRINTED TOO MUCH, more than "
          + Numbers.size(printed.limit())
          + " (--output-limit raises it), at "
          + printed.at();
    } else if (ending instanceof Ending.Unexplained unexplained) {
      return "POLLS FOR EVER: reads "
          + Printable.of(unexplained.poll().register())
          + " again and again at "
          + unexplained.at();
    } else if (ending instanceof Ending.ScriptDone) {
      return "the script is done";
    } else if (ending instanceof Ending.NotExpected failed) {
      return "NOT EXPECTED: step "
          + (failed.step() + 1)
          + " of the script waited "
          + Numbers.count(failed.cycles(), "cycle")
          + " for "
          + BoardSections.brief(failed.expected());
    } else if (ending instanceof Ending.InputEnded ended) {
      return "the input has ended, at " + ended.at();
    } else if (ending instanceof Ending.Faulted faulted) {
      return EndingWords.brief(faulted.fault());
    }
    throw new IllegalStateException("unknown ending: " + ending);
  }
}
