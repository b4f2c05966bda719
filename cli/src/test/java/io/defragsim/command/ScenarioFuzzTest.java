package io.defragsim.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.defragsim.command.Cli.Finished;
import io.defragsim.lab.result.Figures;
import io.defragsim.report.json.BaselineReader;
import io.defragsim.report.json.BaselineReader.MalformedException;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.format.ScenarioLibrary;
import io.defragsim.scenario.format.ScenarioReader;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.schema.ReadResult;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Scenarios and baselines that were changed at random, as text and as trees: what is wrong is told,
 * and what is still right runs to a status that means something.
 */
@DisplayNameGeneration(ReplaceUnderscores.class)
final class ScenarioFuzzTest {
  private static final long SEED = Long.getLong("defragsim.seed", 20261127);
  private static final int MANY = 844;
  private static final int MOST_OPERATIONS = 400;
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .build();

  private static final String EXPLICIT =
      """
      {"mcu": "stm32f030f4", "pool": {"size": "1 KiB", "handles": 16}, "stack": 512,
       "defrag": {"when": "every", "operations": 4, "budget": 64, "ready": 64},
       "workload": [
        {"phase": "p", "operations": [
          {"alloc": "a[0..5]", "bytes": [16, 40]}, {"free": "a[0..5:2]"}, {"lock": "a[1]"},
          {"repeat": 3, "operations": [{"write": "a[3]"}, {"step": 2}, {"wait": "10 us"}]},
          {"grow": "a[3]", "bytes": 64}, {"resize": "a[5]", "bytes": 8}, {"unlock": "a[1]"}]},
        {"repeat": 2, "phases": [
          {"phase": "q", "drain": true, "operations": [{"alloc": "x", "bytes": 100}]}]}],
       "limits": {"alloc.max": {"max": 4000, "warn": 3000}, "fragmentation.max": "90 %"}}
      """;

  private static final String GENERATED =
      """
      {"mcu": {"core": "cortex-m0plus", "clock": "24 MHz", "flash": "32 KiB", "sram": "8 KiB"},
       "image": "newlib-nano", "pool": {"size": 2048, "handles": 30}, "seed": 7,
       "defrag": "idle", "handlerBudget": 5000,
       "interrupts": [{"name": "tick", "every": 4000, "cycles": 100, "at": 50, "priority": 2}],
       "workload": [{"phase": "g", "generate": {
          "operations": 60, "seed": 3, "sizes": {"uniform": [8, 60]},
          "lifetimes": {"choice": [{"weight": 9, "value": {"geometric": 9}},
                                   {"weight": 1, "value": "forever"}]},
          "fill": 900, "blocks": 20, "locks": {"rate": 0.1, "hold": 3}, "writes": "20 %",
          "grow": {"rate": "2 %", "by": 16}, "bursts": {"length": 3, "every": 20},
          "waits": {"every": 20, "for": "50 us"}}}]}
      """;

  private static final String RECORDED =
      """
      {"mcu": "stm32f030f4", "pool": {"size": "1 KiB", "handles": 16}, "workload": [
        {"repeat": 2, "phases": [{"phase": "app", "trace": "app.trace"}]},
        {"phase": "again", "trace": "./app.trace", "drain": true}]}
      """;

  @TempDir Path folder;

  @BeforeEach
  void write_a_trace() throws IOException {
    Files.writeString(folder.resolve("app.trace"), "a 0 100\na 1 60 align=32\nr 0 9\nf 1\nw 50\n");
  }

