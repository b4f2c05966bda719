package io.defragsim.scenario.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.defragsim.emulator.McuConfig;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;

/**
 * Writes scenarios whose operations are all explicit, one phase after the other, as files that
 * {@link ScenarioReader} reads back as they were.
 */
public final class ScenarioWriter {
  private ScenarioWriter() {}

  /**
   * The text of a scenario file.
   *
   * @throws IllegalArgumentException if the workload repeats or generates something
   */
  public static String text(Scenario scenario) {
    StringWriter text = new StringWriter();
    DefaultIndenter newLine = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter layout =
        new DefaultPrettyPrinter().withObjectIndenter(newLine).withArrayIndenter(newLine);
    try (JsonGenerator out = new JsonFactory().createGenerator(text).setPrettyPrinter(layout)) {
      write(scenario, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter never fails
    }
    return text + "\n";
  }

  private static void write(Scenario scenario, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", scenario.name());
    out.writeStringField("description", scenario.description());
    mcu(scenario.mcu(), out);
    out.writeStringField("image", scenario.image().toString());
    out.writeObjectFieldStart("pool");
    out.writeNumberField("size", scenario.pool().bytes());
    out.writeNumberField("handles", scenario.pool().handles());
    out.writeEndObject();
    out.writeNumberField("stack", scenario.stackBytes());
    out.writeObjectFieldStart("defrag");
    out.writeStringField("when", scenario.defrag().word());
    if (scenario.defrag() instanceof DefragPolicy.Every every) {
      out.writeNumberField("operations", every.operations());
    }
    out.writeNumberField("budget", scenario.defrag().budgetBytes());
    if (scenario.defrag().readyBytes() > 0) {
      out.writeNumberField("ready", scenario.defrag().readyBytes());
    }
    out.writeEndObject();
    out.writeNumberField("callBudget", scenario.callBudget());
    out.writeArrayFieldStart("workload");
    for (Workload.Part part : scenario.workload().parts()) {
      phase(part, scenario.workload(), out);
    }
    out.writeEndArray();
    limits(scenario.limits(), out);
    out.writeEndObject();
  }

  private static void mcu(McuConfig mcu, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("mcu");
    out.writeStringField("name", mcu.name());
    out.writeStringField("core", mcu.core().key());
    out.writeNumberField("clock", mcu.clockHz());
    out.writeNumberField("zeroWaitClock", mcu.zeroWaitHz());
    out.writeNumberField("multiplier", mcu.multiplierCycles());
    out.writeNumberField("flash", mcu.flashBytes());
    out.writeNumberField("sram", mcu.sramBytes());
    out.writeStringField("sramBase", String.format(Locale.ROOT, "0x%08x", mcu.sramBase()));
    out.writeEndObject();
  }

  private static void phase(Workload.Part part, Workload workload, JsonGenerator out)
      throws IOException {
    if (!(part instanceof Workload.Phase phase)
        || !(phase.content() instanceof Workload.Explicit explicit)) {
      throw new IllegalArgumentException("not explicit: " + part);
    }
    out.writeStartObject();
    out.writeStringField("phase", phase.name());
    if (phase.drain()) {
      out.writeBooleanField("drain", true);
    }
    out.writeArrayFieldStart("operations");
    for (Workload.Statement statement : explicit.statements()) {
      if (!(statement instanceof Workload.Single single)) {
        throw new IllegalArgumentException("not explicit: " + statement);
      }
      out.writeRawValue(operation(single.operation(), workload));
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /** An operation on one line. */
  private static String operation(Operation operation, Workload workload) {
    String word = operation.kind().key();
    if (operation.block() == Operation.NO_BLOCK) {
      return String.format(Locale.ROOT, "{\"%s\": %d}", word, operation.amount());
    }
    // names of blocks are of letters, digits and the like, which need no escapes
    return String.format(
        Locale.ROOT,
        "{\"%s\": \"%s\"%s%s}",
        word,
        workload.blockName(operation.block()),
        operation.kind().asksForMemory() ? ", \"bytes\": " + operation.amount() : "",
        operation.pinned() ? ", \"pinned\": true" : "");
  }

  private static void limits(List<Limit> limits, JsonGenerator out) throws IOException {
    if (limits.isEmpty()) {
      return;
    }
    out.writeObjectFieldStart("limits");
    for (Limit limit : limits) {
      out.writeObjectFieldStart(limit.figure());
      bounds(limit.fail(), out);
      if (!limit.warn().equals(Limit.Bounds.NONE)) {
        out.writeObjectFieldStart("warn");
        bounds(limit.warn(), out);
        out.writeEndObject();
      }
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void bounds(Limit.Bounds bounds, JsonGenerator out) throws IOException {
    Long min = bounds.min();
    Long max = bounds.max();
    if (min != null) {
      out.writeNumberField("min", min);
    }
    if (max != null) {
      out.writeNumberField("max", max);
    }
  }
}
