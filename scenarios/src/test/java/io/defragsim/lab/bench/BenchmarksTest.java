package io.defragsim.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.bench.ImageBenchmark;
import io.defragsim.emulator.bench.Rounds;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.Bench;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What bench measures of images and scenarios, in rounds of next to no time. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BenchmarksTest {
  private static final Rounds SHORTEST = new Rounds(1, 0);

  @TempDir Path folder;

  @Test
  void calls_of_an_image_take_the_same_cycles_in_each_way_of_counting() {
    List<String> once = List.of("image_init:free,2048,32");
    List<String> calls = List.of("image_alloc:24", "image_free:last");

    assertThat(new ImageBenchmark(SHORTEST, once, calls).of(Bench.defrag()))
        .isNotEmpty()
        .allSatisfy(
            ways -> {
              assertThat(ways.cyclesPerCall()).isBetween(100.0, 400.0);
              assertThat(ways.calls().units()).isEqualTo(400);
            });
  }

  @Test
  void the_long_run_is_a_valid_scenario_of_100_000_operations() throws IOException {
    ReadResult<Scenario> read =
        new ScenarioReader(Figures.units()).read(BenchFiles.longRun(folder));

    assertThat(read).isInstanceOf(ReadResult.Valid.class);
  }

  @Test
  void all_programs_are_there() throws IOException {
    for (String name : BenchFiles.PROGRAMS) {
      assertThat(FirmwareImage.read(BenchFiles.program(name, folder)).symbolNames())
          .contains("main");
    }
  }
}
