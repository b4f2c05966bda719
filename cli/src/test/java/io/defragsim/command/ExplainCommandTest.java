package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.lab.Lab;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.OperationStats;
import io.defragsim.lab.result.RunResult;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.workload.OperationKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The story of a run: golden texts of small heaps, and numbers that are those of the result. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExplainCommandTest {

  private static final Path GOLDEN =
      Path.of(
          System.getProperty("defragsim.root"),
          "cli/src/test/resources/io/defragsim/command/explain");

  @TempDir Path folder;
  private TestScenarios scenarios;

  @BeforeEach
  void files() {
    scenarios = new TestScenarios(folder);
  }

  /** A heap of 30 granules in which every second block of six goes, then {@code operations}. */
  private String holes(String name, String mcu, String policy, String operations) {
    return scenarios.file(
        name + ".json",
        """
        {
          "description": "Every second block goes, then a large one is asked for.",
          "mcu": %s,
          "pool": {"size": 296, "handles": 10},
          "defrag": %s,
          "workload": [
            {"phase": "fill", "operations": [
              {"alloc": ["a", "b", "c", "d", "e", "f"], "bytes": [20, 28, 36, 28, 20, 44]}
            ]},
            {"phase": "holes", "operations": [{"free": ["a", "c", "e"]}]},
            {"phase": "large", "operations": [%s]}
          ]
        }
        """
            .formatted(mcu, policy, operations));
  }

  private String holes(String name, String operations) {
    return holes(name, "\"cortex-m0\"", "{\"when\": \"on-failure\", \"budget\": 32}", operations);
  }

  private static void golden(String name, Finished explained) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (Boolean.getBoolean("defragsim.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(file, explained.out());
    }
    assertThat(explained.out()).isEqualTo(Files.readString(file));
    assertThat(explained.out().lines().mapToInt(String::length).max().orElse(0))
        .isLessThanOrEqualTo(80);
    assertThat(explained.err()).isEmpty();
  }

  @Test
  void a_request_that_waits_for_compaction_and_is_served() throws IOException {
    String file = holes("served", "{\"alloc\": \"g\", \"bytes\": 90}, {\"write\": \"g\"}");
    golden("served.txt", Cli.run("explain", file));
  }

  @Test
  void the_same_where_no_block_ever_moves() throws IOException {
    String file = holes("served", "{\"alloc\": \"g\", \"bytes\": 90}, {\"write\": \"g\"}");
    Finished run = Cli.run("explain", file, "--allocator", "newlib-nano");
    golden("catastrophic.txt", run);
    assertThat(run.status()).isZero();
  }

  @Test
  void a_request_that_locks_stand_in_the_way_of() throws IOException {
    String file =
        holes(
            "blocked",
            "{\"lock\": [\"b\", \"d\"]}, {\"alloc\": \"g\", \"bytes\": 120}, {\"unlock\": [\"b\","
                + " \"d\"]}, {\"alloc\": \"h\", \"bytes\": 1000}");
    golden("blocked.txt", Cli.run("explain", file));
  }

  @Test
  void steps_that_no_request_waits_for_and_cycles_that_are_an_estimate() throws IOException {
    String file =
        holes(
            "idle",
            "{\"profile\": \"stm32f030f4\", \"waitStates\": 1}",
            "{\"when\": \"idle\", \"budget\": 32, \"ready\": 90}",
            "{\"wait\": \"1 ms\"}, {\"alloc\": \"g\", \"bytes\": 90}");
    golden("idle.txt", Cli.run("explain", file));
  }

  /** Steps that run when the request has been refused for good are not steps that it waited for. */
  @Test
  void steps_after_a_refusal() throws IOException {
    String file =
        holes(
            "late",
            "\"cortex-m0\"",
            "{\"when\": \"idle\", \"budget\": 32}",
            "{\"alloc\": \"g\", \"bytes\": 90}");
    golden("late.txt", Cli.run("explain", file));
  }

  @Test
  void a_firmware_that_faults_and_one_that_does_not_come_to_an_end() throws IOException {
    Finished faulted = Cli.run("explain", scenarios.onFaulty("reads-unmapped"));
    Finished endless = Cli.run("explain", scenarios.onFaulty("hangs-in-alloc"));
    Finished asleep = Cli.run("explain", scenarios.onFaulty("never-parks"));
    golden("faulted.txt", faulted);
    golden("endless.txt", endless);
    assertThat(faulted.status()).isEqualTo(ExitStatus.FIRMWARE.code());
    assertThat(endless.status()).isEqualTo(ExitStatus.BUDGET.code());
    assertThat(asleep.status()).isEqualTo(ExitStatus.BUDGET.code());
    assertThat(asleep.out()).contains("budget was exhausted");
  }

  static Stream<String> shipped() {
    return ScenarioLibrary.names().stream()
        .filter(name -> !name.startsWith("worst-case") && !name.equals("interrupt-latency"));
  }

  @ParameterizedTest
  @MethodSource("shipped")
  @Tag("campaign")
  void the_story_of_any_shipped_scenario_has_its_numbers_and_fits_on_a_few_pages(String name)
      throws IOException {
    the_numbers_of_a_story_are_those_of_the_run(name);
    a_story_fits_on_a_few_pages_and_in_80_columns(name);
  }

  /** Told in full, all that is told must sum up to what a run measures. */
  @ParameterizedTest
  @ValueSource(strings = {"swiss-cheese", "resize-buffers", "pinned-buffers", "too-small"})
  void the_numbers_of_a_story_are_those_of_the_run(String name) throws IOException {
    ScenarioReader reader = new ScenarioReader(Figures.units());
    Scenario scenario =
        ScenarioLibrary.all(reader).stream()
            .filter(candidate -> candidate.name().equals(name))
            .findFirst()
            .orElseThrow();
    RunResult result = Lab.run(scenario, ShippedImages.load(scenario.image(), scenario.mcu()));
    String story = Cli.run("explain", name, "--all").out().replaceAll("\\s+", " ");

    assertThat(sum(story, "Served after ([\\d,]+) steps?: moved"))
        .isEqualTo(result.stalls().steps().total());
    assertThat(sum(story, "From the refusal to the answer it took ([\\d,]+) cycles?"))
        .isEqualTo(result.stalls().cycles().total());
    assertThat(sum(story, "\\(([\\d,]+) bytes?\\) moved from"))
        .isEqualTo(result.pauses().bytesMoved());
    assertThat(count(story, "that is catastrophic fragmentation"))
        .isEqualTo(result.fragmentation().catastrophic());
    assertThat(count(story, "that is catastrophic fragmentation|has to do without"))
        .isEqualTo(
            refused(result, OperationKind.ALLOC)
                + refused(result, OperationKind.GROW)
                + refused(result, OperationKind.RESIZE));
  }

  private static long refused(RunResult result, OperationKind kind) {
    OperationStats stats = result.operation(kind);
    return stats == null ? 0 : stats.failed();
  }

  private static long sum(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1).replace(",", "")))
        .sum();
  }

  private static long count(String text, String pattern) {
    return Pattern.compile(pattern).matcher(text).results().count();
  }

  /** However long the run is. */
  @ParameterizedTest
  @ValueSource(strings = {"sensor-node", "swiss-cheese"})
  void a_story_fits_on_a_few_pages_and_in_80_columns(String name) {
    Finished first = Cli.run("explain", name);
    assertThat(first.status()).isZero();
    assertThat(first.out().lines().count()).isLessThan(260);
    assertThat(first.out().lines()).allMatch(line -> line.length() <= 80);
  }

  @Test
  void only_the_operations_asked_for_are_told_and_the_same_each_time() {
    String[] arguments = {"explain", "sensor-node", "--from", "340", "--to", "350", "--all"};
    String out = Cli.run(arguments).out();
    assertThat(Cli.run(arguments).out()).isEqualTo(out);
    assertThat(out)
        .contains("Operations 340 to 343", "Operation 344", "Operations 345 to 350")
        .doesNotContain("alloc config", "Operation 351")
        .contains("4,021 operations as asked for");
  }

  @Test
  void wrong_usage_is_one_clear_error() {
    assertUsage("--from: there is no operation 4032: they are numbered from 0 to 4031", "4032");
    assertUsage("--from: there is no operation -1", "-1");
    assertUsage("--to: 4 is before --from 5", "5", "--to", "4");
    Finished missing = Cli.run("explain", "nowhere.json");
    assertThat(missing.status()).isEqualTo(ExitStatus.USAGE.code());
    assertThat(missing.err()).contains("nowhere.json: no such file");
    Finished unknown = Cli.run("explain", "sensor-node", "--loud");
    assertThat(unknown.status()).isEqualTo(ExitStatus.USAGE.code());
  }

  private static void assertUsage(String message, String from, String... more) {
    String[] arguments =
        Stream.concat(Stream.of("explain", "sensor-node", "--from", from), Stream.of(more))
            .toArray(String[]::new);
    Finished run = Cli.run(arguments);
    assertThat(run.status()).isEqualTo(ExitStatus.USAGE.code());
    assertThat(run.err()).contains(message);
    assertThat(run.out()).isEmpty();
  }
}
