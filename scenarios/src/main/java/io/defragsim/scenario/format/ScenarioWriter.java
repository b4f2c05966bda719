package io.defragsim.scenario.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.defragsim.emulator.McuConfig;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.schema.Key;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Writes scenarios whose phases stand one after the other, their operations explicit or generated,
 * as files that {@link ScenarioReader} reads back as they were.
 */
public final class ScenarioWriter {
  private ScenarioWriter() {}

  /**
   * The text of a scenario file, with the usual seed.
   *
   * @throws IllegalArgumentException if the workload repeats something or plays a trace
   */
  public static String text(Scenario scenario) {
    return text(scenario, null);
  }

  /**
   * The text of a scenario file that says where its random numbers start. A generated phase names
   * its own seed where it is not the one that it has by that.
   *
   * @throws IllegalArgumentException if the workload repeats something or plays a trace
   */
  public static String text(Scenario scenario, long seed) {
    return text(scenario, Long.valueOf(seed));
  }

  private static String text(Scenario scenario, @Nullable Long seed) {
    return laidOut(out -> write(scenario, seed, out));
  }

  /** What writes JSON. */
  @FunctionalInterface
  public interface Content {
    void writeTo(JsonGenerator out) throws IOException;
  }

  /** The text of a file in the layout of all scenarios that are written here. */
  public static String laidOut(Content content) {
    StringWriter text = new StringWriter();
    DefaultIndenter newLine = new DefaultIndenter("  ", "\n");
    DefaultPrettyPrinter layout =
        new DefaultPrettyPrinter().withObjectIndenter(newLine).withArrayIndenter(newLine);
    try (JsonGenerator out = new JsonFactory().createGenerator(text).setPrettyPrinter(layout)) {
      content.writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter never fails
    }
    return text + "\n";
  }

  private static void write(Scenario scenario, @Nullable Long seed, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    field(out, ScenarioBinder.NAME, scenario.name());
    field(out, ScenarioBinder.DESCRIPTION, scenario.description());
    mcu(scenario.mcu(), out);
    field(out, ScenarioBinder.IMAGE, scenario.image().toString());
    out.writeObjectFieldStart(ScenarioBinder.POOL.name());
    field(out, ScenarioBinder.SIZE, scenario.pool().bytes());
    field(out, ScenarioBinder.HANDLES, scenario.pool().handles());
    out.writeEndObject();
    field(out, ScenarioBinder.STACK, scenario.stackBytes());
    if (seed != null) {
      field(out, ScenarioBinder.SEED, seed);
    }
    out.writeObjectFieldStart(ScenarioBinder.DEFRAG.name());
    field(out, DefragBinder.WHEN, scenario.defrag().when().word());
    if (scenario.defrag() instanceof DefragPolicy.Every every) {
      field(out, DefragBinder.OPERATIONS, every.operations());
    }
    field(out, DefragBinder.BUDGET, scenario.defrag().budgetBytes());
    if (scenario.defrag().readyBytes() > 0) {
      field(out, DefragBinder.READY, scenario.defrag().readyBytes());
    }
    out.writeEndObject();
    field(out, ScenarioBinder.CALL_BUDGET, scenario.callBudget());
    out.writeArrayFieldStart(ScenarioBinder.WORKLOAD.name());
    GeneratorWriter generators =
        new GeneratorWriter(seed == null ? ScenarioBinder.USUAL_SEED : seed, out);
    for (Workload.Part part : scenario.workload().parts()) {
      phase(part, scenario.workload(), generators, out);
    }
    out.writeEndArray();
    limits(scenario.limits(), out);
    out.writeEndObject();
  }

  static void field(JsonGenerator out, Key<?> key, Object value) throws IOException {
    out.writeObjectField(key.name(), value);
  }

  /** Writes {@code mcu}, all by fields. */
  public static void mcu(McuConfig mcu, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart(ScenarioBinder.MCU.name());
    field(out, McuBinder.NAME, mcu.name());
    field(out, McuBinder.CORE, mcu.core().key());
    field(out, McuBinder.CLOCK, mcu.clockHz());
    field(out, McuBinder.ZERO_WAIT_CLOCK, mcu.zeroWaitHz());
    if (mcu.waitStates() > 0) {
      field(out, McuBinder.WAIT_STATES, mcu.waitStates());
    }
    field(out, McuBinder.MULTIPLIER, mcu.multiplierCycles());
    field(out, McuBinder.FLASH, mcu.flashBytes());
    field(out, McuBinder.SRAM, mcu.sramBytes());
    field(out, McuBinder.SRAM_BASE, String.format(Locale.ROOT, "0x%08x", mcu.sramBase()));
    out.writeEndObject();
  }

  private static void phase(
      Workload.Part part, Workload workload, GeneratorWriter generators, JsonGenerator out)
      throws IOException {
    if (!(part instanceof Workload.Phase phase)) {
      throw new IllegalArgumentException("not explicit: " + part);
    }
    out.writeStartObject();
    field(out, WorkloadBinder.NAME, phase.name());
    if (phase.drain()) {
      field(out, WorkloadBinder.DRAIN, true);
    }
    if (phase.content() instanceof Generator generator) {
      generators.write(generator);
    } else if (phase.content() instanceof Workload.Explicit explicit) {
      explicit(explicit, workload, out);
    } else {
      throw new IllegalArgumentException("not explicit: " + part);
    }
    out.writeEndObject();
  }

  private static void explicit(Workload.Explicit content, Workload workload, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(WorkloadBinder.OPERATIONS.name());
    for (Workload.Statement statement : content.statements()) {
      if (!(statement instanceof Workload.Single single)) {
        throw new IllegalArgumentException("not explicit: " + statement);
      }
      out.writeRawValue(operation(single.operation(), workload));
    }
    out.writeEndArray();
  }

  /** An operation on one line. */
  private static String operation(Operation operation, Workload workload) {
    String word = operation.kind().key();
    if (operation.block() == Operation.NO_BLOCK) {
      return String.format(Locale.ROOT, "{\"%s\": %d}", word, operation.amount());
    }
    // names of blocks are of letters, digits and the like, which need no escapes
    String block = workload.blockName(operation.block());
    String bytes = ", \"" + OperationBinder.BYTES.name() + "\": " + operation.amount();
    String pinned = ", \"" + OperationBinder.PINNED.name() + "\": true";
    return String.format(Locale.ROOT, "{\"%s\": \"%s\"", word, block)
        + (operation.kind().asksForMemory() ? bytes : "")
        + (operation.pinned() ? pinned : "")
        + "}";
  }

  private static void limits(List<Limit> limits, JsonGenerator out) throws IOException {
    if (limits.isEmpty()) {
      return;
    }
    out.writeObjectFieldStart(ScenarioBinder.LIMITS);
    for (Limit limit : limits) {
      out.writeObjectFieldStart(limit.figure());
      bounds(limit.fail(), out);
      if (!limit.warn().equals(Limit.Bounds.NONE)) {
        out.writeObjectFieldStart(LimitBinder.WARN);
        bounds(limit.warn(), out);
        out.writeEndObject();
      }
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void bounds(Limit.Bounds bounds, JsonGenerator out) throws IOException {
    if (bounds.min() != null) {
      out.writeObjectField(LimitBinder.MIN, bounds.min());
    }
    if (bounds.max() != null) {
      out.writeObjectField(LimitBinder.MAX, bounds.max());
    }
  }
}
