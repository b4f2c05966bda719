package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.lab.baseline.Baseline;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The document that keeps a baseline: sorted, so that a change of it can be read as one. */
public record JsonBaseline(
    @JsonPropertyDescription("Always defrag-sim-baseline.") String format,
    @JsonPropertyDescription("The version of this format; it changes when a reader must.")
        int version,
    @JsonPropertyDescription("The version of defrag-sim that measured it.") String producer,
    @JsonPropertyDescription("The scenario's name.") String scenario,
    @JsonPropertyDescription(
            "What the scenario asked for; runs of another workload are not compared. Missing in"
                + " files from before it was kept.")
        @Nullable Setting setting,
    Image image,
    @JsonPropertyDescription("What cycles were counted by, for people.") String cycleModel,
    @JsonPropertyDescription(
            "Every figure of the registry by the name that limits use; null where the run gave"
                + " none.")
        Map<String, @Nullable Long> figures,
    @JsonPropertyDescription(
            "Where the cycles of the run went, by the function's name; (asleep) and (interrupts) are"
                + " no functions of the image.")
        Map<String, FunctionCycles> functions) {

  /** What stands in {@code format}. */
  public static final String FORMAT = "defrag-sim-baseline";

  /** What stands in {@code version}. */
  public static final int VERSION = 1;

  /** What the scenario asked for, its limits left out. */
  public record Setting(
      @JsonPropertyDescription(
              "SHA-256 of the trace, lower-case hex: a line for each operation in order, such as"
                  + " alloc 3 64.")
          String workload,
      @JsonPropertyDescription("The part, for people.") String part,
      @JsonPropertyDescription("The pool, for people.") String pool,
      @JsonPropertyDescription("The stack reserve, for people.") String stack,
      @JsonPropertyDescription("When compaction runs, for people.") String policy,
      @JsonPropertyDescription("The interrupts, for people.") String interrupts) {}

  /** The allocator image. */
  public record Image(
      String name,
      @JsonPropertyDescription("SHA-256 of the ELF file, lower-case hex.") String sha256,
      @JsonPropertyDescription("The version of the image contract; null of a program.")
          @Nullable Integer contract,
      @JsonPropertyDescription("What the ELF says of its compiler; null if it says nothing.")
          @Nullable String compiler) {}

  /** A function over the run. */
  public record FunctionCycles(
      @JsonPropertyDescription("How often it was entered.") long calls,
      @JsonPropertyDescription("Cycles of its own instructions.") long cycles) {}

  static JsonBaseline of(Baseline baseline) {
    Baseline.Image image = baseline.image();
    Map<String, FunctionCycles> functions = new TreeMap<>();
    baseline
        .functions()
        .forEach((name, f) -> functions.put(name, new FunctionCycles(f.calls(), f.cycles())));
    return new JsonBaseline(
        FORMAT,
        VERSION,
        baseline.producer(),
        baseline.scenario(),
        setting(baseline.setting()),
        new Image(image.name(), image.sha256(), image.contract(), image.compiler()),
        baseline.cycleModel(),
        baseline.figures(),
        functions);
  }

  private static @Nullable Setting setting(io.defragsim.lab.baseline.@Nullable Setting setting) {
    return setting == null
        ? null
        : new Setting(
            setting.workload(),
            setting.part(),
            setting.pool(),
            setting.stack(),
            setting.policy(),
            setting.interrupts());
  }
}
