package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import io.defragsim.report.model.Cells;
import io.defragsim.scenario.image.ShippedImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class CompareCommandTest {
  private static final Path PREBUILT =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware/prebuilt");

  @TempDir Path folder;

  @Test
  void an_image_is_compared_once_and_another_of_its_name_is_told_from_it() throws IOException {
    String same =
        Files.copy(PREBUILT.resolve("defrag.elf"), folder.resolve("defrag.elf")).toString();
    Path other = Files.createDirectory(folder.resolve("other")).resolve("defrag.elf");
    Files.copy(PREBUILT.resolve("defrag-sliding.elf"), other);

    assertThat(Cli.run("compare", "swiss-cheese", "--allocators", same + ",newlib-nano").out())
        .containsPattern("\n +defrag +newlib-nano\n")
        .contains("defrag wins: it serves every request, newlib-nano refuses ");
    Path again = Files.createDirectory(folder.resolve("again")).resolve("defrag.elf");
    Files.copy(other, again);
    String three = String.join(",", same, other.toString(), again.toString());
    assertThat(Cli.run("compare", "swiss-cheese", "--allocators", three).out())
        .containsPattern("\n +defrag +defrag \\([0-9a-f]{12}\\)\n");
  }

  @Test
  void all_shipped_images_have_a_row_each_in_their_order_and_within_80_cells() {
    Finished all = Cli.run("compare", "swiss-cheese", "--allocators", "all");

    assertThat(all.status()).isZero();
    assertThat(all.out().lines().map(Cells::of)).allMatch(cells -> cells <= 80);
    String figures = all.out().split("\nFigures", 2)[1].split("\n\n", 2)[0];
    assertThat(figures.lines().skip(3).map(line -> line.strip().split(" +", -1)[0]))
        .containsExactlyElementsOf(ShippedImages.names());
    assertThat(figures).containsPattern("newlib-nano +2 +88\\.5 % +202 +409 +200 +274 +0 +0");
    assertThat(all.out())
        .containsPattern("\nOf [0-9]+ allocators [0-9]+ serve every request")
        .doesNotContain("left out");
  }

  @Test
  void of_all_an_image_that_cannot_run_is_left_out_with_the_reason_and_by_its_name_it_is_refused()
      throws IOException {
    String large =
        new TestScenarios(folder)
            .file(
                "large.json",
                """
                {"mcu": "nrf51822", "pool": {"size": "6 KiB", "handles": 8},
                 "workload": [{"phase": "all", "operations": [{"alloc": "a", "bytes": 24}]}]}
                """);
    String why = "defrag-small refuses a pool of this size with so many handles";
    Finished all = Cli.run("compare", large, "--allocators", "all");
    JsonNode report =
        new ObjectMapper()
            .readTree(Cli.run("compare", large, "--allocators", "all", "--json", "-").out());
    Finished named = Cli.run("compare", large, "--allocators", "all,defrag-small");

    assertThat(all.status()).isZero();
    assertThat(all.out().replaceAll("\\s+", " "))
        .contains("left out defrag-small: does not fit: " + why)
        .doesNotContain(" defrag-small 0 ");
    assertThat(report.at("/runs").findValuesAsText("scenario"))
        .hasSize(ShippedImages.names().size() - report.at("/leftOut").size());
    assertThat(report.at("/leftOut").findValuesAsText("image")).contains("defrag-small");
    assertThat(report.at("/leftOut").findValuesAsText("why")).anyMatch(it -> it.contains(why));
    assertThat(named.status()).isEqualTo(2);
    assertThat(named.err()).contains(why);
    assertThat(named.out()).isEmpty();
  }
}
