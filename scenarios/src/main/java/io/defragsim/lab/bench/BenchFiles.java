package io.defragsim.lab.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What comes with defrag-sim to be measured. */
public final class BenchFiles {

  /**
   * Programs that check themselves; {@code allocator-firmware/programs} has their sources. A short
   * one, a mix with a tick, a hash, and one that is busy with system registers.
   */
  public static final List<String> PROGRAMS = List.of("short", "mix", "hash", "registers");

  private BenchFiles() {}

  /** Copies one of {@link #PROGRAMS} into a folder. */
  public static Path program(String name, Path folder) throws IOException {
    return copy("/io/defragsim/firmware/programs/" + name + ".elf", folder);
  }

  /** Copies a scenario of 100,000 operations into a folder. */
  public static Path longRun(Path folder) throws IOException {
    return copy("/io/defragsim/lab/bench/long-run.json", folder);
  }

  private static Path copy(String resource, Path folder) throws IOException {
    Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
    try (InputStream in = BenchFiles.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + resource);
      }
      Files.copy(in, file);
    }
    return file;
  }
}
