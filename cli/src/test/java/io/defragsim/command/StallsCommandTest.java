package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code defrag-sim stalls} measures and says. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StallsCommandTest {

  @TempDir Path folder;

  @Test
  void each_scenario_runs_on_each_image_and_the_document_has_the_figures_of_the_table()
      throws IOException {
    Path json = folder.resolve("stalls.json");
    Finished stalls = Cli.run("stalls", "swiss-cheese", "too-small", "--json", json.toString());

    assertThat(stalls.status()).isZero();
    assertThat(stalls.err()).isEmpty();
    JsonNode runs = new ObjectMapper().readTree(json.toFile()).at("/runs");
    assertThat(runs.findValuesAsText("scenario"))
        .containsExactly("swiss-cheese", "swiss-cheese", "too-small", "too-small");
    for (JsonNode run : new JsonNode[] {runs.get(0), runs.get(1)}) {
      JsonNode figures = run.at("/figures");
      assertThat(stalls.out())
          .containsPattern(
              "%s +%d +%d +%,d +%,d +%,d "
                  .formatted(
                      run.at("/image/name").textValue(),
                      figures.get("stalls.count").intValue(),
                      figures.get("stalls.steps.max").intValue(),
                      figures.get("stalls.bytes.max").intValue(),
                      figures.get("stalls.max").intValue(),
                      figures.get("stalls.mean").intValue()));
    }
    assertThat(stalls.out())
        .contains("Of defrag, over those of defrag-sliding")
        .contains("No request was served by waiting: too-small.");
  }

  @Test
  void limits_are_not_judged_but_a_firmware_that_fails_is() {
    assertThat(Cli.run("run", "sensor-node", "--allocator", "newlib-nano").status()).isEqualTo(3);
    Finished limits = Cli.run("stalls", "sensor-node", "--allocators", "newlib-nano");
    assertThat(limits.status()).isZero();
    assertThat(limits.out()).contains("No request was served by waiting: sensor-node.");

    String elf = new TestScenarios(folder).faulty("reads-unmapped");
    Finished faulty = Cli.run("stalls", "sensor-node", "--allocators", "defrag," + elf);
    assertThat(faulty.status()).isEqualTo(4);
    assertThat(faulty.out()).contains("The firmware faulted: reads-unmapped");
  }

  @Test
  void what_cannot_run_is_said_before_anything_runs() {
    Finished image = Cli.run("stalls", "swiss-cheese", "--allocators", "defrag,defrag-slidign");
    assertThat(image.status()).isEqualTo(2);
    assertThat(image.err()).contains("did you mean \"defrag-sliding\"?");
    assertThat(image.out()).isEmpty();
    Finished small = Cli.run("stalls", "packet-buffers", "--allocators", "defrag-small");
    assertThat(small.status()).isEqualTo(2);
    assertThat(small.err()).contains("defrag-small refuses a pool of this size");
    assertThat(Cli.run("stalls", "no-such-scenario").status()).isEqualTo(2);
  }

  @Test
  void of_all_images_those_have_rows_on_which_requests_waited_and_one_that_cannot_run_is_named() {
    Finished stalls = Cli.run("stalls", "swiss-cheese", "--allocators", "all,newlib-nano");

    assertThat(stalls.status()).isZero();
    assertThat(stalls.out())
        .containsPattern("\n  swiss-cheese +defrag ")
        .containsPattern("\n +defrag-small ")
        .containsPattern("No request waited on (.*, )?newlib-nano")
        .contains("Of defrag, over those of defrag-os");
    Finished none = Cli.run("stalls", "packet-buffers", "--allocators", "all");
    assertThat(none.out())
        .contains("left out  packet-buffers on defrag-small: does not fit: defrag-small refuses");
  }
}
