package io.defragsim.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.Strictness;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.model.Activity;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.result.Distribution;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.InterruptStats;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.words.Estimates;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.schema.ReadResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What interrupts change in a run, and what they leave as it is. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class InterruptsInRunsTest {
  private static final List<InterruptSource> TICK_AND_UART =
      List.of(
          new InterruptSource("tick", 48_000, 48_000, 120, 1),
          new InterruptSource("uart", 100, 811, 75, 0));

  static Scenario shipped(String name) {
    byte[] text = Objects.requireNonNull(ScenarioLibrary.text(name));
    ReadResult<Scenario> result = new ScenarioReader(Figures.units()).read(text, name, Path.of(""));
    return ((ReadResult.Valid<Scenario>) result).value();
  }

  static Scenario with(Scenario other, List<InterruptSource> interrupts) {
    return new Scenario(
        other.name(),
        other.description(),
        other.mcu(),
        other.image(),
        other.pool(),
        other.stackBytes(),
        other.defrag(),
        other.callBudget(),
        interrupts,
        other.workload(),
        other.limits());
  }

  private static Scenario disturbed() {
    return with(shipped("sensor-node"), TICK_AND_UART);
  }

  /** Its run, which is the same each time. */
  private static final class Disturbed {
    static final RunResult RUN = Lab.run(disturbed(), Bench.defrag());
  }

  private static FirmwareImage image(String name) {
    return name.equals("defrag") ? Bench.defrag() : Bench.newlibNano();
  }

  private static long value(RunResult result, String figure) {
    return Objects.requireNonNull(result.figures().get(figure), figure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sensor-node/defrag", "swiss-cheese/defrag", "sensor-node/newlib-nano"})
  void the_cycles_of_operations_are_the_same_and_those_of_pauses_and_stalls_are_more(String run) {
    String[] parts = run.split("/", -1);
    Scenario scenario = shipped(parts[0]);
    FirmwareImage image = image(parts[1]);
    RunResult calm = Lab.run(with(scenario, List.of()), image);
    RunResult disturbed = Lab.run(with(scenario, TICK_AND_UART), image);

    assertThat(disturbed.ending()).isEqualTo(calm.ending());
    assertThat(disturbed.operations()).isEqualTo(calm.operations());
    assertThat(disturbed.failures()).isEqualTo(calm.failures());
    assertThat(disturbed.heapAtEnd()).isEqualTo(calm.heapAtEnd());
    assertThat(disturbed.fragmentation())
        .usingRecursiveComparison()
        .ignoringFieldsMatchingRegexes(".*cycle")
        .isEqualTo(calm.fragmentation());
    assertThat(disturbed.cycles()).isGreaterThan(calm.cycles());
    // an interrupt of the few that come to swiss-cheese need not come where the stack is deepest
    long more = parts[0].equals("sensor-node") ? 1 : 0;
    assertThat(value(disturbed, "stack.max"))
        .isBetween(Objects.requireNonNull(calm.memory()).deepestStack() + more, 512L);
    assertThat(value(disturbed, "interrupts.count")).isGreaterThan(40);
    assertThat(disturbed.pauses().cycles().count()).isEqualTo(calm.pauses().cycles().count());
    assertThat(disturbed.pauses().bytesMoved()).isEqualTo(calm.pauses().bytesMoved());
    if (parts[1].equals("defrag")) {
      assertThat(value(disturbed, "pauses.total")).isGreaterThan(value(calm, "pauses.total"));
      assertThat(value(disturbed, "stalls.total")).isGreaterThan(value(calm, "stalls.total"));
    }
  }

  @Test
  void without_interrupts_there_is_no_latency_and_with_them_figures_are_of_all_together() {
    Map<String, @Nullable Long> none = Lab.run(new Bench().scenario(), Bench.defrag()).figures();
    assertThat(none).containsEntry("interrupts.count", 0L).containsEntry("interrupts.missed", 0L);
    assertThat(none)
        .containsEntry("interrupts.latency.max", null)
        .containsEntry("interrupts.latency.mean", null);

    RunResult result =
        Lab.run(
            new Bench()
                .interrupt("slow", 1000, 300, 0)
                .interrupt("fast", 1100, 100, 0)
                .pause(3000)
                .scenario(),
            Bench.defrag());
    // the image's start-up and image_init come before; in the wait nothing is late but by the other
    InterruptStats slow = result.interrupts().get(0);
    InterruptStats fast = result.interrupts().get(1);
    assertThat(slow.latency().max()).isEqualTo(16);
    // 100 after the request of slow, whose handler runs to 284 and is followed by 8
    assertThat(Objects.requireNonNull(fast.worst()))
        .isEqualTo(new InterruptStats.Worst(284 - 100 + 8, 0, new Activity.Handler(0)));
    assertThat(value(result, "interrupts.latency.max")).isEqualTo(192);
    assertThat(value(result, "interrupts.count"))
        .isEqualTo(slow.latency().count() + fast.latency().count());
  }

  @Test
  void a_run_with_interrupts_is_strict_and_says_so() {
    RunResult result = Lab.run(new Bench().interrupt("a", 1000, 100, 0).scenario(), Bench.defrag());
    assertThat(result.subject().strictness()).isEqualTo(Strictness.STRICT);
    assertThat(result.subject().notes())
        .contains(
            "strict, as every run with interrupts: every access of every instruction was"
                + " checked");
  }

  @Test
  void a_run_with_interrupts_equals_its_repetition_and_sampling_leaves_no_trace_in_it() {
    RunResult first = Disturbed.RUN;
    assertThat(Lab.run(disturbed(), Bench.defrag())).isEqualTo(first);
    RunResult unsampled =
        Lab.run(disturbed(), Bench.defrag(), Lab.Options.standard().withoutSampling());
    assertThat(unsampled)
        .usingRecursiveComparison()
        .ignoringFields("fragmentation", "heapAtWorst")
        .isEqualTo(first);
  }

  @Test
  void a_wait_ends_when_it_should_unless_a_handler_runs_by_then() {
    Scenario calm = new Bench().pause(1_000_000).scenario();
    long cycles = Lab.run(calm, Bench.defrag()).cycles();
    List<InterruptSource> ending =
        List.of(new InterruptSource("late", 950_000, 2_000_000, 100_000, 0));
    long longer = Lab.run(with(calm, ending), Bench.defrag()).cycles();
    // the wait ends image_init after cycle 1,000,000 from the park, the handler at 1,050,000
    assertThat(longer).isBetween(cycles + 40_000, cycles + 50_000);
    List<InterruptSource> inTime =
        List.of(new InterruptSource("early", 900_000, 2_000_000, 500, 0));
    assertThat(Lab.run(with(calm, inTime), Bench.defrag()).cycles()).isEqualTo(cycles);
  }

  @Test
  void idle_steps_take_their_time_from_the_wait_interrupts_included() {
    Bench bench =
        new Bench().policy(new DefragPolicy.Idle(16, 0)).alloc('a', 200).alloc('b', 40).free('a');
    Scenario scenario = bench.pause(100_000).scenario();
    RunResult calm = Lab.run(scenario, Bench.defrag());
    RunResult disturbed = Lab.run(with(scenario, TICK_AND_UART), Bench.defrag());
    assertThat(disturbed.pauses().cycles().count()).isEqualTo(calm.pauses().cycles().count());
    // longer by the interrupts outside the wait, and by no more than a handler at its end
    assertThat(disturbed.cycles() - calm.cycles())
        .isBetween(0L, 75L * (calm.cycles() - 100_000) / 600 + 2 * 195);
  }

  @Test
  void more_handlers_than_the_budget_end_the_run_and_a_wait_without_any_is_free() {
    long longest = 1L << 48;
    Scenario calm = new Bench().pause(longest).alloc('a', 8).scenario();
    assertThat(Lab.run(calm, Bench.defrag()).cycles()).isGreaterThan(longest);

    Scenario disturbed =
        with(calm, List.of(new InterruptSource("storm", 64, 64, 32, 0))).withHandlerBudget(500);
    RunResult result = Lab.run(disturbed, Bench.defrag());
    assertThat(result.ending()).isInstanceOf(RunEnding.BudgetExhausted.class);
    RunEnding.BudgetExhausted ending = (RunEnding.BudgetExhausted) result.ending();
    assertThat(ending.budget()).isEqualTo(500);
    assertThat(ending.unit()).isEqualTo(RunEnding.BudgetExhausted.Unit.HANDLERS);
    assertThat(ending.remedy()).contains("--handlers N");
    assertThat(ending.during()).startsWith("wait ");
    assertThat(result.exitStatus()).isEqualTo(5);
  }

  @Test
  void the_budget_of_handlers_is_that_of_calls_and_waits_together() {
    Scenario scenario = disturbed();
    RunResult whole = Disturbed.RUN;
    long handlers = whole.interrupts().stream().mapToLong(each -> each.latency().count()).sum();

    assertThat(Lab.run(scenario.withHandlerBudget(handlers), Bench.defrag())).isEqualTo(whole);
    assertThat(Lab.run(scenario.withHandlerBudget(handlers / 2), Bench.defrag()).exitStatus())
        .isEqualTo(5);
  }

  @Test
  void interrupts_that_never_let_an_instruction_finish_exhaust_the_budget_of_the_call() {
    // whichever LDM, STM or return comes first: 2 cycles in a row are too few for it
    RunResult result =
        Lab.run(
            new Bench().callBudget(100_000).interrupt("storm", 40, 38, 0).alloc('a', 8).scenario(),
            Bench.defrag());
    assertThat(result.ending()).isInstanceOf(RunEnding.BudgetExhausted.class);
    RunEnding.BudgetExhausted ending = (RunEnding.BudgetExhausted) result.ending();
    assertThat(ending.at().function()).isNotNull();
    assertThat(result.exitStatus()).isEqualTo(5);
  }

  @Test
  void a_stack_without_room_for_frames_overflows_where_they_are_stacked() {
    List<InterruptSource> nested =
        List.of(
            new InterruptSource("outer", 20_000, 50_000, 2000, 3),
            new InterruptSource("inner", 20_100, 50_000, 1000, 2),
            new InterruptSource("inmost", 20_200, 50_000, 500, 1));
    RunResult overflow =
        Lab.run(with(new Bench().stack(64).pause(100_000).scenario(), nested), Bench.newlibNano());
    assertThat(overflow.ending()).isInstanceOf(RunEnding.Faulted.class);
    RunEnding.Faulted faulted = (RunEnding.Faulted) overflow.ending();
    assertThat(faulted.fault().detail()).contains("by the frame of IRQ 1");
    assertThat(faulted.during()).isEqualTo("wait 100,000\u00a0cycles");
  }

  @Test
  void latencies_of_a_long_run_are_those_that_the_rules_allow() {
    RunResult result = Disturbed.RUN;
    for (InterruptStats stats : result.interrupts()) {
      Distribution latency = stats.latency();
      assertThat(latency.count()).isGreaterThan(10);
      assertThat(stats.missed()).isZero();
    }
    InterruptStats tick = result.interrupts().get(0);
    assertThat(tick.latency().min()).isEqualTo(16);
    assertThat(tick.late()).isZero();
    // the more urgent one waits for no handler: for an instruction of up to 4 cycles, for a masked
    // section of up to 40, or for the return of the other; in the entry of the other it arrives
    // late
    InterruptStats urgent = result.interrupts().get(1);
    assertThat(urgent.latency().min()).isBetween(8L, 15L);
    assertThat(urgent.late()).isPositive();
    assertThat(result.subject().notes())
        .anyMatch(note -> note.startsWith(urgent.late() + " of the handlers arrived late"));
    assertThat(Estimates.cycleModel(result)).endsWith("; estimate: tail-chains, late arrivals");
    assertThat(urgent.latency().max()).isLessThanOrEqualTo(16 + 40);
  }
}
