package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.scenario.format.ScenarioLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The template for one's own allocator, built as its page says, and run as it is. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TemplateImageTest {
  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));

  @TempDir static Path folder;

  private static boolean built;

  /** Before the first test, and not before all: without the tools each test is skipped. */
  @BeforeEach
  void build() throws IOException, InterruptedException {
    if (built) {
      return;
    }
    Tool.require("make");
    Tool.require("arm-none-eabi-gcc");
    Process make =
        new ProcessBuilder(
                "make", "-C", ROOT + "/allocator-firmware", "BUILD=" + folder, "template")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    assertThat(make.waitFor()).as(Files.readString(folder.resolve("log"))).isZero();
    built = true;
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
  @Tag("campaign") // all scenarios; three are below
  void it_breaks_the_contract_in_no_shipped_scenario() {
    ScenarioLibrary.names().forEach(TemplateImageTest::breaksNothing);
  }

  @ParameterizedTest
  @ValueSource(strings = {"swiss-cheese", "long-lived-pins", "growing-string"})
  void it_breaks_the_contract_in_none_of(String scenario) {
    breaksNothing(scenario);
  }

  private static void breaksNothing(String scenario) {
    Finished run = run(scenario, "template.elf");
    assertThat(run.status()).as(scenario + "\n" + run.out() + run.err()).isIn(0, 3);
  }

  @Test
  void it_is_linked_for_both_places_of_sram() {
    assertThat(folder.resolve("template-sram10.elf")).exists();
  }
}
