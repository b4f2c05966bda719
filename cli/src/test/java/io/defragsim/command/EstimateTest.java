package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Cycles with wait states of flash are an estimate, and where one handler follows another those
 * that the clock counts: wherever they appear, it says so.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class EstimateTest {
  private static final Map<String, Finished> RUNS = new ConcurrentHashMap<>();

  private static final String DOUBLE_FREE =
      Path.of(
              System.getProperty("defragsim.root"),
              "allocator-firmware/programs/heap/prebuilt/misuse-double-free.elf")
          .toString();

  private static final String QUEENS =
      Path.of(
              System.getProperty("defragsim.root"),
              "allocator-firmware/programs/prebuilt/queens.elf")
          .toString();
  private static final String WHAT = "estimate: 1 wait state, prefetch on";

  /** A limit that holds, one that the estimate violates, and one that is not in cycles. */
  private static final String SCENARIO =
      """
      {
        "mcu": PART,
        "pool": {"size": "1.5 KiB", "handles": 16},
        "workload": [{"phase": "all", "operations": [
          {"alloc": "b[0..9]", "bytes": 120}, {"free": "b[0..9:2]"},
          {"alloc": "large", "bytes": 600}, {"lock": "large"}, {"unlock": "large"}
        ]}],
        "limits": {"alloc.max": 100000, "lock.max": 30, "alloc.failed": 0}
      }
      """;

  /** Two interrupts that are requested at once: one handler follows the other. */
  private static final String TOGETHER =
      """
      {
        "mcu": "cortex-m0",
        "pool": {"size": "1.5 KiB", "handles": 16},
        "interrupts": [
          {"name": "a", "every": "100 us", "cycles": 92},
          {"name": "b", "every": "100 us", "cycles": 92}
        ],
        "workload": [{"phase": "all", "operations": [
          {"alloc": "b[0..9]", "bytes": 120}, {"free": "b[0..9:2]"}, {"wait": "1 ms"},
          {"alloc": "large", "bytes": 600}
        ]}],
        "limits": {
          "alloc.max": 100000, "interrupts.latency.max": 1000, "pauses.max": 1000, "alloc.failed": 0
        }
      }
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run sensor-node",
        "run sensor-node --quiet",
        "run interrupt-latency",
        "run SCENARIO",
        "run SCENARIO --quiet",
        "run SCENARIO --strict",
        "compare SCENARIO",
        "stalls swiss-cheese",
        "explain swiss-cheese",
        "explain SCENARIO --all",
        "watch SCENARIO --frames 30",
        "exec QUEENS",
        "exec QUEENS --from queens --to queens+0x14 --profile",
        "exec QUEENS --budget 1000",
        "exec QUEENS --sram 4KiB", // faults
        "exec QUEENS --folded -",
        "record DOUBLE -o OUT",
      })
  void each_paragraph_with_a_figure_that_wait_states_change_says_that_it_is_an_estimate(
      String line) {
    List<String> exact = paragraphs(line);
    List<String> estimated = paragraphs(line + " --wait-states 1");

    assertThat(estimated).hasSameSizeAs(exact);
    if (!line.contains("interrupt")) { // where one followed another the clock is an estimate anyway
      assertThat(String.join(" ", exact)).doesNotContainIgnoringCase("estimat");
    }
    assertThat(String.join(" ", estimated)).containsIgnoringWhitespaces(WHAT);
    List<String> changed = new ArrayList<>(estimated);
    changed.removeAll(exact);
    if (line.contains("interrupt")) {
      // How deep the stack gets depends on where in the program they come.
      changed.removeIf(paragraph -> paragraph.startsWith("Memory: bytes\n"));
    }
    assertThat(changed)
        .isNotEmpty()
        .allSatisfy(paragraph -> assertThat(paragraph).contains("estimate"));
  }

  @Test
  void a_verdict_on_cycles_is_estimated_and_one_on_other_figures_is_not() {
    Finished run = run("run SCENARIO --wait-states 1");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .containsPattern("✓  alloc.max .* to spare \\(estimated\\)\n")
        .containsPattern("✗  lock.max .* [0-9]+ cycles? too many \\(estimated\\)\n")
        .containsPattern("✓  alloc.failed +0 +0\n")
        .containsPattern("lock.max = [0-9]+ cycles \\(estimated\\), limit ≤ 30 cycles");
    assertThat(run("run SCENARIO").status()).isZero();
  }

  @Test
  void a_tail_chain_makes_the_clock_an_estimate_and_leaves_calls_exact() throws IOException {
    JsonNode run = json("run TOGETHER --json -").at("/runs/0");
    Finished text = run("run TOGETHER");

    assertThat(run.at("/cycleModel/exact/calls").booleanValue()).isTrue();
    assertThat(run.at("/cycleModel/exact/clock").booleanValue()).isFalse();
    for (JsonNode limit : run.at("/limits")) {
      String figure = limit.at("/figure").textValue();
      assertThat(limit.at("/estimated").booleanValue())
          .as(figure)
          .isEqualTo(figure.startsWith("interrupts.latency") || figure.startsWith("pauses.m"));
    }
    assertThat(text.out())
        .contains("\nInterrupts, estimated:")
        .containsIgnoringWhitespaces("cycles from reset (1.16 ms), estimated")
        .containsIgnoringWhitespaces("and the cycles of calls are exact");
    JsonNode calm = json("run sensor-node --json -").at("/runs/0");
    assertThat(calm.at("/cycleModel/exact/clock").booleanValue()).isTrue();
  }

  /** A command, and between what the pieces of its output stand that are read by themselves. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      value = {
        "run TOGETHER                                      @ \\n\\n",
        "explain TOGETHER --all                            @ [.:;]\\s|\\n\\n",
        "watch TOGETHER --frames 40                        @ \\n",
        "compare TOGETHER --allocators defrag,defrag-small @ \\n\\n",
        "compare TOGETHER --allocators all                 @ \\n\\n",
        "stalls TOGETHER                                   @ \\n",
        "run TOGETHER --quiet --html -                     @ (?=<section)",
        "run TOGETHER --quiet --svg -                      @ (?=<text|<desc)",
        "run TOGETHER --quiet --limit pauses.max=1 --markdown - @ \\n",
        "run TOGETHER --quiet --limit pauses.max=1 --junit -    @ \\n",
        "run TOGETHER --quiet --limit pauses.max=1 --github     @ \\n",
      })
  void each_piece_with_a_figure_that_a_tail_chain_changes_says_that_it_is_an_estimate(
      String line, String between) throws IOException {
    List<String> figures = new ArrayList<>();
    JsonNode run = json("run TOGETHER --json -").at("/runs/0");
    for (String figure : List.of("cycles", "pauses.max", "pauses.total", "stalls.max")) {
      figures.add(String.format(Locale.ROOT, "%,d", run.at("/figures").get(figure).longValue()));
    }
    Predicate<String> told =
        Pattern.compile("(?<![\\d.,#])(" + String.join("|", figures) + ")(?![\\d,])").asPredicate();

    assertThat(List.of(run(line).out().split(between, -1)).stream().filter(told))
        .isNotEmpty()
        .allSatisfy(piece -> assertThat(piece).contains("estimate"));
  }

  @Test
  void a_story_marks_cycles_by_the_clock_and_not_those_of_a_call() {
    String story = run("explain TOGETHER --all").out().replaceAll("\\s+", " ");
    Matcher cycles = Pattern.compile("([0-9,]{3,}) cycles( \\([^)]*estimated\\))?").matcher(story);
    Set<String> exact = new TreeSet<>();
    Set<String> estimated = new TreeSet<>();
    while (cycles.find()) {
      (cycles.group(2) == null ? exact : estimated).add(cycles.group(1));
    }

    assertThat(exact)
        .containsExactly("175", "207", "249", "258", "48,000"); // allocs, free, the wait itself
    assertThat(estimated).contains("4,194", "55,918").doesNotContainAnyElementsOf(exact);
    assertThat(story).contains("zero wait states; estimate: tail-chains");
  }

  @Test
  void a_moment_is_exact_until_the_first_tail_chain() {
    List<String> moments = run("watch TOGETHER --frames 40").out().lines().toList();
    List<String> clock = moments.stream().filter(line -> line.contains(" cycle ")).toList();
    List<String> steps = moments.stream().filter(line -> line.contains("  step ")).toList();

    assertThat(clock).hasSizeGreaterThan(20);
    int asleep = 17; // the empty pool, ten allocs, five frees, the wait
    assertThat(clock.subList(0, asleep)).noneMatch(line -> line.contains("estimated"));
    assertThat(clock.subList(asleep, clock.size())).allMatch(line -> line.endsWith(", estimated"));
    assertThat(steps).hasSize(9).allMatch(line -> line.contains(" cycles (estimated): "));
  }

  @Test
  void a_comparison_marks_the_figures_that_any_of_its_runs_estimates() {
    String compared = run("compare TOGETHER --allocators newlib-nano,defrag,defrag-sliding").out();

    assertThat(compared.lines().filter(line -> line.endsWith("  cycles")))
        .isNotEmpty()
        .allMatch(line -> line.startsWith("  alloc.") || line.startsWith("  free."));
    assertThat(compared.lines().filter(line -> line.endsWith("  cycles, estimated")))
        .extracting(line -> line.strip().split(" ", 2)[0])
        .contains("pauses.max", "pauses.total", "stalls.max", "interrupts.latency.max", "cycles");
    assertThat(compared)
        .contains("all 4 limits hold, estimated\n")
        .containsIgnoringWhitespaces("the longest pause is 513 cycles (estimated) and not 571");
  }

  @Test
  void a_page_knows_which_cycles_are_exact() {
    assertThat(run("run TOGETHER --quiet --html -").out())
        .contains("\"exact\":{\"calls\":true,\"clock\":false}")
        .contains("Worst moments, estimated", "Pauses, in cycles, estimated: ");
    assertThat(run("run SCENARIO --quiet --html -").out())
        .contains("\"exact\":{\"calls\":true,\"clock\":true}");
  }

  @Test
  void what_is_worse_than_a_baseline_is_estimated_where_it_is_by_the_clock() {
    String file = write("together.json", TOGETHER);
    assertThat(Cli.run("baseline", "update", file).status()).isZero();
    write("together.json", TOGETHER.replace("\"cycles\": 92", "\"cycles\": 97"));

    Finished quiet = Cli.run("run", file, "--baseline", "--quiet");
    assertThat(quiet.status()).isEqualTo(3);
    assertThat(quiet.out())
        .contains("  stalls.total 4,194 → 4,204 cycles (estimated) (+10)\n")
        .contains("  in (interrupts): +110 cycles (estimated) (+6.3 %)\n");
    assertThat(Cli.run("run", file, "--baseline").out()).contains("Baseline, estimated");
  }

  @Test
  void a_return_from_an_exception_makes_the_clock_of_a_program_an_estimate() throws IOException {
    String latency = QUEENS.replace("queens", "latency");
    JsonNode run = json("exec " + latency + " --from main --to main+2 --json -");
    Finished text = run("exec " + latency);

    assertThat(run.at("/cycleModel/exact/calls").booleanValue()).isTrue();
    assertThat(run.at("/cycleModel/exact/clock").booleanValue()).isFalse();
    assertThat(run.at("/cycleModel/exact/intervals").booleanValue()).isTrue();
    assertThat(run.at("/cycleModel/exceptionReturns").longValue()).isEqualTo(110);
    assertThat(text.out())
        .containsIgnoringWhitespaces("asleep, estimated")
        .containsIgnoringWhitespaces("110 returns from exceptions at 16 cycles each, an estimate")
        .containsIgnoringWhitespaces("and 16 for an entry, are exact");
    assertThat(run("exec " + latency + " --core cortex-m0plus").out())
        .containsIgnoringWhitespaces("at 15 cycles each");
  }

  @Test
  void an_interrupt_that_is_too_short_with_wait_states_is_refused_where_they_come_from() {
    String interrupts = "\"interrupts\": [{\"every\": 1000, \"cycles\": 34}], \"pool\"";
    String exact = write("\"stm32f030f4\"", "exact.json", interrupts);
    String estimated =
        write("{\"profile\": \"stm32f030f4\", \"waitStates\": 1}", "estimated.json", interrupts);

    assertThat(Cli.run("run", exact, "--quiet").status()).isZero();
    Finished option = Cli.run("run", exact, "--wait-states", "1");
    assertThat(option.status()).isEqualTo(2);
    assertThat(option.err())
        .isEqualTo(
            exact
                + ": with --wait-states 1 an interrupt takes at least 35 cycles, and \"IRQ 0\" takes"
                + " 34\n");
    Finished key = Cli.run("run", estimated);
    assertThat(key.status()).isEqualTo(2);
    assertThat(key.err())
        .contains("takes 18 cycles to enter an interrupt and 17 to return, so expected 35 or more");
  }

  @Test
  void json_says_whether_cycles_are_exact_and_which_verdicts_are_not() throws IOException {
    for (String command : new String[] {"run SCENARIO", "compare SCENARIO", "exec QUEENS"}) {
      JsonNode exact = json(command + " --json -");
      JsonNode estimated = json(command + " --wait-states 1 --json -");

      assertThat(runs(exact))
          .isNotEmpty()
          .allSatisfy(
              run -> {
                assertThat(run.at("/cycleModel/exact/calls").booleanValue()).isTrue();
                assertThat(run.at("/cycleModel/exact/clock").booleanValue()).isTrue();
                assertThat(run.at("/cycleModel/waitStates").intValue()).isZero();
                assertThat(run.at("/limits").findValuesAsText("estimated"))
                    .allMatch("false"::equals);
              });
      assertThat(runs(estimated))
          .isNotEmpty()
          .allSatisfy(
              run -> {
                assertThat(run.at("/cycleModel/exact/calls").isBoolean()).isTrue();
                assertThat(run.at("/cycleModel/exact/calls").booleanValue()).isFalse();
                assertThat(run.at("/cycleModel/exact/clock").booleanValue()).isFalse();
                assertThat(run.at("/cycleModel/waitStates").intValue()).isEqualTo(1);
                assertThat(run.at("/cycleModel/description").textValue()).contains(WHAT);
                for (JsonNode limit : run.at("/limits")) {
                  assertThat(limit.at("/estimated").booleanValue())
                      .isEqualTo(limit.at("/unit").textValue().equals("cycles"));
                }
              });
    }
  }

  @Test
  void what_the_scenario_says_and_what_the_command_line_says_give_the_same() throws IOException {
    String option = run("run SCENARIO --wait-states 1 --json -").out();

    assertThat(run("run SCENARIO --wait-states auto --json -").out()).isEqualTo(option);
    for (String waitStates : new String[] {"1", "\"auto\""}) {
      String key =
          write(
              "{\"profile\": \"stm32f030f4\", \"name\": \"stm32f030f4\", \"waitStates\": "
                  + waitStates
                  + "}");
      assertThat(Cli.run("run", key, "--json", "-").out()).isEqualTo(option);
      assertThat(Cli.run("run", key, "--wait-states", "0", "--json", "-").out())
          .as("the command line goes before the scenario")
          .isEqualTo(run("run SCENARIO --json -").out());
    }
  }

  private List<String> paragraphs(String line) {
    String out = run(line).out();
    assertThat(out).isNotEmpty();
    return List.of(out.split("\n\n", -1));
  }

  private JsonNode json(String line) throws IOException {
    return new ObjectMapper().readTree(run(line).out());
  }

  private static List<JsonNode> runs(JsonNode document) {
    JsonNode runs = document.at("/runs");
    return runs.isMissingNode()
        ? List.of(document)
        : StreamSupport.stream(runs.spliterator(), false).toList();
  }

  /** Each command line once: it is the same each time. */
  private Finished run(String line) {
    return RUNS.computeIfAbsent(
        line,
        l ->
            Cli.run(
                l.replace("QUEENS", QUEENS)
                    .replace("DOUBLE", DOUBLE_FREE)
                    .replace("OUT", folder.resolve("out").toString())
                    .replace("SCENARIO", write("\"stm32f030f4\""))
                    .replace("TOGETHER", write("together.json", TOGETHER))
                    .split(" ")));
  }

  private String write(String mcu) {
    return write(mcu, "holes.json", "\"pool\"");
  }

  private String write(String mcu, String name, String pool) {
    return write(name, SCENARIO.replace("PART", mcu).replace("\"pool\"", pool));
  }

  private String write(String name, String scenario) {
    try {
      return Files.writeString(folder.resolve(name), scenario).toString();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
