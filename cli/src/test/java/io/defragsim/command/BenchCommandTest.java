package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.command.Cli.Finished;
import io.defragsim.command.bench.BenchSections;
import io.defragsim.command.bench.CommandBenchmark.Compared;
import io.defragsim.command.bench.CommandBenchmark.Way;
import io.defragsim.command.bench.Timed;
import io.defragsim.emulator.bench.ImageBenchmark.Calls;
import io.defragsim.emulator.bench.LoopBenchmark.Counted;
import io.defragsim.emulator.bench.LoopBenchmark.Threads;
import io.defragsim.emulator.bench.Rate;
import io.defragsim.lab.bench.ScenarioBenchmark.Speed;
import io.defragsim.report.model.Section;
import io.defragsim.report.text.Palette;
import io.defragsim.report.text.TextReport;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The report of {@code bench}. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class BenchCommandTest {
  private static final Path PROGRAMS =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware/programs/prebuilt");

  private static String printed(Section section) {
    StringWriter out = new StringWriter();
    TextReport.print(section, Cli.session(out, Writer.nullWriter()).page(Palette.PLAIN));
    assertThat(out.toString().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(81));
    return out.toString();
  }

  @Test
  void a_program_has_a_row_for_each_way() {
    Way steps = new Way("--way steps", 45.3, 51);
    Way translated = new Way("", 2.2, 2);
    Compared hash = new Compared("hash", 587_745_941, 688_110_571, List.of(steps, translated));

    assertThat(printed(BenchSections.program(hash)))
        .isEqualTo(
            """

            hash: 587,745,941 instructions, 688,110,571 cycles, in each way
                                user s  wall s  M instructions/s  times
              exec --way steps   45.30   51.00              13.0    1.0
              exec                2.20    2.00             267.2   20.6
            """);
  }

  @Test
  void a_run_has_its_operations_in_a_second() {
    Compared run = new Compared("long-run", 100_000, 25_974_237, List.of(new Way("", 2, 1.5)));

    assertThat(printed(BenchSections.run(run)))
        .contains("  run    2.00    1.50        50,000    1.0\n");
  }

  @Test
  void parts_have_rates_that_fit_a_terminal() {
    Rate rate = new Rate(1_000_000, 1_000_000_000, 1_000_000_000);

    assertThat(printed(BenchSections.start("run", new Timed(0, "", "", 0.5, 0.6), 5)))
        .contains("run takes 0.50 s of user time, 0.60 s elapsed: the best of 5.");
    assertThat(printed(BenchSections.scenarios(Map.of("a on b", new Speed(rate, 300)))))
        .contains("  a on b     1,000,000       300.0\n");
    Calls calls = new Calls("native code", rate, 300_000, 150);
    assertThat(printed(BenchSections.calls(Map.of("defrag", List.of(calls)))))
        .contains("  defrag  native code      1,000          150.0       150.0\n");
    List<Counted> ways = List.of(new Counted("bare", rate));
    assertThat(printed(BenchSections.loop(ways, rate, new Threads(1e6, 2e6, 2))))
        .contains(
            "  bare         1.0               0.7   14,000.0\n", "takes 1,000 ns", "2.00 times");
  }

  @Test
  void a_file_that_is_no_program_is_refused_before_anything_is_measured() {
    Finished run = Cli.run("bench", "--program", "scenarios/library/sensor-node.json");

    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("defrag-sim: ");
  }

  @Test
  @Tag("campaign") // starts a JVM for each way
  void a_program_comes_to_the_same_in_each_way() {
    Finished run = Cli.run("bench", "--program", PROGRAMS.resolve("short.elf").toString());

    assertThat(run.status()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            "short: 3,048,898 instructions, 4,281,895 cycles, in each way",
            "exec --way steps",
            "exec --way blocks",
            "exec --profile");
  }
}
