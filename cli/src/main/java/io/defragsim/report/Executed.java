package io.defragsim.report;

import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.exec.Ending;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Intervals;
import io.defragsim.emulator.exec.Layout;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.words.RunNotes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A program that ran from reset, for reports.
 *
 * @param producer the version of defrag-sim
 * @param format of the file that it was in
 * @param budgetIsDefault whether nobody asked for the budget
 * @param measured null where no intervals were asked for
 * @param profile null where none was asked for
 * @param board null where the program ran on a bare core
 */
public record Executed(
    String producer,
    FirmwareFile.Format format,
    Program program,
    ExecutionResult result,
    boolean budgetIsDefault,
    @Nullable Measured measured,
    @Nullable Profile profile,
    @Nullable OnBoard board) {

  /**
   * What a run on a board has besides.
   *
   * @param name the board's
   * @param script null where none was played
   * @param shown whether what the program sent was shown
   * @param byHand whether a person typed, so that no two runs are the same
   */
  public record OnBoard(
      String name, Ledger ledger, @Nullable Script script, boolean byHand, boolean shown) {}

  /**
   * Intervals, with the places as the user named them.
   *
   * @param fromAddress 0 to 0xFFFFFFFF
   * @param toAddress 0 to 0xFFFFFFFF
   */
  public record Measured(
      String from, long fromAddress, String to, long toAddress, Intervals intervals) {}

  /**
   * The code of the {@link ExitStatus}. A program that stops in its HardFault handler, other than
   * by a semihosting exit, has faulted.
   */
  public int exitStatus() {
    return status().code();
  }

  /** What the run means. */
  public ExitStatus status() {
    return status(result.ending());
  }

  private ExitStatus status(Ending ending) {
    if (ending instanceof Ending.Faulted || ending.inHardFault()) {
      return ExitStatus.FIRMWARE;
    }
    if (ending instanceof Ending.BudgetExhausted
        || ending instanceof Ending.PrintedTooMuch
        || ending instanceof Ending.KeepsResetting
        || ending instanceof Ending.Unexplained) {
      return ExitStatus.BUDGET;
    }
    if (ending instanceof Ending.NotExpected || scriptIsCutOff()) {
      return ExitStatus.LIMIT;
    }
    return ending instanceof Ending.LoopsForever ? ExitStatus.BUDGET : ExitStatus.OK;
  }

  /** Whether the program ended before its script did. */
  public boolean scriptIsCutOff() {
    return board != null
        && board.script() != null
        && !board.script().isDone()
        && !(result.ending() instanceof Ending.NotExpected);
  }

  /** Whether the time of the run rests on what the board is said to do. */
  private boolean restsOnBoard() {
    return board != null && board.ledger().isEstimate();
  }

  /** What else a reader must know, for people. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    Layout layout = program.layout();
    if (layout.found()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "no vector table begins flash, so the core started with the first that the image seems"
                  + " to have, at 0x%08x (--vectors says another)",
              layout.vectors()));
    }
    if (!program.part().zeroWaitStates() && !program.part().isEstimate()) {
      notes.add(RunNotes.waitsNotCounted(program.part()));
    }
    if (board != null && !board.shown() && result.sent() > 0) {
      notes.add(
          "the program sent "
              + result.sent()
              + (result.sent() == 1 ? " byte" : " bytes")
              + " on its serial line; --console shows them");
    }
    notes.addAll(result.notes());
    return notes;
  }

  /** What the interpreter checks, for people. */
  public String mode() {
    return "strict: every instruction checked";
  }

  /** Whether the clock, all cycles from reset, is an estimate. */
  public boolean clockIsEstimate() {
    return program.part().isEstimate() || !result.isExact() || restsOnBoard();
  }

  /** Whether an interval that was measured is an estimate. */
  public boolean intervalsAreEstimates() {
    return program.part().isEstimate() || (measured != null && !measured.intervals().isExact());
  }

  /** In what cycles are an estimate, for people; empty where they are not. */
  public String estimate() {
    List<String> why = new ArrayList<>();
    if (!program.part().estimate().isEmpty()) {
      why.add(program.part().estimate());
    }
    if (!result.isExact()) {
      why.add("returns from exceptions");
    }
    if (result.lateArrivals() > 0) {
      why.add("late arrivals");
    }
    if (restsOnBoard()) {
      why.add("times and rules of the board");
    }
    String all = String.join(", ", why);
    return all.isEmpty() || program.part().isEstimate() ? all : "estimate: " + all;
  }

  /** What cycles were counted by, for people. */
  public String cycleModel() {
    return program.part().cycleModel();
  }
}
