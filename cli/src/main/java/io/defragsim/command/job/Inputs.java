package io.defragsim.command.job;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.Lab;
import io.defragsim.lab.fit.Fit;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.words.RunWords;
import io.defragsim.report.LeftOut;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.board.BoardFile;
import io.defragsim.scenario.board.BoardReader;
import io.defragsim.scenario.board.Models;
import io.defragsim.scenario.board.ScriptFile;
import io.defragsim.scenario.board.ScriptReader;
import io.defragsim.scenario.board.ShippedBoards;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ImageSources;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Turns what stands on the command line into what can run, or into all that is wrong with it. */
public final class Inputs {

  private final ScenarioReader reader = new ScenarioReader(Figures.units());
  private final List<String> problems = new ArrayList<>();
  private final Map<ImageReference, FirmwareImage> images = new LinkedHashMap<>();
  private final Map<Path, String> read = new LinkedHashMap<>(); // and what each is
  private final UnaryOperator<McuConfig> part;
  private final UnaryOperator<Scenario> change;
  private final boolean anyPool;
  private boolean started;

  /** Of scenarios that run with their own pool, which has to fit their part. */
  public Inputs() {
    this(UnaryOperator.identity(), UnaryOperator.identity(), false);
  }

  /** Of scenarios with another part and other words in place of what they say themselves. */
  public Inputs(UnaryOperator<McuConfig> part, UnaryOperator<Scenario> change) {
    this(part, change, false);
  }

  private Inputs(UnaryOperator<McuConfig> part, UnaryOperator<Scenario> change, boolean anyPool) {
    this.part = part;
    this.change = change;
    this.anyPool = anyPool;
  }

  /** Of scenarios that run with other pools than their own. */
  public static Inputs ofAnyPool(UnaryOperator<Scenario> change) {
    return new Inputs(UnaryOperator.identity(), change, true);
  }

  /**
   * Adds a scenario on its own image, or on {@code allocator}.
   *
   * @param source a file, or the name of a shipped scenario where no file is called so
   * @return null with problems
   */
  private @Nullable Input read(String source, @Nullable String allocator) {
    Scenario scenario = scenario(source);
    if (scenario == null) {
      return null;
    }
    if (allocator == null) {
      return on(source, scenario);
    }
    ImageReference reference = named(source, allocator);
    return reference == null ? null : on(source, scenario.withImage(reference));
  }

  /**
   * Adds a scenario on its own image, then on each of {@code allocators} in their order; each image
   * once.
   *
   * @param allocators words of {@link Allocators}
   */
  public OnImages readOn(String source, List<String> allocators) {
    Input own = read(source, null);
    return own == null
        ? new OnImages(List.of(), List.of())
        : on(source, own.scenario(), List.of(own), allocators);
  }

  /**
   * Adds a scenario on each of {@code allocators} in their order; each image once.
   *
   * @param allocators words of {@link Allocators}
   */
  public OnImages readEach(String source, List<String> allocators) {
    Scenario scenario = scenario(source);
    return scenario == null
        ? new OnImages(List.of(), List.of())
        : on(source, scenario, List.of(), allocators);
  }

  private OnImages on(
      String source, Scenario scenario, List<Input> before, List<String> allocators) {
    List<Input> inputs = new ArrayList<>(before);
    List<ImageReference> seen = new ArrayList<>();
    before.forEach(input -> seen.add(input.scenario().image()));
    List<LeftOut> leftOut = new ArrayList<>();
    for (Allocators.Asked asked : Allocators.asked(allocators)) {
      ImageReference reference = named(source, asked.image());
      if (reference == null || seen.contains(reference)) {
        continue;
      }
      seen.add(reference);
      try {
        addApart(inputs, load(source, scenario.withImage(reference)));
      } catch (CannotRunException e) {
        if (asked.named()) {
          problems.add(source + ": " + e.getMessage());
        } else {
          leftOut.add(new LeftOut(scenario.name(), asked.image(), e.why));
        }
      }
    }
    if (inputs.isEmpty() && problems.isEmpty()) {
      leftOut.forEach(out -> problems.add(source + ": " + out.image() + ": " + out.why()));
    }
    return new OnImages(inputs, leftOut);
  }

