package io.defragsim.report.json;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.CustomPropertyDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import com.github.victools.jsonschema.module.jackson.JacksonModule;
import io.defragsim.lab.result.Figure;
import io.defragsim.lab.result.Figures;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the JSON Schemas of documents from their records and from the registry of figures. */
final class ReportSchema {

  /** What stands in the first two keys of a document. */
  private record Document(String format, int version) {}

  private static final Map<Class<?>, Document> DOCUMENTS =
      Map.of(
          JsonReport.class, new Document(JsonReport.FORMAT, JsonReport.VERSION),
          JsonExecution.class, new Document(JsonExecution.FORMAT, JsonExecution.VERSION),
          JsonBounds.class, new Document(JsonBounds.FORMAT, JsonBounds.VERSION),
          JsonFit.class, new Document(JsonFit.FORMAT, JsonFit.VERSION),
          JsonGuarantee.class, new Document(JsonGuarantee.FORMAT, JsonGuarantee.VERSION),
          JsonBaseline.class, new Document(JsonBaseline.FORMAT, JsonBaseline.VERSION));

  private ReportSchema() {}

  /** That of the report of runs. */
  static String ofRuns() throws IOException {
    return generate(
        JsonReport.class,
        "urn:defrag-sim:report:" + JsonReport.VERSION,
        "Report of defrag-sim, version " + JsonReport.VERSION,
        "What one command ran and measured. All keys are always there, null where a run gives"
            + " nothing. All numbers are integers: cycles of the emulated core, bytes, counts, parts"
            + " per million; addresses and registers are unsigned. Operations count from 0.");
  }

  /** That of what {@code exec} writes. */
  static String ofExecutions() throws IOException {
    return generate(
        JsonExecution.class,
        "urn:defrag-sim:execution:" + JsonExecution.VERSION,
        "Execution by defrag-sim exec, version " + JsonExecution.VERSION,
        "How one program ran and what was measured of it. All keys are always there, null where"
            + " there is nothing. All numbers are integers: cycles of the emulated core, bytes,"
            + " counts; addresses and registers are unsigned.");
  }

  /** That of what {@code bounds} writes. */
  static String ofBounds() throws IOException {
    return generate(
        JsonBounds.class,
        "urn:defrag-sim:bounds:" + JsonBounds.VERSION,
        "Worst cases by defrag-sim bounds, version " + JsonBounds.VERSION,
        "The worst cases of an allocator image. All keys are always there, null where there is"
            + " nothing. All numbers are integers: cycles of the emulated core, bytes, counts;"
            + " addresses and registers are unsigned. Operations count from 0.");
  }

  /** That of what {@code fit} writes. */
  static String ofFits() throws IOException {
    return generate(
        JsonFit.class,
        "urn:defrag-sim:fit:" + JsonFit.VERSION,
        "Smallest pools by defrag-sim fit, version " + JsonFit.VERSION,
        "The smallest pools that serve scenarios without one request refused. All keys are always"
            + " there, null where there is nothing. All numbers are integers: bytes, counts, parts"
            + " per million. Pools include their handle table. Operations count from 0.");
  }

  /** That of what {@code guarantee} writes. */
  static String ofGuarantees() throws IOException {
    return generate(
        JsonGuarantee.class,
        "urn:defrag-sim:guarantee:" + JsonGuarantee.VERSION,
        "Guarantee by defrag-sim guarantee, version " + JsonGuarantee.VERSION,
        "What is certified of an allocator image within a program's contract. All keys are always"
            + " there, null where there is nothing. All numbers are integers: cycles of the emulated"
            + " core, bytes, granules, counts.");
  }

  /** That of what {@code baseline update} writes. */
  static String ofBaselines() throws IOException {
    return generate(
        JsonBaseline.class,
        "urn:defrag-sim:baseline:" + JsonBaseline.VERSION,
        "Baseline by defrag-sim baseline, version " + JsonBaseline.VERSION,
        "What one run of a scenario on an image measured, to hold later runs against. All keys are"
            + " always there, null where the run gave nothing; figures and functions are sorted by"
            + " name. All numbers are integers, 0 or more: cycles of the emulated core, bytes,"
            + " counts, parts per million.");
  }

