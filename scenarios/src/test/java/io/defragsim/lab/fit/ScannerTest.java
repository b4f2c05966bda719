package io.defragsim.lab.fit;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.model.Location;
import io.defragsim.lab.fit.Scan.End;
import io.defragsim.lab.result.Attempt;
import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Failure;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.workload.OperationKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

/** The scan by itself, over pools of which is known what becomes of them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ScannerTest {
  private static final Attempt SERVED = new Attempt.Served(1, 2, 3, 0);
  private static final Attempt POOL_REFUSED = new Attempt.PoolRefused(ContractError.BAD_ARGUMENT);
  private static final Attempt BROKEN =
      new Attempt.Broken(new RunEnding.BudgetExhausted(9, new Location(8, "f", 0), "reset", -1));

  private static Attempt refused(int pool) {
    return new Attempt.Refused(
        new Failure(
            pool, OperationKind.ALLOC, "a", 1, ContractError.FRAGMENTED, pool, false, null));
  }

  private static Scan scan(int from, int upTo, int beyond, IntFunction<Attempt> pools) {
    return new Scanner(5, from, 8, upTo, beyond, pools, pool -> true, pool -> {}).scan();
  }

  /** Against the definition, over patterns of luck in which larger pools often fail. */
  @Test
  void whatever_the_pattern_the_smallest_and_the_row_are_those_of_the_definition() {
    long seed = 20_240_611;
    Random random = new Random(seed);
    int unlucky = 0;
    for (int round = 0; round < 2000; round++) {
      int from = 8 * (1 + random.nextInt(4));
      int upTo = from + random.nextInt(400);
      int beyond = random.nextInt(60);
      int luck = 1 + random.nextInt(9);
      boolean[] serves = new boolean[upTo / 8 + 1];
      for (int i = 0; i < serves.length; i++) {
        serves[i] = random.nextInt(10) < luck;
      }
      Scan scan = scan(from, upTo, beyond, pool -> serves[pool / 8] ? SERVED : refused(pool));

      String what = "seed " + seed + ", round " + round;
      List<Integer> all = IntStream.rangeClosed(from / 8, upTo / 8).mapToObj(i -> 8 * i).toList();
      List<Integer> rows = new ArrayList<>();
      for (int start : all) {
        int last = start + (beyond + 7) / 8 * 8;
        if (last <= upTo && IntStream.rangeClosed(start / 8, last / 8).allMatch(i -> serves[i])) {
          rows.add(start);
        }
      }
      Integer smallest = all.stream().filter(p -> serves[p / 8]).findFirst().orElse(null);
      assertThat(scan.smallest()).as(what).isEqualTo(smallest);
      assertThat(scan.end()).as(what).isEqualTo(rows.isEmpty() ? End.UP_TO : End.SERVED);
      assertThat(scan.alwaysFrom()).as(what).isEqualTo(rows.isEmpty() ? null : rows.get(0));
      long to = rows.isEmpty() ? all.get(all.size() - 1) : rows.get(0) + (beyond + 7) / 8 * 8;
      assertThat(scan.to()).as(what).isEqualTo(to);
      assertThat(scan.tried()).as(what).isEqualTo((to - from) / 8 + 1);
      List<Integer> failed = all.stream().filter(p -> p <= to && !serves[p / 8]).toList();
      assertThat(scan.refusedAbove())
          .as(what)
          .isEqualTo(
              smallest == null ? 0 : (int) failed.stream().filter(p -> p > smallest).count());
      assertThat(scan.largestRefused())
          .as(what)
          .isEqualTo(
              failed.isEmpty()
                  ? null
                  : new Scan.Refusal(
                      failed.get(failed.size() - 1), refused(failed.get(failed.size() - 1))));
      unlucky += scan.refusedAbove() > 0 ? 1 : 0;
    }
    assertThat(unlucky).as("patterns that bisection would get wrong").isGreaterThan(1000);
  }

  @Test
  void pools_too_small_for_the_image_come_before_those_too_large_for_it() {
    Scan scan =
        scan(
            8,
            400,
            80,
            pool -> pool < 40 || pool > 96 ? POOL_REFUSED : pool < 64 ? refused(pool) : SERVED);

    assertThat(scan.end()).isEqualTo(End.LARGEST_POOL);
    assertThat(scan.smallest()).isEqualTo(64);
    assertThat(scan.to()).isEqualTo(96);
    assertThat(scan.alwaysFrom()).isNull();
    assertThat(scan.largestRefused()).isEqualTo(new Scan.Refusal(56, refused(56)));
  }

  @Test
  void an_image_that_accepts_none_is_not_asked_again_and_again() {
    Scan scan =
        new Scanner(5, 8, 8, 1 << 20, 0, pool -> POOL_REFUSED, pool -> false, pool -> {}).scan();

    assertThat(scan.end()).isEqualTo(End.LARGEST_POOL);
    assertThat(scan.tried()).isEqualTo(1);
    assertThat(scan.largestRefused()).isEqualTo(new Scan.Refusal(8, POOL_REFUSED));
  }

  @Test
  void a_firmware_that_breaks_in_a_larger_pool_does_not_take_back_the_smallest() {
    Scan scan = scan(8, 400, 80, pool -> pool == 72 ? BROKEN : pool < 24 ? refused(pool) : SERVED);

    assertThat(scan.end()).isEqualTo(End.BROKEN);
    assertThat(scan.to()).isEqualTo(72);
    assertThat(scan.broken()).isEqualTo(BROKEN);
    assertThat(scan.smallest()).isEqualTo(24);
    assertThat(scan.alwaysFrom()).isNull();
  }

  @Test
  void nothing_is_tried_where_the_least_is_beyond_the_most() {
    Scan scan =
        scan(
            400,
            392,
            0,
            pool -> {
              throw new AssertionError(pool);
            });

    assertThat(scan.end()).isEqualTo(End.UP_TO);
    assertThat(scan.tried()).isZero();
    assertThat(scan.from()).isEqualTo(400);
  }
}
