package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.console.Terminal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * No output is an input or another output. The options are those that the program has: one that is
 * new is tried here by itself, and one of a command that is new fails until it is said what that
 * reads.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class OutputPlacesTest {

  @TempDir Path folder;
  private Path scenario = Path.of("");
  private Path image = Path.of("");
  private Path baseline = Path.of("");
  private Path trace = Path.of("");

  /** A command line without outputs, and the files that it reads. */
  private record Reading(List<String> line, List<Path> inputs) {}

  @BeforeEach
  void inputs() throws IOException {
    image = folder.resolve("heap.elf");
    try (InputStream in =
        OutputPlacesTest.class.getResourceAsStream("/io/defragsim/firmware/defrag.elf")) {
      Files.write(image, Objects.requireNonNull(in).readAllBytes());
    }
    scenario = Path.of(new TestScenarios(folder).on(image.toString()));
    trace = Files.writeString(folder.resolve("app.trace"), "a 0 24\na 1 40\nf 0\n");
    baseline = folder.resolve("baselines").resolve("heap.elf-0.heap.json");
    assertThat(Cli.run("baseline", "update", scenario.toString()).status()).isZero();
    assertThat(baseline).exists();
  }

  /** What each command with an output reads. */
  private Map<String, Reading> readings() {
    String file = scenario.toString();
    String elf = image.toString();
    Map<String, Reading> readings = new LinkedHashMap<>();
    readings.put(
        "run", new Reading(List.of("run", file, "--baseline"), List.of(scenario, image, baseline)));
    readings.put("compare", new Reading(List.of("compare", file), List.of(scenario, image)));
    readings.put("fit", new Reading(List.of("fit", file), List.of(scenario, image)));
    readings.put("guarantee", new Reading(List.of("guarantee", file), List.of(scenario, image)));
    readings.put(
        "stalls",
        new Reading(List.of("stalls", file, "--allocators", elf), List.of(scenario, image)));
    readings.put("summarize", new Reading(List.of("summarize", trace.toString()), List.of(trace)));
    readings.put("exec", new Reading(List.of("exec", elf), List.of(image)));
    readings.put(
        "record",
        new Reading(
            List.of("record", elf, "-o", folder.resolve("recorded").toString()), List.of(image)));
    readings.put("bounds", new Reading(List.of("bounds", elf, "--effort", "0"), List.of(image)));
    readings.put(
        "baseline check",
        new Reading(List.of("baseline", "check", file), List.of(scenario, image, baseline)));
    return readings;
  }

  private Reading reading(String command) {
    return Objects.requireNonNull(readings().get(command), command);
  }

  /** The options of each command that name something to write. */
  private static Map<String, Set<String>> options(String label) {
    Map<String, Set<String>> options = new LinkedHashMap<>();
    collect(Cli.commandLine(), "", label, options);
    return options;
  }

  private static void collect(
      CommandLine command, String name, String label, Map<String, Set<String>> options) {
    Set<String> found = new TreeSet<>();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (option.paramLabel().equals(label)) {
        found.add(option.longestName());
      }
    }
    if (!found.isEmpty()) {
      options.put(name, found);
    }
    command
        .getSubcommands()
        .forEach((sub, each) -> collect(each, (name + " " + sub).strip(), label, options));
  }

  @Test
  void no_output_is_an_input_by_whatever_name_it_goes() throws IOException {
    Map<String, Reading> readings = readings();
    int tried = 0;
    for (var command : options("FILE").entrySet()) {
      Reading reading = readings.get(command.getKey());
      assertThat(reading).as("%s: say here what it reads", command.getKey()).isNotNull();
      for (String option : command.getValue()) {
        for (Path input : reading.inputs()) {
          byte[] before = Files.readAllBytes(input);
          String name = names(input).get(tried++ % 4);
          List<String> line = new ArrayList<>(reading.line());
          line.addAll(List.of(option, name));

          Finished run = Cli.run(line.toArray(String[]::new));

          assertThat(run.err())
              .as("%s", line)
              .startsWith("defrag-sim: " + option + " " + name + " would overwrite the ");
          assertThat(run.status()).isEqualTo(2);
          assertThat(run.out()).isEmpty();
          assertThat(input).hasBinaryContent(before);
        }
      }
    }
    assertThat(tried).isGreaterThan(25);
  }

  @Test
  void no_output_is_a_trace_that_a_scenario_plays() throws IOException {
    byte[] before = Files.readAllBytes(trace);
    String playing =
        new TestScenarios(folder)
            .file(
                "playing.json",
                """
                {"mcu": "cortex-m0", "pool": {"size": "4 KiB", "handles": 8},
                 "workload": [{"repeat": 2, "phases": [{"phase": "app", "trace": "app.trace"}]}]}
                """);
    for (String command : List.of("run", "compare", "fit", "stalls", "baseline check")) {
      for (String option : Objects.requireNonNull(options("FILE").get(command), command)) {
        List<String> line = new ArrayList<>(List.of(command.split(" ")));
        line.addAll(List.of(playing, option, trace.toString()));

        assertRefused("would overwrite the trace " + trace, line.toArray(String[]::new));
      }
    }
    assertThat(trace).hasBinaryContent(before);
  }

  /** A file by its path, by a roundabout one, and by links of both kinds. */
  private List<String> names(Path file) throws IOException {
    Path soft = folder.resolve("soft-" + file.getFileName());
    Path hard = folder.resolve("hard-" + file.getFileName());
    if (!Files.exists(soft)) {
      Files.createSymbolicLink(soft, file);
      Files.createLink(hard, file);
    }
    Path parent = Objects.requireNonNull(file.getParent());
    return List.of(
        file.toString(),
        parent.resolve("..").resolve(parent.getFileName()) + "/./" + file.getFileName(),
        soft.toString(),
        hard.toString());
  }

  @Test
  void no_two_outputs_go_to_one_place() throws IOException {
    Path file = folder.resolve("new.out");
    Path link = Files.createSymbolicLink(folder.resolve("link.out"), file);
    for (var command : options("FILE").entrySet()) {
      List<String> options = List.copyOf(command.getValue());
      for (int i = 1; i < options.size(); i++) {
        for (String second : List.of("-", file.toString(), link.toString())) {
          List<String> line = new ArrayList<>(reading(command.getKey()).line());
          String first = second.equals("-") ? "-" : file.toString();
          line.addAll(List.of(options.get(i - 1), first, options.get(i), second));

          Finished run = Cli.run(line.toArray(String[]::new));

          assertThat(run.err())
              .as("%s", line)
              .startsWith("defrag-sim: two reports cannot go to ")
              .contains(options.get(i - 1), options.get(i));
          assertThat(run.status()).isEqualTo(2);
          assertThat(file).doesNotExist();
        }
      }
    }
  }

  @Test
  void a_folder_of_outputs_is_held_to_the_same() throws IOException {
    assertThat(options("FOLDER").values().stream().flatMap(Set::stream))
        .as("each has a case in this test")
        .containsOnly("--worst", "--baselines", "--to");
    Path found = Files.createDirectory(folder.resolve("found"));
    Path inFound = Files.copy(image, found.resolve("found-free.json"));
    Path linked = folder.resolve("linked");
    Files.createDirectory(linked);
    Files.createSymbolicLink(linked.resolve("heap.elf-0.heap.json"), scenario);

    assertRefused("would overwrite the image", "bounds", inFound.toString(), "--worst", "" + found);
    assertRefused(
        "two reports cannot go to",
        "bounds",
        image.toString(),
        "--worst",
        "" + found,
        "--json",
        "" + inFound);
    assertRefused(
        "the baseline " + linked.resolve("heap.elf-0.heap.json") + " would overwrite the scenario",
        "baseline",
        "update",
        scenario.toString(),
        "--baselines",
        linked.toString());
    assertThat(inFound).hasSameBinaryContentAs(image);
  }

  @Test
  void the_summary_of_a_job_is_an_output_like_the_others() {
    Map<String, String> job = Map.of("GITHUB_STEP_SUMMARY", scenario.toString());

    Finished run = Cli.run(Terminal.NONE, job, "run", scenario.toString(), "--github");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .startsWith(
            "defrag-sim: GITHUB_STEP_SUMMARY " + scenario + " would overwrite the scenario");
  }

  @Test
  void a_link_to_nothing_is_written_through() throws IOException {
    Path file = folder.resolve("new.json");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), Path.of("new.json"));

    assertThat(Cli.run("run", "-q", scenario.toString(), "--json", "" + link).status()).isZero();

    assertThat(link).isSymbolicLink();
    assertThat(file).isRegularFile();
  }

  @Test
  void a_name_that_is_none_is_wrong_usage() {
    for (var command : options("FILE").entrySet()) {
      for (String option : command.getValue()) {
        List<String> line = new ArrayList<>(reading(command.getKey()).line());
        line.addAll(List.of(option, ""));
        Finished run = Cli.run(line.toArray(String[]::new));
        assertThat(run.err()).isEqualTo("defrag-sim: " + option + ": a file name is empty\n");
        assertThat(run.status()).isEqualTo(2);
      }
    }
    for (String[] line :
        new String[][] {
          {"run", ""},
          {"compare", ""},
          {"fit", ""},
          {"stalls", ""},
          {"watch", "", "--frames", "1"},
          {"explain", ""},
          {"validate", ""},
          {"exec", ""},
          {"summarize", ""},
          {"baseline", "check", ""},
          {"run", scenario.toString(), "--baseline", "--baselines", ""},
          {"bounds", image.toString(), "--worst", ""},
          {"man", "--to", ""}
        }) {
      Finished run = Cli.run(line);
      assertThat(run.err()).as("%s", Arrays.asList(line)).contains("a file name is empty");
      assertThat(run.status()).isEqualTo(2);
      assertThat(run.err().lines()).hasSize(1);
    }
  }

  private static void assertRefused(String why, String... line) {
    Finished run = Cli.run(line);
    assertThat(run.err()).startsWith("defrag-sim: ").contains(why);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }
}
