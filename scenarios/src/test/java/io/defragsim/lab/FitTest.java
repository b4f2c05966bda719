package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.fit.Demand;
import io.defragsim.lab.fit.Fit;
import io.defragsim.lab.fit.FitResult;
import io.defragsim.lab.fit.PartFit;
import io.defragsim.lab.fit.Scan;
import io.defragsim.lab.fit.Scan.End;
import io.defragsim.lab.image.DoesNotFitException;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Workload;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The search for the smallest pool, against runs of every pool by themselves. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class FitTest {
  private static final int BEYOND = 32;

  /** Holes of many sizes; {@code seed} decides which. */
  private static Scenario churn(long seed) {
    Generator generator =
        new Generator(
            60,
            seed,
            new Variate.Uniform(4, 120),
            new Variate.Geometric(12, 1, 100),
            300,
            16,
            null,
            0,
            null,
            null,
            null);
    Workload workload =
        new Workload(List.of(new Workload.Phase("churn", generator, false)), List.of());
    return new Bench()
        .policy(new DefragPolicy.OnFailure(64))
        .pool(1024, (int) Demand.of(workload).handles())
        .scenario(workload);
  }

  /**
   * Which pools serve, each of them run as {@code run} runs it, on a part that has room for all.
   */
  private static NavigableMap<Integer, Boolean> serving(
      Scenario scenario, FirmwareImage image, long handles, int from, int to) {
    NavigableMap<Integer, Boolean> serving = new TreeMap<>();
    for (int pool = from; pool <= to; pool += 8) {
      Scenario one = scenario.withMemory(Bench.PART, new Scenario.Pool(pool, (int) handles));
      RunResult run = Lab.run(one, image, Lab.Options.standard().withoutSampling());
      serving.put(pool, run.ending() instanceof RunEnding.Completed && run.failures().count() == 0);
    }
    return serving;
  }

  private static Fit.Options options(int step, int beyond, @Nullable Integer upTo) {
    return new Fit.Options(step, false, beyond, upTo, Strictness.NORMAL, known -> {});
  }

  private static Fit.Options every(int beyond) {
    return new Fit.Options(8, true, beyond, null, Strictness.NORMAL, known -> {});
  }

  private static FitResult search(Scenario scenario, FirmwareImage image) {
    return Fit.search(scenario, image, options(8, BEYOND, null));
  }

  private static FirmwareImage image(String name) {
    return name.equals("defrag") ? Bench.defrag() : Bench.newlibNano();
  }

  @ParameterizedTest(name = "seed {1} on {0}")
  @CsvSource({"defrag, 1", "newlib-nano, 2"})
  void the_smallest_pool_is_the_first_that_serves_of_all_from_8_bytes_on(String name, long seed) {
    Scenario scenario = churn(seed);
    FirmwareImage image = image(name);
    Scan scan = Fit.search(scenario, image, every(BEYOND)).least();
    NavigableMap<Integer, Boolean> serving =
        serving(scenario, image, scan.handles(), 8, (int) scan.to());

    assertThat(scan.end()).isEqualTo(End.SERVED);
    assertThat(scan.smallest())
        .isEqualTo(
            serving.entrySet().stream()
                .filter(e -> e.getValue())
                .findFirst()
                .orElseThrow()
                .getKey());
    assertThat(scan.handles()).isEqualTo(Demand.of(scenario.workload()).handles());
    assertThat(serving.tailMap(Objects.requireNonNull(scan.alwaysFrom())).values())
        .hasSize(BEYOND / 8 + 1)
        .containsOnly(true);
    // The row could not have begun earlier.
    assertThat(serving.get(scan.alwaysFrom() - 8)).isFalse();
    assertThat(serving.tailMap(Objects.requireNonNull(scan.smallest())).values())
        .filteredOn(served -> !served)
        .hasSize(scan.refusedAbove());
    assertThat(scan.tried()).isEqualTo((scan.to() - scan.from()) / 8 + 1);
  }

  @ParameterizedTest(name = "seed {1} on {0}")
  @CsvSource({"defrag, 1", "newlib-nano, 2", "newlib-nano, 4"})
  void strides_find_the_row_that_the_full_scan_finds(String name, long seed) {
    Scan every = Fit.search(churn(seed), image(name), every(256)).least();
    Scan strides = Fit.search(churn(seed), image(name), options(8, 256, null)).least();

    assertThat(strides.stride()).isEqualTo(256);
    assertThat(strides.tried()).isLessThanOrEqualTo(every.tried());
    assertThat(strides.alwaysFrom()).isEqualTo(every.alwaysFrom());
    assertThat(strides.smallest()).isEqualTo(every.smallest());
    assertThat(strides.to()).isEqualTo(every.to());
    assertThat(strides.largestRefused()).isEqualTo(every.largestRefused());
    assertThat((strides.everyFrom() - 8 - strides.from()) % 256).isZero();
  }

  @Test
  void what_an_allocator_of_pointers_needs_has_no_table_in_it() {
    // Two blocks of 100 bytes: 104 with a header, and 8 for the first and the last of malloc's.
    Scenario scenario = new Bench().pool(1024, 400).alloc('a', 100).alloc('b', 100).scenario();
    FitResult result = search(scenario, Bench.newlibNano());

    assertThat(result.asGiven()).isNull();
    assertThat(result.floor(result.least())).isEqualTo(208);
    assertThat(result.least().smallest()).isEqualTo(216);
    RunResult run =
        Lab.run(
            scenario.withMemory(Bench.PART, new Scenario.Pool(216, 400)),
            Bench.newlibNano(),
            Lab.Options.standard());
    assertThat(run.failures().count()).isZero();
    MemoryUse memory = Objects.requireNonNull(run.memory());
    assertThat(memory.pool()).isEqualTo(216);
    assertThat(memory.table()).isEqualTo(8);
  }

  @Test
  void the_same_search_gives_the_same_result_whatever_runs_at_once() {
    Scenario scenario = churn(3);
    FitResult first = Fit.search(scenario, Bench.newlibNano(), options(8, 0, null));

    assertThat(Fit.search(scenario, Bench.newlibNano(), options(8, 0, null))).isEqualTo(first);
  }

  @Test
  void with_a_longer_step_only_every_so_many_pools_are_tried() {
    Scenario scenario = churn(1);
    Scan every = Fit.search(scenario, Bench.defrag(), options(8, 0, null)).least();
    Scan scan = Fit.search(scenario, Bench.defrag(), options(32, 0, null)).least();

    assertThat(scan.end()).isEqualTo(End.SERVED);
    assertThat(scan.from()).isEqualTo(every.from());
    assertThat(scan.smallest()).isGreaterThanOrEqualTo(every.smallest());
    assertThat((Objects.requireNonNull(scan.smallest()) - scan.from()) % 32).isZero();
    assertThat(scan.alwaysFrom()).isEqualTo(scan.smallest()).isEqualTo((int) scan.to());
  }

  @Test
  void more_handles_cost_their_table_and_nothing_else() {
    // One block of 100 bytes: 104 with its header.
    FitResult result =
        search(new Bench().pool(1024, 16).alloc('a', 100).scenario(), Bench.defrag());
    Scan asGiven = Objects.requireNonNull(result.asGiven());

    assertThat(result.least().handles()).isEqualTo(1);
    assertThat(result.demand().floor(1)).isEqualTo(112);
    assertThat(asGiven.handles()).isEqualTo(16);
    assertThat(result.demand().floor(16)).isEqualTo(168);
    assertThat(Objects.requireNonNull(asGiven.smallest()) - 64)
        .isEqualTo(Objects.requireNonNull(result.least().smallest()) - 8);
    assertThat(result.payloadFactor(asGiven)).isEqualTo(asGiven.smallest() * 10_000L);
    assertThat(
            search(new Bench().pool(1024, 1).alloc('a', 100).scenario(), Bench.defrag()).asGiven())
        .isNull();
  }

  @Test
  void a_pool_larger_than_the_part_is_found_and_said_not_to_fit_it() {
    FitResult result =
        search(new Bench().alloc('a', 5000).alloc('b', 5000).scenario(), Bench.defrag());

    assertThat(result.least().smallest()).isGreaterThan(Bench.PART.sramBytes());
    assertThat(result.parts())
        .filteredOn(PartFit::fits)
        .extracting(fit -> fit.part().name())
        .containsExactly("cortex-m0", "cortex-m0plus", "nrf51822");
  }

  @Test
  void what_is_to_spare_of_a_part_is_what_a_larger_pool_could_take() throws IOException {
    Scenario scenario = churn(1);
    FitResult result = search(scenario, Bench.defrag());
    int smallest = Objects.requireNonNull(result.least().smallest());

    assertThat(result.parts()).hasSize(6).allMatch(PartFit::fits);
    for (PartFit fit : result.parts()) {
      McuConfig part = fit.part();
      FirmwareImage linked = ShippedImages.load(scenario.image(), part);
      int spare = (int) (long) Objects.requireNonNull(fit.sramSpare());
      Lab.check(scenario.withMemory(part, new Scenario.Pool(smallest + spare, 16)), linked);
      assertThatThrownBy(
              () ->
                  Lab.check(
                      scenario.withMemory(part, new Scenario.Pool(smallest + spare + 8, 16)),
                      linked))
          .isInstanceOf(DoesNotFitException.class)
          .hasMessageContaining(" 8 more than ");
    }
  }

  @Test
  void a_workload_that_asks_for_nothing_fits_the_smallest_pool_that_the_image_accepts() {
    FitResult result = search(new Bench().pause(100).scenario(), Bench.defrag());

    assertThat(result.least().smallest()).isBetween(16, 64);
    assertThat(result.payloadFactor(result.least())).isNull();
    assertThat(Objects.requireNonNull(result.least().largestRefused()).why())
        .isEqualTo(new Attempt.PoolRefused(ContractError.BAD_ARGUMENT));
  }

  @Test
  void locks_that_are_never_taken_back_make_the_pool_larger_not_the_search_endless() {
    Bench holes = new Bench().policy(new DefragPolicy.OnFailure(64)).pool(1024, 8);
    holes.alloc('a', 100).alloc('b', 100).alloc('c', 100).free('a');
    Scenario free = holes.alloc('d', 200).scenario();
    Bench pinned = new Bench().policy(new DefragPolicy.OnFailure(64)).pool(1024, 8);
    pinned.alloc('a', 100).alloc('b', 100).alloc('c', 100).lock('b').lock('c').free('a');
    Scenario locked = pinned.alloc('d', 200).scenario();
    FitResult moved = search(free, Bench.defrag());
    FitResult stuck = search(locked, Bench.defrag());

    // The hole of 104 bytes is of use only if what is above it can move.
    assertThat(Objects.requireNonNull(stuck.least().smallest()) - 104)
        .isEqualTo(moved.least().smallest());
    assertThat(Objects.requireNonNull(moved.least().served()).bytesMoved()).isEqualTo(200);
  }

  @Test
  void a_refused_lock_is_counted_and_no_reason_against_a_pool() {
    // |....|bbbbbbbb|cccccc|: for a hole as large as a and c, b slides down in parts, and cannot be
    // locked meanwhile.
    Bench sliding = new Bench().pool(1024, 8).policy(new DefragPolicy.Every(1, 64, 200));
    sliding.alloc('a', 40).alloc('b', 400).alloc('c', 156).free('a').free('c');
    sliding.pause(1).pause(1).pause(1).pause(1);
    Scan scan = search(sliding.lock('b').unlock('b').scenario(), Bench.defrag()).least();

    assertThat(scan.end()).isEqualTo(End.SERVED);
    assertThat(scan.alwaysFrom()).isEqualTo(scan.smallest());
    assertThat(Objects.requireNonNull(scan.served()).refusals()).isEqualTo(1);
  }

  @Test
  void a_request_that_an_image_never_serves_ends_the_scan_where_it_was_to_end() {
    FitResult result =
        Fit.search(
            new Bench().alloc('a', 100).alloc('b', 0).scenario(),
            Bench.newlibNano(),
            options(8, 256, 400));

    assertThat(result.least().end()).isEqualTo(End.UP_TO);
    assertThat(result.least().to()).isEqualTo(400);
    assertThat(result.least().smallest()).isNull();
    Scan.Refusal last = Objects.requireNonNull(result.least().largestRefused());
    assertThat(last.pool()).isEqualTo(400);
    assertThat(((Attempt.Refused) last.why()).failure().error())
        .isEqualTo(ContractError.INVALID_SIZE);
    assertThat(result.parts()).isEmpty();
    assertThat(result.exitStatus()).isZero();
    assertThat(result.within(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void a_hole_that_the_image_cannot_keep_ready_in_any_pool_ends_the_scan_at_once() {
    Scenario scenario =
        new Bench().policy(new DefragPolicy.Idle(64, 1 << 20)).alloc('a', 100).scenario();
    Scan scan = search(scenario, Bench.defrag()).least();

    assertThat(scan.end()).isEqualTo(End.LARGEST_POOL);
    assertThat(scan.tried()).isEqualTo(1);
    assertThat(Objects.requireNonNull(scan.largestRefused()).why())
        .isEqualTo(new Attempt.PoolRefused(ContractError.INVALID_SIZE));
  }

  @Test
  void what_no_memory_holds_is_not_tried() {
    FitResult result = search(new Bench().alloc('a', 0xFFFF_FFFFL).scenario(), Bench.defrag());

    assertThat(result.least().end()).isEqualTo(End.UP_TO);
    assertThat(result.least().tried()).isZero();
    assertThat(result.least().from()).isEqualTo(1L << 32);
  }

  @Test
  void the_largest_pool_of_an_image_ends_the_scan_of_what_needs_more() {
    // The library manages 128 KiB at most. Above, nothing is served; below, not enough.
    Bench above = new Bench();
    Bench around = new Bench();
    for (char block = 'a'; block <= 'e'; block++) {
      above.alloc(block, 28_000);
      around.alloc(block, 26_208);
    }
    FitResult more = search(above.scenario(), Bench.defrag());
    FitResult just = search(around.scenario(), Bench.defrag());

    assertThat(more.least().end()).isEqualTo(End.LARGEST_POOL);
    assertThat(more.least().tried()).isEqualTo(1);
    assertThat(more.least().smallest()).isNull();
    assertThat(just.least().end()).isEqualTo(End.LARGEST_POOL);
    assertThat(just.least().smallest()).isNull();
    assertThat(Objects.requireNonNull(just.least().largestRefused()).why())
        .isInstanceOf(Attempt.Refused.class);
  }

  @ParameterizedTest
  @CsvSource({
    "corrupts-neighbour, 4",
    "overlaps, 4",
    "reads-unmapped, 4",
    "hangs-in-alloc, 5",
    "never-parks, 5",
  })
  void a_firmware_that_fails_ends_the_search_at_the_pool_in_which_it_does(String name, int status) {
    Scenario scenario =
        new Bench().pool(1024, 4).alloc('a', 24).alloc('b', 40).alloc('c', 24).free('b').scenario();
    FitResult result = search(scenario, Bench.faulty(name));

    assertThat(result.least().end()).isEqualTo(End.BROKEN);
    assertThat(result.least().broken()).isNotNull();
    assertThat(result.asGiven()).isNull();
    assertThat(result.exitStatus()).isEqualTo(status);
  }

  @Test
  void an_elf_of_the_users_fits_only_parts_with_their_sram_where_it_is_linked_for() {
    Scenario scenario =
        new Bench()
            .alloc('a', 100)
            .scenario()
            .withImage(new ImageReference.Elf(Path.of("mine.elf")));
    FitResult result = search(scenario, Bench.defrag());

    assertThat(result.parts())
        .filteredOn(fit -> fit.sramSpare() == null)
        .extracting(fit -> fit.part().name())
        .containsExactly("lpc1114");
  }

  @Test
  void a_limit_on_the_factor_is_held_to_the_byte() {
    FitResult result = search(new Bench().alloc('a', 100).scenario(), Bench.defrag());
    long pool = Objects.requireNonNull(result.least().smallest());
    long floor = result.demand().floor(1);
    long exactly = (pool * 1_000_000 + floor - 1) / floor;

    assertThat(result.within(exactly)).isTrue();
    assertThat(result.within(exactly - 1)).isFalse();
  }
}
