package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import io.defragsim.report.model.Cells;
import io.defragsim.scenario.image.ShippedImages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code fit}, by what a user sees of it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FitCommandTest {

  @TempDir Path folder;
  private TestScenarios scenarios = new TestScenarios(Path.of(""));

  @BeforeEach
  void scenarios() {
    scenarios = new TestScenarios(folder);
  }

  @Test
  void the_own_image_comes_first_and_newlib_nano_beside_it() {
    Finished fit = Cli.run("fit", scenarios.on("defrag"), "--beyond", "0");

    assertThat(fit.err()).isEmpty();
    assertThat(fit.status()).isZero();
    // 24 + 100 + 64 + 40 bytes in 4 blocks; one is freed before the last two are there.
    assertThat(fit.out())
        .contains("payload   at most 204 bytes alive at once, and at most 3 blocks")
        .contains("With the scenario's 16 handles")
        .containsPattern("(?s)MCUs.*stm32f030f4 .*lpc1114 ")
        .containsPattern(
            "defrag-0 on defrag: [0-9]+ bytes, 1\\.[0-9]{3} of the peak payload, 1\\.[0-9]{3} of"
                + " the floor\ndefrag-0 on newlib-nano: .*\n$");
  }

  @Test
  void other_images_are_named_and_each_is_searched_once() {
    Finished fit =
        Cli.run(
            "fit",
            "-q",
            "--beyond=0",
            scenarios.on("newlib-nano"),
            "--allocators=newlib-nano,defrag");

    assertThat(fit.out().lines()).hasSize(2);
    assertThat(fit.out())
        .containsPattern("^newlib-nano-0 on newlib-nano: .*\nnewlib-nano-0 on defrag: ");
  }

  @Test
  void all_shipped_images_have_a_row_each_within_80_cells_and_handles_count_where_there_are_some() {
    Finished fit =
        Cli.run("fit", scenarios.on("newlib-nano"), "--beyond=0", "--step=16", "--allocators=all");

    assertThat(fit.status()).isZero();
    List<String> lines = fit.out().lines().toList();
    assertThat(lines.subList(0, lines.size() - 1)).allMatch(line -> Cells.of(line) <= 80);
    assertThat(lines.get(lines.size() - 1)).startsWith("newlib-nano-0 on newlib-nano: ");
    ShippedImages.names()
        .forEach(name -> assertThat(fit.out()).containsPattern("\n  " + name + " +[0-9,]+ "));
    assertThat(fit.out().replaceAll("\\s+", " "))
        .containsPattern(
            "newlib-nano, picolibc.*: the allocators? hands? out pointers: no table of handles")
        .contains("a table with 4 bytes a handle is in their pools, and in their floor of ")
        .contains("The largest pool that does not serve");
  }

  @Test
  void several_scenarios_are_one_document() throws IOException {
    String first = scenarios.on("defrag");
    String second = scenarios.on("newlib-nano");
    Finished fit = Cli.run("fit", first, second, "--beyond", "0", "--step=16", "--json", "-");

    JsonNode document = new ObjectMapper().readTree(fit.out());
    assertThat(document.at("/scenarios")).hasSize(2);
    assertThat(document.at("/scenarios/0/images/0/least/step").intValue()).isEqualTo(16);
    assertThat(document.at("/scenarios/0/demand/payload").intValue()).isEqualTo(204);
    assertThat(document.at("/scenarios/1/images/0/image").textValue()).isEqualTo("newlib-nano");
    assertThat(document.at("/scenarios/1/images")).hasSize(1);
  }

  @Test
  void a_factor_over_the_limit_is_status_3() {
    String file = scenarios.on("defrag");
    Finished holds = Cli.run("fit", file, "-q", "--beyond=0", "--at-most", "2.5");
    Finished over = Cli.run("fit", file, "-q", "--beyond=0", "--at-most", "0.999999");
    Finished none = Cli.run("fit", file, "-q", "--up-to=16", "--at-most", "2.5");

    assertThat(holds.status()).isZero();
    assertThat(over.status()).isEqualTo(3);
    assertThat(over.out())
        .contains("the smallest pool on defrag may be at most 0.999999 of the floor");
    assertThat(none.status()).isEqualTo(3);
    assertThat(none.out()).contains("defrag-0 on defrag: no pool was tried: at least ");
    assertThat(Cli.run("fit", file, "-q", "--up-to=216").out())
        .contains("on defrag: no pool up to 216 bytes serves; --up-to tries larger ones");
  }

  @Test
  void the_scenarios_own_pool_and_limits_and_part_do_not_matter() {
    // newlib-nano has more data of its own than defrag: this pool does not fit beside it.
    String tight =
        scenarios.file(
            "tight.json",
            """
            {
              "mcu": "stm32f030f4",
              "pool": {"size": 3512, "handles": 2},
              "workload": [{"phase": "all", "operations": [
                {"alloc": ["a", "b"], "bytes": 2500}
              ]}],
              "limits": {"alloc.failed": {"min": 1}}
            }
            """);
    Finished fit = Cli.run("fit", tight, "--beyond=0");

    assertThat(Cli.run("run", tight, "--allocator=newlib-nano").status()).isEqualTo(2);
    assertThat(fit.err()).isEmpty();
    assertThat(fit.status()).isZero();
    assertThat(fit.out()).containsPattern("stm32f030f4 +✗ -").doesNotContain("Limits");
  }

  @Test
  void a_firmware_that_fails_is_status_4_or_5_and_one_beside_the_own_is_only_told() {
    Finished faulty = Cli.run("fit", scenarios.onFaulty("reads-unmapped"), "--allocators=defrag");
    Finished hangs =
        Cli.run("fit", scenarios.onFaulty("hangs-in-alloc"), "-q", "--allocators=defrag");
    Finished beside =
        Cli.run(
            "fit",
            scenarios.on("defrag"),
            "-q",
            "--beyond=0",
            "--allocators",
            scenarios.faulty("overlaps"));

    assertThat(faulty.status()).isEqualTo(4);
    assertThat(faulty.out()).contains("FAULT, unmapped access at image_alloc");
    assertThat(hangs.status()).isEqualTo(5);
    assertThat(hangs.out()).containsPattern("in a pool of [0-9]+ bytes: BUDGET EXHAUSTED");
    assertThat(beside.status()).isZero();
    assertThat(beside.out()).contains("on overlaps: ").contains("CONTRACT BROKEN");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fit                                   | FILE is missing",
        "fit none.json                         | none.json: no such file",
        "fit swiss-chese                       | did you mean \"swiss-cheese\"",
        "fit swiss-cheese --allocators defrg   | did you mean \"defrag\"",
        "fit swiss-cheese --allocators no.elf  | no.elf: no such file",
        "fit swiss-cheese --step 12            | --step: 12 is not a multiple of 8",
        "fit swiss-cheese --step 0             | --step: 0 is not between 8 bytes and 64 MiB",
        "fit swiss-cheese --beyond 1kB         | --beyond: ",
        "fit swiss-cheese --up-to 1GiB         | --up-to: ",
        "fit swiss-cheese --at-most 5%         | --at-most: \"5%\" is no factor",
        "fit swiss-cheese --at-most 0          | is no factor",
        "fit swiss-cheese --at-most 1.0000001  | at most 6 decimals",
        "fit swiss-cheese --at-most 1e99999999 | is no factor",
        "fit swiss-cheese --at-most 1e-9999999 | is no factor",
      })
  void wrong_usage_is_status_2_with_the_reason(String line, String reason) {
    Finished run = Cli.run(line.split(" +"));

    assertThat(run.err()).contains(reason);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void an_output_that_cannot_be_written_is_known_before_the_search() {
    Finished run = Cli.run("fit", "swiss-cheese", "--json", folder.toString());

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
  }
}
