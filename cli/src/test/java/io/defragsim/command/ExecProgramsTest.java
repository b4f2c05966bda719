package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.defragsim.command.Cli.Finished;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code exec} on the committed programs, whose cycles are known by hand. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ExecProgramsTest {
  private static final Path PROGRAMS =
      Path.of(System.getProperty("defragsim.root"), "allocator-firmware/programs/prebuilt");

  private static Finished exec(String program, String... options) {
    List<String> arguments = new ArrayList<>(List.of("exec", PROGRAMS + "/" + program + ".elf"));
    arguments.addAll(List.of(options));
    Finished run = Cli.run(arguments.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
    return run;
  }

  private static JsonNode json(String program, String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of(options));
    all.addAll(List.of("--json", "-"));
    return new ObjectMapper().readTree(exec(program, all.toArray(String[]::new)).out());
  }

  @Test
  @Tag("campaign") // 80 million cycles, one by one
  void a_loop_of_20_million_rounds_takes_80_million_cycles_less_2() throws IOException {
    JsonNode run = json("spin", "--from", "spin", "--to", "spin+4");

    // SUBS 1, BNE 3; the last BNE is not taken: 1.
    assertThat(run.at("/intervals/count").intValue()).isOne();
    assertThat(run.at("/intervals/total").longValue()).isEqualTo(20_000_000L * 4 - 2);
    assertThat(run.at("/instructions").longValue()).isBetween(40_000_000L, 40_010_000L);
  }

  @Test
  void a_program_that_times_1000_rounds_of_20_cycles_by_SysTick_reads_20000() {
    assertThat(exec("stopwatch").out())
        .startsWith("1000 rounds of 20 cycles: 20000, without the 2 of reading the timer\n");
  }

  /**
   * Entry is 16 cycles from the request, where nothing is in the way: asleep, and in an LDM, which
   * is given up in the very cycle of a request and starts again behind the handler.
   *
   * <p>LDM and handler: the handler's 2 + 2 + 2 + 2 + 3 = 11 between entry (16) and return (16),
   * and the LDM's 9, are 52. A request in the LDM's cycle n throws those n away. One that comes
   * with the end of the LDM finds it done.
   */
  @Test
  void an_interrupt_waits_16_cycles_asleep_and_at_every_cycle_of_the_longest_load_multiple() {
    StringBuilder expected = new StringBuilder("asleep by WFI, 100 interrupts: 16 to 16 cycles\n");
    for (int cycle = 0; cycle <= 9; cycle++) {
      expected.append(
          String.format(
              "requested at cycle %d of an LDM of 9: 16 cycles, LDM and handler take %d\n",
              cycle, 52 + cycle % 9));
    }
    assertThat(exec("latency").out()).startsWith(expected.append('\n'));
  }

  @Test
  void a_function_that_is_called_5209_times_is_measured_each_time() throws IOException {
    JsonNode run = json("workout", "--from", "crc_byte", "--to", "crc_byte+0x24", "--profile");

    // 9 for the check value; in each of 10 iterations 4 for 64 keys, 64 products and two sums.
    int calls = 9 + 10 * 4 * (64 + 64 + 2);
    JsonNode intervals = run.at("/intervals");
    assertThat(intervals.at("/count").intValue()).isEqualTo(calls);
    // 8 before the loop; a bit takes 10, or 11 with the polynomial; the last one 2 more, or less.
    assertThat(intervals.at("/min").intValue()).isBetween(8 + 7 * 10 + 9, 8 + 7 * 11 + 12);
    assertThat(intervals.at("/max").intValue()).isBetween(8 + 7 * 10 + 9, 8 + 7 * 11 + 12);
    // The profile has the BX of each call too.
    JsonNode function = run.at("/profile/functions/0");
    assertThat(function.at("/name").textValue()).isEqualTo("crc_byte");
    assertThat(function.at("/calls").intValue()).isEqualTo(calls);
    assertThat(function.at("/exclusive").longValue())
        .isEqualTo(intervals.at("/total").longValue() + 3L * calls)
        .isEqualTo(494_775);
  }

  @Test
  void the_workout_is_right_and_its_cycles_are_those_of_its_functions() throws IOException {
    assertThat(exec("workout").out()).startsWith("10 iterations, CRC 0xecb8: ok\n");

    JsonNode run = json("workout", "--profile");
    assertThat(run.at("/cycles").longValue()).isEqualTo(1_084_424);
    assertThat(run.at("/instructions").longValue()).isEqualTo(770_845);
    long alone = 0;
    for (JsonNode function : run.at("/profile/functions")) {
      alone += function.at("/exclusive").longValue();
    }
    assertThat(alone).isEqualTo(1_084_424);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          hello-printf       | hello, heap
          readings           | 159 readings, 17 alarms
          readings-pool      | 159 readings, 17 alarms
          json-tree          | same, 3170 bytes, checksum 105063
          containers         | fan, pump, relay, temperature sensor, north, valve
          full-newlib        | done
          picolibc           | done
          handles            | sum 164, after steps
          kernel             | packets 780, messages 140, switches in calls 29
          stand-ins          | done
          misuse-double-free | done
          misuse-wild-free   | done
          misuse-long-jump   | done
          """)
  void a_program_to_record_does_what_it_is_there_for(String program, String first) {
    assertThat(exec("../heap/prebuilt/" + program).out().lines()).startsWith(first);
  }

  @Test
  void a_logger_finds_no_memory_for_its_report_and_the_repaired_one_does() {
    String refused = exec("../heap/prebuilt/readings").out();
    String repaired = exec("../heap/prebuilt/readings-pool").out();

    assertThat(refused).contains("no memory for the report").doesNotContain("alarm A");
    assertThat(repaired.lines().filter(line -> line.startsWith("alarm "))).hasSize(17);
  }

  @Test
  void a_heap_that_is_written_over_faults_and_one_that_waits_for_itself_never_ends() {
    String heap = PROGRAMS + "/../heap/prebuilt/";

    assertThat(Cli.run("exec", heap + "misuse-overrun.elf").status()).isEqualTo(4);
    assertThat(Cli.run("exec", heap + "misuse-deadlock.elf", "--budget", "100000").status())
        .isEqualTo(5);
  }

  @Test
  void each_way_to_carry_out_instructions_gives_the_same() throws IOException {
    JsonNode stepped = json("workout", "--way", "steps");

    assertThat(json("workout", "--way", "blocks")).isEqualTo(stepped);
    assertThat(json("workout")).isEqualTo(stepped);
    assertThat(Cli.run("exec", PROGRAMS + "/workout.elf", "--way", "step"))
        .isEqualTo(
            new Finished(
                2,
                "",
                """
                defrag-sim: --way: "step" is no way to run; did you mean "steps"? (steps, blocks, translated)
                Try 'defrag-sim exec --help'.
                """));
  }

  @Test
  void a_multiplier_of_32_cycles_costs_the_workout_31_more_for_each_multiplication()
      throws IOException {
    // One for each entry of the table. In each of 10 iterations: the product 8 * 8 * 8, three times
    // a
    // matrix on a vector 8 * 8, 57 times a filter of 8, and one for each random number: 64 keys,
    // 8 + 2 * 64 for the matrices, 64 + 8 for the filter, 12 for the text.
    int multiplications = 511 + 10 * (512 + 3 * 64 + 57 * 8 + 64 + 136 + 72 + 12);

    JsonNode slow = json("workout", "--mul", "32");

    assertThat(slow.at("/instructions").longValue()).isEqualTo(770_845);
    assertThat(slow.at("/cycles").longValue()).isEqualTo(1_084_424 + 31L * multiplications);
  }
}
