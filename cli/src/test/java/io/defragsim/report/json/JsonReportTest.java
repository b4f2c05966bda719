package io.defragsim.report.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import io.defragsim.lab.result.Figures;
import io.defragsim.lab.result.RunEnding;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Fits;
import io.defragsim.report.Fitted;
import io.defragsim.report.Results;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
final class JsonReportTest {

  private static final Path SCHEMAS =
      Path.of(System.getProperty("defragsim.root"), "cli/src/main/resources/io/defragsim/report");
  private static final Path SCHEMA = SCHEMAS.resolve("report.schema.json");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static String write(RunResult... results) {
    StringWriter out = new StringWriter();
    try {
      new JsonReportWriter().write(List.of(results), 3, List.of(), out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString();
  }

  private static Set<ValidationMessage> mistakes(JsonNode report) throws IOException {
    return JsonSchemaFactory.getInstance(VersionFlag.V202012)
        .getSchema(Files.readString(SCHEMA))
        .validate(report);
  }

  static Stream<RunResult> results() {
    return Stream.of(
        Results.eventful(),
        Results.peaceful(),
        Results.neverParked(),
        Results.ended(Results.fault()),
        Results.ended(
            new RunEnding.ContractViolated("two blocks overlap", "image_alloc(24)", 1234)));
  }

  @Test
  void the_committed_schemas_are_what_the_records_say() throws IOException {
    assertCommitted(SCHEMA, ReportSchema.ofRuns());
    assertCommitted(SCHEMAS.resolve("execution.schema.json"), ReportSchema.ofExecutions());
    assertCommitted(SCHEMAS.resolve("bounds.schema.json"), ReportSchema.ofBounds());
    assertCommitted(SCHEMAS.resolve("fit.schema.json"), ReportSchema.ofFits());
    assertCommitted(SCHEMAS.resolve("guarantee.schema.json"), ReportSchema.ofGuarantees());
    assertCommitted(SCHEMAS.resolve("baseline.schema.json"), ReportSchema.ofBaselines());
  }

  private static void assertCommitted(Path schema, String generated) throws IOException {
    if (Boolean.getBoolean("defragsim.update")) {
      Files.writeString(schema, generated);
    }

    assertThat(Files.readString(schema))
        .as("stale: run the tests of cli with -Ddefragsim.update=true and look at what changed")
        .isEqualTo(generated);
  }

  @ParameterizedTest
  @MethodSource("results")
  void every_report_follows_the_schema(RunResult result) throws IOException {
    assertThat(mistakes(MAPPER.readTree(write(result)))).isEmpty();
  }

  static Stream<Fitted> fits() {
    return Stream.of(Fits.eventful(), Fits.overLimit(), Fits.untried());
  }

  @ParameterizedTest
  @MethodSource("fits")
  void every_smallest_pool_follows_its_schema(Fitted fitted) throws IOException {
    StringWriter out = new StringWriter();
    new JsonReportWriter().writeFits(List.of(fitted), fitted.exitStatus(), out);

    JsonNode document = MAPPER.readTree(out.toString());
    assertThat(
            JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(Files.readString(SCHEMAS.resolve("fit.schema.json")))
                .validate(document))
        .isEmpty();
  }

  @Test
  void factors_are_parts_per_million_to_the_nearest() throws IOException {
    StringWriter out = new StringWriter();
    new JsonReportWriter().writeFits(List.of(Fits.overLimit()), 3, out);

    JsonNode image = MAPPER.readTree(out.toString()).at("/scenarios/0/images/0/least");
    assertThat(image.at("/payloadFactorPpm").longValue()).isEqualTo(1_239_509); // 1920 / 1549
    assertThat(image.at("/floorFactorPpm").longValue()).isEqualTo(1_034_483); // 1920 / 1856
  }

  @Test
  void the_schema_refuses_what_it_does_not_know_and_what_is_missing() throws IOException {
    ObjectNode unknown = (ObjectNode) MAPPER.readTree(write(Results.eventful()));
    ((ObjectNode) unknown.at("/runs/0/figures")).put("alloc.average", 3);
    ObjectNode missing = (ObjectNode) MAPPER.readTree(write(Results.eventful()));
    ((ObjectNode) missing.at("/runs/0/figures")).remove("alloc.max");
    ObjectNode fraction = (ObjectNode) MAPPER.readTree(write(Results.eventful()));
    ((ObjectNode) fraction.at("/runs/0/pauses/longest")).put("cycles", 3.5);

    assertThat(mistakes(unknown)).singleElement().asString().contains("alloc.average");
    assertThat(mistakes(missing)).singleElement().asString().contains("alloc.max");
    assertThat(mistakes(fraction)).asString().contains("integer expected");
  }

  @Test
  void figures_stand_under_their_names_in_the_registry() throws IOException {
    JsonNode run = MAPPER.readTree(write(Results.eventful())).at("/runs/0");

    assertThat(run.at("/figures").properties())
        .extracting(java.util.Map.Entry::getKey)
        .containsExactlyElementsOf(Figures.names());
    assertThat(run.at("/figures/pauses.max").longValue()).isEqualTo(1804);
    assertThat(run.at("/figures/grow.max").isNull()).isTrue();
    assertThat(run.at("/limits/1/excess").longValue()).isEqualTo(98);
    assertThat(run.at("/limits/1/holds").booleanValue()).isFalse();
    assertThat(run.at("/exitStatus").intValue()).isEqualTo(3);
  }

  @Test
  void events_and_samples_take_one_line_each() {
    assertThat(write(Results.eventful()).lines())
        .contains(
            "          {\"operation\": 4321, \"cause\": \"failure\", \"cycles\": 1804,"
                + " \"blocksMoved\": 2, \"bytesMoved\": 128, \"result\": 1}",
            "          [640, 11],");
  }

  @Test
  void the_latest_of_each_interrupt_says_what_was_running() throws IOException {
    JsonNode interrupts = MAPPER.readTree(write(Results.eventful())).at("/runs/0/interrupts");

    assertThat(interrupts.at("/0/latest/during").textValue()).isEqualTo("handler");
    assertThat(interrupts.at("/0/latest/irq").intValue()).isEqualTo(1);
    assertThat(interrupts.at("/1/latest/during").textValue()).isEqualTo("program");
    assertThat(interrupts.at("/1/latest/at/function").textValue()).isEqualTo("defrag_step");
    assertThat(interrupts.at("/1/missed").intValue()).isEqualTo(3);
    assertThat(interrupts.at("/2/latest/during").textValue()).isEqualTo("asleep");
    assertThat(interrupts.at("/3/latest").isNull()).isTrue();
  }

  @Test
  void registers_and_addresses_are_unsigned() throws IOException {
    JsonNode fault = MAPPER.readTree(write(Results.ended(Results.fault()))).at("/runs/0/ending");

    assertThat(fault.at("/fault/registers/lr").longValue()).isEqualTo(0xf000_0001L);
    assertThat(fault.at("/fault/registers/general/12").longValue()).isEqualTo(0xcccc_ccccL);
    assertThat(fault.at("/fault/kind").textValue()).isEqualTo("write-protected");
  }
}
