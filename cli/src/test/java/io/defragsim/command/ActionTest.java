package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The action for workflows on GitHub, as far as that goes without GitHub: its script is run by
 * bash, with its inputs where the runner puts them, and with this program in place of the launcher,
 * which has a test of its own.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ActionTest {
  private static final Path ROOT = Path.of(System.getProperty("defragsim.root"));
  private static final Pattern INPUT = Pattern.compile("\\$\\{\\{ *inputs\\.([a-z-]+)[^}]*}}");
  private static final YAMLMapper YAML = new YAMLMapper();

  @TempDir Path folder;
  private Path work = Path.of("");
  private JsonNode action = YAML.createObjectNode();

  @BeforeEach
  void launcher() throws IOException {
    Tool.require("bash");
    action = YAML.readTree(ROOT.resolve("action.yml").toFile());
    work = Files.createDirectory(folder.resolve("work"));
    Path launcher = Files.createDirectory(folder.resolve("an action")).resolve("defrag-sim");
    Files.writeString(
        launcher,
        "#!/bin/sh\nexec '%s/bin/java' -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '%s' io.defragsim.command.DefragSim \"$@\"\n"
            .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
  }

  private String scenario(String name) {
    return new TestScenarios(work).file(name, scenarioText());
  }

  private static String scenarioText() {
    return """
        {"mcu": "cortex-m0", "pool": {"size": "2 KiB", "handles": 16},
          "workload": [{"phase": "all", "operations": [
            {"alloc": "a", "bytes": 24}, {"alloc": "b", "bytes": 40}, {"free": "a"}]}],
          "limits": {"alloc.failed": 0}}
        """;
  }

  private JsonNode script() {
    for (JsonNode step : action.at("/runs/steps")) {
      if (step.has("run")) {
        return step;
      }
    }
    throw new AssertionError("action.yml runs nothing");
  }

  /** Runs the step as a runner does: each input given, or its default. */
  private Tool.Finished run(Map<String, String> inputs) throws Exception {
    Map<String, String> environment = new HashMap<>();
    for (Map.Entry<String, JsonNode> variable : script().path("env").properties()) {
      Matcher input = INPUT.matcher(variable.getValue().asText());
      assertThat(input.matches()).as(variable.toString()).isTrue();
      String name = input.group(1);
      environment.put(
          variable.getKey(),
          inputs.getOrDefault(name, action.path("inputs").path(name).path("default").asText()));
    }
    environment.put("GITHUB_ACTION_PATH", folder.resolve("an action").toString());
    environment.put("GITHUB_OUTPUT", folder.resolve("output").toString());
    environment.put("GITHUB_STEP_SUMMARY", folder.resolve("summary.md").toString());
    environment.put("GITHUB_WORKSPACE", work.toString());
    assertThat(script().path("shell").asText()).isEqualTo("bash");
    Path file = Files.writeString(folder.resolve("step.sh"), script().path("run").asText());
    // What a runner starts for "shell: bash".
    return Tool.run(
        work,
        environment,
        List.of("bash", "--noprofile", "--norc", "-eo", "pipefail", file.toString()));
  }

  private String output() throws IOException {
    return Files.readString(folder.resolve("output"));
  }

  @Test
  void limits_that_hold_pass() throws Exception {
    scenario("a.json");
    Tool.Finished step = run(Map.of("scenarios", "a.json"));
    assertThat(step.status()).as(step.err()).isZero();
    assertThat(step.out()).contains("a on defrag: its limit holds");
    assertThat(output()).isEqualTo("status=0\n");
  }

  @Test
  @Tag("campaign")
  void patterns_lines_and_shipped_names_are_all_run() throws Exception {
    scenario("one two.json");
    scenario("b.json");
    scenario("-dash.json");
    Tool.Finished step = run(Map.of("scenarios", "\n  *.json\n\n sensor-node \n"));
    assertThat(step.status()).as(step.err()).isZero();
    assertThat(step.out())
        .contains("one two on defrag: ", "b on defrag: ", "-dash on defrag: ", "sensor-node on");
  }

  @Test
  void a_violated_limit_is_annotated_summed_up_and_passed_on() throws Exception {
    scenario("a.json");
    Tool.Finished step =
        run(
            Map.of(
                "scenarios", "a.json",
                "limits", "alloc.max=1\nfree.max=20 us\n",
                "allocator", "newlib-nano",
                "junit", "out put.xml",
                "json", "out.json"));
    assertThat(step.status()).isEqualTo(3);
    assertThat(output()).isEqualTo("status=3\n");
    assertThat(step.out()).contains("a on newlib-nano: 1 of 3 limits violated").contains("::error");
    assertThat(Files.readString(folder.resolve("summary.md"))).contains("alloc.max");
    assertThat(Files.readString(work.resolve("out.json"))).contains("newlib-nano");
    var xml =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(work.resolve("out put.xml").toFile());
    assertThat(xml.getElementsByTagName("failure").getLength()).isEqualTo(1);
  }

  @Test
  @Tag("campaign")
  void without_a_summary_nothing_is_written_but_the_verdicts() throws Exception {
    scenario("a.json");
    Tool.Finished step =
        run(Map.of("scenarios", "a.json", "limits", "alloc.max=1", "summary", "false"));
    assertThat(step.status()).isEqualTo(3);
    assertThat(step.out()).doesNotContain("::");
    assertThat(folder.resolve("summary.md")).doesNotExist();
  }

  @Test
  @Tag("campaign")
  void a_baseline_that_is_not_there_fails() throws Exception {
    scenario("a.json");
    Tool.Finished step = run(Map.of("scenarios", "a.json", "baseline", "true"));
    assertThat(step.status()).isNotZero();
    assertThat(step.out() + step.err()).contains("baseline");
  }

  @ParameterizedTest
  @Tag("campaign")
  @ValueSource(strings = {"none.json", "a.json\nnone.json", "", " \n "})
  void what_is_no_scenario_is_status_2(String scenarios) throws Exception {
    scenario("a.json");
    Tool.Finished step = run(Map.of("scenarios", scenarios));
    assertThat(step.status()).isEqualTo(2);
    assertThat(output()).isEqualTo("status=2\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "$(touch pwned)",
        "`touch pwned`",
        "\"; touch pwned; \"",
        "'; touch pwned; '",
        "a.json; touch pwned",
        "a.json & touch pwned",
        "${IFS}$(touch${IFS}pwned)",
        "<(touch pwned)",
        "--json=pwned",
        "*[$(touch pwned)]x"
      })
  void nothing_in_an_input_is_ever_run_and_it_arrives_as_one_word(String text) throws Exception {
    // In place of the program something that says what it was given, an argument a line.
    Files.writeString(
        folder.resolve("an action/defrag-sim"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit 2\n");
    for (String input : List.of("scenarios", "limits", "allocator", "baseline", "summary")) {
      Map<String, String> inputs = new HashMap<>(Map.of("scenarios", "a.json"));
      inputs.put(input, text);
      Tool.Finished step = run(inputs);
      assertThat(work.resolve("pwned")).as("%s: %s", input, step).doesNotExist();
      assertThat(step.status()).as(step.err()).isEqualTo(2);
      String argument =
          switch (input) {
            case "scenarios" -> text;
            case "limits" -> "--limit=" + text;
            case "allocator" -> "--allocator=" + text;
            default -> "a.json";
          };
      assertThat(step.out().lines()).as(input).contains(argument);
    }
  }

  @Test
  void no_expression_stands_in_the_script_and_each_input_is_declared_and_used() throws IOException {
    assertThat(script().path("run").asText()).doesNotContain("${{");
    TreeSet<String> used = new TreeSet<>();
    Matcher input = INPUT.matcher(Files.readString(ROOT.resolve("action.yml")));
    while (input.find()) {
      used.add(input.group(1));
    }
    TreeSet<String> declared = new TreeSet<>();
    action.path("inputs").fieldNames().forEachRemaining(declared::add);
    assertThat(used).isEqualTo(declared);
    assertThat(action.path("inputs"))
        .allSatisfy(
            each -> {
              assertThat(each.path("description").asText()).isNotBlank();
              assertThat(each.has("default")).isNotEqualTo(each.path("required").asBoolean());
            });
    assertThat(action.at("/runs/using").asText()).isEqualTo("composite");
  }

  /** A tag can be moved to other code; a commit cannot. */
  @Test
  void every_action_of_others_is_named_by_its_commit_with_the_version_beside_it()
      throws IOException {
    List<Path> files =
        new ArrayList<>(List.of(ROOT.resolve("action.yml"), ROOT.resolve("README.md")));
    try (Stream<Path> workflows = Files.list(ROOT.resolve(".github/workflows"))) {
      workflows.forEach(files::add);
    }
    Pattern uses = Pattern.compile("^\\s*(?:- )?uses: *(\\S.*)$", Pattern.MULTILINE);
    List<String> named = new ArrayList<>();
    for (Path file : files) {
      uses.matcher(Files.readString(file)).results().forEach(use -> named.add(use.group(1)));
    }
    assertThat(named).contains("./");
    assertThat(named.stream().filter(action -> !action.equals("./")))
        .hasSizeGreaterThan(3)
        .allMatch(action -> action.matches("[\\w-]+/[\\w-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+"));
  }

  @Test
  void the_example_gives_the_action_what_it_takes_and_names_scenarios_that_are_there()
      throws IOException {
    JsonNode workflow = YAML.readTree(ROOT.resolve(".github/workflows/example.yml").toFile());
    int uses = 0;
    for (JsonNode job : workflow.path("jobs")) {
      for (JsonNode step : job.path("steps")) {
        if (step.path("uses").asText().equals("./")) {
          uses++;
          step.path("with")
              .fieldNames()
              .forEachRemaining(name -> assertThat(action.path("inputs").has(name)).isTrue());
          for (String pattern : step.at("/with/scenarios").asText().lines().toList()) {
            Path of = ROOT.resolve(pattern.strip().replaceFirst("/\\*.*", ""));
            assertThat(of).exists();
          }
        }
      }
    }
    assertThat(uses).isPositive();
  }
}
