package io.defragsim.scenario.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.defragsim.lab.result.Figures;
import io.defragsim.scenario.json.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds what the reader says of a text against what the committed schema says of it. What the
 * schema refuses the reader refuses, so that an editor never marks what is right. What the reader
 * refuses the schema refuses, too, but for what no schema can know: sums, lives of blocks, files,
 * and what a number is after its unit is applied.
 */
final class Agreement {
  static final Path SCHEMA =
      Path.of(System.getProperty("defragsim.root", ".."), "scenarios", "scenario.schema.json");

  /** Messages of the reader on what is beyond a schema. */
  private static final Pattern BEYOND =
      Pattern.compile(
          String.join(
              "|",
              "^\".*\" is out of range",
              "^\".*\" is not a whole number",
              "^-?[0-9.]+[eE][+]?[0-9]{3,} is out of range", // too large for the validator, too
              "is out of range: expected 0 to " + (Long.MAX_VALUE - 1), // no maximum in the schema
              "is not a whole number of ppm",
              "bytes are not a multiple of",
              "^1 is no share, for it could be",
              "never ends: its stride is 0",
              "names \\d+ blocks: at most",
              "the smallest value, \\d+, is above the largest",
              "^expected the mean, ",
              "^a mean of \\d+ is above",
              "^sizes go up to ",
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
              "there is no file |is a directory, not an ELF|^the file name ",
              "SRAM from 0x",
              "wait states above the zero-wait clock",
              "is too short: a Cortex-M0",
              "leave the program none",
              "is the name of another interrupt",
              "is given twice; the first is on line"));

  /** A hole to be kept ready is at most the pool. */
  private static final String READY = "/defrag/ready";

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .build();

  private final ScenarioReader reader = new ScenarioReader(Figures.units());
  private final JsonSchema schema;

  Agreement() {
    try {
      schema =
          JsonSchemaFactory.getInstance(VersionFlag.V202012)
              .getSchema(
                  Files.readString(SCHEMA),
                  SchemaValidatorsConfig.builder().losslessNarrowing(true).build());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode tree(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  static String text(JsonNode tree) throws JsonProcessingException {
    return MAPPER.writeValueAsString(tree);
  }

  /** What the schema has to say of a tree. */
  Set<ValidationMessage> mistakes(JsonNode tree) {
    return schema.validate(tree);
  }

  /** What the reader has to say of a text. */
  private List<Problem> problems(String text, Path folder) {
    ReadResult read = reader.read(text.getBytes(StandardCharsets.UTF_8), "file", folder);
    return read instanceof ReadResult.Invalid invalid ? invalid.problems() : List.of();
  }

  /** What of it the schema must refuse, too. */
  List<Problem> structural(String text, Path folder) {
    return structural(problems(text, folder));
  }

  private static List<Problem> structural(List<Problem> problems) {
    return problems.stream()
        .filter(problem -> !BEYOND.matcher(problem.message()).find())
        .filter(
            problem ->
                !(problem.pointer().equals(READY) && problem.message().contains("out of range")))
        .toList();
  }

  /** Both verdicts on a text, which must agree; gives whether the reader takes it. */
  boolean holds(String text, Path folder, String what) throws JsonProcessingException {
    List<Problem> problems = problems(text, folder);
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
}
