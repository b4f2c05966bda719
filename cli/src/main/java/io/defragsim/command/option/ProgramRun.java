package io.defragsim.command.option;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Job;
import io.defragsim.console.LineEnd;
import io.defragsim.console.ProgramOutput;
import io.defragsim.console.Session;
import io.defragsim.emulator.board.Board;
import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.board.ModelFailedException;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.ExecutionResult;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.exec.Script;
import io.defragsim.emulator.exec.Way;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.Executed;
import io.defragsim.scenario.board.BoardFile;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A program that is to run from reset, as the options of a command say. */
public final class ProgramRun {
  private final PartOptions part;
  private final BoardOptions boards;
  private final long budget;
  private final long mostOutput;
  private final Way way;

  /**
   * What ran.
   *
   * @param board null for a bare core
   */
  public record Ran(ExecutionResult result, Executed.@Nullable OnBoard board) {}

  /**
   * A program that is where it belongs.
   *
   * @param board null for a bare core
   * @param script null where none is to be played
   */
  public record Ready(
      FirmwareFile firmware, Program program, @Nullable Board board, @Nullable Script script) {}

  /**
   * @throws CommandFailedException if an option is wrong by itself
   */
  public ProgramRun(
      PartOptions part, BoardOptions boards, WayOption way, OutputLimitOption outputLimit) {
    this.part = part;
    this.boards = boards;
    this.budget = part.budget();
    this.mostOutput = outputLimit.bytes();
    this.way = way.way();
  }

  /** Reads the program {@code file} and what stands around it. */
  public Ready load(Job job, String file) {
    return job.read(
        inputs -> {
          FirmwareFile firmware = inputs.program(file, part.binaryBase());
          BoardFile board = boards.board(inputs, part.mcu());
          if (board != null) {
            board.mcu().ifPresent(part::usual);
          }
          Script script = boards.script(inputs, part.clockHz());
          Board around = board == null ? null : board.board();
          return new Ready(firmware, part.load(firmware, around), around, script);
        });
  }

  /**
   * Runs it to its end.
   *
   * @param attach gives the run who listens to it
   */
  public Ran run(Job job, Ready ready, Consumer<Execution> attach) {
    boolean shown = boards.console || ready.script != null;
    ProgramOutput console =
        new ProgramOutput(System.in, job.session(), job.outputs().takeStdout(), shown);
    try {
      Execution execution =
          new Execution(ready.program, console, mostOutput, way.translateAfter(), boards.checks());
      ExecutionResult result;
      boolean byHand;
      try (LineEnd end = lineEnd(ready.script, job.session(), console)) {
        end.connect(execution);
        byHand = end.isByHand();
        attach.accept(execution);
        result = execution.run(budget);
      }
      console.finish();
      return new Ran(result, onBoard(ready, execution.ledger(), byHand, shown));
    } catch (ModelFailedException e) {
      throw new CommandFailedException(ExitStatus.USAGE, "--board: " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailedException(
          ExitStatus.USAGE, "--console: this terminal cannot be driven: " + e.getMessage());
    }
  }

  private LineEnd lineEnd(@Nullable Script script, Session session, ProgramOutput console)
      throws IOException {
    if (script != null) {
      return LineEnd.of(script);
    }
    return boards.console ? LineEnd.ofProcess(session, console) : LineEnd.none();
  }

  private static Executed.@Nullable OnBoard onBoard(
      Ready ready, @Nullable Ledger ledger, boolean byHand, boolean shown) {
    return ready.board == null || ledger == null
        ? null
        : new Executed.OnBoard(ready.board.name(), ledger, ready.script, byHand, shown);
  }
}
