package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Problem;
import io.defragsim.scenario.schema.Agreement;
import io.defragsim.scenario.schema.SchemaWriter;
import io.defragsim.scenario.schema.Tampering;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class ScenarioSchemaTest {
  private static final Path SCENARIOS =
      Path.of(System.getProperty("defragsim.root", ".."), "scenarios");

  /** Messages of the reader on what is beyond a schema. */
  private static final Pattern BEYOND =
      Agreement.beyond(
          "^1 is no share, for it could be",
          "never ends: its stride is 0",
          "names \\d+ blocks: at most",
          "the smallest value, \\d+, is above the largest",
          "^expected the mean, ",
          "^a mean of \\d+ is above",
          "^sizes go up to ",
          "is a number that has its count already$",
          "^the rates of locks, writes and grow add up",
          "^nothing is at least ",
          "^a warning (?:above|below) \\d+ comes too late",
          "^more than \\d+ operations written out",
          "operations, repetitions counted|^the waits, repetitions counted",
          "is still alive, |which is never allocated|which is not alive|which is not allocated yet"
              + "|which is gone: |without a lock|while it is locked|which is pinned: "
              + "|is never allocated, though others",
          "does not fit: ",
          "handles take \\d+ bytes of the pool",
          "there is no file |is a directory, not a|^the file name ",
          "SRAM from 0x",
          "wait states above the zero-wait clock",
          "is too short: a Cortex-M0",
          "leave the program none",
          "is the name of another (interrupt|kind)");

  /** A hole to be kept ready is at most the pool. */
  private static final String READY = "/defrag/ready";

  /** What the keys of a table of counts come to. */
  private static final String COUNTED = "/counts/";

  private static final List<String> ODD =
      List.of(
          "",
          " ",
          "every",
          "forever",
          "auto",
          "5 mss",
          "8 kB",
          "-1 B",
          "1e3",
          "0x20000000",
          "50 %",
          "3 ppm",
          "2 MHz",
          "1 ms",
          "a[0..3]",
          "a b",
          "./no.elf",
          "1.5 KiB");

  @TempDir Path folder;

  @Test
  void the_committed_schema_is_what_the_reader_goes_by() throws IOException {
    Agreement.holdCommitted("scenario", schema());
  }

  private static String schema() throws IOException {
    Map<String, String> descriptions =
        Figures.ALL.stream()
            .collect(
                Collectors.toMap(
                    Figure::name,
                    figure -> figure.description() + " (" + figure.unit().key() + ")"));
    return SchemaWriter.text(
        ScenarioBinder.type(Figures.units(), descriptions, ""),
        "urn:defrag-sim:scenario:1",
        "Scenario of defrag-sim");
  }

  static Agreement agreement(Path folder) {
    ScenarioReader reader = new ScenarioReader(Figures.units());
    return new Agreement(
        "scenario", bytes -> reader.read(bytes, "file", folder), ScenarioSchemaTest::isBeyond);
  }

  private static boolean isBeyond(Problem problem) {
    String message = problem.message();
    return BEYOND.matcher(message).find()
        || (message.contains("out of range")
            && (problem.pointer().equals(READY) || problem.pointer().contains(COUNTED)));
  }

  @Test
  void every_scenario_file_of_the_project_names_the_schema_and_follows_it() throws IOException {
    Agreement agreement = agreement(folder);
    List<Path> files = scenarioFiles();
    assertThat(files).hasSizeGreaterThanOrEqualTo(ScenarioLibrary.names().size());
    for (Path file : files) {
      JsonNode tree = Agreement.tree(Files.readString(file));
      String named = tree.path("$schema").asText();
      if (named.endsWith("script.schema.json")) {
        continue; // a script, which the tests of the course play
      }
      assertThat(file.resolveSibling(named).normalize())
          .as("\"$schema\" of %s, relative to the file", file)
          .isEqualTo(Agreement.committed("scenario").normalize());
      assertThat(agreement.mistakes(tree)).as(file.toString()).isEmpty();
    }
  }

  /** All of {@code scenarios} but what builds and tests use. */
  private static List<Path> scenarioFiles() throws IOException {
    try (Stream<Path> all = Files.walk(SCENARIOS)) {
      return all.filter(file -> file.toString().matches(".*\\.jsonc?"))
          .filter(file -> !file.toString().endsWith(".schema.json"))
          .filter(file -> !SCENARIOS.relativize(file).toString().matches("(src|target)/.*"))
          .filter(file -> !file.toString().contains("baselines"))
          .sorted()
          .toList();
    }
  }

  @Test
  void every_example_of_the_documents_follows_the_schema() throws IOException {
    Agreement agreement = agreement(folder);
    int examples = 0;
    for (String document : List.of("scenarios/README.md", "README.md")) {
      Matcher block =
          Pattern.compile("```jsonc?\\n(\\{.*?)```", Pattern.DOTALL)
              .matcher(Files.readString(SCENARIOS.resolveSibling(document)));
      while (block.find()) {
        assertThat(agreement.mistakes(Agreement.tree(block.group(1))))
            .as(document + block.group(1))
            .isEmpty();
        examples++;
      }
    }
    assertThat(examples).isGreaterThanOrEqualTo(2);
  }

  @Test
  void every_key_of_the_schema_is_in_the_readme() throws IOException {
    String readme = Files.readString(SCENARIOS.resolve("README.md"));
    JsonNode schema = Agreement.tree(schema());
    TreeSet<String> keys = new TreeSet<>();
    names(schema, keys);
    for (JsonNode definition : schema.path("$defs")) {
      names(definition, keys);
    }
    assertThat(keys).contains("sramBase", "lifetimes", "every").hasSizeGreaterThan(50);
    assertThat(keys).allSatisfy(key -> assertThat(readme).contains(key));
  }

  private static void names(JsonNode object, Set<String> keys) {
    object.path("properties").fieldNames().forEachRemaining(keys::add);
  }

  @Test
  void each_unit_of_each_kind_is_in_its_pattern() {
    for (Quantity.Kind kind : Quantity.Kind.values()) {
      Pattern pattern = Pattern.compile(SchemaWriter.pattern(kind));
      for (String unit :
          List.of(
              "", "B", "KiB", "MiB", "Hz", "kHz", "MHz", "%", "ppm", "cycles", "s", "ms", "us",
              "ns", "µs", "μs", "kB", "sec")) {
        for (String written : List.of("12" + unit, " 1_000 " + unit + " ")) {
          assertThat(pattern.matcher(written).find())
              .as("%s as %s", written, kind)
              .isEqualTo(isRead(written, kind));
        }
      }
    }
  }

  private static boolean isRead(String written, Quantity.Kind kind) {
    try {
      Quantity.ofText(written, kind, java.util.OptionalLong.of(1_000_000_000));
      return true;
    } catch (Unreadable e) {
      return false;
    }
  }

  @Test
  void reader_and_schema_agree_on_scenarios_that_were_tampered_with() throws IOException {
    tamper(Integer.getInteger("defragsim.schema.rounds", 500));
  }

  @Test
  @Tag("campaign")
  void they_agree_on_many_more_too() throws IOException {
    tamper(1500);
  }

  private void tamper(int rounds) throws IOException {
    long seed = Long.getLong("defragsim.seed", 20261124);
    Agreement agreement = agreement(folder);
    List<JsonNode> originals = new ArrayList<>();
    for (String name : ScenarioLibrary.names()) {
      byte[] text = ScenarioLibrary.text(name);
      originals.add(
          Agreement.tree(new String(text == null ? new byte[0] : text, StandardCharsets.UTF_8)));
    }
    originals.add(Agreement.tree(everything()));
    Files.writeString(folder.resolve("app.trace"), "a 0 8\nf 0\n");
    originals.add(
        Agreement.tree(
            """
            {"mcu": "cortex-m0", "pool": {"size": 2048, "handles": 8}, "workload": [
              {"phase": "app", "trace": "app.trace", "drain": true},
              {"repeat": 2, "phases": [{"phase": "again", "trace": "./app.trace"}]}]}
            """));
    Random random = new Random(seed);
    List<String> oddKeys = new ArrayList<>(Figures.names());
    oddKeys.addAll(
        List.of("min", "max", "mean", "constant", "ready", "waitStates", "multiplier", "warn"));
    Tampering tampering = new Tampering(random, originals, ODD, oddKeys);
    agreement.tamper(originals, tampering, random, rounds, "seed " + seed);
  }

  @Test
  void each_mistake_that_needs_no_sum_and_no_story_is_refused_by_the_schema_near_its_place()
      throws IOException {
    String text;
    try (InputStream in = ScenarioSchemaTest.class.getResourceAsStream("mistakes.json")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    agreement(folder).refusesNear(text, 25);
  }

  /** The example of the documents, which has every part of the format. */
  private static String everything() throws IOException {
    String readme = Files.readString(SCENARIOS.resolve("README.md"));
    int start = readme.indexOf("```jsonc\n") + "```jsonc\n".length();
    return readme.substring(start, readme.indexOf("```", start));
  }
}
