package io.defragsim.lab.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.lab.result.LimitVerdict.Level;
import io.defragsim.lab.result.RunResult.Limit;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Limit.Bounds;
import io.defragsim.workload.OperationKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class FiguresTest {

  private static Figure figure(String name) {
    Figure figure = Figures.named(name);
    assertThat(figure).as(name).isNotNull();
    return java.util.Objects.requireNonNull(figure);
  }

  /** A run in which nothing was asked for but three allocations, of 100, 120 and 300 cycles. */
  private static RunResult threeAllocations(RunEnding ending, Limit... limits) {
    Distribution cycles = Distribution.of(new TreeMap<>(Map.of(100L, 1L, 120L, 1L, 300L, 1L)));
    return new RunResult(
        new Subject(
            "three",
            "",
            new Subject.Image("none", "0", 1, new Subject.Features(true, false, true, true)),
            new McuConfig("part", 1_000_000, 1_000_000, 1, 1024, 0x20000000L, 1024),
            "table",
            Strictness.NORMAL,
            new Subject.Pool(0x20000000L, 512, 8),
            "never",
            "0",
            List.of()),
        ending,
        3,
        3,
        1000,
        72,
        3,
        List.of(),
        List.of(
            new OperationStats(
                OperationKind.ALLOC, 3, 2, Map.of(ContractError.OUT_OF_MEMORY, 1L), 0, cycles, 1L)),
        new Pauses(true, Distribution.EMPTY, 0, null, new Events<>(List.of(), 0)),
        new Stalls(
            Distribution.EMPTY,
            Distribution.EMPTY,
            Distribution.EMPTY,
            0,
            null,
            new Events<>(List.of(), 0)),
        List.of(),
        new Fragmentation(List.of(), null, 0),
        new Events<>(List.of(), 0),
        null,
        null,
        new MemoryUse(1, 2, 512, 40, 0, 128, 64, 1024),
        List.of(limits));
  }

  @Test
  void names_are_unique_and_every_figure_can_be_found_by_its_name() {
    assertThat(Figures.names()).doesNotHaveDuplicates().isNotEmpty();
    for (Figure figure : Figures.ALL) {
      assertThat(Figures.named(figure.name())).isSameAs(figure);
      assertThat(figure.description()).isNotBlank();
    }
    assertThat(Figures.named("pauses.longest")).isNull();
  }

  @Test
  void the_names_that_limits_and_documents_use_are_there_with_their_units() {
    assertThat(Figures.units())
        .containsEntry("alloc.max", FigureUnit.CYCLES)
        .containsEntry("free.p99", FigureUnit.CYCLES)
        .containsEntry("lock.mean", FigureUnit.CYCLES)
        .containsEntry("unlock.max", FigureUnit.CYCLES)
        .containsEntry("alloc.failed", FigureUnit.COUNT)
        .containsEntry("pauses.max", FigureUnit.CYCLES)
        .containsEntry("pauses.bytes", FigureUnit.BYTES)
        .containsEntry("stalls.max", FigureUnit.CYCLES)
        .containsEntry("fragmentation.max", FigureUnit.PPM)
        .containsEntry("stack.max", FigureUnit.BYTES);
  }

  @Test
  void no_pause_is_a_longest_pause_of_zero_and_no_other_figure() {
    Map<String, @Nullable Long> figures = threeAllocations(new RunEnding.Completed()).figures();
    assertThat(figures.get("pauses.count")).isZero();
    assertThat(figures.get("pauses.total")).isZero();
    assertThat(figures.get("pauses.max")).isZero();
    assertThat(figures).containsEntry("pauses.min", null).containsEntry("pauses.p99", null);
    assertThat(figures).containsEntry("free.max", null).containsEntry("fragmentation.max", null);
    assertThat(figures.get("alloc.max")).isEqualTo(300);
    assertThat(figures.get("alloc.mean")).isEqualTo(173);
    assertThat(figures.get("alloc.failed")).isEqualTo(1);
  }

  @Test
  void a_violated_limit_says_by_how_much_and_where() {
    RunResult result =
        threeAllocations(
            new RunEnding.Completed(),
            limit("alloc.max", null, 250L),
            limit("alloc.count", 5L, null),
            limit("pauses.max", null, 0L),
            limit("free.max", null, 1L));
    List<LimitVerdict> verdicts = result.verdicts();
    assertThat(verdicts).extracting(LimitVerdict::holds).containsExactly(false, false, true, true);
    assertThat(verdicts).extracting(LimitVerdict::excess).containsExactly(50L, 2L, 0L, 0L);
    assertThat(verdicts.get(0).where()).isEqualTo(1);
    assertThat(result.exitStatus()).isEqualTo(3);
  }

  @Test
  void a_warning_says_by_how_much_and_fails_nothing() {
    Bounds none = Bounds.NONE;
    RunResult result =
        threeAllocations(
            new RunEnding.Completed(),
            new Limit(figure("alloc.max"), new Bounds(null, 300L), new Bounds(null, 250L), null),
            new Limit(figure("alloc.max"), new Bounds(null, 299L), new Bounds(null, 250L), null),
            new Limit(figure("alloc.max"), none, new Bounds(null, 300L), null),
            new Limit(figure("alloc.count"), new Bounds(3L, null), new Bounds(7L, null), null),
            new Limit(figure("free.max"), none, new Bounds(null, 1L), null));
    assertThat(result.verdicts())
        .extracting(LimitVerdict::level)
        .containsExactly(Level.WARN, Level.FAIL, Level.OK, Level.WARN, Level.OK);
    assertThat(result.verdicts())
        .extracting(LimitVerdict::excess)
        .containsExactly(50L, 1L, 0L, 4L, 0L);
    assertThat(result.verdicts())
        .extracting(LimitVerdict::holds)
        .containsExactly(true, false, true, true, true);
  }

  @Test
  void how_the_run_ended_outweighs_its_limits() {
    Limit violated = limit("alloc.max", null, 1L);
    assertThat(threeAllocations(new RunEnding.Completed()).exitStatus()).isZero();
    assertThat(
            threeAllocations(new RunEnding.ContractViolated("overlap", "alloc a", 1), violated)
                .exitStatus())
        .isEqualTo(4);
    assertThat(
            threeAllocations(
                    new RunEnding.BudgetExhausted(
                        100, new io.defragsim.emulator.model.Location(0, null, 0), "reset", -1),
                    violated)
                .exitStatus())
        .isEqualTo(5);
  }

  private static Limit limit(String name, @Nullable Long min, @Nullable Long max) {
    return new Limit(figure(name), new Bounds(min, max), Bounds.NONE, null);
  }
}
