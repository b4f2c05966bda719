package io.defragsim.lab.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.Lab;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.McuProfiles;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a workload asks for, without an allocator. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class DemandTest {

  private static Demand demand(Operation... operations) {
    List<Workload.Statement> statements =
        Arrays.stream(operations).<Workload.Statement>map(Workload.Single::new).toList();
    return Demand.of(
        new Workload(
            List.of(new Workload.Phase("all", new Workload.Explicit(statements), false)),
            List.of("a", "b", "c", "d")));
  }

  @Test
  void each_peak_is_at_its_own_moment_and_the_table_is_as_large_as_it_ever_has_to_be() {
    Demand demand =
        demand(
            new Operation.Alloc(0, 1), // 8 with its header
            new Operation.Alloc(1, 4), // 8
            new Operation.Alloc(2, 5), // 16: the most blocks, 10 bytes of payload
            new Operation.Free(0),
            new Operation.Free(1),
            new Operation.Free(2),
            new Operation.Alloc(0, 101), // 112
            new Operation.Alloc(1, 60)); // 64: the most bytes

    assertThat(demand).isEqualTo(new Demand(161, 3, 3, 168, 176));
    // 176 of blocks, 12 of table: a pool is a multiple of 8
    assertThat(demand.floor(3)).isEqualTo(192);
    assertThat(demand.floor(4)).isEqualTo(192);
    assertThat(demand.floor(5)).isEqualTo(200);
  }

  @Test
  void a_block_that_grows_is_there_twice_for_a_moment() {
    Demand demand =
        demand(
            new Operation.Alloc(0, 100),
            new Operation.Grow(0, 200),
            new Operation.Free(0),
            new Operation.Alloc(1, 250));

    assertThat(demand).isEqualTo(new Demand(300, 2, 2, 304, 104 + 208));
  }

  @Test
  void a_block_that_is_resized_needs_a_handle_more_where_that_is_a_growth_but_no_room_twice() {
    Demand demand =
        demand(
            new Operation.Alloc(0, 100), new Operation.Resize(0, 200), new Operation.Resize(0, 40));

    assertThat(demand).isEqualTo(new Demand(200, 1, 2, 200, 208));
  }

  @Test
  void a_workload_that_asks_for_nothing_needs_nothing() {
    assertThat(demand(new Operation.Wait(10))).isEqualTo(new Demand(0, 0, 0, 0, 0));
  }

  /** The lab counts what is alive in the shadow heap of a run: another way to the same peaks. */
  @ParameterizedTest
  @MethodSource("some")
  void the_peaks_are_those_of_a_run_in_which_all_is_served(Scenario scenario) throws IOException {
    Scenario roomy =
        scenario.withMemory(
            Objects.requireNonNull(McuProfiles.all().get("cortex-m0")),
            new Scenario.Pool(48 * 1024, 1024));
    RunResult run = run(roomy);
    // The one image that resizes in place, the other by growing.
    RunResult grown = run(roomy.withImage(new ImageReference.Shipped("defrag-os")));
    Demand demand = Demand.of(scenario.workload());

    assertThat(run.failures().count() + grown.failures().count()).isZero();
    assertThat(demand.peakPayload()).isEqualTo(run.peakLiveBytes());
    assertThat(demand.peakBlocks()).isEqualTo(run.peakLiveBlocks());
    assertThat(demand.handles()).isEqualTo(grown.peakLiveBlocks());
  }

  @ParameterizedTest
  @MethodSource("shipped")
  @Tag("campaign")
  void so_are_those_of_any_shipped_scenario(Scenario scenario) throws IOException {
    the_peaks_are_those_of_a_run_in_which_all_is_served(scenario);
  }

  private static RunResult run(Scenario scenario) throws IOException {
    return Lab.run(
        scenario,
        ShippedImages.load(scenario.image(), scenario.mcu()),
        Lab.Options.standard().withoutSampling());
  }

  /** With generated blocks, pinned ones, resized ones, and locked ones. */
  static Stream<Scenario> some() {
    Set<String> names =
        Set.of("sensor-node", "swiss-cheese", "growing-string", "pinned-buffers", "resize-buffers");
    return shipped().filter(scenario -> names.contains(scenario.name()));
  }

  static Stream<Scenario> shipped() {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units())).stream();
  }
}
