package io.defragsim.firmware;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's own tests, in C, on this computer. Their output is shown. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class HostTest {

  @TempDir Path folder;

  @Test
  void the_library_passes_its_tests_under_sanitizers() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    String output = show("HOST_VARIANTS=normal small", "host-test");
    assertThat(output).contains("== normal", "== small", "seed 1");
    assertThat(output.split("ok: random operations agree with a model", -1)).hasSize(3);
  }

  @Test
  @Tag("campaign") // four times the rounds, and one variant more
  void it_passes_them_in_every_variant_however_long_they_try()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    String output = show("THOROUGHNESS=4", "host-test");
    assertThat(output).contains("== normal", "== small", "== sliding", "seed 1");
    assertThat(output.split("ok: random operations agree with a model", -1)).hasSize(4);
  }

  @Test
  @Tag("campaign") // tens of millions of steps
  void no_request_waits_for_longer_than_its_bound_and_some_wait_nearly_as_long()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    String output = show("waits");
    List<Integer> longest =
        Pattern.compile("the longest wait .*?: (\\d+) per mille")
            .matcher(output)
            .results()
            .map(result -> Integer.valueOf(result.group(1)))
            .toList();
    assertThat(longest).hasSize(7).allMatch(perMille -> perMille <= 1000);
    assertThat(longest).anyMatch(perMille -> perMille >= 900);
  }

  @Test
  @Tag("campaign") // 48 builds
  void every_configuration_compiles_and_works() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    assertThat(show("options")).contains("96 configurations");
  }

  @Test
  void every_well_formed_small_heap_stays_one_whatever_is_called()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    assertThat(show("PROFILES=normal", "GRANULES=4", "states")).contains("4 granules: 1134 heaps");
  }

  @Test
  @Tag("campaign") // nine times as many states, in both profiles
  void every_well_formed_heap_of_five_granules_stays_one()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc");
    assertThat(show("states")).contains("== small", "5 granules: 6696 heaps");
  }

  @Test
  @Tag("campaign") // the same tests once more, by another compiler
  void the_tests_reach_every_line_and_branch_of_the_library()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "clang-16", "llvm-cov-16", "llvm-profdata-16");
    assertThat(show("coverage")).containsPattern("lines: (\\d+) of \\1, branches: (\\d+) of \\2");
  }

  @Test
  void the_least_pool_of_every_small_contract_is_the_one_that_is_written_down()
      throws IOException, InterruptedException {
    Toolchain.needs("make", "cc", "awk", "diff");
    assertThat(show("reachable")).contains("919 contracts");
  }

  @Test
  @Tag("campaign") // six times as many heaps
  void so_is_that_of_every_contract_of_eight_granules() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc", "awk", "diff");
    assertThat(show("UP_TO=8", "reachable")).contains("1663 contracts");
  }

  @Test
  void every_mutation_still_fits_the_library() throws IOException, InterruptedException {
    Toolchain.needs("bash");
    Toolchain.Result result =
        Toolchain.run(Toolchain.FIRMWARE, "bash", "test/mutations/run.sh", "--check");
    assertThat(result.status()).as(result.output()).isZero();
  }

  @Tag("campaign")
  @Test
  void no_mutation_of_the_library_passes_its_tests() throws IOException, InterruptedException {
    Toolchain.needs("make", "cc", "bash");
    assertThat(show("mutations")).containsPattern("\\d+ mutations, 0 live");
  }

  private String show(String... words) throws IOException, InterruptedException {
    String output = Toolchain.make(Toolchain.FIRMWARE, folder, words);
    System.out.println(output);
    return output;
  }
}
