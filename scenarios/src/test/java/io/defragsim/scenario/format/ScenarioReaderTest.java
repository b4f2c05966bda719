package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.json.Problems;
import io.defragsim.scenario.schema.ReadResult;
import io.defragsim.workload.Generator;
import io.defragsim.workload.TraceElement;
import io.defragsim.workload.Variate;
import io.defragsim.workload.Workload;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ScenarioReaderTest {
  private static final String HEAD =
      "{\"mcu\": \"stm32f030f4\", \"pool\": {\"size\": \"2 KiB\", \"handles\": 32}, ";

  private final ScenarioReader reader = new ScenarioReader(Figures.units());

  @TempDir Path folder;

  @Test
  void only_the_first_problems_are_kept_and_the_others_counted() {
    Problems problems = new Problems();
    for (int line = 1000; line > 0; line--) {
      problems.add(new Json.Location(line, 1, null, null, 0), "wrong");
    }
    List<String> lines = new ReadResult.Invalid<>(problems).lines("f");

    assertThat(lines).hasSize(Problems.MOST + 1).startsWith("f:1:1: wrong", "f:2:1: wrong");
    assertThat(lines).endsWith("f:50:1: wrong", "f: and 950 more mistakes");
  }

  @Test
  void a_message_that_would_quote_a_long_text_is_cut() {
    Problems problems = new Problems();
    problems.add(
        new Json.Location(1, 2, Json.Location.START, "k".repeat(50_000), 0),
        "x".repeat(9000) + " is wrong");

    assertThat(new ReadResult.Invalid<>(problems).lines("f").get(0))
        .hasSizeLessThan(5000)
        .endsWith(" is wrong");
  }

  @Test
  void every_mistake_of_a_file_is_named_with_its_place_and_the_nearest_name() throws IOException {
    ReadResult<Scenario> result = reader.read(resource("mistakes.json"), "mistakes", folder);
    String messages =
        ((ReadResult.Invalid<Scenario>) result)
            .problems().stream()
                .map(p -> p.format("mistakes.json"))
                .collect(Collectors.joining("\n", "", "\n"));
    assertThat(messages).isEqualTo(new String(resource("mistakes.txt"), StandardCharsets.UTF_8));
  }

  @Test
  void a_complete_scenario_says_what_it_says() throws IOException {
    Files.write(folder.resolve("my.elf"), new byte[] {1});
    Scenario scenario =
        valid(
            """
            {
              // Comments of both kinds, and trailing commas, are allowed.
              "name": "all", "description": ["two", "lines"],
              "mcu": {"profile": "lpc1114", "clock": "20 MHz", "sram": "4 KiB", "multiplier": 32},
              "image": "./my.elf", /* relative to the file */
              "pool": {"size": "1.5 KiB", "handles": 12,},
              "stack": 256, "seed": 3, "callBudget": "10 ms",
              "defrag": {"when": "every", "operations": 16, "budget": "128 B", "ready": "0.5 KiB"},
              "workload": [
                {"phase": "boot", "operations": [
                  {"alloc": "a[0..3]", "bytes": [8, "1 KiB"]},
                  {"free": "a[2..0:2]"},
                  {"repeat": 2, "operations": [{"lock": "a[1]"}, {"unlock": ["a[1]"]}]},
                  {"write": "a[1]"}, {"grow": "a[3]", "bytes": 2000}, {"step": 3},
                  {"resize": "a[3]", "bytes": 90}, {"alloc": "p", "bytes": 8, "pinned": true},
                  {"wait": "1 ms"}, {"wait": 7},
                ]},
                {"repeat": 2, "phases": [{"phase": "x", "drain": true, "generate": {
                  "operations": 100, "seed": 9, "sizes": {"geometric": {"mean": 30, "max": 90}},
                  "lifetimes": {"choice": [{"weight": 9, "value": 5}, {"weight": 1, "value": "forever"}]},
                  "fill": "1 KiB", "blocks": 9, "locks": {"rate": "10 %", "hold": {"uniform": [1, 5]}},
                  "writes": 0.05, "grow": {"rate": "500 ppm", "by": 8},
                  "bursts": {"length": 4, "every": 50}, "waits": {"every": 10, "for": "50 us"}}}]},
              ],
              "limits": {"pauses.max": 800, "alloc.max": "25 us", "fragmentation.max": "40.5 %",
                "alloc.failed": {"min": 1, "max": 9}, "stack.max": "1 KiB"},
            }
            """);
    assertThat(scenario.name()).isEqualTo("all");
    assertThat(scenario.description()).isEqualTo("two lines");
    assertThat(scenario.mcu().name()).isEqualTo("lpc1114, changed");
    assertThat(scenario.mcu().zeroWaitStates()).isTrue();
    assertThat(scenario.mcu().sramBase()).isEqualTo(0x1000_0000L);
    assertThat(scenario.mcu().multiplierCycles()).isEqualTo(32);
    assertThat(scenario.image()).isEqualTo(new ImageReference.Elf(folder.resolve("my.elf")));
    assertThat(scenario.pool()).isEqualTo(new Scenario.Pool(1536, 12));
    assertThat(scenario.stackBytes()).isEqualTo(256);
    assertThat(scenario.callBudget()).isEqualTo(200_000);
    assertThat(scenario.defrag()).isEqualTo(new DefragPolicy.Every(16, 128, 512));
    assertThat(scenario.limits())
        .containsExactly(
            limit("pauses.max", null, 800L, 25),
            limit("alloc.max", null, 500L, 25),
            limit("fragmentation.max", null, 405_000L, 25),
            limit("alloc.failed", 1L, 9L, 26),
            limit("stack.max", null, 1024L, 26));
    Workload.Repeat repeat = (Workload.Repeat) scenario.workload().parts().get(1);
    Generator generator = (Generator) ((Workload.Phase) repeat.parts().get(0)).content();
    assertThat(generator)
        .isEqualTo(
            new Generator(
                100,
                9,
                new Variate.Geometric(30, 1, 90),
                new Variate.Choice(
                    List.of(
                        new Variate.Weighted(9, new Variate.Constant(5)),
                        new Variate.Weighted(1, new Variate.Constant(Variate.FOREVER)))),
                1024,
                9,
                new Generator.Locks(100_000, new Variate.Uniform(1, 5)),
                50_000,
                new Generator.Grow(500, new Variate.Constant(8)),
                new Generator.Bursts(new Variate.Constant(4), 50),
                new Generator.Waits(10, 1000)));
    assertThat(explicit(scenario, 19))
        .isEqualTo(
            "PhaseStart boot, Alloc a[0] 8 false, Alloc a[1] 1024 false, Alloc a[2] 8 false,"
                + " Alloc a[3] 1024 false, Free a[2], Free a[0], Lock a[1], Unlock a[1], Lock a[1], Unlock a[1],"
                + " Write a[1], Grow a[3] 2000, Step 3, Resize a[3] 90, Alloc p 8 true,"
                + " Wait 20000, Wait 7, PhaseEnd boot");
  }

  @Test
  void kinds_and_tables_of_counts_are_read() {
    Scenario scenario =
        valid(
            generated(
                """
                "seed": 9, "fill": "2 KiB", "kinds": [
                  {"name": "packet", "weight": 5, "writes": "1 %",
                   "sizes": {"counts": {"40": 213, "4": 12, "1 KiB": 1}}},
                  {"name": "node", "sizes": 24, "lifetimes": {"counts": {"7": 1, "forever": 3}}}]
                """));
    Workload.Phase phase = (Workload.Phase) scenario.workload().parts().get(0);
    assertThat(phase.content())
        .isEqualTo(
            new Generator(
                10,
                9,
                List.of(
                    new Generator.Kind(
                        "packet",
                        5,
                        new Variate.Counts(List.of(40L, 4L, 1024L), List.of(213L, 225L, 226L)),
                        new Variate.Constant(Variate.FOREVER),
                        null,
                        10_000,
                        null),
                    new Generator.Kind(
                        "node",
                        1,
                        new Variate.Constant(24),
                        new Variate.Counts(List.of(7L, Variate.FOREVER), List.of(1L, 4L)),
                        null,
                        0,
                        null)),
                2048,
                Integer.MAX_VALUE,
                null,
                null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "fill": 9                                                                 | generate: "sizes" is missing: expected a number or a distribution, like {"uniform": [16, 200]}, or "kinds" of blocks
          "fill": 9, "sizes": 1, "kinds": [{"name": "a", "sizes": 1}]               | generate: "sizes" and "kinds" in one phase: each kind has its own sizes
          "fill": 9, "writes": "1 %", "kinds": [{"name": "a", "sizes": 1}]          | generate/writes: beside "kinds" this has no place: each kind has its own
          "fill": 9, "kinds": []                                                    | generate/kinds: empty: expected an array of kinds: [{"name": "packet", "sizes": ...}, ...]
          "fill": 9, "kinds": [{"sizes": 1}]                                        | generate/kinds/0: "name" is missing: expected what its blocks are called
          "fill": 9, "kinds": [{"name": "a", "sizes": 1, "wieght": 2}]              | generate/kinds/0/wieght: "wieght" is no key here; did you mean "weight"? (weight, lifetimes, locks, writes, grow)
          "fill": 9, "kinds": [{"name": "a", "sizes": 1, "weight": 0}]              | generate/kinds/0/weight: 0 is out of range: expected 1 to 2147483647
          "fill": 9, "kinds": [{"name": "a", "sizes": 1}, {"name": "a", "sizes": 1}] | generate/kinds/1/name: "a" is the name of another kind
          "fill": 9, "kinds": [{"name": "a", "sizes": 1}, {"name": "b", "sizes": 10}] | generate/kinds/1/sizes: sizes go up to 10 bytes, more than the fill of 9: such a block could never be allocated
          "fill": 9, "kinds": [{"name": "a", "sizes": 1, "writes": "60 %"}, {"name": "b", "sizes": 1, "writes": "40 %"}] | generate: the rates of locks, writes and grow add up to 100 %: below 100 %, or nothing is ever allocated
          "fill": 9, "sizes": {"counts": {}}                                        | generate/sizes/counts: empty: expected numbers and how often each was counted, like {"16": 9, "200": 1}
          "fill": 9, "sizes": {"counts": {"8": 1, "9": 1, "8 B": 2}}                | generate/sizes/counts/8 B: "8 B" is a number that has its count already
          "fill": 9, "sizes": {"counts": {"0": 1}}                                  | generate/sizes/counts/0: expected a number from 1, as in {"16": 9}
          "fill": 9, "sizes": {"counts": {"4 kB": 1}}                               | generate/sizes/counts/4 kB: expected a number from 1, as in {"16": 9}
          "fill": 9, "sizes": {"counts": {"forever": 1}}                            | generate/sizes/counts/forever: expected a number from 1, as in {"16": 9}
          "fill": 9, "sizes": {"counts": {"9999999999": 1}}                         | generate/sizes/counts/9999999999: 9999999999 is out of range: expected 1 to 4294967295 bytes
          "fill": 9, "sizes": {"counts": {"8": 0}}                                  | generate/sizes/counts/8: 0 is out of range: expected 1 to 4294967295
          "fill": 9, "sizes": {"counts": [8]}                                       | generate/sizes/counts: an array where numbers and how often each was counted, like {"16": 9, "200": 1} is expected
          """)
  void each_mistake_in_kinds_and_counts_has_its_place(String members, String problem) {
    assertThat(invalid(generated(members)))
        .extracting(each -> each.pointer().replace("/workload/0/", "") + ": " + each.message())
        .containsExactly(problem);
  }

  @Test
  void a_table_of_counts_is_bounded() {
    StringBuilder counts = new StringBuilder("\"fill\": 20000, \"sizes\": {\"counts\": {\"1\": 1");
    for (int i = 2; i <= 10_000; i++) {
      counts.append(", \"").append(i).append("\": 1");
    }
    valid(generated(counts + "}}"));
    assertThat(invalid(generated(counts + ", \"10001\": 1}}")))
        .extracting(Problem::message)
        .containsExactly("10001 entries are too many: expected at most 10000");
  }

  private static String generated(String members) {
    return HEAD
        + "\"workload\": [{\"phase\": \"p\", \"generate\": {\"operations\": 10, "
        + members
        + "}}]}";
  }

  @Test
  void what_a_scenario_leaves_out_has_a_default() {
    Scenario scenario =
        valid(HEAD + "\"workload\": [{\"phase\": \"p\", \"operations\": [{\"step\": 1}]}]}");
    assertThat(scenario.name()).isEqualTo("file");
    assertThat(scenario.image()).isEqualTo(new ImageReference.Shipped("defrag"));
    assertThat(scenario.stackBytes()).isEqualTo(512);
    assertThat(scenario.defrag()).isEqualTo(new DefragPolicy.OnFailure(64));
    assertThat(scenario.limits()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"free": "a"}                                                   | free of "a", which is never allocated
          {"alloc": "buffer", "bytes": 1}, {"free": "bufer"}              | did you mean "buffer"?
          {"free": "a"}, {"alloc": "a", "bytes": 1}                       | which is not allocated yet
          {"alloc": "a", "bytes": 1}, {"free": "a"}, {"free": "a"}        | which is not alive: freed on line 1
          {"alloc": "a", "bytes": 1}, {"free": "a"}, {"lock": "a"}        | lock of "a", which is not alive
          {"alloc": "a", "bytes": 1}, {"unlock": "a"}                     | unlock of "a" without a lock
          {"alloc": "a", "bytes": 1}, {"lock": "a"}, {"free": "a"}        | free of "a" while it is locked
          {"alloc": "a", "bytes": 1}, {"lock": "a"}, {"grow": "a", "bytes": 2} | grow of "a" while it is locked
          {"alloc": "a", "bytes": 1}, {"alloc": "a", "bytes": 1}          | is still alive, allocated on line 1
          {"repeat": 2, "operations": [{"alloc": "a", "bytes": 1}]}       | in the round before
          {"alloc": "a", "bytes": 1}, {"lock": "a"}, {"lock": "a"}, {"repeat": 3, "operations": [{"unlock": "a"}]} | without a lock
          {"alloc": "a[0..3]", "bytes": 1}, {"free": "a[4]"}              | though others of a[...] are
          {"repeat": 20000000, "operations": [{"step": 1}]}               | out of range: expected 1 to 10000000
          {"repeat": 9000000, "operations": [{"step": 1}, {"step": 1}]}   | 18000000 operations, repetitions counted
          {"alloc": "a[0..99999999]", "bytes": 1}                         | at most 100000
          {"alloc": "a[0..9:0]", "bytes": 1}                              | its stride is 0
          {"alloc": "a", "bytes": -1}                                     | -1 is negative
          {"alloc": "a", "bytes": 4294967296}                             | out of range: expected 0 to 4294967295 bytes
          {"alloc": "a", "bytes": 99999999999999999999999999999}          | out of range: expected 0 to 4294967295 bytes
          {"alloc": "a", "bytes": 1e99999}                                | 1e99999 is out of range: expected 0 to 4294967295 bytes
          {"alloc": "a", "bytes": "99999999999 MiB"}                      | "99999999999 MiB" is out of range: expected 0 to
          {"alloc": ["a", "b c"], "bytes": 1}, {"free": "a"}              | "b c" names no block
          {"alloc": ["a", "b"], "bytes": [1, -1]}, {"free": ["a", "b"]}   | -1 is negative
          {"alloc": "a", "bytes": 1.5}                                    | 1.5 is not a whole number of bytes
          {"alloc": "a", "bytes": "8 kB"}                                 | write "KiB" for 1024 bytes
          {"wait": "500"}                                                 | "500" is not a duration: leave out the quotes, or add a unit: expected
          {"wait": "0.5"}                                                 | "0.5" is not a duration: its unit is missing: expected
          {"wait": "5 mss"}                                               | no such unit "mss"; did you mean "ms"?
          """)
  void operations_that_make_no_sense_are_refused(String operations, String message) {
    String text =
        HEAD + "\"workload\": [{\"phase\": \"p\", \"operations\": [" + operations + "]}]}";
    assertThat(invalid(text)).hasSize(1);
    assertThat(invalid(text).get(0).message()).contains(message);
  }

  private static Limit limit(String figure, @Nullable Long min, @Nullable Long max, int line) {
    return new Limit(
        figure, new Limit.Bounds(min, max), Limit.Bounds.NONE, new Limit.Source(null, line));
  }

  private static String limits(String limits) {
    return HEAD
        + "\"limits\": "
        + limits
        + ", \"workload\": [{\"phase\": \"p\", \"operations\": [{\"step\": 1}]}]}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          {"max": 564, "warn": 500}                               | - | 564 | -  | 500
          {"min": 10, "warn": 20}                                 | 10 | - | 20 | -
          {"warn": "10 us"}                                       | - | - | - | 480
          {"min": 1, "max": 9, "warn": {"max": 8}}                | 1 | 9 | - | 8
          {"min": 1, "max": 9, "warn": {"min": 2, "max": 8}}      | 1 | 9 | 2 | 8
          {"max": 9, "warn": {"min": 2}}                          | - | 9 | 2 | -
          """)
  void a_limit_may_warn_before_it_is_violated(
      String limit,
      @Nullable Long min,
      @Nullable Long max,
      @Nullable Long warnMin,
      @Nullable Long warnMax) {
    assertThat(valid(limits("{\"pauses.max\": " + limit + "}")).limits())
        .containsExactly(
            new Limit(
                "pauses.max",
                new Limit.Bounds(min, max),
                new Limit.Bounds(warnMin, warnMax),
                new Limit.Source(null, 1)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"max": 564, "warn": 600}                | /warn | a warning above 600 comes too late: above 564 the limit is violated; expected less
          {"max": 564, "warn": 564}                | /warn | comes too late
          {"min": 10, "warn": 9}                   | /warn | a warning below 9 comes too late: below 10 the limit is violated; expected more
          {"min": 1, "max": 9, "warn": 4}          | /warn | has to say which is meant
          {"min": 5, "warn": {"max": 4}}           | /warn | nothing is at least 5 and at most 4: every value is warned of
          {"warn": {"min": 5, "max": 4}}           | /warn | every value is warned of
          {"max": 9, "warn": {}}                   | /warn | no bound
          {"max": 9, "warn": {"most": 4}}          | /warn/most | is no key here
          {"max": 9, "warn": true}                 | /warn | true is not a duration
          {"min": 9, "max": 4}                     | - | nothing is at least 9 and at most 4
          {}                                       | - | no bound: expected "min", "max" or both, or "warn"
          {"max": 9, "wran": 4}                    | /wran | did you mean "warn"?
          """)
  void a_limit_that_makes_no_sense_is_refused_at_its_place(
      String limit, String below, String message) {
    assertThat(invalid(limits("{\"pauses.max\": " + limit + "}")))
        .anySatisfy(
            problem -> {
              assertThat(problem.pointer())
                  .isEqualTo("/limits/pauses.max" + (below.equals("-") ? "" : below));
              assertThat(problem.message()).contains(message);
            });
  }

  @Test
  void a_limit_knows_its_file_and_line() throws IOException {
    Path file = folder.resolve("located.json");
    Files.writeString(file, limits("{\n  \"pauses.max\": 1,\n  \"alloc.max\": {\"warn\": 2}}"));
    assertThat(((ReadResult.Valid<Scenario>) reader.read(file)).value().limits())
        .extracting(Limit::source)
        .containsExactly(new Limit.Source(file, 2), new Limit.Source(file, 3));
  }

  @Test
  void locks_and_lives_may_span_phases_and_a_drain_ends_them() {
    String alloc =
        "{\"phase\": \"a\", \"operations\": [{\"alloc\": \"x\", \"bytes\": 8}, {\"lock\": \"x\"}], \"drain\": true}";
    valid(HEAD + "\"workload\": [{\"repeat\": 3, \"phases\": [" + alloc + "]}]}");
    assertThat(
            invalid(
                    HEAD
                        + "\"workload\": ["
                        + alloc
                        + ", {\"phase\": \"b\", \"operations\": [{\"free\": \"x\"}]}]}")
                .get(0)
                .message())
        .isEqualTo("free of \"x\", which is gone: a phase drained it");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"mcu": 5,}                    | 1 | 9 | a number where a profile's name
          {"mcu": "x"                    | 1 | 12 | the { of line 1, column 1 is not closed
          {"mcu": "x" "pool": 1}         | 1 | 12 | not JSON: a comma is missing before "pool"
          {} {}                          | 1 | 4 | goes on after the end
          []                             | 1 | 1 | an array where an object
          {'a': 1}                       | 1 | 2 | not JSON: a key stands in straight double quotes
          """)
  void text_that_is_no_scenario_is_refused_at_its_place(
      String text, int line, int column, String message) {
    assertThat(invalid(text))
        .anySatisfy(
            p -> {
              assertThat(p.line()).isEqualTo(line);
              assertThat(p.column()).isEqualTo(column);
              assertThat(p.message()).contains(message);
            });
  }

  @Test
  void nesting_without_end_is_refused() {
    assertThat(invalid("[".repeat(100_000)).get(0).message()).contains("nested more than 64 deep");
  }

  @Test
  void an_empty_file_says_that_it_is_empty() {
    assertThat(invalid("").get(0).message()).startsWith("the file is empty");
    assertThat(invalid(" // nothing\n").get(0).message()).startsWith("the file is empty");
  }

  @Test
  void files_that_are_no_text_are_refused_by_what_they_are() throws IOException {
    assertThat(reader.read(folder)).isEqualTo(whole("is a directory, not a scenario file"));
    assertThat(reader.read(folder.resolve("none.json"))).isEqualTo(whole("no such file"));
    assertThat(written(new byte[] {0x7F, 'E', 'L', 'F', 1}))
        .isEqualTo(whole("is an ELF image, not a scenario; a scenario names it with \"image\""));
    assertThat(written(new byte[] {'{', 0, 1}))
        .isEqualTo(whole("is a binary file, not a scenario"));
    assertThat(written("{}".getBytes(Charset.forName("UTF-16"))))
        .isEqualTo(whole("is in UTF-16: save it as UTF-8"));
    assertThat(written(new byte[] {'{', (byte) 0xC3, '}'}))
        .isEqualTo(
            new ReadResult.Invalid<>(
                new Problem(1, 2, "", "is not a text in UTF-8: the byte 0xc3; save it as UTF-8")));
  }

  @Test
  void a_byte_order_mark_is_ignored() throws IOException {
    assertThat(written("\uFEFF{}".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(written("{}".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"cortex-m0", "stm32f030f4", "stm32f042k6", "nrf51822", "lpc1114"})
  void profiles_are_named(String profile) {
    Scenario scenario =
        valid(
            "{\"mcu\": \""
                + profile
                + "\", \"pool\": {\"size\": 1024, \"handles\": 8}, \"workload\": [{\"phase\": \"p\","
                + " \"operations\": [{\"step\": 1}]}]}");
    assertThat(scenario.mcu().name()).isEqualTo(profile);
  }

  @ParameterizedTest
  @CsvSource({
    "stm32f030f4, 1, 1",
    "stm32f030f4, 0, 0",
    "stm32f030f4, '\"auto\"', 1",
    "lpc1114, '\"auto\"', 2",
    "nrf51822, '\"auto\"', 0",
  })
  void wait_states_are_a_number_or_what_the_part_needs(String profile, String json, int count) {
    assertThat(valid(waitStates(profile, json)).mcu().waitStates()).isEqualTo(count);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"when": "idle", "ready": "2 KiB"}        | is out of range: expected 1 to 1024 bytes
          {"when": "on-failure", "ready": 64}       | goes with "when": "idle" or "every"
          {"when": "never", "ready": 64}            | goes with "when": "idle" or "every"
          {"when": "idle", "ready": 0}              | is out of range: expected 1 to 1024 bytes
          """)
  void a_hole_to_be_kept_ready_that_makes_no_sense_is_refused_at_its_place(
      String defrag, String message) {
    String text =
        "{\"mcu\": \"stm32f030f4\", \"pool\": {\"size\": 1024, \"handles\": 8}, \"defrag\": "
            + defrag
            + ", \"workload\": [{\"phase\": \"p\", \"operations\": [{\"wait\": 1}]}]}";
    assertThat(invalid(text))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message()).contains(message);
              assertThat(problem.pointer()).isEqualTo("/defrag/ready");
            });
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"when": "idel", "ready": 64}           | /defrag/when | did you mean "idle"?
          {"when": "evry", "operations": 64}      | /defrag/when | did you mean "every"?
          {"when": "idle", "operations": "often"} | /defrag/operations | goes with "when": "every" only
          {"when": "every"}                       | /defrag | "operations" is missing: expected how many operations
          """)
  void keys_that_do_not_go_together_are_one_mistake(String defrag, String place, String message) {
    String text =
        HEAD
            + "\"defrag\": "
            + defrag
            + ", \"workload\": [{\"phase\": \"p\", \"operations\": [{\"wait\": 1}]}]}";
    assertThat(invalid(text))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message()).contains(message);
              assertThat(problem.pointer()).isEqualTo(place);
            });
  }

  @ParameterizedTest
  @CsvSource({"'a\\nb', true", "'\u2003', false"})
  void a_name_of_spaces_is_none_and_a_line_break_is_no_end(String name, boolean isName) {
    String text =
        HEAD
            + "\"interrupts\": [{\"every\": \"1 ms\", \"cycles\": 99, \"name\": \""
            + name
            + "\"}], \"workload\": [{\"phase\": \"p\", \"operations\": [{\"step\": 1}]}]}";
    ReadResult<Scenario> result =
        reader.read(text.getBytes(StandardCharsets.UTF_8), "file", folder);
    assertThat(result instanceof ReadResult.Valid).as(result.toString()).isEqualTo(isName);
  }

  @Test
  void a_description_has_a_length() {
    String text =
        HEAD
            + "\"description\": %s, \"workload\": [{\"phase\": \"p\", \"operations\": [{\"step\":"
            + " 1}]}]}";
    String line = "\"" + "x".repeat(2000) + "\"";
    valid(text.replace("%s", line));
    valid(text.replace("%s", "[" + String.join(", ", Collections.nCopies(100, line)) + "]"));
    assertThat(invalid(text.replace("%s", line.replace("xx", "xxx"))).get(0).message())
        .isEqualTo("3000 characters are too many: expected at most 2000");
    assertThat(
            invalid(
                    text.replace(
                        "%s", "[" + String.join(", ", Collections.nCopies(101, line)) + "]"))
                .get(0)
                .message())
        .isEqualTo("101 lines are too many: expected at most 100");
  }

  @Test
  void a_scenario_that_says_nothing_of_wait_states_is_counted_exactly() {
    Scenario scenario = valid(waitStates("stm32f030f4", "1").replace(", \"waitStates\": 1", ""));
    assertThat(scenario.mcu().isEstimate()).isFalse();
    assertThat(scenario.mcu().zeroWaitStates()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          -1                       | -1 wait states are out of range; expected 0 to 7
          8                        | 8 wait states are out of range; expected 0 to 7
          1.5                      | 1.5 is not a whole number; expected 0 to 7
          "atuo"                   | "atuo" is no number of wait states; did you mean "auto"?
          "many"                   | "many" is no number of wait states; expected 0 to 7, or "auto"
          true                     | true is no number of wait states; expected 0 to 7, or "auto"
          "auto", "clock": "1000 MHz" | and the estimate goes to 7
          """)
  void wait_states_that_make_no_sense_are_refused_at_their_place(String json, String message) {
    assertThat(invalid(waitStates("stm32f030f4", json)))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.message()).contains(message);
              assertThat(problem.pointer()).isEqualTo("/mcu/waitStates");
              assertThat(problem.column()).isEqualTo(50);
            });
  }

  @Test
  void a_misspelt_key_for_wait_states_is_named_with_the_right_one() {
    String text = waitStates("stm32f030f4", "1").replace("waitStates", "waitstate");
    assertThat(invalid(text).get(0).message()).contains("did you mean \"waitStates\"?");
  }

  private static String waitStates(String profile, String json) {
    return "{\"mcu\": {\"profile\": \""
        + profile
        + "\", \"waitStates\": "
        + json
        + "}, \"pool\": {\"size\": 1024, \"handles\": 8}, \"workload\": [{\"phase\": \"p\","
        + " \"operations\": [{\"step\": 1}]}]}";
  }

  @Test
  void memory_that_does_not_fit_is_refused_with_the_sum() {
    String text =
        "{\"mcu\": \"stm32f030f4\", \"pool\": {\"size\": \"3.75 KiB\", \"handles\": 8},"
            + " \"workload\": [{\"phase\": \"p\", \"operations\": [{\"step\": 1}]}]}";
    assertThat(invalid(text))
        .containsExactly(
            new Problem(
                1,
                32,
                "/pool",
                "does not fit: pool 3840 + stack 512 = 4352 bytes, but the SRAM of stm32f030f4 is"
                    + " 4096 bytes, and the image's data comes on top; expected a pool of at most 3584"
                    + " less that data"));
  }

  private static String shareOf(String writes) {
    return "{\"mcu\": \"cortex-m0\", \"pool\": {\"size\": 512, \"handles\": 8}, \"workload\": ["
        + "{\"phase\": \"p\", \"generate\": {\"operations\": 9, \"sizes\": 8, \"fill\": 64,"
        + " \"writes\": "
        + writes
        + "}}], \"limits\": {\"fragmentation.max\": "
        + writes
        + "}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          20     | 20 is no share, its unit is missing: write "20 %" or 0.2
          90     | 90 is no share, its unit is missing: write "90 %" or 0.9
          1.5    | 1.5 is no share, its unit is missing: write "1.5 %" or 0.015
          2e1    | 2e1 is no share, its unit is missing: write "20 %" or 0.2
          100    | 100 is no share, its unit is missing: write "100 %" or 1.0
          250000 | 250000 is no share, its unit is missing: expected "10 %", "500 ppm" or 0.1
          1      | 1 is no share, for it could be a percent or all: write "1 %" or 0.01, or "100 %"
          -1     | -1 is negative: a share is 0 or more
          """)
  void a_whole_number_is_no_share(String written, String message) {
    assertThat(invalid(shareOf(written)))
        .extracting(Problem::message)
        .containsExactly(message, message);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.0, 0",
    "0.1, 100000",
    "5e-1, 500000",
    "'\"20 %\"', 200000",
    "'\"7 ppm\"', 7"
  })
  void a_share_is_0_or_a_fraction_or_has_a_unit(String written, long ppm) {
    Scenario scenario = valid(shareOf(written));
    assertThat(scenario.limits()).containsExactly(limit("fragmentation.max", null, ppm, 1));
    Workload.Phase phase = (Workload.Phase) scenario.workload().parts().get(0);
    assertThat(((Generator) phase.content()).kinds().get(0).writesPpm()).isEqualTo((int) ppm);
  }

  @Test
  void a_fraction_of_1_point_0_is_all() {
    Scenario scenario = valid(shareOf("0.5").replace("max\": 0.5", "max\": 1.0"));
    assertThat(scenario.limits()).containsExactly(limit("fragmentation.max", null, 1_000_000L, 1));
  }

  @Test
  void an_abbreviated_key_is_recognised() {
    assertThat(invalid("{\"img\": \"defrag\"}"))
        .extracting(Problem::message)
        .anyMatch(message -> message.startsWith("\"img\" is no key here; did you mean \"image\"?"));
  }

  @Test
  void a_key_that_is_none_is_told_of_those_that_have_a_place_beside_the_others() {
    String phase = "{\"workload\": [{\"phase\": \"p\", \"foo\": 1%s}]}";
    assertThat(invalid(phase.replace("%s", "")))
        .extracting(Problem::message)
        .contains("\"foo\" is no key here; expected one of: operations, generate, trace, drain");
    assertThat(invalid(phase.replace("%s", ", \"trace\": \"no.trace\"")))
        .extracting(Problem::message)
        .contains("\"foo\" is no key here; expected one of: drain");
  }

  @Test
  void a_limit_on_a_figure_of_programs_is_refused() {
    assertThat(invalid("{\"limits\": {\"leaks\": 0}}"))
        .extracting(Problem::message)
        .anyMatch(message -> message.startsWith("\"leaks\" is no figure of a scenario"));
  }

  @Test
  void waits_that_no_clock_has_room_for_are_refused() {
    String text =
        "{\"mcu\": \"cortex-m0\", \"pool\": {\"size\": 512, \"handles\": 8}, \"workload\": ["
            + "{\"phase\": \"p\", \"operations\": [{\"repeat\": 5000, \"operations\": ["
            + "{\"wait\": 281474976710656}]}]}]}";
    assertThat(invalid(text))
        .extracting(Problem::message)
        .containsExactly(
            "the waits, repetitions counted, take more than 1152921504606846976 cycles together");
  }

  @Test
  void rounds_over_many_blocks_are_followed_in_time() {
    String text =
        "{\"mcu\": \"cortex-m0\", \"pool\": {\"size\": \"32 KiB\", \"handles\": 9}, \"workload\": ["
            + "{\"phase\": \"p\", \"operations\": [{\"alloc\": \"a[0..19999]\", \"bytes\": 8},"
            + "{\"repeat\": 10000, \"operations\": [{\"lock\": \"a[0]\"}]},"
            + "{\"unlock\": \"b\"}]}]}";
    assertThat(invalid(text)).hasSize(1);
  }

  @Test
  void a_handle_table_that_leaves_nothing_of_the_pool_is_refused() {
    String text =
        "{\"mcu\": \"cortex-m0\", \"pool\": {\"size\": 1920, \"handles\": 600}, \"workload\":"
            + " [{\"phase\": \"p\", \"operations\": [{\"step\": 1}]}]}";
    assertThat(invalid(text).get(0).message())
        .isEqualTo(
            "600 handles take 2400 bytes of the pool, 4 each, and leave less than 32 of its 1920"
                + " for blocks");
  }

  @Test
  void damaged_files_are_refused_and_never_crash_the_reader() throws IOException {
    long seed = 20261123;
    Random random = new Random(seed);
    byte[] good = resource("mistakes.json");
    for (int i = 0; i < 300; i++) {
      byte[] bad = good.clone();
      for (int j = 0; j <= random.nextInt(4); j++) {
        bad[random.nextInt(bad.length)] = (byte) (32 + random.nextInt(95));
      }
      ReadResult<Scenario> result = reader.read(bad, "bad", folder);
      assertThat(result).as("seed %d, round %d", seed, i).isInstanceOf(ReadResult.Invalid.class);
    }
  }

  /** What this class says of texts the schema says, too. */
  private void agree(String text) {
    try {
      ScenarioSchemaTest.agreement(folder).holds(text, "as the reader");
    } catch (JsonProcessingException e) {
      // No JSON: an editor marks it without a schema.
    }
  }

  private Scenario valid(String text) {
    agree(text);
    ReadResult<Scenario> result =
        reader.read(text.getBytes(StandardCharsets.UTF_8), "file", folder);
    if (result instanceof ReadResult.Valid<Scenario> valid) {
      return valid.value();
    }
    throw new AssertionError(((ReadResult.Invalid<Scenario>) result).problems().toString());
  }

  private List<Problem> invalid(String text) {
    agree(text);
    ReadResult<Scenario> result =
        reader.read(text.getBytes(StandardCharsets.UTF_8), "file", folder);
    assertThat(result).isInstanceOf(ReadResult.Invalid.class);
    return ((ReadResult.Invalid<Scenario>) result).problems();
  }

  private ReadResult<Scenario> written(byte[] bytes) throws IOException {
    return reader.read(Files.write(folder.resolve("file.json"), bytes));
  }

  private static ReadResult<Scenario> whole(String message) {
    return new ReadResult.Invalid<>(new Problem(0, 0, "", message));
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ScenarioReaderTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static String explicit(Scenario scenario, int count) {
    List<String> words = new ArrayList<>();
    for (TraceElement operation : scenario.workload().trace()) {
      if (words.size() == count) {
        break;
      }
      Matcher block = Pattern.compile("block=(\\d+)").matcher(operation.toString());
      String text =
          block.replaceFirst(m -> scenario.workload().blockName(Integer.parseInt(m.group(1))));
      words.add(
          text.substring(0, text.length() - 1)
              .replaceFirst("\\[", " ")
              .replaceAll("\\w+=", "")
              .replace(",", ""));
    }
    return String.join(", ", words);
  }
}
