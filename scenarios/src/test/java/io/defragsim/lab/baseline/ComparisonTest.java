package io.defragsim.lab.baseline;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.baseline.Baseline.FunctionCycles;
import io.defragsim.lab.baseline.Comparison.FigureChange;
import io.defragsim.lab.baseline.Comparison.FunctionChange;
import io.defragsim.lab.baseline.Comparison.Judgement;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figure.Worse;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.FigureUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class ComparisonTest {
  private static final Baseline.Image IMAGE =
      new Baseline.Image("defrag", "ab".repeat(32), 1, null);

  private static Baseline baseline(
      Map<String, @Nullable Long> figures, Map<String, FunctionCycles> functions) {
    TreeMap<String, @Nullable Long> all = new TreeMap<>();
    Figures.names().forEach(name -> all.put(name, 100L));
    all.putAll(figures);
    return new Baseline("1", "s", null, IMAGE, "exact", all, new TreeMap<>(functions));
  }

  private static Baseline with(String figure, @Nullable Long value) {
    TreeMap<String, @Nullable Long> one = new TreeMap<>();
    one.put(figure, value);
    return baseline(one, Map.of());
  }

  private static Judgement judge(
      String figure, @Nullable Long then, @Nullable Long now, Tolerance tolerance) {
    Comparison comparison = Comparison.of(with(figure, then), with(figure, now), tolerance, false);
    return comparison.figures().stream()
        .filter(change -> change.figure().name().equals(figure))
        .findFirst()
        .orElseThrow()
        .judgement();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      textBlock =
          """
          # figure,      then, now, cycles,  ppm, judgement
          alloc.max,      100, 100,      0,    0, EQUAL
          alloc.max,      100,  99,      0,    0, BETTER
          alloc.max,      100, 101,      0,    0, WORSE
          alloc.max,      100, 105,      5,    0, TOLERATED
          alloc.max,      100, 106,      5,    0, WORSE
          alloc.max,      100, 102,      0, 20000, TOLERATED
          alloc.max,      149, 152,      0, 20000, WORSE
          alloc.max,        0,   1,      0, 900000, WORSE
          flash.bytes,    100, 102,      5,    0, WORSE
          flash.bytes,    100, 102,      0, 20000, TOLERATED
          fragmentation.max, 100, 102,   0, 20000, TOLERATED
          alloc.failed,     1,   2,    999, 999999, WORSE
          alloc.failed,     2,   1,      0,    0, BETTER
          stalls.count,     5,   6,      0,    0, WORSE
          pauses.count,     5,   6,      0,    0, OTHER
          operations,       5,   4,      0,    0, OTHER
          grow.max,         -,   7,      0,    0, OTHER
          grow.max,         7,   -,      0,    0, OTHER
          grow.max,         -,   -,      0,    0, EQUAL
          """)
  void a_figure_is_judged_by_which_way_it_gets_worse_and_by_the_tolerance(
      String figure,
      @Nullable Long then,
      @Nullable Long now,
      long cycles,
      long ppm,
      Judgement judgement) {
    assertThat(judge(figure, then, now, new Tolerance(cycles, ppm))).isEqualTo(judgement);
  }

  @Test
  void for_random_figures_the_gate_holds_just_if_none_is_above_what_it_may_be() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      Tolerance tolerance = new Tolerance(random.nextInt(4), random.nextInt(4) * 10_000L);
      TreeMap<String, @Nullable Long> then = new TreeMap<>();
      TreeMap<String, @Nullable Long> now = new TreeMap<>();
      boolean holds = true;
      for (Figure figure : Figures.ALL) {
        long old = random.nextInt(300);
        long recent = random.nextInt(60) == 0 ? old + random.nextInt(9) - 4 : old;
        then.put(figure.name(), old);
        now.put(figure.name(), Math.max(0, recent));
        long share = old * tolerance.ppm() / 1_000_000;
        long more =
            switch (figure.unit()) {
              case CYCLES -> Math.max(tolerance.cycles(), share);
              case BYTES, PPM -> share;
              case COUNT -> 0;
            };
        holds &= figure.worse() == Worse.NEITHER || recent <= old + more;
      }
      Baseline before = baseline(then, Map.of());
      Baseline after = baseline(now, Map.of());
      assertThat(Comparison.of(before, after, tolerance, false).holds())
          .as("seed %d", seed)
          .isEqualTo(holds);
      assertThat(Comparison.of(before, after, tolerance, true).holds())
          .as("seed %d", seed)
          .isEqualTo(then.equals(now));
    }
  }

  @Test
  void every_figure_in_cycles_bytes_and_shares_gets_worse_upwards() {
    assertThat(Figures.ALL)
        .filteredOn(figure -> figure.worse() == Worse.NEITHER)
        .allSatisfy(
            figure ->
                assertThat(figure.unit())
                    .isIn(
                        figure.name().equals("live.max")
                            ? new Object[] {FigureUnit.BYTES}
                            : new Object[] {FigureUnit.COUNT}));
    assertThat(Figures.ALL)
        .filteredOn(figure -> figure.name().contains("failed") || figure.name().contains("skipped"))
        .hasSize(14)
        .allMatch(figure -> figure.worse() == Worse.HIGHER);
  }

  @Test
  void functions_come_with_the_largest_difference_first_and_new_and_gone_ones_among_them() {
    Comparison comparison =
        Comparison.of(
            baseline(
                Map.of(),
                Map.of(
                    "same", new FunctionCycles(1, 50),
                    "slower", new FunctionCycles(4, 100),
                    "gone", new FunctionCycles(2, 300),
                    "more_calls", new FunctionCycles(2, 10))),
            baseline(
                Map.of(),
                Map.of(
                    "same", new FunctionCycles(1, 50),
                    "slower", new FunctionCycles(4, 140),
                    "new", new FunctionCycles(2, 290),
                    "more_calls", new FunctionCycles(3, 10))),
            Tolerance.NONE,
            false);
    assertThat(comparison.functions())
        .extracting(FunctionChange::function)
        .containsExactly("gone", "new", "slower", "more_calls");
    assertThat(comparison.functions())
        .extracting(FunctionChange::difference)
        .containsExactly(-300L, 290L, 40L, 0L);
    assertThat(comparison.differing()).isEmpty();
    assertThat(comparison.hasNews()).as("functions alone are news").isTrue();
    assertThat(comparison.holds()).isTrue();
  }

  @Test
  void what_the_two_do_not_have_in_common_is_said() {
    Baseline then = with("alloc.max", 1L);
    Baseline now =
        new Baseline(
            "2",
            "s",
            null,
            new Baseline.Image("defrag", "cd".repeat(32), 1, "GCC 13"),
            "estimated",
            then.figures(),
            then.functions());
    assertThat(Comparison.of(then, then, Tolerance.NONE, false).remarks()).isEmpty();
    assertThat(Comparison.of(then, then, Tolerance.NONE, false).hasNews()).isFalse();
    assertThat(Comparison.of(then, now, Tolerance.NONE, false).remarks())
        .containsExactly(
            "another image: SHA-256 abababababab then, cdcdcdcdcdcd now",
            "another compiler: none given then, GCC 13 now",
            "another cycle model: exact then, estimated now",
            "another version of defrag-sim: 1 then, 2 now");
  }

  private static Baseline on(@Nullable Setting setting, long allocMax) {
    Baseline other = with("alloc.max", allocMax);
    return new Baseline("1", "s", setting, IMAGE, "exact", other.figures(), other.functions());
  }

  private static Setting setting(String workload, String pool) {
    return new Setting(workload.repeat(64), "part", pool, "512 bytes", "idle", "none");
  }

  @Test
  void nothing_is_compared_with_another_workload_and_that_does_not_hold() {
    Comparison comparison =
        Comparison.of(
            on(setting("a", "2048 bytes"), 9),
            on(setting("b", "2048 bytes"), 7),
            Tolerance.NONE,
            false);

    assertThat(comparison.otherWorkload()).isTrue();
    assertThat(comparison.holds()).isFalse();
    assertThat(comparison.figures()).isEmpty();
    assertThat(comparison.functions()).isEmpty();
    assertThat(comparison.remarks())
        .containsExactly(
            "another workload: SHA-256 of its operations aaaaaaaaaaaa then, bbbbbbbbbbbb now");
  }

  @Test
  void under_another_condition_figures_are_compared_and_the_condition_is_named() {
    Comparison comparison =
        Comparison.of(
            on(setting("a", "2048 bytes"), 9),
            on(setting("a", "4096 bytes"), 10),
            Tolerance.NONE,
            false);

    assertThat(comparison.otherWorkload()).isFalse();
    assertThat(comparison.of(Judgement.WORSE)).hasSize(1);
    assertThat(comparison.remarks())
        .containsExactly("another pool: 2048 bytes then, 4096 bytes now");
  }

  @Test
  void a_baseline_that_does_not_say_of_which_workload_is_compared_and_that_is_said() {
    Comparison comparison =
        Comparison.of(on(null, 9), on(setting("a", "p"), 9), Tolerance.NONE, false);

    assertThat(comparison.holds()).isTrue();
    assertThat(comparison.remarks())
        .containsExactly(
            "the baseline does not say of which workload it is; 'defrag-sim baseline update' renews"
                + " it");
  }

  @Test
  void a_difference_is_now_less_then() {
    FigureChange change =
        Comparison.of(with("alloc.max", 9L), with("alloc.max", 7L), Tolerance.NONE, false)
            .differing()
            .get(0);
    assertThat(Objects.requireNonNull(change.difference())).isEqualTo(-2);
  }
}
