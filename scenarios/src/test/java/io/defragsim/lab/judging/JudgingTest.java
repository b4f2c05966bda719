package io.defragsim.lab.judging;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.scenario.Scenario;
import io.defragsim.workload.TraceElement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The figures by which the library is judged. {@code -Ddefragsim.judge.images=A,B} names other
 * images, shipped ones or ELF files. {@code -Ddefragsim.judge.first=200} takes other generated
 * heaps, for those who tune.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
class JudgingTest {
  private static final List<String> IMAGES =
      Arrays.asList(
          System.getProperty("defragsim.judge.images", "defrag,defrag-sliding").split(","));

  private final Judging judging = new Judging(IMAGES, System.out);

  @Test
  @Tag("campaign") // all shipped scenarios on each image
  void served_calls_and_the_longest_stalls() {
    judging.printSpeed();
  }

  @Test
  @Tag("campaign") // a minute
  void stalls_on_generated_heaps() {
    List<Scenario> heaps = GeneratedHeaps.from(Integer.getInteger("defragsim.judge.first", 0));
    List<List<Played>> played = judging.play(heaps);
    judging.printStalls("Generated heaps: stalls, longest, all", heaps, played);
    judging.printSums("Generated heaps together", played);

    for (int image = 0; image < IMAGES.size(); image++) {
      int index = image;
      assertThat(played.stream().mapToLong(runs -> runs.get(index).stalls()).sum())
          .isGreaterThan(1000);
    }
  }

  @Test
  @Tag("campaign")
  void stalls_on_recorded_heaps_in_their_smallest_pools(@TempDir Path folder) throws IOException {
    List<Scenario> heaps = RecordedHeaps.all(folder);
    List<List<Played>> played = judging.play(heaps);
    judging.printStalls("Recorded heaps: stalls, longest, all", heaps, played);
    judging.printSums("Recorded heaps together", played);

    assertThat(played).hasSameSizeAs(heaps);
  }

  /** What was judged on other heaps cannot be compared. */
  @Test
  void the_generated_heaps_stay_the_same() {
    long hash = 0;
    for (Scenario heap : GeneratedHeaps.from(0)) {
      hash = 31 * hash + heap.pool().bytes();
      hash = 31 * hash + heap.pool().handles();
      hash = 31 * hash + heap.defrag().budgetBytes();
      for (TraceElement element : heap.workload().trace()) {
        hash = 31 * hash + element.line().hashCode();
      }
    }
    assertThat(hash).isEqualTo(1_688_184_001_909_992_203L);
  }
}
