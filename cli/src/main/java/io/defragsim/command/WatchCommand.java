package io.defragsim.command;

import io.defragsim.console.TerminalScreen;
import io.defragsim.lab.Lab;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.film.Film;
import io.defragsim.report.film.Moment;
import io.defragsim.report.film.Player;
import io.defragsim.report.text.FrameView;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code defrag-sim watch}. */
@Command(
    name = "watch",
    description = {
      "Shows the heap while a scenario runs, in a terminal of at least 80 by 24 characters:"
          + " forwards, backwards, and from one failure or pause to the next.",
      "Keys, as on the page of a run: space plays and pauses; right and left step; f and p go to the"
          + " next failure and the next pause, F and P to the one before; Home and End to start and"
          + " end. Besides, n and N go to the next and the previous of both; + and - change the"
          + " speed; Ctrl-Z and fg leave and come back; ? shows the keys; q quits."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  defrag-sim watch swiss-cheese --from 110",
      "  defrag-sim watch sensor-node --speed 50",
      "  defrag-sim watch swiss-cheese --from 128 --frames 12   # for a file or a pipe"
    })
final class WatchCommand implements Callable<Integer> {
  private static final int MOST_SPEED = 1000;

  @ParentCommand DefragSim program;
  @Spec CommandSpec spec;
  @Mixin AllocatorOption allocator;
  @Mixin StrictOption strict;
  @Mixin WaitStatesOption waitStates;
  @Mixin HandlersOption handlers;
  @Mixin ColorOption color;

  @Parameters(
      paramLabel = "FILE",
      description = "A scenario file, or the name of a shipped scenario (see: defrag-sim list).")
  String file = "";

  @Option(
      names = "--from",
      paramLabel = "OPERATION",
      description = "Begin with this operation; they are numbered from 0.")
  @Nullable Long from;

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "" + Player.USUAL_SPEED,
      description = "Moments a second, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  int speed = Player.USUAL_SPEED;

  @Option(
      names = "--frames",
      paramLabel = "N",
      description = "Print the first N moments as text and end: needs no terminal.")
  @Nullable Integer frames;

  @Override
  public Integer call() {
    if (speed < 1 || speed > MOST_SPEED) {
      throw usage("--speed: " + speed + " is not from 1 to " + MOST_SPEED);
    }
    Integer count = frames;
    if (count != null && count < 1) {
      throw usage("--frames: " + count + " is not above 0");
    }
    Inputs inputs = new Inputs(waitStates, handlers);
    Inputs.Input input = inputs.read(file, allocator.image);
    inputs.finish(spec.commandLine().getErr());
    if (input == null) {
      throw new IllegalStateException(file);
    }
    Long operation = from;
    if (operation != null) {
      ExplainCommand.checkMoment(
          spec, "--from", operation, input.scenario().workload().countOperations());
    }
    if (count == null && !program.terminal().stdout()) {
      throw usage(
          "stdout is no terminal: watch needs one; --frames N prints moments as text, and 'defrag-sim"
              + " explain' tells the story of the run");
    }
    try (Film film = new Film(listener -> run(input, listener))) {
      Moment empty = film.at(0);
      Moment first = operation == null ? empty : film.atOperation(operation);
      if (first == null) {
        throw new CommandFailedException(
            ExitStatus.FIRMWARE,
            file + ": the run ends before that; 'defrag-sim explain' says why");
      }
      FrameView view =
          new FrameView(
              input.scenario(),
              input.image().name(),
              poolAddress(input),
              empty,
              color.mode.palette(program.terminal()));
      if (count != null) {
        print(film, first, view, count);
      } else {
        play(film, first, view);
      }
    }
    return ExitStatus.OK.code();
  }

  private void print(Film film, Moment first, FrameView view, int count) {
    PrintWriter out = spec.commandLine().getOut();
    for (int i = 0; i < count; i++) {
      Moment moment = film.at(first.index() + i);
      if (moment == null) {
        return;
      }
      if (i > 0) {
        out.print('\n');
      }
      view.picture(moment, FrameView.LEAST_WIDTH, FrameView.LEAST_HEIGHT - 2)
          .forEach(line -> out.print(line.stripTrailing() + "\n"));
    }
  }

  private void play(Film film, Moment first, FrameView view) {
    try (TerminalScreen screen = TerminalScreen.ofProcess()) {
      new Player(film, screen, view, speed).play(first);
    } catch (IOException | IllegalStateException e) {
      throw new CommandFailedException(
          ExitStatus.USAGE,
          "watch: this terminal cannot be driven: "
              + e.getMessage()
              + "; --frames N prints moments as text");
    }
  }

  private RunResult run(Inputs.Input input, RunListener listener) {
    Lab.Options options =
        new Lab.Options(false, strict.strictness(), ProgramVersion.number(), done -> {});
    return Lab.run(input.scenario(), input.image(), options, listener);
  }

  /** Where the pool begins, for which the image has to start; 0 if it does not. */
  private long poolAddress(Inputs.Input input) {
    AtomicLong address = new AtomicLong();
    try {
      run(
          input,
          new RunListener() {
            @Override
            public void started(RunEvent.Started event, HeapView heap) {
              address.set(event.subject().pool().address());
              throw new CancellationException();
            }
          });
    } catch (CancellationException e) {
      // seen enough
    }
    return address.get();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
