package io.defragsim.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.defragsim.lab.result.RunResult;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The extension, in tests that are run by JUnit itself. */
@DisplayNameGeneration(ReplaceUnderscores.class)
class DefragScenarioTest {

  /** What a user would write. */
  static class Cases {
    static final String BUILT = "target/built";

    @BeforeEach
    void build_the_firmware() throws IOException {
      Files.createDirectories(Path.of(BUILT));
      String steady =
          Files.readString(Path.of("src/test/resources/io/defragsim/junit/steady.json"));
      for (String image :
          List.of("executes-undefined", "corrupts-neighbour", "hangs-in-alloc", "no-contract")) {
        try (InputStream elf =
            Cases.class.getResourceAsStream("/io/defragsim/firmware/test/" + image + ".elf")) {
          Files.write(
              Path.of(BUILT, image + ".elf"), Objects.requireNonNull(elf, image).readAllBytes());
        }
        Files.writeString(
            Path.of(BUILT, image + ".json"),
            steady.replace(
                "\"pool\"",
                "\"image\": \"./" + image + ".elf\", \"callBudget\": 100000, \"pool\""));
      }
    }

    @DefragScenario("steady.json")
    void passes(RunResult run) {
      assertThat(run.executed()).isEqualTo(8);
      assertThat(run.subject().image().name()).isEqualTo("defrag");
    }

    @DefragScenario("sensor-node")
    void shipped() {}

    @DefragScenario({"steady.json", "strict.json", "/io/defragsim/junit/steady.json"})
    void several(RunResult run) {}

    @DefragScenario(value = "steady.json", allocator = "newlib-nano")
    void otherImage(RunResult run) {
      assertThat(run.subject().image().name()).isEqualTo("newlib-nano");
    }

    @DefragScenario("strict.json")
    void violated() {}

    @DefragScenario(value = "strict.json", enforceLimits = false)
    void unenforced(RunResult run) {
      assertThat(run.exitStatus()).isEqualTo(3);
    }

    @DefragScenario("strict.json")
    void violatedAndMore(RunResult run) {
      throw new IllegalStateException("its own failure");
    }

    @DefragScenario(BUILT + "/executes-undefined.json")
    void faults(RunResult run) {
      throw new IllegalStateException("must not be reached");
    }

    @DefragScenario(value = BUILT + "/corrupts-neighbour.json", enforceLimits = false)
    void breaksTheContract() {}

    @DefragScenario(BUILT + "/hangs-in-alloc.json")
    void exhaustsItsBudget() {}

    @DefragScenario(BUILT + "/no-contract.json")
    void isNoAllocator() {}

    @DefragScenario("invalid.json")
    void invalid() {}

    @DefragScenario("steddy.json")
    void missing() {}

    @DefragScenario("sensor-nod")
    void misspelt() {}

    @DefragScenario(value = "steady.json", allocator = "newlib")
    void unknownImage() {}

    @DefragScenario(value = "steady.json", allocator = "./none.elf")
    void missingImage() {}

    @DefragScenario({})
    void none() {}

    @DefragScenario("steady.json")
    void strangeParameter(String what) {}
  }

  @TempDir Path folder;

