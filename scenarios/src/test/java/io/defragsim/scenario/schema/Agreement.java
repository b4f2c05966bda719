package io.defragsim.scenario.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.defragsim.scenario.json.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Holds what the reader says of a text against what the committed schema says of it. What the
 * schema refuses the reader refuses, so that an editor never marks what is right. What the reader
 * refuses the schema refuses, too, but for what no schema can know: sums, names given elsewhere,
 * files, and what a number is after its unit is applied.
 */
public final class Agreement {
  private static final Path FOLDER =
      Path.of(System.getProperty("defragsim.root", ".."), "scenarios");

  /** Messages of the reader on what is beyond each schema. */
  private static final String BEYOND =
      String.join(
          "|",
          "^\".*\" is out of range",
          "^\".*\" is not a whole number",
          "^-?[0-9.]+[eE][+]?[0-9]{3,} is out of range", // too large for the validator, too
          "is out of range: expected 0 to " + (Long.MAX_VALUE - 1), // no maximum in the schema
          "is given twice; the first is on line",
          "is not a whole number of ppm",
          "bytes are not a multiple of");

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final JsonSchema schema;
  private final Function<byte[], ReadResult<?>> reader;
  private final Predicate<Problem> beyond;

  /**
   * @param schema which of the committed ones
   * @param beyond problems of the reader's that are beyond a schema
   */
  public Agreement(
      String schema, Function<byte[], ReadResult<?>> reader, Predicate<Problem> beyond) {
    this.reader = reader;
    this.beyond = beyond;
    try {
      this.schema =
          JsonSchemaFactory.getInstance(VersionFlag.V202012)
              .getSchema(
                  Files.readString(committed(schema)),
                  SchemaValidatorsConfig.builder().losslessNarrowing(true).build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Finds the messages of a reader on what is beyond its schema: these, and those of every one. */
  public static Pattern beyond(String... messages) {
    return Pattern.compile(BEYOND + "|" + String.join("|", messages));
  }

  /** Where the schema of that name is. */
  public static Path committed(String schema) {
    return FOLDER.resolve(schema + ".schema.json");
  }

  /** Holds the committed schema to what it is made of, or rewrites it. */
  public static void holdCommitted(String schema, String generated) throws IOException {
    Path file = committed(schema);
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(file, generated);
    }
    assertThat(Files.readString(file))
        .as("stale: run the tests of scenarios with -Ddefragsim.update=true, read the difference")
        .isEqualTo(generated);
    try (InputStream shipped =
        ReadResult.class.getResourceAsStream("/io/defragsim/scenario/" + file.getFileName())) {
      assertThat(shipped).as("the schema is in the jar").isNotNull();
    }
    JsonSchema draft =
        JsonSchemaFactory.getInstance(VersionFlag.V202012)
            .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
    assertThat(draft.validate(tree(generated))).as("the schema of schemas").isEmpty();
  }

  public static JsonNode tree(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  public static String text(JsonNode tree) throws JsonProcessingException {
    return MAPPER.writeValueAsString(tree);
  }

  /** What the schema has to say of a tree. */
  public Set<ValidationMessage> mistakes(JsonNode tree) {
    return schema.validate(tree);
  }

  /** What the reader has to say of a text. */
  private List<Problem> problems(String text) {
    ReadResult<?> read = reader.apply(text.getBytes(StandardCharsets.UTF_8));
    return read instanceof ReadResult.Invalid<?> invalid ? invalid.problems() : List.of();
  }

  /** What of it the schema must refuse, too. */
  public List<Problem> structural(String text) {
    return structural(problems(text));
  }

  private List<Problem> structural(List<Problem> problems) {
    return problems.stream().filter(beyond.negate()).toList();
  }

  /** Both verdicts on a text, which must agree; gives whether the reader takes it. */
  public boolean holds(String text, String what) throws JsonProcessingException {
    List<Problem> problems = problems(text);
    Set<ValidationMessage> mistakes = mistakes(tree(text));
    if (!mistakes.isEmpty()) {
      assertThat(problems).as("%s: the schema says %s of%n%s", what, mistakes, text).isNotEmpty();
    }
    List<Problem> structural = structural(problems);
    if (!structural.isEmpty()) {
      assertThat(mistakes).as("%s: the reader says %s of%n%s", what, structural, text).isNotEmpty();
    }
    return problems.isEmpty();
  }

  /** Holds both verdicts on trees that were changed at random, and sees that both occur. */
  public void tamper(
      List<JsonNode> originals, Tampering tampering, Random random, int rounds, String seed)
      throws JsonProcessingException {
    int taken = 0;
    for (int round = 0; round < rounds; round++) {
      JsonNode tree = originals.get(random.nextInt(originals.size())).deepCopy();
      String what = "";
      for (int i = 0; i <= random.nextInt(2); i++) {
        what += tampering.of(tree) + "; ";
      }
      if (holds(text(tree), seed + ", round " + round + ", " + what)) {
        taken++;
      }
    }
    System.out.printf("%d of %d tampered files are still valid (%s)%n", taken, rounds, seed);
    assertThat(taken).as("both verdicts occur").isBetween(rounds / 50, rounds / 2);
  }

  /** Holds the schema to each mistake of a text that is not beyond it, near its place. */
  public void refusesNear(String text, int atLeast) throws JsonProcessingException {
    List<String> refused =
        mistakes(tree(text)).stream()
            .map(mistake -> mistake.getInstanceLocation().toString())
            .toList();
    List<Problem> structural = structural(text);
    assertThat(structural).hasSizeGreaterThan(atLeast);
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
}
