package io.defragsim.report.section;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.lab.result.ContractError;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Events;
import io.defragsim.lab.result.MemoryUse;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.Pauses;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.report.Results;
import io.defragsim.workload.OperationKind;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class WinnerTest {

  private static RunResult run(String image, long refused, long cycles, int flash) {
    return run(image, refused, cycles, flash, new RunEnding.Completed());
  }

  private static RunResult run(
      String image, long refused, long cycles, int flash, RunEnding ending) {
    RunResult base = Results.peaceful();
    Subject subject = base.subject();
    MemoryUse memory = Objects.requireNonNull(base.memory());
    Map<ContractError, Long> failed =
        refused == 0 ? Map.of() : Map.of(ContractError.FRAGMENTED, refused);
    return new RunResult(
        Results.on(
            subject, new Subject.Image(image, "ab".repeat(32), 1, subject.image().features())),
        ending,
        base.executed(),
        base.workloadOperations(),
        cycles,
        base.peakLiveBytes(),
        base.peakLiveBlocks(),
        base.phases(),
        List.of(
            new OperationStats(
                OperationKind.ALLOC, 100, 100 - refused, failed, 0, Distribution.EMPTY, null)),
        new Pauses(true, Distribution.EMPTY, 0, null, new Events<>(List.of(), 0)),
        base.stalls(),
        base.interrupts(),
        base.fragmentation(),
        base.failures(),
        base.heapAtEnd(),
        base.heapAtWorst(),
        new MemoryUse(
            flash,
            memory.data(),
            memory.pool(),
            memory.table(),
            memory.unused(),
            memory.stackReserve(),
            memory.deepestStack(),
            memory.sram()),
        base.limits());
  }

  private static String sentence(RunResult... results) {
    return Winner.sentence(List.of(results)).replace('\u00a0', ' ');
  }

  @Test
  void who_refuses_fewer_requests_wins_whatever_it_costs() {
    assertThat(sentence(run("a", 0, 900, 90), run("b", 1, 10, 10)))
        .isEqualTo("a wins: it serves every request, b refuses 1 request.");
    assertThat(sentence(run("a", 5, 1, 1), run("b", 2, 10, 10), run("c", 9, 1, 1)))
        .isEqualTo("b wins: it refuses 2 requests, a refuses 5 requests, c refuses 9 requests.");
  }

  @Test
  void who_does_not_run_to_the_end_does_not_win() {
    RunResult broken = run("b", 0, 1, 1, Results.fault());
    assertThat(sentence(run("a", 3, 10, 10), broken))
        .isEqualTo("a wins: b does not run to the end.");
    assertThat(sentence(broken, broken)).isEqualTo("No winner: none of them runs to the end.");
    assertThat(sentence(run("a", 0, 1, 1), run("c", 2, 1, 1), broken))
        .isEqualTo(
            "a wins: it serves every request, c refuses 2 requests, and b does not run to the"
                + " end.");
  }

  @Test
  void of_those_that_serve_alike_the_one_wins_that_is_worse_in_nothing() {
    assertThat(sentence(run("a", 0, 900, 80), run("b", 0, 1000, 80)))
        .isEqualTo(
            "a wins: all serve every request, and the whole run is 900 cycles and not 1,000.");
  }

  @Test
  void where_each_is_better_at_something_nobody_wins() {
    assertThat(sentence(run("a", 4, 900, 80), run("b", 4, 1000, 70)))
        .isEqualTo(
            "No winner: all refuse 4 requests each; a: the whole run is 900 cycles and not 1,000;"
                + " b: the code is 70 bytes and not 80.");
  }

  @Test
  void of_many_it_is_said_how_many_serve_and_who_of_them_has_least() {
    RunResult[] five = {
      run("a", 0, 900, 80),
      run("b", 0, 1000, 70),
      run("c", 3, 1, 1),
      run("d", 5, 1, 1),
      run("e", 9, 1, 1)
    };
    assertThat(sentence(five))
        .isEqualTo(
            "Of 5 allocators 2 serve every request: a and b; the others refuse 3 to 9 requests; of"
                + " the 2, the whole run is least on a (900 cycles) and the code on b (70 bytes).");
    five[2] = run("c", 0, 950, 70);
    five[3] = run("d", 0, 950, 70);
    five[4] = run("e", 0, 1, 1, Results.fault());
    assertThat(sentence(five))
        .startsWith("Of 5 allocators 4 serve every request; e does not run to the end; of the 4,")
        .endsWith("the whole run is least on a (900 cycles) and the code on 3 of them (70 bytes).");
    assertThat(sentence(run("a", 4, 9, 8), run("b", 4, 9, 8), run("c", 4, 9, 8), run("d", 6, 1, 1)))
        .isEqualTo(
            "Of 4 allocators 3 refuse 4 requests each, the fewest; d refuses 6 requests; of the 3,"
                + " all are alike in the longest allocation, the longest pause, the whole run, the"
                + " code.");
  }

  @Test
  void of_many_one_wins_that_alone_refuses_fewest() {
    assertThat(sentence(run("a", 2, 1, 1), run("b", 1, 1, 1), run("c", 2, 1, 1), run("d", 2, 1, 1)))
        .isEqualTo(
            "b wins: of 4 allocators it alone refuses 1 request; the others refuse 2 requests each.");
  }

  @Test
  void a_tie_is_a_tie() {
    assertThat(sentence(run("a", 0, 900, 80), run("b", 0, 900, 80)))
        .isEqualTo(
            "A tie: all serve every request, and they are alike in the longest allocation, the"
                + " longest pause, the whole run, the code.");
  }
}
