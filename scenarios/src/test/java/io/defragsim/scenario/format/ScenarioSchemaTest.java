package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.Quantity;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Problem;
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
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @TempDir Path folder;

  @Test
  void the_committed_schema_is_what_the_reader_goes_by() throws IOException {
    String generated = ScenarioSchema.text();
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(Agreement.SCHEMA, generated);
    }

    assertThat(Files.readString(Agreement.SCHEMA))
        .as("stale: run the tests of scenarios with -Ddefragsim.update=true, read the difference")
        .isEqualTo(generated);
    try (InputStream shipped =
        ScenarioReader.class.getResourceAsStream("/io/defragsim/scenario/scenario.schema.json")) {
      assertThat(shipped).as("the schema is in the jar").isNotNull();
    }
  }

  @Test
  void the_schema_follows_the_schema_of_schemas() throws IOException {
    var draft =
        com.networknt.schema.JsonSchemaFactory.getInstance(
                com.networknt.schema.SpecVersion.VersionFlag.V202012)
            .getSchema(
                com.networknt.schema.SchemaLocation.of(
                    "https://json-schema.org/draft/2020-12/schema"));
    assertThat(draft.validate(Agreement.tree(ScenarioSchema.text()))).isEmpty();
  }

  @Test
  void every_scenario_file_of_the_project_names_the_schema_and_follows_it() throws IOException {
    Agreement agreement = new Agreement();
    List<Path> files = scenarioFiles();
    assertThat(files).hasSizeGreaterThanOrEqualTo(ScenarioLibrary.names().size());
    for (Path file : files) {
      JsonNode tree = Agreement.tree(Files.readString(file));
      String named = tree.path("$schema").asText();
      assertThat(file.resolveSibling(named).normalize())
          .as("\"$schema\" of %s, relative to the file", file)
          .isEqualTo(Agreement.SCHEMA.normalize());
      assertThat(agreement.mistakes(tree)).as(file.toString()).isEmpty();
    }
  }

  /** All of {@code scenarios} but what builds and tests use. */
  private static List<Path> scenarioFiles() throws IOException {
    try (Stream<Path> all = Files.walk(SCENARIOS)) {
      return all.filter(file -> file.toString().matches(".*\\.jsonc?"))
          .filter(file -> !file.equals(Agreement.SCHEMA))
          .filter(file -> !SCENARIOS.relativize(file).toString().matches("(src|target)/.*"))
          .filter(file -> !file.toString().contains("baselines"))
          .sorted()
          .toList();
    }
  }

  @Test
  void every_example_of_the_documents_follows_the_schema() throws IOException {
    Agreement agreement = new Agreement();
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
    JsonNode schema = Agreement.tree(ScenarioSchema.text());
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
      Pattern pattern = Pattern.compile(ScenarioSchema.pattern(kind));
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
    Agreement agreement = new Agreement();
    List<JsonNode> originals = new ArrayList<>();
    for (String name : ScenarioLibrary.names()) {
      byte[] text = ScenarioLibrary.text(name);
      originals.add(
          Agreement.tree(new String(text == null ? new byte[0] : text, StandardCharsets.UTF_8)));
    }
    originals.add(Agreement.tree(everything()));
    Random random = new Random(seed);
    Tampering tampering = new Tampering(random, originals);
    int taken = 0;
    for (int round = 0; round < rounds; round++) {
      JsonNode scenario = originals.get(random.nextInt(originals.size())).deepCopy();
      String what = "";
      for (int i = 0; i <= random.nextInt(2); i++) {
        what += tampering.of(scenario) + "; ";
      }
      String place = "seed " + seed + ", round " + round + ", " + what;
      if (agreement.holds(Agreement.text(scenario), folder, place)) {
        taken++;
      }
    }
    System.out.printf(
        "%d of %d tampered scenarios are still valid (seed %d)%n", taken, rounds, seed);
    assertThat(taken).as("both verdicts occur").isBetween(rounds / 50, rounds / 2);
  }

  @Test
  void each_mistake_that_needs_no_sum_and_no_story_is_refused_by_the_schema_near_its_place()
      throws IOException {
    String text;
    try (InputStream in = ScenarioSchemaTest.class.getResourceAsStream("mistakes.json")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Agreement agreement = new Agreement();
    List<String> refused =
        agreement.mistakes(Agreement.tree(text)).stream()
            .map(mistake -> mistake.getInstanceLocation().toString())
            .toList();
    List<Problem> structural = agreement.structural(text, folder);
    assertThat(structural).hasSizeGreaterThan(25);
    assertThat(structural)
        .allSatisfy(
            problem -> {
              String pointer = problem.pointer();
              String parent = pointer.substring(0, Math.max(0, pointer.lastIndexOf('/')));
              assertThat(refused)
                  .as(problem.toString())
                  .anyMatch(at -> at.startsWith(pointer) || at.equals(parent));
            });
  }

  /** The example of the documents, which has every part of the format. */
  private static String everything() throws IOException {
    String readme = Files.readString(SCENARIOS.resolve("README.md"));
    int start = readme.indexOf("```jsonc\n") + "```jsonc\n".length();
    return readme.substring(start, readme.indexOf("```", start));
  }

  /** Changes a tree in one place, in ways that are sometimes right. */
  private static final class Tampering {
    private final Random random;
    private final List<JsonNode> values = new ArrayList<>();
    private final List<String> keys = new ArrayList<>();

    Tampering(Random random, List<JsonNode> originals) {
      this.random = random;
      originals.forEach(this::gather);
      for (String odd :
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
              "1.5 KiB")) {
        values.add(NODES.textNode(odd));
      }
      for (long odd : new long[] {-1, 0, 1, 2, 7, 8, 9, 64, 1000, 1L << 31, 1L << 49}) {
        values.add(NODES.numberNode(odd));
      }
      values.add(NODES.numberNode(new java.math.BigDecimal("0.5")));
      values.add(NODES.numberNode(new java.math.BigDecimal("2.5")));
      values.addAll(
          List.of(
              NODES.nullNode(),
              NODES.booleanNode(true),
              NODES.booleanNode(false),
              NODES.arrayNode(),
              NODES.objectNode()));
      keys.addAll(Figures.names());
      keys.addAll(
          List.of("min", "max", "mean", "constant", "ready", "waitStates", "multiplier", "warn"));
    }

    private void gather(JsonNode node) {
      values.add(node);
      if (node instanceof ObjectNode object) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
          keys.add(member.getKey());
          gather(member.getValue());
        }
      } else if (node instanceof ArrayNode array) {
        array.forEach(this::gather);
      }
    }

    /** Changes the tree, and says how. */
    String of(JsonNode root) {
      List<JsonNode> places = new ArrayList<>();
      containers(root, places);
      JsonNode place = places.get(random.nextInt(places.size()));
      if (place instanceof ObjectNode object) {
        return inObject(object);
      }
      return inArray((ArrayNode) place);
    }

    private String inObject(ObjectNode object) {
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      String name = names.isEmpty() ? "" : pick(names);
      switch (names.isEmpty() ? 3 : random.nextInt(4)) {
        case 0 -> {
          object.remove(name);
          return "without " + name;
        }
        case 1 -> {
          String other = name + "x";
          JsonNode value = object.remove(name);
          object.set(other, value);
          return name + " called " + other;
        }
        case 2 -> {
          object.set(name, value());
          return name + " other";
        }
        default -> {
          String other = pick(keys);
          object.set(other, value());
          return "with " + other;
        }
      }
    }

    private String inArray(ArrayNode array) {
      int index = array.isEmpty() ? 0 : random.nextInt(array.size());
      switch (array.isEmpty() ? 2 : random.nextInt(3)) {
        case 0 -> {
          array.remove(index);
          return "without element " + index;
        }
        case 1 -> {
          array.set(index, value());
          return "element " + index + " other";
        }
        default -> {
          array.add(value());
          return "one element more";
        }
      }
    }

    private JsonNode value() {
      return values.get(random.nextInt(values.size())).deepCopy();
    }

    private String pick(List<String> of) {
      return of.get(random.nextInt(of.size()));
    }

    private static void containers(JsonNode node, List<JsonNode> into) {
      if (node.isContainerNode()) {
        into.add(node);
        node.forEach(child -> containers(child, into));
      }
    }
  }
}
