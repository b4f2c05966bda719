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
    return inStrides(8, from, upTo, beyond, pools);
  }

  private static Scan inStrides(
      int stride, int from, int upTo, int beyond, IntFunction<Attempt> pools) {
    return new Scanner(5, from, stride, 8, upTo, beyond, pools, pool -> true, known -> {}).scan();
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

  /**
   * The same in strides: as the scan of every pool, but for a pool that serves by luck below the
   * row and below where every pool is tried.
   */
  @Test
  void strides_no_longer_than_the_row_find_the_row_of_the_full_scan() {
    long seed = 20_261_128;
    Random random = new Random(seed);
    int left = 0;
    for (int round = 0; round < 2000; round++) {
      int from = 8 * (1 + random.nextInt(4));
      int upTo = from + random.nextInt(1200);
      int stride = 8 * (1 + random.nextInt(8));
      int beyond = stride + random.nextInt(60);
      int least = random.nextInt(upTo / 8 + 1);
      int most = least + random.nextInt(40);
      Attempt[] pools = new Attempt[upTo / 8 + 1];
      for (int i = 0; i < pools.length; i++) {
        boolean serves = i >= most || (i >= least && random.nextInt(4) == 0);
        pools[i] = i > 120 ? POOL_REFUSED : serves ? SERVED : refused(8 * i);
      }
      Scan every = scan(from, upTo, beyond, pool -> pools[pool / 8]);
      Scan scan = inStrides(stride, from, upTo, beyond, pool -> pools[pool / 8]);

      String what = "seed " + seed + ", round " + round;
      assertThat(scan.end()).as(what).isEqualTo(every.end());
      assertThat(scan.alwaysFrom()).as(what).isEqualTo(every.alwaysFrom());
      assertThat(scan.to()).as(what).isEqualTo(every.to());
      assertThat(scan.largestRefused()).as(what).isEqualTo(every.largestRefused());
      assertThat(scan.tried()).as(what).isLessThanOrEqualTo(every.tried() + 1);
      if (every.smallest() == null || every.smallest() >= scan.everyFrom()) {
        assertThat(scan.smallest()).as(what).isEqualTo(every.smallest());
      } else {
        left++;
        assertThat(scan.leavesOut()).as(what).isTrue();
      }
    }
    assertThat(left).as("patterns with luck that strides pass over").isGreaterThan(100);
  }

  @Test
  void what_is_known_closes_in_from_both_sides() {
    List<Scan.SoFar> known = new ArrayList<>();
    new Scanner(
            5,
            8,
            32,
            8,
            400,
            40,
            pool -> pool < 96 ? refused(pool) : SERVED,
            pool -> true,
            known::add)
        .scan();

    assertThat(known.get(0)).isEqualTo(new Scan.SoFar(5, 8, null, null, false));
    assertThat(known).contains(new Scan.SoFar(5, 80, 72, 104, false));
    assertThat(known.get(known.size() - 1).served()).isEqualTo(96);
    assertThat(known.get(known.size() - 1).found()).isTrue();
  }

  @Test
  void a_pool_that_the_image_accepts_between_two_strides_is_not_passed_over() {
    Scan scan = inStrides(256, 8, 1000, 0, pool -> pool < 40 || pool > 96 ? POOL_REFUSED : SERVED);

    assertThat(scan.smallest()).isEqualTo(40);
    assertThat(scan.leavesOut()).isFalse();
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
        new Scanner(5, 8, 64, 8, 1 << 20, 0, pool -> POOL_REFUSED, pool -> false, known -> {})
            .scan();

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
