package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.scenario.ScenarioLibrary;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The template for one's own allocator, built as its page says, and run as it is. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TemplateImageTest {
  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));

  @TempDir static Path folder;

  @BeforeAll
  static void build() throws IOException, InterruptedException {
    for (String tool : List.of("make", "arm-none-eabi-gcc")) {
      boolean there =
          Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
              .anyMatch(path -> Files.isExecutable(Path.of(path, tool)));
      if (Boolean.getBoolean("defragsim.requireTools")) {
        assertThat(there).as(tool + " is on the PATH").isTrue();
      }
      assumeThat(there).as(tool + " is on the PATH").isTrue();
    }
    Process make =
        new ProcessBuilder(
                "make", "-C", ROOT + "/allocator-firmware", "BUILD=" + folder, "template")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(make.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
  }

  private static Finished run(String scenario, String image) {
    return Cli.run(
        "run",
        "--strict",
        ROOT + "/scenarios/library/" + scenario + ".json",
        "--allocator",
        folder.resolve(image).toString());
  }

  @Test
  void it_serves_a_shipped_scenario_within_all_limits_that_do_not_need_compaction() {
    Finished run = run("packet-buffers", "template.elf");

    assertThat(run.out()).contains("image     template").contains("never moves a block");
    assertThat(run.status()).as(run.out() + run.err()).isIn(0, 3);
    assertThat(run.out()).containsPattern("✓  alloc.failed +0 +0");
  }

  /** Limits may be violated (3): it searches long, and cannot compact. A broken contract is 4. */
  @Test
  void it_breaks_the_contract_in_no_shipped_scenario() {
    for (String scenario : ScenarioLibrary.names()) {
      Finished run = run(scenario, "template.elf");
      assertThat(run.status()).as(scenario + "\n" + run.out() + run.err()).isIn(0, 3);
    }
  }

  @Test
  void it_is_linked_for_both_places_of_sram() {
    assertThat(folder.resolve("template-sram10.elf")).exists();
  }
}
