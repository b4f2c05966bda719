package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.defragsim.command.Cli.Finished;
import io.defragsim.lab.result.ExitStatus;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every exit status, by what a user does to get it. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExitStatusTest {

  @TempDir Path folder;
  private TestScenarios scenarios = new TestScenarios(Path.of(""));

  @BeforeEach
  void scenarios() {
    scenarios = new TestScenarios(folder);
  }

  @ParameterizedTest
  @ValueSource(strings = {"defrag", "newlib-nano"})
  void limits_that_hold_are_status_0(String image) {
    Finished run = Cli.run("run", scenarios.on(image, Map.of("alloc.failed", 0L)));

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).contains("Operations").endsWith(": its limit holds\n");
    assertThat(run.status()).isZero();
  }

  @Test
  void a_limit_below_the_measured_figure_is_status_3_and_says_by_how_much() {
    Finished run = Cli.run("run", scenarios.on("defrag", Map.of("alloc.max", 1L)));

    assertThat(run.status()).isEqualTo(3);
    assertThat(run.out())
        .containsPattern("✗  alloc.max +≤ 1 cycle +[0-9,]+  [0-9,]+ cycles too many\n")
        .containsPattern(
            "alloc.max = [0-9,]+ cycles, limit ≤ 1 cycle: [0-9,]+ cycles too many at oper");
  }

  @Test
  void every_mistake_of_a_scenario_is_named_with_status_2() {
    String file =
        scenarios.file(
            "three.json",
            """
            {
              "mcu": "stm32f030f5",
              "image": "defrag",
              "pool": {"size": "2 KiB", "handels": 16},
              "workload": [{"phase": "all", "operations": [{"alloc": "a", "bytes": 24}]}],
              "limits": {"pauses.maximum": 100}
            }
            """);

    Finished run = Cli.run("run", file);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .anySatisfy(line -> assertThat(line).contains(file + ":2:", "/mcu", "stm32f030f4"))
        .anySatisfy(line -> assertThat(line).contains(file + ":4:", "/pool/handels", "handles"))
        .anySatisfy(line -> assertThat(line).contains(file + ":6:", "pauses.max"));
  }

  @Test
  void an_unaligned_access_is_status_4_where_checks_are_strict() {
    String file = scenarios.onFaulty("unaligned-load");

    assertThat(Cli.run("run", file).status()).isZero();
    Finished strict = Cli.run("run", file, "--strict");
    assertThat(strict.status()).isEqualTo(4);
    assertThat(strict.out()).contains("no multiple of", "image_alloc", "strict: every access");
    assertThat(Cli.run("compare", file, "--allocators", "defrag", "--strict").status())
        .isEqualTo(4);
    assertThat(Cli.run("run", file, "--strict", "--json", "-").out())
        .contains("\"strictness\": \"strict\"");
  }

  @Test
  void the_one_line_of_a_quiet_run_says_what_broke_the_contract() {
    Finished run = Cli.run("run", scenarios.onFaulty("corrupts-neighbour"), "--quiet");

    assertThat(run.status()).isEqualTo(4);
    assertThat(run.out()).contains("CONTRACT BROKEN during operation", "is corrupted: its byte");
    assertThat(run.out().lines()).hasSize(1);
  }

  @Test
  void a_missing_file_is_status_2() {
    Finished run = Cli.run("run", folder.resolve("none.json").toString());

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).isEqualTo(folder.resolve("none.json") + ": no such file\n");
  }

  @Test
  void a_misspelt_shipped_scenario_is_status_2_with_the_nearest_name() {
    Finished run = Cli.run("run", "sensor-nodes");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("no such file").contains("did you mean \"sensor-node\"?");
  }

  @ParameterizedTest
  @CsvSource({
    "cortex-m4, ARMv6-M",
    "no-contract, no allocator image",
  })
  void an_image_that_cannot_run_is_status_2(String image, String why) {
    Finished run = Cli.run("run", scenarios.onFaulty(image));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(image).contains(why);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void an_unknown_allocator_is_status_2() {
    Finished shipped = Cli.run("run", "sensor-node", "--allocator", "newlib-nano2");
    Finished file = Cli.run("run", "sensor-node", "--allocator", "./nowhere.elf");

    assertThat(shipped.status()).isEqualTo(2);
    assertThat(shipped.err()).contains("did you mean \"newlib-nano\"?");
    assertThat(file.status()).isEqualTo(2);
    assertThat(file.err()).contains("nowhere.elf: no such file");
  }

  @Test
  void a_pool_that_does_not_fit_is_status_2() {
    String file =
        scenarios.file(
            "large.json",
            """
            {
              "mcu": "stm32f030f4",
              "image": "defrag",
              "pool": {"size": "4 KiB", "handles": 16},
              "workload": [{"phase": "all", "operations": [{"alloc": "a", "bytes": 24}]}]
            }
            """);

    Finished run = Cli.run("run", file);

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("4096");
  }

  @Test
  void nothing_runs_unless_all_files_are_valid() {
    String valid = scenarios.on("defrag");
    String invalid = scenarios.onFaulty("cortex-m4");

    Finished run = Cli.run("run", valid, invalid, "nowhere.json");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("cortex-m4").contains("nowhere.json: no such file");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          reads-unmapped     | unmapped access       | image_alloc
          writes-flash       | write protected       | image_alloc
          executes-undefined | undefined instruction | image_alloc
          clobbers-r4        | calling convention    | image_free
          corrupts-neighbour | corrupted             | byte 0
          overlaps           | image_free_bytes      | are alive
          """)
  void firmware_that_misbehaves_is_status_4_and_said_how_and_where(
      String image, String what, String where) {
    Finished run = Cli.run("run", scenarios.onFaulty(image));

    assertSoftly(
        soft -> {
          soft.assertThat(run.status()).isEqualTo(4);
          soft.assertThat(run.out()).containsIgnoringCase(what).contains(where);
          soft.assertThat(run.out()).containsPattern("during operation [0-9]");
          soft.assertThat(run.err()).isEmpty();
        });
  }

  @ParameterizedTest
  @CsvSource({"never-parks, in reset", "hangs-in-alloc, image_alloc"})
  void firmware_that_never_ends_is_status_5(String image, String where) {
    Finished run = Cli.run("run", scenarios.onFaulty(image));

    assertThat(run.status()).isEqualTo(5);
    assertThat(run.out()).contains("The cycle budget was exhausted").contains(where);
  }

  @Test
  void the_worst_of_several_runs_decides() {
    String fine = scenarios.on("defrag");
    String violated = scenarios.on("defrag", Map.of("alloc.max", 1L));
    String faulty = scenarios.onFaulty("reads-unmapped");
    String endless = scenarios.onFaulty("hangs-in-alloc");

    assertThat(Cli.run("run", "-q", fine, violated).status()).isEqualTo(3);
    assertThat(Cli.run("run", "-q", violated, endless, fine).status()).isEqualTo(5);
    assertThat(Cli.run("run", "-q", endless, faulty, violated).status()).isEqualTo(4);
    assertThat(ExitStatus.worst(List.of(4, 0, 1, 5))).isEqualTo(1);
  }

  @Test
  void a_comparison_has_the_status_of_the_scenarios_own_image() {
    String good = scenarios.on("defrag");
    String bad = scenarios.onFaulty("reads-unmapped");
    String faulty = scenarios.faulty("reads-unmapped");

    Finished own = Cli.run("compare", good, "--allocators", "newlib-nano," + faulty);
    Finished other = Cli.run("compare", bad, "--allocators", "defrag");

    assertThat(own.out()).contains("defrag", "newlib-nano", "reads-unmapped", "FAULT");
    assertThat(own.status()).isZero();
    assertThat(other.status()).isEqualTo(4);
  }

  @ParameterizedTest
  @CsvSource({
    "run, FILE is missing",
    "run a --jsn, --json",
    "run a --color purple, 'auto, always, never'",
    "rum a, run",
    "'', a command is missing",
    "list birds, 'scenarios, images, mcus, figures'"
  })
  void wrong_usage_is_status_2_with_a_hint(String line, String hint) {
    Finished run = Cli.run(line.isEmpty() ? new String[0] : line.split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains(hint).contains("--help'.");
  }

  @ParameterizedTest
  @CsvSource({
    "run sensor-node --limit COMMA, --limit",
    "compare sensor-node --allocators defragCOMMA, --allocators",
    "fit sensor-node --allocators COMMAdefrag, --allocators",
    "stalls sensor-node --allocators COMMA, --allocators",
  })
  void a_list_with_a_gap_is_status_2(String line, String option) {
    Finished run = Cli.run(line.replace("COMMA", ",").split(" "));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(option + ": ", " has nothing where ", "is a variable empty?");
  }

  @Test
  void a_file_may_be_called_as_an_argument_file_is_elsewhere() throws IOException {
    String scenario = scenarios.on("defrag");
    Path called = Files.copy(Path.of(scenario), folder.resolve("@a.json"));
    Files.writeString(folder.resolve("a.json"), "--quiet");

    assertThat(Cli.run("run", "-q", called.toString()).status()).isZero();
    assertThat(Cli.run("run", "@" + folder.resolve("a.json")).err()).contains("no such file");
  }

  @Test
  void a_name_that_fills_a_page_is_status_2() {
    String text = "{\"name\": \"" + "x".repeat(201) + "\"}";

    Finished run = Cli.run("validate", scenarios.file("long.json", text));

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err())
        .contains(":1:10: /name: 201 characters are too many: expected at most 200");
  }

  @Test
  void an_internal_error_is_status_1_in_one_line_and_has_a_trace_only_when_asked() {
    Runnable boom =
        () -> {
          throw new IllegalStateException("boom");
        };
    assertThat(broken(boom, "list"))
        .contains("internal error: java.lang.IllegalStateException: boom");
    assertThat(broken(boom, "list")).doesNotContain(" at io.defragsim");
    assertThat(broken(boom, "list", "--debug")).contains(" at io.defragsim");
  }

  @Test
  void memory_that_is_used_up_is_status_1_and_says_how_to_get_more() {
    Runnable full =
        () -> {
          throw new OutOfMemoryError("Java heap space");
        };
    assertThat(broken(full, "list"))
        .matches(
            "defrag-sim: out of memory: give Java more than \\d+ MiB,"
                + " as by DEFRAG_SIM_OPTS=-Xmx\\d+m\n");
    assertThat(broken(full, "list", "--debug")).contains(" at io.defragsim");
  }

  private static String broken(Runnable failure, String... arguments) {
    StringWriter err = new StringWriter();
    Writer failing =
        new Writer() {
          private boolean failed;

          @Override
          public void write(char[] buffer, int offset, int length) {
            if (!failed) {
              failed = true;
              failure.run();
            }
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    int status = DefragSim.run(Cli.session(failing, err), arguments);
    assertThat(status).isEqualTo(1);
    return err.toString();
  }
}
