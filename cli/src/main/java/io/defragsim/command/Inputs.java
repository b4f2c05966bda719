package io.defragsim.command;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.ImageRejectedException;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.Lab;
import io.defragsim.lab.fit.Fit;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.ImageSources;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.ReadResult;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.ScenarioLibrary;
import io.defragsim.scenario.ScenarioReader;
import io.defragsim.scenario.ShippedImages;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Turns what stands on the command line into what can run, or into all that is wrong with it. */
final class Inputs {

  /**
   * A scenario that is valid, with an image that it can run on.
   *
   * @param source the file, as it stands on the command line
   * @param file the same; null for a shipped scenario that was asked for by its name
   */
  record Input(String source, @Nullable Path file, Scenario scenario, FirmwareImage image) {

    /** The same with another scenario, which runs on the same image. */
    Input with(Scenario other) {
      return new Input(source, file, other, image);
    }
  }

  private final ScenarioReader reader = new ScenarioReader(Figures.units());
  private final List<String> problems = new ArrayList<>();
  private final Map<ImageReference, FirmwareImage> images = new LinkedHashMap<>();
  private final Map<Path, String> read = new LinkedHashMap<>(); // and what each is
  private final UnaryOperator<McuConfig> part;
  private final UnaryOperator<Scenario> change;
  private final boolean anyPool;

  /** Of scenarios that run with their own pool, which has to fit their part. */
  Inputs() {
    this(UnaryOperator.identity(), UnaryOperator.identity(), false);
  }

  /** Of scenarios with what the options say in place of what they say themselves. */
  Inputs(WaitStatesOption waitStates, HandlersOption handlers) {
    this(waitStates::on, handlers::on, false);
  }

  private Inputs(UnaryOperator<McuConfig> part, UnaryOperator<Scenario> change, boolean anyPool) {
    this.part = part;
    this.change = change;
    this.anyPool = anyPool;
  }

  /** Of scenarios that run with other pools than their own. */
  static Inputs ofAnyPool(HandlersOption handlers) {
    return new Inputs(UnaryOperator.identity(), handlers::on, true);
  }

  /**
   * Adds a scenario on its own image, or on {@code allocator}.
   *
   * @param source a file, or the name of a shipped scenario where no file is called so
   * @return null with problems
   */
  @Nullable Input read(String source, @Nullable String allocator) {
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
   * @return those without problems
   */
  List<Input> readOn(String source, List<String> allocators) {
    Input own = read(source, null);
    if (own == null) {
      return List.of();
    }
    List<Input> inputs = new ArrayList<>(List.of(own));
    List<ImageReference> seen = new ArrayList<>(List.of(own.scenario().image()));
    for (String allocator : allocators) {
      ImageReference reference = named(source, allocator);
      if (reference != null && !seen.contains(reference)) {
        seen.add(reference);
        Input other = on(source, own.scenario().withImage(reference));
        if (other != null) {
          inputs.add(other);
        }
      }
    }
    return inputs;
  }

  /** The image that stands on the command line; null with problems. */
  private @Nullable ImageReference named(String source, String allocator) {
    try {
      return reference(allocator);
    } catch (FileNameException e) {
      problems.add(source + ": image: " + e.getMessage());
      return null;
    }
  }

  /**
   * Ends the command with status 2 if anything was wrong. Else tells of images that are older than
   * their sources: what is measured is the image.
   */
  void finish(PrintWriter err) {
    if (!problems.isEmpty()) {
      throw new CommandFailedException(ExitStatus.USAGE, problems);
    }
    images.forEach((reference, image) -> tellIfStale(reference, image, err));
  }

  /** As above, and with the same status if an output is one of the inputs. */
  void finish(OutputFiles outputs, PrintWriter err) {
    if (problems.isEmpty()) {
      keepApart(outputs);
    }
    finish(err);
  }

  /** Ends the command with status 2 if an output is one of the inputs. */
  void keepApart(OutputFiles outputs) {
    read.forEach((file, what) -> outputs.keepApart(what, file));
  }

  /** Says of an image that is older than its sources that it is. */
  static void tellIfStale(ImageReference reference, FirmwareImage image, PrintWriter err) {
    String stale = ImageSources.stale(reference, image);
    if (stale != null) {
      err.println("defrag-sim: " + stale);
    }
  }

  /**
   * What {@code --allocator} names: a path has a separator or ends in {@code .elf}.
   *
   * @throws FileNameException if there can be no file of that name
   */
  static ImageReference reference(String allocator) {
    return ImageReference.of(allocator, Path.of(""));
  }

  /** The scenarios that come with this program. */
  static List<Scenario> shippedScenarios() {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units()));
  }

  /** A part with its SRAM where most have it. */
  static McuConfig usualPart() {
    return McuProfiles.all().values().iterator().next();
  }

  /** The images that come with this program, as linked for {@link #usualPart}. */
  static List<FirmwareImage> shippedImages() {
    List<FirmwareImage> images = new ArrayList<>();
    for (String name : ShippedImages.names()) {
      try {
        images.add(ShippedImages.load(new ImageReference.Shipped(name), usualPart()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return images;
  }

  private @Nullable Scenario scenario(String source) {
    ReadResult result = readResult(source);
    if (result instanceof ReadResult.Valid valid) {
      reads(valid.scenario().image()); // even if another one runs in its place
      return onPart(source, valid.scenario());
    }
    if (result instanceof ReadResult.Invalid invalid) {
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

  private @Nullable ReadResult readResult(String source) {
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

  private void reads(ImageReference image) {
    if (image instanceof ImageReference.Elf elf) {
      read.put(elf.file(), "the image");
    }
  }

  private @Nullable Input on(String source, Scenario scenario) {
    try {
      reads(scenario.image());
      FirmwareImage image = ShippedImages.load(scenario.image(), scenario.mcu());
      if (anyPool) {
        Fit.check(scenario, image);
      } else {
        Lab.check(scenario, image);
      }
      images.putIfAbsent(scenario.image(), image);
      Path file = Path.of(source);
      return new Input(source, Files.exists(file) ? file : null, scenario, image);
    } catch (IOException e) {
      problems.add(source + ": image " + scenario.image() + ": " + e.getMessage());
    } catch (ImageRejectedException e) {
      problems.add(source + ": image " + e.getMessage());
    } catch (DoesNotFitException e) {
      problems.add(source + ": " + e.getMessage());
    }
    return null;
  }
}
