package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.exec.Profile;
import io.defragsim.emulator.exec.Profile.FunctionProfile;
import io.defragsim.emulator.exec.Profiler;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.workload.OperationKind;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class ProfileTest {

  private static Scenario shipped(String name) {
    return ScenarioLibrary.all(new ScenarioReader(Figures.units())).stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static ProfiledRun profile(Scenario scenario, FirmwareImage image) {
    return Lab.profile(scenario, image, Lab.Options.standard());
  }

  private static FunctionProfile function(Profile profile, String name) {
    return profile.functions().stream()
        .filter(function -> function.function().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "sensor-node, defrag",
    "swiss-cheese, newlib-nano",
    "resize-buffers, defrag",
    "idle-watermark, defrag",
    "interrupt-latency, defrag"
  })
  void every_cycle_of_a_run_is_in_one_function_and_no_probe_is_in_any(
      String scenario, String image) {
    ProfiledRun profiled = profile(shipped(scenario), Bench.shipped(image));
    Profile profile = profiled.profile();

    assertThat(profile.cycles()).isEqualTo(profiled.result().cycles());
    assertThat(profile.functions().stream().mapToLong(FunctionProfile::exclusive).sum())
        .isEqualTo(profile.cycles());
    assertThat(profile.functions())
        .extracting(FunctionProfile::function)
        .contains("image_alloc")
        .doesNotContain("image_address", "image_check", "image_walk", "image_blocker")
        .doesNotContain("(unknown)");
    for (OperationKind kind : new OperationKind[] {OperationKind.FREE, OperationKind.LOCK}) {
      OperationStats stats = profiled.result().operation(kind);
      if (stats != null) {
        FunctionProfile function = function(profile, "image_" + kind.key());
        assertThat(function.calls()).isEqualTo(stats.cycles().count());
        assertThat(function.inclusive()).isEqualTo(stats.cycles().total());
      }
    }
    Distribution latencies =
        profiled.result().interrupts().stream()
            .map(stats -> stats.latency())
            .reduce((first, second) -> second)
            .orElse(Distribution.EMPTY);
    if (latencies.count() > 0) {
      assertThat(function(profile, Profiler.INTERRUPTS).calls())
          .isEqualTo(Objects.requireNonNull(profiled.result().figures().get("interrupts.count")));
    }
  }

  @Test
  void the_run_is_the_same_as_without_a_profile_but_for_being_strict() {
    Scenario scenario = shipped("sensor-node");
    FirmwareImage image = Bench.defrag();
    RunResult strict =
        Lab.run(scenario, image, Lab.Options.standard().withStrictness(Strictness.STRICT));

    assertThat(profile(scenario, image).result()).isEqualTo(strict);
  }

  @Test
  void a_wait_is_sleep_but_for_the_steps_in_it() {
    Bench bench = new Bench().alloc('a', 200).alloc('b', 40).free('a').pause(100_000);
    ProfiledRun still = profile(bench.scenario(), Bench.defrag());
    ProfiledRun idle =
        profile(bench.policy(new DefragPolicy.Idle(16, 900)).scenario(), Bench.defrag());

    assertThat(function(still.profile(), Profiler.ASLEEP).exclusive()).isEqualTo(100_000);
    assertThat(idle.result().pauses().cycles().count()).isPositive();
    assertThat(function(idle.profile(), Profiler.ASLEEP).exclusive())
        .isBetween(100_000 - idle.result().pauses().cycles().total(), 99_999L);
    assertThat(idle.profile().cycles()).isEqualTo(idle.result().cycles());
  }

  @Test
  void a_firmware_that_faults_has_a_profile_up_to_there() {
    ProfiledRun profiled =
        profile(
            new Bench().alloc('a', 8).alloc('b', 8).alloc('c', 8).scenario(),
            Bench.faulty("overflows-stack"));

    assertThat(profiled.result().exitStatus()).isEqualTo(4);
    assertThat(profiled.profile().cycles())
        .isBetween(profiled.result().cycles(), profiled.result().cycles() + 20);
  }
}