  /** What came of a number of mutants. */
  private static final class Tally {
    int tried;
    int malformed;
    int ran;
    int tooLong;
    final int[] statuses = new int[6];

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "%d tried, %d malformed, %d ran (statuses %s), %d too long to run",
          tried,
          malformed,
          ran,
          Arrays.toString(statuses),
          tooLong);
    }
  }

  @Test
  void mutated_scenarios_are_refused_in_words_or_run() throws IOException {
    int rounds = Integer.getInteger("defragsim.fuzz.rounds", 150);
    Tally tally = new Tally();
    Mutator mutator = new Mutator(new Random(SEED));
    List<String> originals = originals();
    while (tally.tried < rounds) {
      scenario(originals, mutator, tally);
    }
    System.out.println("scenarios, seed " + SEED + ": " + tally);
    assertThat(tally.malformed).isPositive();
    assertThat(tally.ran).isPositive();
  }

  @Test
  void mutated_baselines_are_refused_in_words_or_compared() throws IOException {
    int rounds = Integer.getInteger("defragsim.fuzz.rounds", 150);
    Tally tally = new Tally();
    Mutator mutator = new Mutator(new Random(SEED));
    String original = baseline();
    while (tally.tried < rounds) {
      baseline(original, mutator, tally);
    }
    System.out.println("baselines, seed " + SEED + ": " + tally);
    assertThat(tally.malformed).isPositive();
  }

  @Test
  @Tag("campaign")
  void as_many_malformed_scenarios_and_baselines_as_others_publish() throws IOException {
    Tally scenarios = new Tally();
    Tally baselines = new Tally();
    Mutator mutator = new Mutator(new Random(SEED + 1));
    List<String> originals = originals();
    while (scenarios.malformed < MANY) {
      scenario(originals, mutator, scenarios);
    }
    String original = baseline();
    while (baselines.malformed < MANY) {
      baseline(original, mutator, baselines);
    }
    System.out.println("scenarios, seed " + (SEED + 1) + ": " + scenarios);
    System.out.println("baselines, seed " + (SEED + 1) + ": " + baselines);
  }

  private void scenario(List<String> originals, Mutator mutator, Tally tally) throws IOException {
    String original = originals.get(mutator.random.nextInt(originals.size()));
    String what = "seed " + SEED + ", scenario " + tally.tried;
    byte[] mutant = mutator.of(original);
    Path file = Files.write(folder.resolve("mutant.json"), mutant);
    tally.tried++;
    ReadResult<Scenario> read = new ScenarioReader(Figures.units()).read(file);
    if (read instanceof ReadResult.Invalid<Scenario> invalid) {
      tally.malformed++;
      assertThat(invalid.problems()).as(what).isNotEmpty();
      assertThat(invalid.problems().size()).as(what).isLessThanOrEqualTo(mutant.length + 1);
      for (Problem problem : invalid.problems()) {
        assertThat(problem.message()).as(what).isNotBlank().hasLineCount(1);
        assertThat(problem.message()).as(what).doesNotContain("Exception", "JsonReadFeature");
        // line 0 is a file that is no text
        assertThat(problem.line()).as(what).isBetween(0, mutant.length + 1);
        assertThat(problem.column() > 0).as(what).isEqualTo(problem.line() > 0);
      }
      return;
    }
    if (((ReadResult.Valid<Scenario>) read).value().workload().countOperations()
        > MOST_OPERATIONS) {
      tally.tooLong++;
      return;
    }
    Finished run = Cli.run("run", "-q", "--handlers", "5000", file.toString());
    tally.ran++;
    tally.statuses[run.status()]++;
    assertThat(run.status())
        .as("%s: %s%s%n%s", what, run.out(), run.err(), text(mutant))
        .isIn(0, 2, 3, 4, 5);
  }

  private void baseline(String original, Mutator mutator, Tally tally) throws IOException {
    String what = "seed " + SEED + ", baseline " + tally.tried;
    byte[] mutant = mutator.of(original);
    Path file = Files.write(folder.resolve("baselines").resolve("base.defrag.json"), mutant);
    tally.tried++;
    try {
      BaselineReader.read(file);
    } catch (MalformedException e) {
      tally.malformed++;
      assertThat(e.getMessage()).as(what).startsWith(file + ":").hasLineCount(1);
      assertThat(e.getMessage()).as(what).doesNotContain("Exception", "JsonReadFeature");
      return;
    }
    if (tally.ran < MANY / 4) {
      Finished check = Cli.run("baseline", "check", folder.resolve("base.json").toString());
      tally.ran++;
      tally.statuses[check.status()]++;
      assertThat(check.status())
          .as("%s: %s%s%n%s", what, check.out(), check.err(), text(mutant))
          .isIn(0, 2, 3);
    }
  }

  private String baseline() throws IOException {
    Path scenario = Files.writeString(folder.resolve("base.json"), EXPLICIT);
    Finished update = Cli.run("baseline", "update", scenario.toString());
    assertThat(update.status()).as(update.err()).isZero();
    return Files.readString(folder.resolve("baselines").resolve("base.defrag.json"));
  }

  /** The small ones most often, and the shipped ones, whose workloads are cut short. */
  private static List<String> originals() throws JsonProcessingException {
    List<String> originals = new ArrayList<>();
    for (String name : ScenarioLibrary.names()) {
      byte[] text = Objects.requireNonNull(ScenarioLibrary.text(name));
      JsonNode tree = MAPPER.readTree(new String(text, StandardCharsets.UTF_8));
      shorten(tree);
      originals.add(MAPPER.writeValueAsString(tree));
      originals.add(EXPLICIT);
      originals.add(GENERATED);
      originals.add(RECORDED);
    }
    return originals;
  }

  private static void shorten(JsonNode node) {
    if (node instanceof ObjectNode object) {
      for (String key : List.of("operations", "repeat")) {
        if (object.path(key).isInt()) {
          object.put(key, Math.min(object.path(key).intValue(), key.equals("repeat") ? 2 : 40));
        }
      }
    }
    node.forEach(ScenarioFuzzTest::shorten);
  }

  private static String text(byte[] mutant) {
    return new String(mutant, StandardCharsets.UTF_8);
  }

  /** Changes a document at random, as text or as a tree. */
  private static final class Mutator {
    private static final Pattern NUMBER = Pattern.compile("[0-9]+");
    private static final List<String> NUMBERS =
        List.of(
            "0",
            "-1",
            "1",
            "1e308",
            "-1e-308",
            "1E+9999999",
            "2147483648",
            "4294967296",
            "9223372036854775807",
            "9223372036854775808",
            "0.5",
            "0.0000001",
            "1.0",
            "00",
            "9".repeat(50),
            "9".repeat(2000),
            "NaN",
            "0x10",
            "1_000");
    private static final List<String> INSERTED =
        List.of(
            "\u0000",
            "\u001b[2J",
            "\n",
            "\r",
            "\t",
            "\"",
            "\\",
            "\\u0000",
            "\\ud800",
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "//",
            "/*",
            "\uFEFF",
            "\u202e",
            "null",
            "é");

    final Random random;

    Mutator(Random random) {
      this.random = random;
    }

    byte[] of(String original) throws JsonProcessingException {
      if (random.nextBoolean()) {
        JsonNode tree = MAPPER.readTree(original);
        for (int i = 0; i <= random.nextInt(2); i++) {
          tree(tree);
        }
        return MAPPER.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
      }
      byte[] bytes = text(original).getBytes(StandardCharsets.UTF_8);
      if (random.nextInt(6) == 0 && bytes.length > 0) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      return bytes;
    }

    private String text(String text) {
      int from = random.nextInt(text.length());
      int to = Math.min(text.length(), from + 1 + random.nextInt(40));
      return switch (random.nextInt(6)) {
        case 0 -> text.substring(0, from); // truncated
        case 1 -> text.substring(0, from) + text.substring(to); // deleted
        case 2 -> text.substring(0, to) + text.substring(from); // doubled
        case 3 -> text.substring(0, from) + pick(INSERTED) + text.substring(from);
        case 4 -> twice(text);
        default -> number(text, from);
      };
    }

    /** Another number in the place of one. */
    private String number(String text, int from) {
      Matcher number = NUMBER.matcher(text);
      return number.find(from)
          ? text.substring(0, number.start()) + pick(NUMBERS) + text.substring(number.end())
          : text;
    }

    /** A member given twice. */
    private String twice(String text) {
      int comma = text.indexOf(',', random.nextInt(text.length()));
      int end = comma < 0 ? -1 : text.indexOf(',', comma + 1);
      return end < 0 ? text : text.substring(0, end) + text.substring(comma);
    }

    private void tree(JsonNode root) {
      List<ContainerNode<?>> places = new ArrayList<>();
      gather(root, places);
      ContainerNode<?> place = places.get(random.nextInt(places.size()));
      if (place instanceof ObjectNode object) {
        List<String> keys = new ArrayList<>();
        object.fieldNames().forEachRemaining(keys::add);
        String key = keys.isEmpty() ? "x" : pick(keys);
        switch (random.nextInt(4)) {
          case 0 -> {
            // another number for one is often still right, so that there is something to run
            if (object.path(key).isNumber()) {
              object.put(key, 1 + random.nextInt(100));
            } else {
              object.remove(key);
            }
          }
          case 1 -> object.set(key + "x", value());
          default -> object.set(key, value());
        }
      } else if (place instanceof ArrayNode array) {
        if (array.isEmpty() || random.nextInt(3) == 0) {
          array.add(value());
        } else {
          array.set(random.nextInt(array.size()), value());
        }
      }
    }

    private JsonNode value() {
      return switch (random.nextInt(14)) {
        case 0 -> NODES.nullNode();
        case 1 -> NODES.booleanNode(random.nextBoolean());
        case 2 ->
            NODES.textNode(pick(List.of("", " ", "x", "a[0..99999]", "1 GiB", "50 %", "1 ms")));
        case 3 -> NODES.textNode("y".repeat(1 << random.nextInt(17)));
        case 4 -> NODES.numberNode(new BigDecimal("1e308"));
        case 5 -> NODES.numberNode(BigInteger.ONE.shiftLeft(31 + random.nextInt(34)));
        case 6 -> NODES.numberNode(-1 - random.nextInt(3));
        case 7 -> NODES.numberNode(0);
        case 8 -> NODES.numberNode(1 + random.nextInt(64));
        case 9 -> NODES.numberNode(1L << random.nextInt(50));
        case 10 -> NODES.numberNode(new BigDecimal("0.5"));
        case 11 -> deep(1 + random.nextInt(200));
        case 12 -> NODES.arrayNode();
        default -> NODES.objectNode();
      };
    }

    private static JsonNode deep(int levels) {
      JsonNode node = NODES.arrayNode();
      for (int i = 0; i < levels; i++) {
        node = i % 2 == 0 ? NODES.arrayNode().add(node) : NODES.objectNode().set("repeat", node);
      }
      return node;
    }

    private static void gather(JsonNode node, List<ContainerNode<?>> into) {
      if (node instanceof ContainerNode<?> container) {
        into.add(container);
      }
      node.forEach(child -> gather(child, into));
    }

    private <T> T pick(List<T> from) {
      return from.get(random.nextInt(from.size()));
    }
  }
}
