package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.schema.ReadResult;
import io.defragsim.workload.Workload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scenarios that name traces. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class TraceScenarioTest {
  private static final String APP = "{\"phase\": \"app\", \"trace\": \"app.trace\"}";

  private final ScenarioReader reader = new ScenarioReader(Figures.units());

  @TempDir Path folder;

  @Test
  void a_trace_is_a_phase_among_others_relative_to_the_scenario() throws IOException {
    Files.createDirectory(folder.resolve("traces"));
    Files.writeString(folder.resolve("traces/app.trace"), "a 0 8\nx 9\nf 0\n");
    Workload workload =
        valid(
            """
            {"phase": "boot", "operations": [{"alloc": "config", "bytes": 8}]},
            {"repeat": 2, "phases": [{"phase": "app", "trace": "./traces/app.trace"}]},
            {"phase": "steady", "generate": {"operations": 10, "sizes": 8, "fill": 99}}
            """);

    assertThat(workload.countOperations()).isEqualTo(1 + 2 * 4 + 10);
  }

  @Test
  void what_is_wrong_with_a_trace_is_wrong_with_the_scenario() throws IOException {
    Files.writeString(folder.resolve("app.trace"), "a 0 8\nf 1\na 0 8\n");

    assertThat(problems(APP))
        .containsExactly(
            "s.json:1:102: /workload/0/trace: app.trace:2:3: id 1 is not alive",
            "s.json:1:102: /workload/0/trace: app.trace:3:3: id 0 is alive already, since line 1");
  }

  @Test
  void of_many_problems_of_a_trace_the_first_are_named_and_the_others_counted() throws IOException {
    Files.writeString(folder.resolve("app.trace"), "f 1\n".repeat(1000));

    assertThat(problems(APP))
        .hasSize(51)
        .contains("s.json:1:102: /workload/0/trace: app.trace:50:3: id 1 is not alive")
        .endsWith("s.json: and 950 more mistakes");
  }

  @Test
  void a_damaged_gzip_is_one_problem_whatever_its_lines_have_become() throws IOException {
    byte[] bytes = gzip("a 0 8\nf 0\n".repeat(20_000));
    bytes[bytes.length / 2] ^= 0x55;
    Files.write(folder.resolve("app.trace"), bytes);

    assertThat(problems(APP)).hasSize(1).first().asString().contains("the gzip file is damaged: ");
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
      zip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  @Test
  void a_trace_has_to_be_a_file() throws IOException {
    assertThat(problems(APP))
        .containsExactly(
            "s.json:1:102: /workload/0/trace: there is no file \"app.trace\" beside the scenario");
    Files.createDirectory(folder.resolve("app.trace"));
    assertThat(problems(APP))
        .containsExactly(
            "s.json:1:102: /workload/0/trace: \"app.trace\" is a directory, not a trace");
    assertThat(problems("{\"phase\": \"app\", \"trace\": \"\"}").get(0))
        .endsWith("empty: expected the path of a trace, like \"app.trace\"");
    assertThat(problems("{\"phase\": \"app\", \"trace\": \"app.trace\", \"generate\": {}}").get(0))
        .endsWith("\"generate\" and \"trace\" in one phase: make a phase of each");
  }

  @Test
  void traces_may_be_longer_than_other_workloads_but_not_without_bound() throws IOException {
    Files.writeString(
        folder.resolve("app.trace"), "a 0 8\nf 0\n".repeat(5000) + "w 281474976710656\n".repeat(2));

    assertThat(valid(repeated(900))).isNotNull();
    assertThat(problems(repeated(100_000)))
        .containsExactlyInAnyOrder(
            "s.json:1:75: /workload: 1000200000 operations of traces, repetitions counted: at most 1000000000",
            "s.json:1:75: /workload: the waits, repetitions counted, take more than 1152921504606846976 cycles together");
  }

  private static String repeated(int times) {
    return "{\"repeat\": " + times + ", \"phases\": [" + APP + "]}";
  }

  @Test
  void a_scenario_of_a_trace_is_not_one_to_write_out() throws IOException {
    Files.writeString(folder.resolve("app.trace"), "a 0 8\nf 0\n");
    Scenario scenario = ((ReadResult.Valid<Scenario>) read(APP)).value();

    assertThatThrownBy(() -> ScenarioWriter.text(scenario))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not explicit: ");
  }

  private Workload valid(String phases) {
    assertThat(read(phases)).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) read(phases)).value().workload();
  }

  private List<String> problems(String phases) {
    return ((ReadResult.Invalid<Scenario>) read(phases)).lines("s.json");
  }

  private ReadResult<Scenario> read(String phases) {
    String text =
        "{\"mcu\": \"stm32f030f4\", \"pool\": {\"size\": 2048, \"handles\": 32}, \"workload\": ["
            + phases
            + "]}";
    return reader.read(text.getBytes(StandardCharsets.UTF_8), "s", folder);
  }
}
