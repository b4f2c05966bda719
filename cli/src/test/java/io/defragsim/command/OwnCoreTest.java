package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.command.OtherUnicorn.Wrong;
import io.defragsim.scenario.format.ScenarioLibrary;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Without the Unicorn library every command does the same: reports to the byte, exit status. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class OwnCoreTest {
  private static final String QUEENS =
      Path.of(
              System.getProperty("defragsim.root"),
              "allocator-firmware/programs/prebuilt/queens.elf")
          .toString();

  @TempDir static Path folder;
  private static TestScenarios scenarios = new TestScenarios(Path.of(""));
  private static OtherUnicorn without = new OtherUnicorn(Wrong.ABSENT, Path.of(""));
  private static String scenario = "";
  private static String interrupted = "";

  @BeforeAll
  static void write_a_scenario() {
    scenarios = new TestScenarios(folder);
    scenario = scenarios.on("defrag", Map.of("alloc.max", 1L, "free.max", 900L));
    interrupted =
        scenarios.file(
            "interrupted.json",
            """
            {
              "mcu": "cortex-m0",
              "pool": {"size": "2 KiB", "handles": 16},
              "interrupts": [{"name": "tick", "every": "20 us", "cycles": 90}],
              "workload": [{"phase": "all", "operations": [
                {"alloc": "a", "bytes": 24}, {"alloc": "b", "bytes": 40}, {"free": "a"}, {"wait": "1 ms"}
              ]}]
            }
            """);
  }

  @AfterAll
  static void close() throws IOException {
    without.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run SCENARIO --github --json OUT/1.json --junit OUT/1.xml --markdown OUT/1.md"
            + " --html OUT/1.html --svg OUT/1.svg",
        "run SCENARIO --wait-states 1",
        "run SCENARIO --strict",
        "run INTERRUPTED",
        "compare SCENARIO --json -",
        "stalls SCENARIO",
        "explain SCENARIO",
        "watch SCENARIO --frames 3",
        "baseline update SCENARIO --baselines OUT",
        "baseline check sensor-node",
        "exec QUEENS --profile",
        "fit SCENARIO --step 256",
        "validate SCENARIO",
        "new OUT/new",
        "schema",
        "list",
        "completion bash",
        "man run",
        "help run",
        "run SCENARIO --limit alloc.max=x",
      })
  void every_command_does_the_same(String command) throws Exception {
    assertThat(outputs(command, without::run)).isEqualTo(outputs(command, Cli::run));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "reads-unmapped",
        "clobbers-r4",
        "corrupts-neighbour",
        "unaligned-load",
        "hangs-in-alloc",
        "never-parks"
      })
  void firmware_that_misbehaves_ends_in_the_same_place(String image) throws Exception {
    String[] line = {"run", scenarios.onFaulty(image), "--json", "-"};
    assertThat(without.run(line)).isEqualTo(Cli.run(line));
  }

  @Test
  void only_the_version_says_which_core_runs() throws Exception {
    List<String> lines = Cli.run("--version").out().lines().toList();
    List<String> linesWithout = without.run("--version").out().lines().toList();

    assertThat(lines.get(1)).matches("  Unicorn engine [0-9.]+, timing of the Cortex-M0 r0p0");
    assertThat(linesWithout.get(1))
        .isEqualTo("  without the Unicorn engine, timing of the Cortex-M0 r0p0");
    assertThat(linesWithout).hasSameSizeAs(lines);
    assertThat(linesWithout.subList(2, lines.size())).isEqualTo(lines.subList(2, lines.size()));
  }

  @ParameterizedTest
  @CsvSource({"NOT_FOR_THIS_HOST, its jar has no native library for", "CUT_OFF, is damaged"})
  void a_library_that_cannot_be_loaded_is_one_line_and_the_run_goes_on(Wrong wrong, String why)
      throws Exception {
    String platform = "natives/linux_64/libunicorn_java.so";
    Path cutOff = folder.resolve("cut-off.so");
    try (InputStream in = getClass().getClassLoader().getResourceAsStream(platform)) {
      Files.write(cutOff, Objects.requireNonNull(in).readNBytes(1_000_000));
    }
    Finished usual = Cli.run("run", scenario);

    try (OtherUnicorn broken = new OtherUnicorn(wrong, cutOff)) {
      Finished run = broken.run("run", scenario);

      assertThat(run.out()).isEqualTo(usual.out());
      assertThat(run.status()).isEqualTo(usual.status());
      assertThat(run.err())
          .startsWith("defrag-sim: the Unicorn engine cannot be loaded: ")
          .contains(why, "take its jar off the class path")
          .endsWith("All goes on without it, with the same results.\n")
          .hasLineCount(1);
      assertThat(broken.run("exec", QUEENS).err()).as("of what needs no engine").isEmpty();
      assertThat(broken.run("--version").out())
          .contains("  without the Unicorn engine, which cannot be loaded, timing");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"java", "native"})
  void an_engine_that_is_asked_for_by_name_is_not_replaced(String counter) throws Exception {
    System.setProperty("defragsim.counter", counter);
    try {
      Finished run = without.run("run", scenario);

      assertThat(run.err())
          .isEqualTo(
              "defrag-sim: -Ddefragsim.counter="
                  + counter
                  + " asks for the Unicorn engine, which is not on the class path\n");
      assertThat(run.out()).isEmpty();
      assertThat(run.status()).isEqualTo(1);
    } finally {
      System.clearProperty("defragsim.counter");
    }
  }

  /** What {@link #every_command_does_the_same} has no time for. */
  @ParameterizedTest
  @ValueSource(strings = {"", "--wait-states 1", "--strict"})
  @Tag("campaign") // every shipped scenario, on both
  void every_shipped_scenario_gives_the_same_reports(String options) throws Exception {
    for (String name : ScenarioLibrary.names()) {
      String command =
          ("run " + name + " --json OUT/1.json --html OUT/1.html --allocator ALLOCATOR " + options)
              .strip();
      for (String allocator : List.of("defrag", "newlib-nano")) {
        String line = command.replace("ALLOCATOR", allocator);
        assertThat(outputs(line, without::run)).as(line).isEqualTo(outputs(line, Cli::run));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "fit sensor-node --json -",
        "bounds --json -",
        "compare swiss-cheese --html OUT/2.html",
        "explain sensor-node",
        "baseline check --all"
      })
  @Tag("campaign") // they take long
  void long_commands_do_the_same(String command) throws Exception {
    assertThat(outputs(command, without::run)).isEqualTo(outputs(command, Cli::run));
  }

  @ParameterizedTest
  @CsvSource({
    "-Dos.arch=riscv64, no native library for",
    "-Dos.arch=aarch64, made for another machine",
    "-Djava.io.tmpdir=FILE, cannot be written",
    "-Ddefragsim.test.nothing=, ''"
  })
  @Tag("campaign") // processes
  void a_process_goes_on_without_the_engine(String option, String why) throws Exception {
    Path file = folder.resolve("a-file");
    Files.writeString(file, "");
    String classPath = System.getProperty("java.class.path");
    if (why.isEmpty()) {
      classPath =
          Stream.of(classPath.split(File.pathSeparator))
              .filter(entry -> !entry.contains("unicorn-"))
              .collect(Collectors.joining(File.pathSeparator));
    }
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                option.replace("FILE", file.toString()),
                "-cp",
                classPath,
                DefragSim.class.getName(),
                "run",
                "sensor-node")
            .redirectError(err.toFile())
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(out).isEqualTo(Cli.run("run", "sensor-node").out());
    assertThat(err).content().contains(why).hasLineCount(why.isEmpty() ? 0 : 1);
  }

  /** Runs a command line. */
  private interface Program {
    Finished run(String... arguments) throws Exception;
  }

  /** The exit status, both streams and all files of a command. */
  private static Map<String, String> outputs(String command, Program program) throws Exception {
    Map<String, String> all = new TreeMap<>();
    Path out = Files.createDirectory(folder.resolve("out"));
    Finished run =
        program.run(
            Stream.of(command.split(" ", -1))
                .map(
                    word ->
                        word.replace("SCENARIO", scenario)
                            .replace("INTERRUPTED", interrupted)
                            .replace("QUEENS", QUEENS)
                            .replace("OUT", out.toString()))
                .toArray(String[]::new));
    all.put("status", Integer.toString(run.status()));
    all.put("stdout", run.out());
    all.put("stderr", run.err());
    List<Path> files = new ArrayList<>();
    try (Stream<Path> found = Files.walk(out)) {
      found.filter(Files::isRegularFile).forEach(files::add);
    }
    for (Path file : files) {
      all.put(out.relativize(file).toString(), Files.readString(file, StandardCharsets.UTF_8));
      Files.delete(file);
    }
    Files.delete(out);
    return all;
  }
}
