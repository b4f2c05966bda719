package io.defragsim.scenario.format;

import static io.defragsim.scenario.format.ScenarioWriter.field;

import com.fasterxml.jackson.core.JsonGenerator;
import io.defragsim.scenario.schema.Key;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Variate;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Writes {@code generate}, each distribution on one line. */
final class GeneratorWriter {
  private final long seed;
  private final JsonGenerator out;
  private int written;

  /**
   * @param seed the scenario's
   */
  GeneratorWriter(long seed, JsonGenerator out) {
    this.seed = seed;
    this.out = out;
  }

  void write(Generator generator) throws IOException {
    out.writeObjectFieldStart(WorkloadBinder.GENERATE.name());
    field(out, GeneratorBinder.OPERATIONS, generator.operations());
    if (generator.seed() != Generator.seedOfPhase(seed, ++written)) {
      field(out, GeneratorBinder.SEED, generator.seed());
    }
    List<Generator.Kind> kinds = generator.kinds();
    if (kinds.size() == 1 && kinds.get(0).name().equals(Generator.Kind.UNNAMED)) {
      kind(kinds.get(0));
    } else {
      out.writeArrayFieldStart(GeneratorBinder.KINDS.name());
      for (Generator.Kind kind : kinds) {
        out.writeStartObject();
        field(out, GeneratorBinder.NAME, kind.name());
        field(out, GeneratorBinder.WEIGHT, kind.weight());
        kind(kind);
        out.writeEndObject();
      }
      out.writeEndArray();
    }
    field(out, GeneratorBinder.FILL, generator.fillBytes());
    if (generator.maxBlocks() < Integer.MAX_VALUE) {
      field(out, GeneratorBinder.BLOCKS, generator.maxBlocks());
    }
    Generator.Bursts bursts = generator.bursts();
    if (bursts != null) {
      raw(
          GeneratorBinder.BURSTS,
          "{\"length\": %s, \"every\": %d}",
          text(bursts.length()),
          bursts.every());
    }
    Generator.Waits waits = generator.waits();
    if (waits != null) {
      raw(GeneratorBinder.WAITS, "{\"every\": %d, \"for\": %d}", waits.every(), waits.cycles());
    }
    out.writeEndObject();
  }

  private void kind(Generator.Kind kind) throws IOException {
    raw(GeneratorBinder.SIZES, "%s", text(kind.sizes()));
    raw(GeneratorBinder.LIFETIMES, "%s", text(kind.lifetimes()));
    Generator.Locks locks = kind.locks();
    if (locks != null) {
      raw(
          GeneratorBinder.LOCKS,
          "{\"rate\": %s, \"hold\": %s}",
          rate(locks.ratePpm()),
          text(locks.hold()));
    }
    if (kind.writesPpm() > 0) {
      raw(GeneratorBinder.WRITES, "%s", rate(kind.writesPpm()));
    }
    Generator.Grow grow = kind.grow();
    if (grow != null) {
      raw(
          GeneratorBinder.GROW,
          "{\"rate\": %s, \"by\": %s}",
          rate(grow.ratePpm()),
          text(grow.by()));
    }
  }

  private void raw(Key<?> key, String format, Object... values) throws IOException {
    out.writeFieldName(key.name());
    out.writeRawValue(String.format(Locale.ROOT, format, values));
  }

  private static String rate(int ppm) {
    return "\"" + ppm + " ppm\"";
  }

  /** A distribution. */
  private static String text(Variate variate) {
    if (variate instanceof Variate.Constant constant) {
      return number(constant.value());
    } else if (variate instanceof Variate.Uniform uniform) {
      return "{\"uniform\": [" + uniform.min() + ", " + uniform.max() + "]}";
    } else if (variate instanceof Variate.Geometric geometric) {
      return String.format(
          Locale.ROOT,
          "{\"geometric\": {\"mean\": %d, \"min\": %d, \"max\": %d}}",
          geometric.mean(),
          geometric.min(),
          geometric.max());
    } else if (variate instanceof Variate.Choice choice) {
      return choice.options().stream()
          .map(
              option ->
                  "{\"weight\": " + option.weight() + ", \"value\": " + text(option.value()) + "}")
          .collect(Collectors.joining(", ", "{\"choice\": [", "]}"));
    }
    Variate.Counts counts = (Variate.Counts) variate;
    return IntStream.range(0, counts.values().size())
        .mapToObj(
            i ->
                "\""
                    + number(counts.values().get(i)).replace("\"", "")
                    + "\": "
                    + (counts.ends().get(i) - (i == 0 ? 0 : counts.ends().get(i - 1))))
        .collect(Collectors.joining(", ", "{\"counts\": {", "}}"));
  }

  private static String number(long value) {
    return value == Variate.FOREVER ? "\"forever\"" : String.valueOf(value);
  }
}