  private static EngineExecutionResults run(DiscoverySelector... selectors) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectors).execute();
  }

  private static EngineExecutionResults run(String method) {
    for (var candidate : Cases.class.getDeclaredMethods()) {
      if (candidate.getName().equals(method)) {
        return run(selectMethod(Cases.class, candidate));
      }
    }
    throw new IllegalArgumentException(method);
  }

  private static Throwable failure(EngineExecutionResults results) {
    return results.allEvents().executions().failed().stream()
        .map(execution -> execution.getTerminationInfo().getExecutionResult())
        .map(TestExecutionResult::getThrowable)
        .flatMap(java.util.Optional::stream)
        .findFirst()
        .orElseThrow(() -> new AssertionError("nothing failed"));
  }

  @ParameterizedTest
  @CsvSource({"passes", "shipped", "otherImage", "unenforced"})
  void a_scenario_whose_limits_hold_passes(String method) {
    run(method).testEvents().assertStatistics(stats -> stats.started(1).succeeded(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          faults            | FAULT, undefined instruction at | during operation
          breaksTheContract | CONTRACT BROKEN during operation | corrupted
          exhaustsItsBudget | BUDGET EXHAUSTED, 100,000 cycles during operation 6: alloc c (100 bytes) | , at image_alloc+0xa
          isNoAllocator     | no-contract.json: | is no allocator image
          invalid           | invalid.json:4:29: /pool/handels: | did you mean "handles"?
          invalid           | invalid.json:3:10: /mcu: | did you mean "cortex-m0"?
          missing           | steddy.json: no such file in | no such resource of io.defragsim.junit.DefragScenarioTest$Cases
          misspelt          | sensor-nod: no such file in | did you mean "sensor-node"?
          unknownImage      | no image is called "newlib" | did you mean "newlib-nano"?
          missingImage      | image ./none.elf | no such file
          none              | names no scenario | none(
          strangeParameter  | No ParameterResolver | String
          """)
  void what_goes_wrong_is_told(String method, String what, String where) {
    EngineExecutionResults results = run(method);
    assertThat(failure(results)).hasMessageContaining(what).hasMessageContaining(where);
    assertThat(results.testEvents().succeeded().count()).isZero();
  }

  @Test
  void a_violated_limit_says_what_measured_by_how_much_and_where() {
    assertThat(failure(run("violated")))
        .isInstanceOf(AssertionError.class)
        .message()
        .matches(
            Pattern.compile(
                """
                strict on defrag: 2 of 3 limits violated
                  alloc\\.max = (\\d+) cycles, limit <= 10 cycles: \\d+ cycles too many at operation \\d \\(.*strict\\.json:11\\)
                  operations = 8, limit >= 9: 1 too few \\(.*strict\\.json:12\\)"""));
  }

  @Test
  void a_failure_of_the_method_comes_first_and_violated_limits_with_it() {
    Throwable failure = failure(run("violatedAndMore"));
    assertThat(failure).hasMessage("its own failure");
    assertThat(failure.getSuppressed())
        .anySatisfy(
            also -> assertThat(also).hasMessageContaining("strict on defrag: 2 of 3 limits"));
  }

  @Test
  void several_scenarios_are_several_tests_by_their_names() {
    EngineExecutionResults results = run("several");
    results.testEvents().assertStatistics(stats -> stats.started(3).succeeded(2).failed(1));
    assertThat(results.testEvents().finished().stream())
        .extracting(event -> event.getTestDescriptor().getDisplayName())
        .containsExactly("steady.json", "strict.json", "/io/defragsim/junit/steady.json");
  }

  @Test
  void a_limit_that_only_warns_is_a_report_entry() {
    List<Event> entries = run("passes").testEvents().reportingEntryPublished().list();
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).toString())
        .contains("defrag-sim warns")
        .contains("alloc.max = ")
        .contains("should be <= 10 cycles");
  }

  @Test
  void the_example_of_the_readme_compiles_and_passes() throws Exception {
    String readme = Files.readString(Path.of("README.md"));
    Files.writeString(folder.resolve("heap.json"), block(readme, "json"));
    Path source = Files.writeString(folder.resolve("HeapTest.java"), block(readme, "java"));
    StringWriter messages = new StringWriter();
    var compiler = ToolProvider.getSystemJavaCompiler();
    boolean compiled =
        compiler
            .getTask(
                messages,
                null,
                null,
                List.of(
                    "-d",
                    folder.toString(),
                    "-proc:none",
                    "-classpath",
                    System.getProperty("java.class.path")),
                null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source))
            .call();
    assertThat(compiled).as(messages.toString()).isTrue();
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      run(selectClass(loader.loadClass("HeapTest")))
          .testEvents()
          .assertStatistics(stats -> stats.started(4).succeeded(4));

      String stricter = block(readme, "json").replace("{\"warn\": 400, \"max\": 600}", "400");
      Files.writeString(folder.resolve("heap.json"), stricter);
      String failure =
          String.valueOf(failure(run(selectClass(loader.loadClass("HeapTest")))).getMessage());
      assertThat(readme).contains(failure.replaceFirst("\\(.*/heap", "(.../heap"));
    }
  }

  private static String block(String readme, String language) {
    Matcher block =
        Pattern.compile("```" + language + "\\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).isTrue();
    return block.group(1);
  }
}
