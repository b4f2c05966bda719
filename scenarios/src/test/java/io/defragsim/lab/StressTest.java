package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Workload;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random programs that lock, write and grow across compaction, under every policy. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class StressTest {

  private static Workload workload(long seed, int operations) {
    return new Workload(
        List.of(
            new Workload.Phase(
                "random",
                new Generator(
                    operations,
                    seed,
                    new Variate.Uniform(1, 300),
                    new Variate.Uniform(5, 200),
                    4000,
                    60,
                    new Generator.Locks(100_000, new Variate.Uniform(1, 20)),
                    50_000,
                    new Generator.Grow(20_000, new Variate.Uniform(1, 64)),
                    null,
                    new Generator.Waits(50, 2000)),
                true)),
        List.of());
  }

  @Test
  void both_images_keep_every_byte_whatever_the_policy() {
    keepEveryByte(1, 1000);
  }

  @Test
  @Tag("campaign")
  void they_do_for_longer_and_with_other_seeds_too() {
    keepEveryByte(3, 3000);
  }

  private static void keepEveryByte(int seeds, int operations) {
    for (long seed = 1; seed <= seeds; seed++) {
      for (DefragPolicy policy :
          List.of(
              new DefragPolicy.OnFailure(64),
              new DefragPolicy.OnFailure(24),
              new DefragPolicy.Every(1, 40, 0),
              new DefragPolicy.Idle(64, 0),
              new DefragPolicy.Never(64))) {
        Bench bench = new Bench().pool(4600, 64).policy(policy);
        String context = "seed " + seed + " " + policy;
        RunResult defrag = Lab.run(bench.scenario(workload(seed, operations)), Bench.defrag());
        assertThat(defrag.ending()).as(context).isEqualTo(new RunEnding.Completed());
        assertThat(defrag.pauses().bytesMoved() > 0)
            .as(context)
            .isEqualTo(!(policy instanceof DefragPolicy.Never));
        RunResult newlib = Lab.run(bench.scenario(workload(seed, operations)), Bench.newlibNano());
        assertThat(newlib.ending()).as(context).isEqualTo(new RunEnding.Completed());
        // the trace depends on the scenario alone
        assertThat(newlib.executed()).as(context).isEqualTo(defrag.executed());
      }
    }
  }
}
