package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.defragsim.command.Cli.Finished;
import io.defragsim.console.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where output goes, and what becomes of output that cannot go there. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class OutputTest {

  private static final String SCHEMA = "/io/defragsim/report/report.schema.json";

  @TempDir Path folder;
  private String scenario = "";

  @BeforeEach
  void scenario() {
    scenario = new TestScenarios(folder).on("defrag", Map.of("alloc.failed", 0L));
  }

  @Test
  void two_runs_write_the_same_bytes() throws IOException {
    Path first = folder.resolve("first.json");
    Path second = folder.resolve("second.json");

    assertThat(Cli.run("run", "sensor-node", "--json", first.toString()).status()).isZero();
    assertThat(Cli.run("run", "sensor-node", "--json", second.toString()).status()).isZero();

    assertThat(second).hasSameBinaryContentAs(first);
    assertThat(new ObjectMapper().readTree(first.toFile()).at("/runs/0/scenario").textValue())
        .isEqualTo("sensor-node");
  }

  @Test
  void what_did_not_happen_has_no_section_in_a_report() {
    Finished run = Cli.run("run", new TestScenarios(folder).on("newlib-nano", Map.of()));

    assertThat(run.out())
        .contains("Operations", "Fragmentation")
        .doesNotContain("Defrag pauses", "Stalls", "None.");
  }

  @Test
  void json_to_a_dash_takes_the_place_of_the_report() throws IOException {
    Finished run = Cli.run("run", scenario, "--json", "-");

    assertThat(new ObjectMapper().readTree(run.out()).at("/format").textValue())
        .isEqualTo("defrag-sim-report");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void real_reports_follow_the_schema() throws IOException {
    TestScenarios scenarios = new TestScenarios(folder);
    JsonSchema schema =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(OutputTest.class.getResourceAsStream(SCHEMA));
    Finished run =
        Cli.run(
            "run",
            "sensor-node",
            "long-lived-pins",
            scenarios.onFaulty("reads-unmapped"),
            scenarios.onFaulty("overlaps"),
            scenarios.onFaulty("never-parks"),
            "--json",
            "-");

    assertThat(schema.validate(new ObjectMapper().readTree(run.out()))).isEmpty();
    assertThat(run.status()).isEqualTo(4);
  }

  @Test
  void several_runs_are_in_one_document() throws IOException {
    Finished run = Cli.run("run", scenario, scenario, "--json", "-");

    assertThat(new ObjectMapper().readTree(run.out()).at("/runs")).hasSize(2);
  }

  @Test
  void an_existing_file_is_replaced_and_a_link_stays_a_link() throws IOException {
    Path file = Files.writeString(folder.resolve("old.json"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.json"), file);

    Cli.run("run", scenario, "--json", link.toString());

    assertThat(link).isSymbolicLink();
    assertThat(file).content().contains("defrag-sim-report");
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void a_place_that_cannot_be_written_is_status_1_before_anything_runs() {
    Path nowhere = folder.resolve("nowhere/out.json");

    Finished missing = Cli.run("run", scenario, "--json", nowhere.toString());
    Finished directory = Cli.run("compare", scenario, "--json", folder.toString());

    assertThat(missing.status()).isEqualTo(1);
    assertThat(missing.err())
        .isEqualTo("defrag-sim: cannot write " + nowhere + ": there is no such directory\n");
    assertThat(missing.out()).isEmpty();
    assertThat(directory.status()).isEqualTo(1);
    assertThat(directory.err()).contains("it is a directory");
    assertThat(leftOvers()).isEmpty();
  }

  @Test
  void a_full_disk_is_status_1() {
    assumeTrue(Files.isWritable(Path.of("/dev/full")), "skipped: no /dev/full here");

    Finished run = Cli.run("run", scenario, "--json", "/dev/full");

    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("defrag-sim: cannot write /dev/full: No space left");
  }

  @Test
  void a_full_stdout_is_status_1_and_a_reader_that_leaves_is_none_of_our_business()
      throws Exception {
    assumeTrue(Files.isWritable(Path.of("/dev/full")), "skipped: no /dev/full here");

    Finished full = process("\"$@\" list figures > /dev/full");
    Finished left = process("{ \"$@\" list figures; echo $? >&2; } | head -n 1");

    assertThat(full.status()).isEqualTo(1);
    assertThat(full.err()).startsWith("defrag-sim: cannot write to stdout: No space left");
    assertThat(left.out()).isEqualTo("Figures\n");
    assertThat(left.err()).isEqualTo("0\n");
  }

  @Test
  void colour_is_for_terminals_unless_asked_for() {
    Terminal terminal = new Terminal(false, true, false, true, false, 80);
    Terminal noColor = new Terminal(false, true, false, false, false, 80);

    assertThat(Cli.run("run", scenario).out()).doesNotContain("\u001b");
    assertThat(Cli.run("run", scenario, "--color=always").out()).contains("\u001b[");
    assertThat(Cli.run(terminal, "run", scenario).out()).contains("\u001b[");
    assertThat(Cli.run(terminal, "run", scenario, "--color", "never").out())
        .doesNotContain("\u001b");
    assertThat(Cli.run(noColor, "run", scenario).out()).doesNotContain("\u001b");
    assertThat(Cli.run(noColor, "run", scenario, "--color=always").out()).contains("\u001b[");
  }

  @Test
  void the_environment_can_forbid_colour() {
    assertThat(Terminal.ofProcess(Map.of("TERM", "xterm")).colourful()).isTrue();
    assertThat(Terminal.ofProcess(Map.of("NO_COLOR", "1")).colourful()).isFalse();
    assertThat(Terminal.ofProcess(Map.of("NO_COLOR", "")).colourful()).isTrue();
    assertThat(Terminal.ofProcess(Map.of("TERM", "dumb")).colourful()).isFalse();
  }

  @Test
  void quiet_prints_one_line_a_run() {
    assertThat(Cli.run("run", "-q", scenario).out())
        .isEqualTo("defrag-1 on defrag: its limit holds\n");
  }

  private Stream<String> leftOvers() {
    String[] files = folder.toFile().list();
    return Stream.of(files == null ? new String[0] : files).filter(file -> file.endsWith(".tmp"));
  }

  /** Runs a line of shell with the command in a process of its own as {@code "$@"}. */
  private Finished process(String line) throws IOException, InterruptedException {
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                "sh",
                "-c",
                line,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.defragsim.command.DefragSim")
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    int status = process.waitFor();
    return new Finished(status, Files.readString(out), Files.readString(err));
  }
}
