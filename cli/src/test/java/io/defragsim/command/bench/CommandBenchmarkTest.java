package io.defragsim.command.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.defragsim.command.bench.CommandBenchmark.Compared;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that are compared, on a runner that gives what the test wants. */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class CommandBenchmarkTest {
  private static final Path FILE = Path.of("p.elf");
  private static final List<String> WAYS = List.of("--way steps", "--profile");

  private final List<String> told = new ArrayList<>();
  private final List<String> started = new ArrayList<>();

  private Compared compare(Timed steps, Timed profile) {
    Timed.Runner runner =
        arguments -> {
          started.add(String.join(" ", arguments));
          return started.size() == 1 ? steps : profile;
        };
    return new CommandBenchmark(runner, told::add).exec("p", FILE, WAYS);
  }

  private static Timed executed(long instructions, long cycles, String profile, String output) {
    String json =
        String.format(
            Locale.ROOT,
            "{\"instructions\": %d, \"cycles\": %d, \"profile\": %s}",
            instructions,
            cycles,
            profile);
    return new Timed(0, json, output, 2, 3);
  }

  @Test
  void a_program_that_comes_to_the_same_in_each_way_has_a_speed_in_each() {
    Timed fast = executed(4_000_000, 5_000_000, "{\"functions\": []}", "ok");

    Compared compared =
        compare(
            executed(4_000_000, 5_000_000, "null", "ok"),
            new Timed(0, fast.out(), "ok", 0.5, 0.75));

    assertThat(compared.cycles()).isEqualTo(5_000_000);
    assertThat(compared.ways()).extracting(compared::perSecond).containsExactly(2e6, 8e6);
    assertThat(compared.ways()).extracting(compared::times).containsExactly(1.0, 4.0);
    assertThat(started)
        .containsExactly("exec p.elf --json - --way steps", "exec p.elf --json - --profile");
    assertThat(told).containsExactly("exec p --way steps", "exec p --profile");
  }

  @ParameterizedTest
  @CsvSource({"4, 6, ok", "5, 5, ok", "4, 5, WRONG"})
  void another_count_or_another_output_is_an_error_that_has_both(
      long instructions, long cycles, String output) {
    assertThatThrownBy(
            () ->
                compare(
                    executed(4, 5, "null", "ok"), executed(instructions, cycles, "null", output)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "exec p does not come to the same with --profile as with --way steps: instructions "
                + instructions
                + ", cycles "
                + cycles
                + ", status 0, output \""
                + output
                + "\" against instructions 4, cycles 5, status 0, output \"ok\"");
  }

  @Test
  void a_command_that_fails_is_an_error_with_its_words() {
    assertThatThrownBy(
            () -> compare(new Timed(1, "", "defrag-sim: no", 1, 1), executed(1, 1, "null", "")))
        .hasMessage("exec p --way steps ended with status 1: defrag-sim: no");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0m0.010s 0m0.000s\\n1m2.500s 0m0.145s | 62.5",
        "0m0,010s 0m0,000s\\n0m2,500s 0m0,145s | 2.5",
        "0m0.000000s 0m0.000000s\\n0m0.123456s 0m0.000000s | 0.123456"
      })
  void what_a_shell_says_of_its_children_is_their_user_time(String times, double seconds) {
    assertThat(Launcher.userSeconds(times.replace("\\n", "\n"))).isEqualTo(seconds, within(1e-9));
  }
}