  private static String generate(Class<?> document, String id, String title, String description)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    SchemaGeneratorConfigBuilder config =
        new SchemaGeneratorConfigBuilder(
                mapper, SchemaVersion.DRAFT_2020_12, OptionPreset.PLAIN_JSON)
            .with(new JacksonModule())
            .with(Option.FORBIDDEN_ADDITIONAL_PROPERTIES_BY_DEFAULT)
            .with(Option.DEFINITIONS_FOR_ALL_OBJECTS);
    config.forTypesInGeneral().withPropertySorter(Comparator.comparing(member -> 0)); // as declared
    config
        .forTypesInGeneral()
        .withCustomDefinitionProvider((type, context) -> enumeration(type, context));
    config
        .forFields()
        // files from before there were settings are still read
        .withRequiredCheck(field -> !field.getName().equals("setting"))
        .withNullableCheck(
            field -> field.getRawMember().getAnnotatedType().isAnnotationPresent(Nullable.class))
        .withEnumResolver(ReportSchema::constant)
        .withCustomDefinitionProvider(ReportSchema::special);
    ObjectNode generated = new SchemaGenerator(config.build()).generateSchema(document);
    ObjectNode schema = mapper.createObjectNode();
    schema.set("$schema", generated.remove("$schema"));
    schema.put("$id", id);
    schema.put("title", title);
    schema.put("description", description);
    schema.setAll(generated);
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }

  private static @Nullable CustomDefinition enumeration(
      ResolvedType type, SchemaGenerationContext context) {
    Object[] constants = type.getErasedType().getEnumConstants();
    if (constants == null) {
      return null;
    }
    ObjectNode node = context.getGeneratorConfig().createObjectNode();
    node.put("type", "string");
    var values = node.putArray("enum");
    for (Object constant : constants) {
      values.add(JsonReportWriter.key((Enum<?>) constant));
    }
    return new CustomDefinition(node, true);
  }

  private static @Nullable List<?> constant(FieldScope field) {
    Class<?> type = field.getDeclaringType().getErasedType();
    Document document = DOCUMENTS.get(type);
    if (document == null) {
      return null;
    }
    return switch (field.getName()) {
      case "format" -> List.of(document.format());
      case "version" -> List.of(document.version());
      default -> null;
    };
  }

  private static @Nullable CustomPropertyDefinition special(
      FieldScope field, SchemaGenerationContext context) {
    if (field.getName().equals("figures")) {
      return new CustomPropertyDefinition(figures(context));
    }
    if (field.getName().equals("functions") && field.getType().isInstanceOf(Map.class)) {
      return new CustomPropertyDefinition(functions(field, context));
    }
    boolean distribution = field.getName().equals("cycles") || field.getName().equals("latency");
    if (distribution && field.getType().isInstanceOf(List.class)) {
      return new CustomPropertyDefinition(pairs(context));
    }
    return null;
  }

  private static ObjectNode figures(SchemaGenerationContext context) {
    ObjectNode node = context.getGeneratorConfig().createObjectNode();
    node.put("type", "object");
    ObjectNode properties = node.putObject("properties");
    for (Figure figure : Figures.ALL) {
      ObjectNode property = properties.putObject(figure.name());
      property.putArray("type").add("integer").add("null");
      property.put("description", figure.description() + " (" + figure.unit().key() + ")");
    }
    var required = node.putArray("required");
    Figures.names().forEach(required::add);
    node.put("additionalProperties", false);
    return node;
  }

  private static ObjectNode functions(FieldScope field, SchemaGenerationContext context) {
    ObjectNode node = context.getGeneratorConfig().createObjectNode();
    node.put("type", "object");
    ResolvedType value = field.getType().getTypeParameters().get(1);
    node.set("additionalProperties", context.createDefinitionReference(value));
    return node;
  }

  private static ObjectNode pairs(SchemaGenerationContext context) {
    ObjectNode node = context.getGeneratorConfig().createObjectNode();
    node.put("type", "array");
    ObjectNode pair = node.putObject("items");
    pair.put("type", "array");
    pair.put("minItems", 2);
    pair.put("maxItems", 2);
    pair.putObject("items").put("type", "integer");
    return node;
  }
}
