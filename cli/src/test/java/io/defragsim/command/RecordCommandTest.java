package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.emulator.exec.Console;
import io.defragsim.emulator.exec.Execution;
import io.defragsim.emulator.exec.Program;
import io.defragsim.emulator.image.FirmwareFile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.ExitStatus;
import io.defragsim.report.Executed;
import io.defragsim.scenario.McuProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class RecordCommandTest {
  private static final Path ROOT = Path.of(System.getProperty("defragsim.root", ".."));

  private static final Path GOLDEN =
      ROOT.resolve("cli/src/test/resources/io/defragsim/command/record");

  @TempDir Path folder;

  /** Without the checksum of the program. */
  private static void golden(String file, String whole) throws IOException {
    String text = whole.replaceFirst("\\b[0-9a-f]{12}\\b", "012345678901");
    if (Boolean.getBoolean("defragsim.update")) {
      Files.createDirectories(GOLDEN);
      Files.writeString(GOLDEN.resolve(file), text);
    }
    assertThat(text)
        .as("another recording: run this test with -Ddefragsim.update=true and read it")
        .isEqualTo(Files.readString(GOLDEN.resolve(file)));
  }

  private static String program(String name) {
    return ROOT.resolve("allocator-firmware/programs/heap/prebuilt/" + name + ".elf").toString();
  }

  private String output(String name) {
    return folder.resolve(name).toString();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).sorted().toList();
    }
  }

  @Test
  void printf_is_told_what_it_takes() throws IOException {
    Finished run = Cli.run("record", program("hello-printf"), "-o", output("hello"));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    golden("hello-printf.txt", run.out().replace(folder.toString() + "/", ""));
    assertThat(run.out()).contains("__sfp", "428", "__smakebuf_r", "1,024");
    assertThat(files()).containsExactly("hello.json", "hello.trace");
    golden("hello.trace", Files.readString(folder.resolve("hello.trace")));
    golden("hello.json", Files.readString(folder.resolve("hello.json")));
  }

  @Test
  void what_was_recorded_can_be_run() {
    assertThat(Cli.run("record", "-q", program("containers"), "-o", output("app")).status())
        .isZero();
    Finished replayed = Cli.run("run", "-q", output("app.json"));
    assertThat(replayed.err()).isEmpty();
    assertThat(replayed.status()).isZero();
  }

  @Test
  void a_site_that_several_call_shows_them_below() {
    Finished run = Cli.run("record", program("containers"), "-o", output("app"));
    assertThat(run.out())
        .containsPattern(" 198  24.1 % +6  _ZNSt7__cxx1112basic_string… +3 callers:\n")
        .containsPattern(" 80   9.7 % +3 +main \\(basic_string.tcc:225\\)\n");
  }

  @Test
  void what_was_refused_has_room_in_the_pool_that_is_written() throws IOException {
    Cli.run("record", "-q", program("readings"), "-o", output("app"));
    assertThat(Files.readString(folder.resolve("app.json")))
        .contains("the pool has 1,880, for what was refused");
    Finished replayed = Cli.run("run", "-q", output("app.json"), "--allocator", "defrag");
    assertThat(replayed.out()).doesNotContain("out of memory");
    assertThat(replayed.status()).isZero();
  }

  @Test
  void each_heap_of_several_has_files_of_its_own() throws IOException {
    Finished run = Cli.run("record", "-q", program("stand-ins"), "-o", output("all"));
    assertThat(run.status()).isZero();
    assertThat(files())
        .contains("all.trace", "all.json", "all-tlsf.trace", "all-zephyr-own_heap.json")
        .hasSize(20);
    assertThat(run.out()).contains("stand-ins, tlsf: 5 operations").contains("10 heaps: all hold");
  }

  @Test
  void limits_and_baselines_are_gates() throws IOException {
    String program = program("readings");
    String name = output("readings");
    Finished limited = Cli.run("record", "-q", program, "-o", name, "--limit", "leaks=0");
    assertThat(limited.status()).isEqualTo(3);
    assertThat(limited.out()).contains("leaks = 20, limit 0: 20 too many");
    Finished vain = Cli.run("record", "-q", program, "-o", name, "--limit", "pauses.max=1");
    assertThat(vain.status()).isEqualTo(2);
    assertThat(vain.err())
        .startsWith(
            "defrag-sim: --limit: pauses.max is a figure of scenarios: no recording of a program"
                + " has it\n");
    Finished missing = Cli.run("record", "-q", program, "-o", name, "--baseline");
    assertThat(missing.status()).isEqualTo(2);
    assertThat(missing.err()).contains("no such baseline; --update-baseline makes it");
    assertThat(Cli.run("record", "-q", program, "-o", name, "--update-baseline").status()).isZero();
    Finished same = Cli.run("record", "-q", program, "-o", name, "--baseline", "--exact");
    assertThat(same.status()).isZero();
    assertThat(same.out()).contains("readings: as its baseline");
    Finished slower =
        Cli.run("record", "-q", program, "-o", name, "--baseline", "--mul", "32", "--exact");
    assertThat(slower.status()).isEqualTo(3);
    assertThat(Files.readString(folder.resolve("readings.json")))
        .contains("recorded with --mul 32.")
        .contains("\"image\" : \"newlib-nano\"");
  }

  @Test
  void a_heap_that_is_no_image_is_replayed_on_another_and_that_is_said() throws IOException {
    assertThat(Cli.run("record", "-q", program("stand-ins"), "-o", output("all")).status())
        .isZero();
    assertThat(Files.readString(folder.resolve("all-tlsf.json")))
        .contains("No image is this heap: a replay is on another.")
        .doesNotContain("\"image\"");
  }

  @Test
  void all_formats_have_it() throws IOException {
    Finished run =
        Cli.run(
            "record",
            "-q",
            program("readings"),
            "-o",
            output("r"),
            "--html",
            output("r.html"),
            "--json",
            output("r.report.json"),
            "--junit",
            output("r.xml"),
            "--markdown",
            output("r.md"));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(Files.readString(folder.resolve("r.html")))
        .contains("The heap over time", "readings.c:");
    assertThat(Files.readString(folder.resolve("r.report.json")))
        .contains("\"policy\": null", "\"extent\": \"what _sbrk gave it\"", "\"leaks\": 20");
    assertThat(Files.readString(folder.resolve("r.xml"))).contains("testsuite name=\"readings\"");
    assertThat(Files.readString(folder.resolve("r.md"))).contains("readings");
  }

  @Test
  void a_program_that_faults_in_its_heap_is_reported_and_written() throws IOException {
    Finished run = Cli.run("record", program("misuse-overrun"), "-o", output("o"));
    assertThat(run.status()).isEqualTo(4);
    assertThat(run.out())
        .contains("the program stopped inside a call of the heap")
        .contains("The firmware faulted")
        .contains("misuse.c:")
        .contains(", 1 finding of what cannot be right")
        .doesNotContain("next: ", "see also");
    assertThat(files()).containsExactly("o.json", "o.trace");
  }

  @Test
  void a_heap_whose_first_call_never_came_back_is_reported_and_not_written() throws IOException {
    String program = program("misuse-overrun");
    Finished run =
        Cli.run(
            "record",
            program,
            "--heap",
            "malloc=main:size=r0",
            "-o",
            output("o"),
            "--json",
            output("report"));
    assertThat(run.status()).isEqualTo(4);
    assertThat(run.out())
        .contains("the program stopped inside a call of the heap")
        .contains("The firmware faulted")
        .contains("ran       0 operations")
        .doesNotContain("heap.trace");
    assertThat(Files.readString(folder.resolve("report"))).contains("\"kind\": \"stopped\"");
    assertThat(files()).containsExactly("o.json", "o.trace", "report");
  }

  @Test
  void a_budget_that_somebody_asked_for_is_an_ordinary_end() throws IOException {
    String[] asked = {
      "record", program("misuse-deadlock"), "-o", output("o"), "--budget", "3_000_000 cycles"
    };
    Finished run = Cli.run(asked);
    assertThat(run.status()).isZero();
    assertThat(run.out())
        .contains("the program: ran until its time was over, 3,000,0")
        .contains("the program did not come out of a call of the heap")
        .doesNotContain("BUDGET EXHAUSTED");
    assertThat(files()).containsExactly("o.json", "o.trace");
    Finished limited =
        Cli.run(
            Stream.concat(Stream.of(asked), Stream.of("--limit", "findings=0"))
                .toArray(String[]::new));
    assertThat(limited.status()).isEqualTo(3);
    assertThat(limited.out()).contains("findings = 1, limit 0: 1 too many");
  }

  @ParameterizedTest
  @CsvSource({"true, BUDGET", "false, OK"})
  void a_program_must_end_by_itself_where_nobody_says_for_how_long(
      boolean budgetIsDefault, ExitStatus status) throws IOException {
    Program program =
        Program.load(
            Objects.requireNonNull(McuProfiles.all().get("cortex-m0")),
            FirmwareImage.read(Path.of(program("hello-printf"))));
    Executed executed =
        new Executed(
            "0",
            FirmwareFile.Format.ELF,
            program,
            new Execution(program, Console.NONE, 1 << 16).run(100),
            budgetIsDefault,
            null,
            null,
            null);
    assertThat(RecordCommand.ending(executed, 0).exitStatus()).isEqualTo(status);
  }

  @Test
  void what_cannot_be_recorded_is_said_in_a_line() throws IOException {
    String none = ROOT.resolve("allocator-firmware/prebuilt/defrag-small.elf").toString();
    assertRefused("has no function of a heap that is known by its name", none);
    assertRefused(
        "--heap: no symbol \"maloc\" in hello-printf; did you mean \"malloc\"?",
        program("hello-printf"),
        "--heap",
        "malloc=maloc:size=r0");
    assertRefused("-o: two files are written", program("hello-printf"), "-o", "-");
    assertRefused("-o: a file name is empty", program("hello-printf"), "-o", "");
    Path hex = Files.writeString(folder.resolve("some.hex"), hex());
    assertRefused("does not name its functions: --heap malloc=ADDRESS", hex.toString());
    assertThat(files()).containsExactly("some.hex");
  }

  @Test
  void a_program_that_never_calls_its_heap_leaves_nothing() throws IOException {
    String parks = ROOT.resolve("allocator-firmware/prebuilt/newlib-nano.elf").toString();
    Finished run = Cli.run("record", parks, "-o", output("x"));
    assertThat(run.out())
        .contains("newlib-nano called no function of its heap (")
        .contains("there is nothing to record, and nothing is written");
    assertThat(run.status()).isZero();
    assertThat(files()).isEmpty();
  }

  /** A stack pointer, a reset vector, and a branch to itself. */
  private static String hex() {
    return ":0A0000000010002009000000FEE7D8\n:00000001FF\n";
  }

  private void assertRefused(String message, String... arguments) {
    String[] all = Stream.concat(Stream.of("record"), Stream.of(arguments)).toArray(String[]::new);
    String[] withOutput =
        List.of(arguments).contains("-o")
            ? all
            : Stream.concat(Stream.of(all), Stream.of("-o", output("x"))).toArray(String[]::new);
    Finished run = Cli.run(withOutput);
    assertThat(run.err()).contains(message);
    assertThat(run.status()).isEqualTo(2);
  }
}
