package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import io.defragsim.console.Terminal;
import io.defragsim.report.ci.CiReportsTest;
import io.defragsim.scenario.format.ScenarioLibrary;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xml.sax.SAXException;

/** {@code run} as a gate: many scenarios, limits that warn and fail, and what CI reads of them. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class GateTest {

  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));

  @TempDir Path folder;
  private TestScenarios scenarios = new TestScenarios(Path.of(""));

  @BeforeEach
  void scenarios() {
    scenarios = new TestScenarios(folder);
  }

  private String file(String name) {
    return folder.resolve(name).toString();
  }

  private static List<String> library() {
    return ScenarioLibrary.names().stream()
        .map(name -> ROOT.resolve("scenarios/library/" + name + ".json").toString())
        .toList();
  }

  private static Finished run(Map<String, String> environment, List<String> files, String... more) {
    List<String> arguments = new ArrayList<>(List.of("run", "--quiet"));
    arguments.addAll(files);
    arguments.addAll(List.of(more));
    return Cli.run(Terminal.NONE, environment, arguments.toArray(String[]::new));
  }

  private static void validate(String xml) throws IOException, SAXException {
    SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
        .newSchema(CiReportsTest.class.getResource("junit.xsd"))
        .newValidator()
        .validate(new StreamSource(new StringReader(xml)));
  }

  @Test
  void a_limit_given_twice_in_two_options_is_status_2() {
    Finished run =
        run(
            Map.of(),
            List.of(scenarios.on("defrag")),
            "--limit",
            "pauses.max=800",
            "--limit",
            "pauses.max=1");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("--limit: pauses.max is given twice");
  }

  @Test
  void a_gate_is_green_in_every_report_and_reds_where_a_limit_is_lower()
      throws IOException, SAXException {
    Set<String> some = Set.of("sensor-node.json", "swiss-cheese.json", "too-small.json");
    gate(library().stream().filter(file -> some.contains(file.replaceFirst(".*/", ""))).toList());
  }

  @Test
  @Tag("campaign")
  void a_gate_over_all_shipped_scenarios_is_and_does_too() throws IOException, SAXException {
    gate(library());
  }

  private void gate(List<String> files) throws IOException, SAXException {
    Map<String, String> github =
        Map.of("GITHUB_STEP_SUMMARY", file("job.md"), "GITHUB_WORKSPACE", ROOT.toString());
    String[] outputs = {
      "--baseline", "--github", "--junit", file("junit.xml"), "--markdown", file("summary.md")
    };
    int count = files.size();

    Finished green = run(github, files, outputs);

    assertThat(green.status()).isZero();
    assertThat(green.out()).endsWith("\n" + count + " runs: all hold\n").doesNotContain("::");
    assertThat(green.err()).isEmpty();
    String xml = Files.readString(folder.resolve("junit.xml"));
    validate(xml);
    assertThat(xml).contains("failures=\"0\" errors=\"0\"").doesNotContain("<failure");
    assertThat(xml.split("<testsuite ", -1)).hasSize(count + 1);
    assertThat(folder.resolve("summary.md"))
        .content()
        .startsWith("### ✅ defrag-sim: " + count + " runs: all hold\n")
        .contains("| ✅ | sensor-node on defrag | all 4 limits hold; as its baseline |");

    List<String> limited = new ArrayList<>(List.of(outputs));
    limited.addAll(List.of("--limit", "alloc.max=341"));
    Finished red = run(github, files, limited.toArray(String[]::new));

    assertThat(red.status()).isEqualTo(3);
    assertThat(red.out())
        .contains("alloc.max = 342 cycles, limit ≤ 341 cycles: 1 cycle too many at operation")
        .containsPattern(
            "::error file=scenarios/library/sensor-node.json,title=sensor-node on defrag")
        .containsPattern("\n\n" + count + " runs: [0-9]+ hold, [0-9]+ failed\n::error ");
    validate(Files.readString(folder.resolve("junit.xml")));
    // one job's steps write their summaries behind each other
    assertThat(folder.resolve("job.md"))
        .content()
        .startsWith("### ✅ ")
        .contains("\n### ❌ ")
        .contains("| `alloc.max` | ≤ 341 cycles | 342 | 1 | operation ");
  }

  @Test
  void runs_side_by_side_are_reported_in_the_order_of_the_arguments_and_as_one_by_one()
      throws IOException {
    List<String> names = List.of("too-small", "sensor-node", "growing-string", "worst-case-lock");
    Finished together = run(Map.of(), names, "--json", file("together.json"));

    ObjectMapper mapper = new ObjectMapper();
    JsonNode runs = mapper.readTree(folder.resolve("together.json").toFile()).at("/runs");
    for (int i = 0; i < names.size(); i++) {
      run(Map.of(), List.of(names.get(i)), "--json", file("alone.json"));
      assertThat(runs.get(i))
          .isEqualTo(mapper.readTree(folder.resolve("alone.json").toFile()).at("/runs/0"));
      assertThat(together.out().lines().toList().get(i)).startsWith(names.get(i) + " on defrag: ");
    }
  }

  @Test
  void a_violated_limit_is_annotated_at_its_line_and_a_warning_fails_nothing() throws IOException {
    String scenario =
        scenarios.file(
            "levels.json",
            Files.readString(Path.of(scenarios.on("defrag")))
                .replace(
                    "\"limits\": {}",
                    "\"limits\": {\n  \"alloc.max\": {\"warn\": 100, \"max\": 999},\n"
                        + "  \"free.max\": 1,\n  \"lock.count\": {\"min\": 1, \"warn\": 5}\n}"));

    Finished red = run(Map.of(), List.of(scenario), "--github", "--json", file("a.json"));

    assertThat(red.status()).isEqualTo(3);
    List<String> commands = red.out().lines().filter(line -> line.startsWith("::")).toList();
    int line = 1 + Files.readAllLines(Path.of(scenario)).indexOf("  \"free.max\": 1,");
    assertThat(commands).hasSize(3);
    assertThat(commands.get(0))
        .startsWith(
            "::error file=" + scenario + ",line=" + line + ",title=levels on defrag%3A free");
    assertThat(commands.get(1)).startsWith("::warning file=" + scenario + ",line=" + (line - 1));
    assertThat(commands.get(2)).contains("lock.count = 1, should be ≥ 5: 4 too few");
    assertThat(red.out())
        .startsWith("levels on defrag: 1 of 3 limits violated, 2 warnings\n")
        .contains(scenario + ":" + line + "\n");
    JsonNode limit =
        new ObjectMapper().readTree(folder.resolve("a.json").toFile()).at("/runs/0/limits/0");
    assertThat(limit.at("/level").textValue()).isEqualTo("warn");
    assertThat(limit.at("/warnMax").intValue()).isEqualTo(100);
    assertThat(limit.at("/line").intValue()).isEqualTo(line - 1);

    Finished warned = run(Map.of(), List.of(scenario), "--limit", "free.max=999");
    assertThat(warned.status()).isZero();
    assertThat(warned.out()).startsWith("levels on defrag: all 3 limits hold, 2 warnings\n");
    assertThat(Cli.run("run", scenario, "--limit", "free.max=999").out())
        .containsPattern("!  alloc.max +≤ 999 cycles +[0-9]+  a warning: [0-9]+ cycles too many\n");
  }

  @Test
  void limits_on_the_command_line_add_to_the_scenarios_and_replace_those_on_the_same_figure() {
    String scenario = scenarios.on("defrag", Map.of("alloc.max", 1L));

    assertThat(run(Map.of(), List.of(scenario)).status()).isEqualTo(3);
    assertThat(run(Map.of(), List.of(scenario), "--limit", "alloc.max=50 us").out())
        .isEqualTo("defrag-1 on defrag: its limit holds\n");
    assertThat(
            run(
                    Map.of(),
                    List.of(scenario),
                    "--limit",
                    "alloc.max=999,free.count>=2",
                    "--limit",
                    "free.count <= 2, fragmentation.max = 0.999")
                .out())
        .isEqualTo("defrag-1 on defrag: all 3 limits hold\n");
    assertThat(run(Map.of(), List.of(scenario), "--limit", "alloc.max=9,alloc.count>=5").out())
        .contains("2 of 2 limits violated", "limit ≤ 9 cycles", "limit ≥ 5: 1 too few");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pause.max=3       | "pause.max" is no figure; did you mean "pauses.max"?
          heap.bytes=3      | heap.bytes is a figure of a program's heap: no run of a scenario has it
          zzz=3             | "zzz" is no figure; 'defrag-sim list figures' has them all
          pauses.max        | "pauses.max" is no limit: expected one like pauses.max=800
          pauses.max<3      | is no limit
          pauses.max=       | is no limit
          pauses.max=x      | pauses.max: "x" is not a duration
          pauses.max=1.5    | pauses.max: 1.5 is not a whole number of cycles
          flash.bytes=8 kB  | flash.bytes: "8 kB" is not a size: write "KiB"
          alloc.max>=3,alloc.max=2 | alloc.max: nothing is at least 3 and at most 2
          pauses.max=800,pauses.max=1    | pauses.max is given twice: one bound at least
          pauses.max=800,pauses.max<=800 | pauses.max is given twice: one bound at least
          failed>=1,failed=9,failed>=2   | failed is given twice: one bound at least
          fragmentation.max=90      | fragmentation.max: 90 is no share, its unit is missing: write "90 %" or 0.9
          fragmentation.max=1       | fragmentation.max: 1 is no share
          """)
  void a_limit_that_is_none_is_status_2(String limit, String message) {
    Finished run = run(Map.of(), List.of(scenarios.on("defrag")), "--limit", limit);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).startsWith("defrag-sim: --limit: ").contains(message);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void scenarios_of_one_name_are_told_apart() throws IOException, SAXException {
    String text = Files.readString(Path.of(scenarios.on("defrag")));
    Files.createDirectory(folder.resolve("a"));
    Files.createDirectory(folder.resolve("b"));
    String first = scenarios.file("a/same.json", text);
    String second = scenarios.file("b/same.json", text);

    Finished run =
        run(Map.of(), List.of(first, second, second), "--junit", file("j.xml"), "--markdown", "-");

    assertThat(run.status()).isZero();
    validate(Files.readString(folder.resolve("j.xml")));
    assertThat(run.out())
        .contains("same on defrag (" + first + ")", "same on defrag (" + second + ") \\#2");
  }

  @Test
  void firmware_that_misbehaves_is_an_error_in_junit_and_its_limits_are_skipped()
      throws IOException, SAXException {
    String faulty = scenarios.faulty("reads-unmapped");
    String scenario = scenarios.on(faulty, Map.of("alloc.max", 9999L));

    Finished run = run(Map.of(), List.of(scenario), "--junit", file("j.xml"), "--github");

    assertThat(run.status()).isEqualTo(4);
    String xml = Files.readString(folder.resolve("j.xml"));
    validate(xml);
    assertThat(xml)
        .contains("<error message=\"FAULT, unmapped access at image_alloc", "<skipped message=");
    assertThat(run.out()).contains("::error file=" + scenario + ",title=");
  }

  @Test
  void reports_may_be_many_but_only_one_goes_to_a_place() {
    String scenario = scenarios.on("defrag");

    Finished two =
        run(Map.of(), List.of(scenario), "--junit", file("a.xml"), "--junit", file("b.xml"));
    assertThat(two.status()).isZero();
    assertThat(folder.resolve("a.xml")).hasSameBinaryContentAs(folder.resolve("b.xml"));

    Finished stdout = run(Map.of(), List.of(scenario), "--json", "-", "--markdown", "-");
    assertThat(stdout.status()).isEqualTo(2);
    assertThat(stdout.err()).contains("two reports cannot go to stdout");
    assertThat(run(Map.of(), List.of(scenario), "--json", file("x"), "--junit", file("x")).err())
        .contains("two reports cannot go to " + file("x"));
  }

  @Test
  void annotations_leave_a_report_on_stdout_alone() throws IOException {
    Finished run =
        run(
            Map.of(),
            List.of(scenarios.on("defrag", Map.of("alloc.max", 1L))),
            "--github",
            "--json",
            "-");

    assertThat(new ObjectMapper().readTree(run.out()).at("/exitStatus").intValue()).isEqualTo(3);
    assertThat(run.err()).startsWith("::error file=");
  }

  @Test
  void what_cannot_be_written_is_status_1_and_the_other_reports_are_written_all_the_same() {
    String scenario = scenarios.on("defrag");
    String nowhere = file("nowhere/j.xml");

    Finished missing = run(Map.of(), List.of(scenario), "--junit", nowhere);
    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err())
        .isEqualTo("defrag-sim: cannot write " + nowhere + ": there is no such directory\n");
    assertThat(missing.out()).isEmpty();

    Finished summary =
        run(Map.of("GITHUB_STEP_SUMMARY", folder.toString()), List.of(scenario), "--github");
    assertThat(summary.status()).isEqualTo(1);
    assertThat(summary.err()).contains("it is a directory");

    assumeTrue(Files.isWritable(Path.of("/dev/full")), "skipped: no /dev/full here");
    Finished full =
        run(Map.of(), List.of(scenario), "--junit", "/dev/full", "--markdown", file("m.md"));
    assertThat(full.status()).isEqualTo(1);
    assertThat(full.err()).startsWith("defrag-sim: cannot write /dev/full: No space left");
    assertThat(folder.resolve("m.md")).content().startsWith("### ✅");
    assertThat(
            run(Map.of("GITHUB_STEP_SUMMARY", "/dev/full"), List.of(scenario), "--github").status())
        .isEqualTo(1);
  }

  @Test
  void many_runs_end_in_the_status_of_the_worst_and_in_a_list_of_what_is_wrong() {
    String fine = scenarios.on("defrag");
    String violated = scenarios.on("defrag", Map.of("alloc.max", 1L));
    List<String> files = IntStream.range(0, 24).mapToObj(i -> i == 17 ? violated : fine).toList();

    Finished run = run(Map.of(), files);

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out().lines().toList().get(17))
        .isEqualTo("defrag-1 on defrag: its limit is violated");
    assertThat(run.out()).endsWith("\n\n24 runs: 23 hold, 1 failed\n");
  }

  @Test
  void the_reports_of_several_runs_end_in_a_summary() {
    Finished run =
        Cli.run("run", scenarios.on("defrag"), scenarios.on("defrag", Map.of("free.max", 1L)));

    String summary = run.out().substring(run.out().lastIndexOf("\nSummary\n"));
    assertThat(summary)
        .contains("\ndefrag-0 on defrag: completed; it sets no limits\n")
        .contains("\ndefrag-1 on defrag: its limit is violated\n  free.max = ")
        .endsWith("\n\n2 runs: 1 holds, 1 failed\n");
  }
}
