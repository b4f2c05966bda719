package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.defragsim.command.Cli.Finished;
import io.defragsim.scenario.format.ScenarioLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class BaselineCommandTest {

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));
  private static final Path PREBUILT = ROOT.resolve("allocator-firmware/prebuilt/defrag.elf");

  @TempDir Path folder;
  private TestScenarios scenarios = new TestScenarios(Path.of(""));

  /** A scenario on {@code heap.elf} beside it, which is the image {@code defrag}. */
  private String scenario = "";

  private Path baseline = Path.of("");

  @BeforeEach
  void scenario() throws IOException {
    scenarios = new TestScenarios(folder);
    build(PREBUILT);
    scenario = scenarios.on("./heap.elf");
    baseline = folder.resolve("baselines/heap.elf-0.heap.json");
  }

  /** Puts another build of the firmware in the place of the one before. */
  private void build(Path elf) throws IOException {
    Files.copy(elf, folder.resolve("heap.elf"), StandardCopyOption.REPLACE_EXISTING);
  }

  private Path slower() {
    return Path.of(scenarios.faulty("slower-free"));
  }

  private static Finished check(String... arguments) {
    return Cli.run(
        Stream.concat(Stream.of("baseline", "check"), Stream.of(arguments)).toArray(String[]::new));
  }

  private static Finished update(String... arguments) {
    return Cli.run(
        Stream.concat(Stream.of("baseline", "update"), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static String[] onAllShipped(String... words) {
    List<String> line = new ArrayList<>(List.of(words));
    for (String name : ScenarioLibrary.names()) {
      line.add(ROOT.resolve("scenarios/library/" + name + ".json").toString());
    }
    return line.toArray(String[]::new);
  }

  private static void holdsExactly(Finished run) {
    int count = ScenarioLibrary.names().size();
    assertThat(run.out()).endsWith("\n" + count + " runs: all hold\n");
    assertThat(run.out().lines().filter(line -> line.endsWith(" on defrag: as its baseline")))
        .hasSize(count);
    assertThat(run.status()).isZero();
  }

  /**
   * This project's own gate: {@code ./defrag-sim baseline update scenarios/library/*.json} renews
   * it.
   */
  @Test
  void every_figure_of_a_shipped_scenario_is_what_its_committed_baseline_says() {
    holdsExactly(Cli.run(onAllShipped("run", "--quiet", "--baseline", "--exact")));
  }

  @Test
  @Tag("campaign") // every instruction of every run is interpreted
  void and_so_are_the_cycles_of_each_function() {
    Finished run = check(onAllShipped("--exact"));

    holdsExactly(run);
    assertThat(run.out()).hasLineCount(ScenarioLibrary.names().size() + 2);
  }

  @Test
  void an_image_made_worse_turns_the_gate_red_and_the_function_is_named() throws IOException {
    update(scenario);
    build(slower());
    String markdown = folder.resolve("m.md").toString();

    Finished red = check(scenario, "--github", "--markdown", markdown);

    assertThat(red.status()).isEqualTo(3);
    assertThat(red.out())
        .startsWith("heap.elf-0 on heap: worse than its baseline in 7 figures\n")
        .containsPattern("another image: SHA-256 [0-9a-f]{12} then, [0-9a-f]{12} now\n")
        .containsPattern("✗  free.max +[0-9,]+ +[0-9,]+ +\\+8 +\\+[0-9.]+ %  worse\n")
        .containsPattern("\n  image_free +2 +2 +[0-9,]+ +[0-9,]+ +\\+16 +\\+[0-9.]+ %\n")
        .containsPattern("::error file=.*heap.elf-0.heap.json,title=.*%0Aimage_free: \\+16 cycles");
    assertThat(Files.readString(Path.of(markdown)))
        .startsWith("### ❌ ")
        .contains("#### Functions whose cycles differ most\n")
        .containsPattern("\n\\| `image_free` \\| 2 \\| 2 \\| [0-9,]+ \\| [0-9,]+ \\| \\+16 \\|");

    Finished run = Cli.run("run", "-q", scenario, "--baseline");
    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .startsWith(
            "heap.elf-0 on heap: worse than its baseline in 7 figures\n  free.min 212 → 220")
        .contains("\n  and 2 more figures\n  in image_free: +16 cycles (+");
    assertThat(Cli.run("run", scenario, "--baseline").out())
        .contains("\nBaseline: ", "\nFunctions whose cycles differ most: ")
        .contains("  in image_free: +16 cycles");
  }

  @Test
  void an_image_made_better_holds_and_says_so_and_an_update_keeps_it() throws IOException {
    build(slower());
    update(scenario);
    build(PREBUILT);

    Finished green = check(scenario, "--github");

    assertThat(green.status()).isZero();
    assertThat(green.out())
        .startsWith(
            "heap.elf-0 on heap: better than its baseline in 7 figures: update the baseline to keep"
                + " them\n")
        .containsPattern("✓  free.max +[0-9,]+ +[0-9,]+ +-8 +-[0-9.]+ %  better\n")
        .contains("::notice file=", "image_free: -16 cycles");
    assertThat(check(scenario, "--exact").status()).isEqualTo(3);

    assertThat(update(scenario).out()).endsWith(baseline + " has changed: 7 figures better\n");
    assertThat(check(scenario, "--exact").out()).isEqualTo("heap.elf-0 on heap: as its baseline\n");
    assertThat(update(scenario).out()).endsWith(" is what it was\n");
  }

  @ParameterizedTest
  @CsvSource({"8, 3", "16, 3", "'0.5 us', 3", "10 %, 0", "1 %, 3"})
  void the_tolerance_is_cycles_a_time_or_a_share(String tolerance, int status) throws IOException {
    // 16 cycles in all, 8 a free; 16 bytes of flash, of which cycles say nothing
    update(scenario);
    build(slower());

    assertThat(check(scenario, "--tolerance", tolerance).status()).isEqualTo(status);
    assertThat(check(scenario, "--tolerance", tolerance).out())
        .contains(tolerance.equals("1 %") ? "worse" : "tolerated");
  }

  @Test
  void a_baseline_follows_its_schema_is_sorted_and_the_same_every_time() throws IOException {
    assertThat(update(scenario).out()).isEqualTo("heap.elf-0 on heap: " + baseline + " is new\n");
    String first = Files.readString(baseline);
    update(scenario);

    assertThat(baseline).hasContent(first);
    JsonNode json = new ObjectMapper().readTree(first);
    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(
                    BaselineCommandTest.class.getResourceAsStream(
                        "/io/defragsim/report/baseline.schema.json"))
                .validate(json))
        .isEmpty();
    for (String key : List.of("figures", "functions")) {
      List<String> names = new ArrayList<>();
      json.get(key).fieldNames().forEachRemaining(names::add);
      assertThat(names).isSorted().isNotEmpty();
    }
    assertThat(json.at("/functions/image_alloc/calls").intValue()).isEqualTo(4);
    assertThat(first.lines()).contains("    \"free.count\": 2,");
  }

  @Test
  void all_prints_the_equal_figures_too() {
    update(scenario);

    assertThat(check(scenario).out().lines()).hasSize(1);
    assertThat(check(scenario, "--all").out()).containsPattern("\n +alloc.count +4 +4\n");
  }

  /** A baseline, and what is wrong with it. */
  static Stream<String[]> malformed() {
    return Stream.of(
        new String[] {"^\\{", "[", ":2:11: not JSON: a key and a value stand in { }"},
        new String[] {
          "(?s)\\}\\s*$",
          "",
          "not JSON: the file ends, and the { of line 1, column 1 is not closed\n"
        },
        new String[] {"(?s)\\z", "{}", ": not JSON: the file goes on after the end of a baseline"},
        new String[] {"(?s).*", "", ":1:1: the file is empty"},
        new String[] {"(?s).*", "[1]", "is no baseline: an object is expected"},
        new String[] {
          "defrag-sim-baseline", "other", "its \"format\" is not \"defrag-sim-baseline\""
        },
        new String[] {
          "\"version\": 1", "\"version\": 2", "/version: is 2: this program reads version 1"
        },
        new String[] {"\"version\": 1,", "", "/version: is missing"},
        new String[] {"\"cycleModel\"", "\"cycleModl\"", "/cycleModl: is no key here"},
        new String[] {"\"cycleModel\": \".*\",", "", "/cycleModel: is missing"},
        new String[] {"\"producer\": \".*\"", "\"producer\": 1", "/producer: a string is expected"},
        new String[] {"\"sha256\": \"..", "\"sha256\": \"XY", "/image/sha256: 64 digits"},
        new String[] {
          "\"free.count\": 2",
          "\"free.count\": -2",
          "/figures/free.count: a whole number of 0 or more is expected, not -2"
        },
        new String[] {"\"free.count\": 2", "\"free.count\": 2.5", "not 2.5"},
        new String[] {
          "\"free.count\": 2", "\"free.count\": 99999999999999999999", "/figures/free.count"
        },
        new String[] {"\"free.count\": 2", "\"free.count\": \"2\"", "not \"2\""},
        new String[] {"\"free.count\": 2,", "", "/figures/free.count: is missing"},
        new String[] {
          "\"free.count\": 2",
          "\"free.counts\": 2, \"free.count\": 2",
          "/figures/free.counts: is no figure of this program"
        },
        new String[] {
          "\"free.count\": 2",
          "\"free.count\": 2, \"free.count\": 2",
          "not JSON: \"free.count\" is given twice; the first is on line "
        },
        new String[] {"\"calls\": 4, ", "", "/functions/image_alloc/calls: is missing"},
        new String[] {
          "\"scenario\": \".*\"",
          "\"scenario\": \"other\"",
          "is the baseline of the scenario \"other\", not of \"heap.elf-0\""
        },
        new String[] {
          "\"name\": \"heap\"",
          "\"name\": \"other\"",
          "is the baseline of the image \"other\", not of \"heap\""
        });
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void a_malformed_baseline_is_status_2_with_one_clear_line_and_an_update_replaces_it(
      String pattern, String replacement, String message) throws IOException {
    update(scenario);
    String good = Files.readString(baseline);
    String bad = good.replaceFirst(pattern, replacement);
    assertThat(bad).isNotEqualTo(good);
    Files.writeString(baseline, bad);

    for (Finished run : List.of(check(scenario), Cli.run("run", scenario, "--baseline"))) {
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.out()).isEmpty();
      assertThat(run.err()).startsWith(baseline + ":").contains(message);
      assertThat(run.err().lines()).hasSize(1);
    }
    assertThat(update(scenario).status()).isZero();
    assertThat(baseline).hasContent(good);
  }

  @Test
  void a_missing_baseline_is_status_2_and_says_what_makes_it() throws IOException {
    Finished run = check(scenario);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            baseline
                + ": no such baseline; 'defrag-sim baseline update "
                + scenario
                + "' makes it\n");

    Files.createDirectories(baseline);
    assertThat(check(scenario).err()).isEqualTo(baseline + ": is a directory, not a baseline\n");
    assertThat(update(scenario).status()).isEqualTo(1);
    assertThat(update(scenario).err()).contains("cannot write " + baseline + ": it is a directory");
  }

  @Test
  void a_folder_for_all_is_made_when_it_is_needed_but_not_its_own_folder() {
    Path all = folder.resolve("all");

    assertThat(update("sensor-node", "too-small", "--baselines", all.toString()).status()).isZero();
    assertThat(all.resolve("sensor-node.defrag.json")).exists();
    assertThat(check("sensor-node", "--baselines", all.toString()).status()).isZero();
    assertThat(Cli.run("run", "-q", "too-small", "--baseline", "--baselines", all.toString()).out())
        .isEqualTo(
            "too-small on defrag: all 3 limits hold\ntoo-small on defrag: as its baseline\n");

    Path nowhere = folder.resolve("no/where");
    Finished run = update("too-small", "--baselines", nowhere.toString());
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).endsWith("too-small.defrag.json: there is no such directory\n");
    assertThat(nowhere.getParent()).doesNotExist();
  }

  @Test
  void scenarios_with_one_baseline_are_refused_before_anything_runs() throws IOException {
    Path other = folder.resolve("heap.elf-0.jsonc");
    Files.copy(Path.of(scenario), other);

    Finished run = update(scenario, other.toString());
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(scenario + " and " + other + " have one baseline");
    assertThat(update(scenario, scenario).err()).contains("given twice");
    assertThat(folder.resolve("baselines")).doesNotExist();
  }

  @Test
  void a_firmware_that_fails_leaves_the_baseline_as_it_was_and_is_no_change_of_figures()
      throws IOException {
    update(scenario);
    String before = Files.readString(baseline);
    build(Path.of(scenarios.faulty("overlaps")));

    Finished update = update(scenario);
    assertThat(update.status()).isEqualTo(4);
    assertThat(update.out()).contains("CONTRACT BROKEN");
    assertThat(baseline).hasContent(before);
    Finished check = check(scenario);
    assertThat(check.status()).isEqualTo(4);
    assertThat(check.out()).contains("CONTRACT BROKEN").doesNotContain("worse");
  }

  @Test
  void a_candidate_is_held_against_the_baseline_of_what_it_is_to_replace() {
    Finished run =
        check(
            ROOT.resolve("scenarios/library/sensor-node.json").toString(),
            "--allocator",
            slower().toString(),
            "--against",
            "defrag");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .startsWith("sensor-node on slower-free: worse than its baseline in 12 figures\n")
        .contains("another image: defrag then, slower-free now; SHA-256 ")
        .contains("\n  image_free ");
    assertThat(check(scenario, "--against", "none").err())
        .startsWith(folder.resolve("baselines/heap.elf-0.none.json") + ": no such baseline");
  }

  @Test
  void another_workload_is_not_compared_and_does_not_hold_until_the_baseline_is_updated()
      throws IOException {
    update(scenario);
    Path file = Path.of(scenario);
    Files.writeString(file, Files.readString(file).replace("\"bytes\": 100", "\"bytes\": 108"));

    Finished run = check(scenario, "--github");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains("another workload than its baseline's, so nothing was compared: ")
        .contains("'defrag-sim baseline update' writes a new one")
        .contains("another workload: SHA-256 of its operations ", "::error file=")
        .doesNotContain("worse", "figures", "cycles");
    assertThat(Cli.run("run", "-q", scenario, "--baseline").status()).isEqualTo(3);
    assertThat(update(scenario).out()).contains("is of another workload now");
    assertThat(check(scenario).status()).isZero();
  }

  @Test
  void how_the_scenario_is_written_and_its_limits_are_no_other_workload() throws IOException {
    update(scenario);
    Path file = Path.of(scenario);
    Files.writeString(file, "// a comment\n" + Files.readString(file).replace("A few", "Some few"));

    assertThat(check(scenario).out()).isEqualTo("heap.elf-0 on heap: as its baseline\n");
  }

  @Test
  void another_condition_is_named() throws IOException {
    update(scenario);
    Path file = Path.of(scenario);
    Files.writeString(file, Files.readString(file).replace("\"handles\": 16", "\"handles\": 17"));

    assertThat(check(scenario).out().replaceAll("\\s+", " "))
        .contains("another pool: 2048 bytes, 16 handles then, 2048 bytes, 17 handles now");
  }

  @Test
  void a_baseline_from_before_workloads_were_kept_is_read_and_says_so() throws IOException {
    update(scenario);
    Files.writeString(
        baseline, Files.readString(baseline).replaceFirst("(?s)\"setting\": \\{.*?\\},\\s*", ""));

    Finished run = check(scenario);

    assertThat(run.status()).isZero();
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains("the baseline does not say of which workload it is;");
  }

  @Test
  void another_cycle_model_is_told() {
    update(scenario);

    Finished run = check(scenario, "--wait-states", "1");

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out().replaceAll("\\s+", " "))
        .contains("another cycle model: Cortex-M0, multiply in 1 cycle, zero wait states then, ")
        .contains(" Baseline, estimated: ", " Functions whose cycles differ most, estimated: ");
  }

  @Test
  void options_of_the_comparison_need_the_comparison_and_make_sense() {
    assertThat(Cli.run("run", scenario, "--tolerance", "3").err()).contains("go with --baseline");
    update(scenario);
    Finished run = check(scenario, "--tolerance", "much");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--tolerance: \"much\" is not a duration");
    assertThat(Cli.run("baseline").err())
        .contains("a command is missing; expected one of: update, check");
  }

  @Test
  void a_device_in_the_place_of_a_baseline_is_status_1() throws IOException {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.exists(device), "skipped: no /dev/null here");
    Files.createDirectory(Objects.requireNonNull(baseline.getParent()));
    Files.createSymbolicLink(baseline, device);

    Finished run = update(scenario);

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .startsWith("defrag-sim: cannot write " + baseline + ": it is a device or a pipe");
  }
}
