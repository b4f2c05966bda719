package io.defragsim.lab.judging;

import io.defragsim.emulator.McuConfig;
import io.defragsim.lab.heap.HeapRecording;
import io.defragsim.lab.heap.Recorded;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the programs of {@code allocator-firmware/programs/heap} ask of their heaps, each in the
 * smallest pool in which {@code fit} found {@code defrag} and {@code defrag-sliding} to serve all.
 * The pools stay as they are when the library changes, so that each of its versions is judged on
 * the same.
 */
final class RecordedHeaps {

  /** A program, and the pool that {@code fit} found for it. */
  private record Program(String name, int pool, int handles) {}

  private static final List<Program> PROGRAMS =
      List.of(
          new Program("hello-printf", 1504, 3),
          new Program("readings-pool", 2520, 3),
          new Program("kernel", 568, 12),
          new Program("containers", 984, 16),
          new Program("handles", 2864, 16),
          new Program("readings", 2096, 51),
          new Program("picolibc", 100_968, 12),
          new Program("full-newlib", 102_592, 24),
          new Program("json-tree", 44_000, 1351));

  private RecordedHeaps() {}

  /**
   * Records the programs.
   *
   * @param folder where their traces go, which have to stay there as long as they are played
   */
  static List<Scenario> all(Path folder) throws IOException {
    List<Scenario> heaps = new ArrayList<>();
    for (Program program : PROGRAMS) {
      HeapRecording heap = Recorded.of(program.name()).heaps().get(0);
      Path trace = folder.resolve(program.name() + ".trace");
      try (Writer out = Files.newBufferedWriter(trace)) {
        heap.trace().write(out);
      }
      Path file = folder.resolve(program.name() + ".json");
      Files.writeString(
          file, heap.trace().scenario(program.name(), trace.getFileName().toString(), ""));
      ReadResult<Scenario> read = new ScenarioReader(Figures.units()).read(file);
      Scenario scenario = ((ReadResult.Valid<Scenario>) read).value();
      McuConfig part = scenario.mcu();
      heaps.add(
          scenario.withMemory(
              part.withMemory(part.flashBytes(), 256 * Quantity.KIB),
              new Scenario.Pool(program.pool(), program.handles())));
    }
    return heaps;
  }
}