  /** Adds one that is not there, under a name of its own: two builds often have the same. */
  private static void addApart(List<Input> inputs, Input other) {
    FirmwareImage image = other.image();
    String apart = RunWords.image(image.name(), image.sha256());
    List<FirmwareImage> alike =
        inputs.stream()
            .map(Input::image)
            .filter(i -> i.name().equals(image.name()) || i.name().equals(apart))
            .toList();
    if (alike.isEmpty()) {
      inputs.add(other);
    } else if (alike.stream().noneMatch(i -> i.sha256().equals(image.sha256()))) {
      inputs.add(new Input(other.source(), other.file(), other.scenario(), image.called(apart)));
    }
  }

  /**
   * Adds scenarios on their own images, or all on {@code allocator}; gives those without problems.
   */
  public List<Input> all(List<String> sources, @Nullable String allocator) {
    return sources.stream()
        .map(source -> read(source, allocator))
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Adds an image that is no scenario's.
   *
   * @param name as it stands on the command line
   * @throws CommandFailedException with status 2 if it cannot be read
   * @throws ImageRejectedException if it is no image for ARMv6-M
   */
  public FirmwareImage image(String name, ImageReference reference, McuConfig part) {
    try {
      reads(reference);
      FirmwareImage image = ShippedImages.load(reference, part);
      images.put(reference, image);
      return image;
    } catch (UnreadableFileException e) {
      throw CommandFailedException.refused(name + ": " + e.getMessage());
    } catch (IOException e) {
      throw CommandFailedException.refused(e.getMessage());
    }
  }

  /**
   * Adds a program in whatever format.
   *
   * @param name as it stands on the command line
   * @param binaryBase where a raw binary loads; empty if nobody said
   * @throws CommandFailedException with status 2 if it cannot be read
   * @throws ImageRejectedException if it is no program for ARMv6-M, or damaged
   */
  public FirmwareFile program(String name, OptionalLong binaryBase) {
    try {
      ImageReference.Elf reference = new ImageReference.Elf(FileName.path(name));
      reads(reference);
      FirmwareFile program = FirmwareFile.read(reference.file(), binaryBase);
      images.put(reference, program.image());
      return program;
    } catch (UnreadableFileException e) {
      throw CommandFailedException.refused(name + ": " + e.getMessage());
    }
  }

  /**
   * Adds a board; null with problems.
   *
   * @param name a file, or the name of a shipped one
   */
  public @Nullable BoardFile board(String name, Models models) {
    Optional<BoardFile> shipped = ShippedBoards.read(name, models);
    if (shipped.isPresent()) {
      return shipped.get();
    }
    Path file = jsonFile(name, "the board", InputKind.BOARD);
    return file == null ? null : valid(name, new BoardReader(models).read(file));
  }

  /**
   * Adds a script; null with problems.
   *
   * @param clockHz what its times become cycles by
   */
  public @Nullable ScriptFile script(String name, long clockHz) {
    Path file = jsonFile(name, "the script", InputKind.SCRIPT);
    return file == null ? null : valid(name, new ScriptReader(clockHz).read(file));
  }

  private @Nullable Path jsonFile(String name, String what, InputKind kind) {
    try {
      Path file = FileName.path(name);
      if (kind == InputKind.BOARD && kind.isAbsent(file)) {
        problems.add(
            name
                + ": no such file, and no shipped board"
                + Nearest.hint(name, ShippedBoards.names()));
        return null;
      }
      read.put(file, what);
      return file;
    } catch (FileNameException e) {
      problems.add("defrag-sim: " + e.getMessage());
      return null;
    }
  }

  private <T> @Nullable T valid(String name, ReadResult<T> result) {
    if (result instanceof ReadResult.Valid<T> valid) {
      return valid.value();
    }
    problems.addAll(((ReadResult.Invalid<T>) result).lines(name));
    return null;
  }

  /** The image that stands on the command line; null with problems. */
  private @Nullable ImageReference named(String source, String allocator) {
    try {
      return reference(allocator);
    } catch (FileNameException e) {
      problems.add(source + ": the allocator to run it on: " + e.getMessage());
      return null;
    }
  }

  /** Whether an image was started, to see whether it fits. */
  boolean haveStarted() {
    return started;
  }

  /**
   * Ends the command with status 2 if anything was wrong, or an output is one of the inputs. Else
   * tells of images that are older than their sources: what is measured is the image.
   */
  void finish(OutputFiles outputs, PrintWriter err) {
    if (!problems.isEmpty()) {
      throw CommandFailedException.refused(problems);
    }
    read.forEach((file, what) -> outputs.keepApart(what, file));
    images.forEach(
        (reference, image) -> {
          String stale = ImageSources.stale(reference, image);
          if (stale != null) {
            err.println("defrag-sim: " + stale);
          }
        });
  }

  /**
   * What {@code --allocator} names: a path has a separator or ends in {@code .elf}.
   *
   * @throws FileNameException if there can be no file of that name
   */
  public static ImageReference reference(String allocator) {
    return ImageReference.of(allocator, Path.of(""));
  }

  private @Nullable Scenario scenario(String source) {
    ReadResult<Scenario> result = readResult(source);
    if (result instanceof ReadResult.Valid<Scenario> valid) {
      reads(valid.value().image()); // even if another one runs in its place
      valid.value().workload().traces().forEach(trace -> reads(trace.path(), "the trace"));
      return onPart(source, valid.value());
    }
    if (result instanceof ReadResult.Invalid<Scenario> invalid) {
      problems.addAll(invalid.lines(source));
    }
    return null;
  }

  /** The scenario on the part that the command line makes of its own; null with problems. */
  private @Nullable Scenario onPart(String source, Scenario scenario) {
    McuConfig other = part.apply(scenario.mcu());
    int least = other.timing().shortestInterrupt();
    int before = problems.size();
    for (InterruptSource interrupt : scenario.interrupts()) {
      if (interrupt.cycles() < least) {
        problems.add(
            String.format(
                Locale.ROOT,
                "%s: with --wait-states %d an interrupt takes at least %d cycles, and \"%s\" takes %d",
                source,
                other.waitStates(),
                least,
                interrupt.name(),
                interrupt.cycles()));
      }
    }
    return problems.size() > before ? null : change.apply(scenario.withMcu(other));
  }

  private @Nullable ReadResult<Scenario> readResult(String source) {
    Path file;
    try {
      file = FileName.path(source);
    } catch (FileNameException e) {
      problems.add("defrag-sim: " + e.getMessage());
      return null;
    }
    if (!InputKind.SCENARIO.isAbsent(file)) {
      read.put(file, "the scenario");
      return reader.read(file);
    }
    byte[] shipped = ScenarioLibrary.text(source);
    if (shipped != null) {
      return reader.read(shipped, source, Path.of(""));
    }
    boolean name = file.getNameCount() == 1 && !source.endsWith(".json");
    problems.add(
        source
            + ": no such file"
            + (name
                ? ", and no shipped scenario" + Nearest.hint(source, ScenarioLibrary.names())
                : ""));
    return null;
  }

  /** Takes a file for an input that no output may go to. */
  public void reads(Path file, String what) {
    read.put(file, what);
  }

  private void reads(ImageReference image) {
    if (image instanceof ImageReference.Elf elf) {
      read.put(elf.file(), "the image");
    }
  }

  private @Nullable Input on(String source, Scenario scenario) {
    try {
      return load(source, scenario);
    } catch (CannotRunException e) {
      problems.add(source + ": " + e.getMessage());
      return null;
    }
  }

  private Input load(String source, Scenario scenario) throws CannotRunException {
    try {
      reads(scenario.image());
      FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
      started = true;
      if (anyPool) {
        Fit.check(scenario, image);
      } else {
        Lab.check(scenario, image);
      }
      images.putIfAbsent(scenario.image(), image);
      Path file = Path.of(source);
      return new Input(source, Files.exists(file) ? file : null, scenario, image);
    } catch (IOException e) {
      throw new CannotRunException("image " + scenario.image() + ": ", e);
    } catch (ImageRejectedException e) {
      throw new CannotRunException("image ", e);
    } catch (DoesNotFitException e) {
      throw new CannotRunException("", e);
    }
  }

  /** An image that cannot run a scenario. */
  private static final class CannotRunException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String why;

    /**
     * @param image in front of what is wrong where that does not name it
     */
    CannotRunException(String image, Exception cause) {
      super(image + cause.getMessage(), cause);
      why = String.valueOf(cause.getMessage());
    }
  }
}
