package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Problems;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.workload.Generator;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known while a scenario is read. A value may depend on three that stand elsewhere in the
 * file: these are read before all others.
 */
final class ScenarioReading extends Reading {
  /** What paths in the file are relative to. */
  final Path folder;

  /** What limits say they stand in, null for none. */
  final @Nullable Path file;

  final OperationBinder operations = new OperationBinder();

  /** What durations and interrupts depend on; null with problems. */
  @Nullable McuConfig part;

  /** The largest hole that can be kept ready, in bytes. */
  int mostReady;

  /** Where the scenario's random numbers start. */
  private long seed;

  private int generators;

  ScenarioReading(Problems problems, Path folder, @Nullable Path file) {
    super(problems);
    this.folder = folder;
    this.file = file;
  }

  /** The same where a scenario is read, which alone has the types that ask for more. */
  static ScenarioReading of(Reading in) {
    return (ScenarioReading) in;
  }

  /** Says what the values that are read from now on depend on. */
  void dependOn(@Nullable McuConfig mcu, int mostReadyBytes, long firstSeed) {
    part = mcu;
    mostReady = mostReadyBytes;
    seed = firstSeed;
  }

  @Override
  public OptionalLong clockHz() {
    return part == null ? OptionalLong.empty() : OptionalLong.of(part.clockHz());
  }

  /** What is made of a file. */
  @FunctionalInterface
  interface Opening<T> {
    T open(Path file) throws UnreadableFileException;
  }

  /**
   * What {@code opening} makes of the file that the scenario names so.
   *
   * @throws Unreadable if there is none that can be read
   */
  <T> T file(String name, Opening<T> opening) {
    try {
      return opening.open(folder.resolve(FileName.path(name)).normalize());
    } catch (UnreadableFileException e) {
      throw e.absent()
          ? new Unreadable("there is no file \"%s\" beside the scenario", name)
          : new Unreadable("\"%s\" %s", name, String.valueOf(e.getMessage()));
    } catch (FileNameException e) {
      throw new Unreadable("%s", String.valueOf(e.getMessage()));
    }
  }

  /** Where the random numbers of the next generated phase start that names no seed. */
  long nextSeed() {
    return Generator.seedOfPhase(seed, ++generators);
  }
}
