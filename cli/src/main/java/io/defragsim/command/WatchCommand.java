package io.defragsim.command;

import io.defragsim.command.job.CommandFailedException;
import io.defragsim.command.job.Input;
import io.defragsim.command.job.Job;
import io.defragsim.command.job.Runner;
import io.defragsim.command.option.AllocatorOption;
import io.defragsim.command.option.ScenarioFile;
import io.defragsim.command.option.ScenarioOptions;
import io.defragsim.command.option.StrictOption;
import io.defragsim.console.TerminalScreen;
import io.defragsim.lab.recording.HeapView;
import io.defragsim.lab.recording.RunEvent;
import io.defragsim.lab.recording.RunListener;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.film.Film;
import io.defragsim.report.film.Moment;
import io.defragsim.report.film.Player;
import io.defragsim.report.text.FrameView;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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
    footer = {
      "  defrag-sim watch swiss-cheese --from 110",
      "  defrag-sim watch sensor-node --speed 50",
      "  defrag-sim watch swiss-cheese --from 128 --frames 12   # for a file or a pipe"
    })
final class WatchCommand implements Runnable {
  private static final int MOST_SPEED = 1000;

  @Mixin AllocatorOption allocator;
  @Mixin StrictOption strict;
  @Mixin ScenarioOptions scenario;
  @Mixin ScenarioFile file;

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
  public void run() {
    if (speed < 1 || speed > MOST_SPEED) {
      throw CommandFailedException.wrongUsage(
          "--speed: " + speed + " is not from 1 to " + MOST_SPEED);
    }
    Integer count = frames;
    if (count != null && count < 1) {
      throw CommandFailedException.wrongUsage("--frames: " + count + " is not above 0");
    }
    Job job = scenario.job(strict.strictness());
    Input input = job.readOne(file.name, allocator.image);
    Long operation = from;
    if (operation != null) {
      input.requireOperation("--from", operation);
    }
    if (count == null && !job.session().terminal().stdout()) {
      throw CommandFailedException.wrongUsage(
          "stdout is no terminal: watch needs one; --frames N prints moments as text, and 'defrag-sim"
              + " explain' tells the story of the run");
    }
    try (Film film = new Film(listener -> job.runner().play(input, listener))) {
      Moment empty = film.at(0);
      Moment first = operation == null ? empty : film.atOperation(operation);
      if (first == null) {
        throw new CommandFailedException(
            ExitStatus.FIRMWARE,
            file.name + ": the run ends before that; 'defrag-sim explain' says why");
      }
      FrameView view =
          new FrameView(
              input.scenario(),
              input.image().name(),
              poolAddress(job.runner(), input),
              empty,
              scenario.palette());
      if (count != null) {
        print(film, first, view, count, job.session().out());
      } else {
        play(film, first, view);
      }
    }
  }

  private static void print(Film film, Moment first, FrameView view, int count, PrintWriter out) {
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

  /** Where the pool begins, for which the image has to start; 0 if it does not. */
  private static long poolAddress(Runner runner, Input input) {
    AtomicLong address = new AtomicLong();
    try {
      runner.play(
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
}
