package io.defragsim.report.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import io.defragsim.lab.baseline.Baseline;
import io.defragsim.lab.result.Bounds;
import io.defragsim.lab.result.RunResult;
import io.defragsim.report.Executed;
import io.defragsim.report.Fitted;
import io.defragsim.report.Guaranteed;
import io.defragsim.report.LeftOut;
import io.defragsim.report.markup.PrintableJson;
import java.io.IOException;
import java.io.Writer;
import java.util.List;
import java.util.Locale;

/** Writes results as JSON, the same text for the same results. */
public final class JsonReportWriter {

  private final ObjectMapper mapper = mapper();

  /**
   * Writes the report of {@code results} and closes nothing.
   *
   * @param exitStatus of the command that ran them
   * @param leftOut what could not run
   */
  public void write(List<RunResult> results, int exitStatus, List<LeftOut> leftOut, Writer out)
      throws IOException {
    mapper.writer(new Indentation(6)).writeValue(out, JsonReports.of(results, exitStatus, leftOut));
    out.write('\n');
  }

  /** Writes what {@code exec} ran and closes nothing. */
  public void write(Executed executed, Writer out) throws IOException {
    mapper.writer(new Indentation(4)).writeValue(out, JsonExecution.of(executed));
    out.write('\n');
  }

  /** Writes the worst cases of an image and closes nothing. */
  public void write(Bounds bounds, String producer, Writer out) throws IOException {
    mapper.writer(new Indentation(3)).writeValue(out, JsonBounds.of(bounds, producer));
    out.write('\n');
  }

  /**
   * Writes what {@code fit} found and closes nothing.
   *
   * @param exitStatus of the command
   */
  public void writeFits(List<Fitted> scenarios, int exitStatus, Writer out) throws IOException {
    mapper.writer(new Indentation(10)).writeValue(out, JsonFit.of(scenarios, exitStatus));
    out.write('\n');
  }

  /** Writes what is certified of an image and closes nothing. */
  public void write(Guaranteed guaranteed, Writer out) throws IOException {
    mapper.writer(new Indentation(3)).writeValue(out, JsonGuarantee.of(guaranteed));
    out.write('\n');
  }

  /** Writes a baseline and closes nothing. */
  public void write(Baseline baseline, Writer out) throws IOException {
    mapper.writer(new Indentation(3)).writeValue(out, JsonBaseline.of(baseline));
    out.write('\n');
  }

  /**
   * What the schema says of an enum's constants too: {@code BUDGET_EXHAUSTED} as budget-exhausted.
   */
  static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static ObjectMapper mapper() {
    SimpleModule keys = new SimpleModule();
    keys.addSerializer(
        new JsonSerializer<Enum<?>>() {
          @Override
          public void serialize(Enum<?> value, JsonGenerator out, SerializerProvider serializers)
              throws IOException, JsonProcessingException {
            out.writeString(key(value));
          }

          @SuppressWarnings({"unchecked", "rawtypes"}) // Class<Enum<?>> cannot be written otherwise
          @Override
          public Class<Enum<?>> handledType() {
            return (Class) Enum.class;
          }
        });
    return JsonMapper.builder(PrintableJson.factory())
        .addModule(keys)
        .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
        .build();
  }
}
