package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.schema.ReadResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class InterruptBinderTest {

  /** A scenario for 48 MHz whose first line holds nothing but the interrupts. */
  private static ReadResult<Scenario> read(String interrupts, String core) {
    String text =
        "{\"interrupts\": "
            + interrupts
            + ",\n\"mcu\": {\"profile\": \""
            + core
            + "\"}, \"pool\": {\"size\": \"2 KiB\", \"handles\": 32},"
            + " \"workload\": [{\"phase\": \"p\", \"operations\": [{\"wait\": 1}]}]}";
    return new ScenarioReader(Figures.units())
        .read(text.getBytes(StandardCharsets.UTF_8), "s", Path.of(""));
  }

  private static List<InterruptSource> valid(String interrupts) {
    ReadResult<Scenario> result = read(interrupts, "cortex-m0");
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Valid.class);
    return ((ReadResult.Valid<Scenario>) result).value().interrupts();
  }

  private static List<String> problems(String interrupts) {
    return problems(interrupts, "cortex-m0");
  }

  private static List<String> problems(String interrupts, String core) {
    ReadResult<Scenario> result = read(interrupts, core);
    assertThat(result).as(result.toString()).isInstanceOf(ReadResult.Invalid.class);
    return ((ReadResult.Invalid<Scenario>) result)
        .problems().stream().map(p -> p.format("s")).toList();
  }

  @Test
  void interrupts_say_what_they_say_and_have_defaults() {
    assertThat(
            valid(
                """
                [{"every": "1 ms", "cycles": 120},
                 {"name": "uart", "every": 2000, "at": "10 us", "cycles": "1 us", "priority": 3},
                 {"every": 100000, "at": 0, "cycles": 32}]\
                """
                    .replace('\n', ' ')))
        .containsExactly(
            new InterruptSource("IRQ 0", 48_000, 48_000, 120, 0),
            new InterruptSource("uart", 480, 2000, 48, 3),
            new InterruptSource("IRQ 2", 0, 100_000, 32, 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{} | s:1:16: /interrupts: an object where interrupts like"
            + " [{\"every\": \"1 ms\", \"cycles\": 120}] is expected",
        "[] | s:1:16: /interrupts: empty: expected interrupts like"
            + " [{\"every\": \"1 ms\", \"cycles\": 120}]",
        "[7] | s:1:17: /interrupts/0: a number where {\"every\": \"1 ms\", \"cycles\": 120} is expected",
        "[{\"cycles\": 120}] | s:1:17: /interrupts/0: \"every\" is missing: expected the time from"
            + " one request to the next, like \"1 ms\"",
        "[{\"every\": 500}] | s:1:17: /interrupts/0: \"cycles\" is missing: expected what one"
            + " takes, entry and return included, like 120",
        "[{\"every\": 500, \"cycles\": 31}] | s:1:42: /interrupts/0/cycles: 31 is too short: a"
            + " Cortex-M0 takes 16 cycles to enter an interrupt and 16 to return, so expected 32 or"
            + " more",
        "[{\"every\": 99, \"cycles\": 99}] | s:1:41: /interrupts/0/cycles: 99 cycles every 99 leave"
            + " the program none: expected at most 98",
        "[{\"every\": 99, \"cycles\": 50, \"priority\": 4}] | s:1:57: /interrupts/0/priority: 4 is"
            + " out of range: expected 0 to 3",
        "[{\"every\": 0, \"cycles\": 50}] | s:1:27: /interrupts/0/every: 0 is out of range:"
            + " expected 1 to 281474976710656 cycles",
        "[{\"every\": 99, \"cycles\": 50, \"name\": \" \"}] | s:1:53: /interrupts/0/name: a name has 1"
            + " to 20 characters",
        "[{\"every\": 99, \"cycles\": 50, \"name\": \"every one hundred us\\n\"}] | s:1:53:"
            + " /interrupts/0/name: 21 characters are too many: expected at most 20",
        "[{\"every\": 99, \"cycles\": 40, \"first\": 3}] | s:1:45: /interrupts/0/first: \"first\" is no"
            + " key here; expected one of: name, at, priority",
        "[{\"every\": 200, \"cycles\": 100, \"name\": \"a\"}, {\"every\": 300, \"cycles\": 100},"
            + " {\"every\": 600, \"cycles\": 100}] | s:1:16: /interrupts: all interrupts together take"
            + " 100.0 % of the time and leave the program none",
        "[{\"every\": 999, \"cycles\": 99, \"name\": \"IRQ 1\"}, {\"every\": 999, \"cycles\": 99}] |"
            + " s:1:64: /interrupts/1: \"IRQ 1\" is the name of another interrupt",
      })
  void a_mistake_is_named_at_its_place(String interrupts, String problem) {
    assertThat(problems(interrupts)).containsExactly(problem);
  }

  @Test
  void the_least_is_what_the_core_takes() {
    String shortest = "[{\"every\": 500, \"cycles\": 30}]";
    assertThat(read(shortest, "cortex-m0plus")).isInstanceOf(ReadResult.Valid.class);
    assertThat(problems("[{\"every\": 500, \"cycles\": 29}]", "cortex-m0plus"))
        .singleElement()
        .asString()
        .endsWith("takes 15 cycles to enter an interrupt and 15 to return, so expected 30 or more");
  }

  @Test
  void a_core_has_32_lines() {
    String one = "{\"every\": \"1 s\", \"cycles\": 32}";
    assertThat(valid("[" + String.join(", ", Collections.nCopies(32, one)) + "]")).hasSize(32);
    assertThat(problems("[" + String.join(", ", Collections.nCopies(33, one)) + "]"))
        .containsExactly(
            "s:1:16: /interrupts: 33 interrupts: a Cortex-M0 has 32 lines, one for each");
  }

  @Test
  void a_part_with_mistakes_of_its_own_hides_none_of_the_interrupts() {
    assertThat(problems("[{\"every\": \"1 ms\", \"cycles\": 120, \"prio\": 1}]", "cortex-m1"))
        .hasSize(2);
  }
}
