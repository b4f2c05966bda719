package io.defragsim.report.json;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.lab.result.Bounds;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The document that {@code bounds} writes. */
public record JsonBounds(
    @JsonPropertyDescription("Always defrag-sim-bounds.") String format,
    @JsonPropertyDescription("The version of this format; it changes when a reader must.")
        int version,
    @JsonPropertyDescription("The version of defrag-sim that wrote the document.") String producer,
    @JsonPropertyDescription(
            "0 nothing is above its target or bound, 3 something is, 4 the image broke its contract"
                + " or faulted, 5 a call took more than its budget.")
        int exitStatus,
    Image image,
    @JsonPropertyDescription("What cycles were counted by, for people.") String cycleModel,
    @JsonPropertyDescription(
            "In bytes: the budget of steps, the new size of resizes among the functions, and what"
                + " loops of named functions get that go by bytes.")
        int budget,
    @JsonPropertyDescription("The seed of the search.") long seed,
    @JsonPropertyDescription("How many sequences the search tried for each function.") int effort,
    @JsonPropertyDescription("How many shipped scenarios ran.") int scenarios,
    @JsonPropertyDescription(
            "The functions of the contract that the image has; or those that were named, of which"
                + " nothing ran.")
        List<Function> functions,
    @JsonPropertyDescription(
            "The functions whose worst case grows with a number of bytes, for other numbers.")
        List<ByBytes> byBytes,
    Masked masked,
    @JsonPropertyDescription("The loops with bounds that ran.") List<Loop> loops,
    @JsonPropertyDescription("How the image broke in a run; null if it did not.")
        @Nullable Broken broken) {

  /** What stands in {@code format}. */
  public static final String FORMAT = "defrag-sim-bounds";

  /** What stands in {@code version}. */
  public static final int VERSION = 1;

  /** The ELF file. */
  public record Image(String name, String sha256) {}

  /** A run in which the image broke. */
  public record Broken(String scenario, JsonReport.Ending ending) {}

  /** A function; cycles of a call. */
  public record Function(
      String name,
      @JsonPropertyDescription("The most cycles allowed; null without a target.")
          @Nullable Long target,
      @JsonPropertyDescription("The cycles aimed at; null without a target.")
          @Nullable Long stretch,
      @JsonPropertyDescription("What no call exceeds; null if that could not be computed.")
          @Nullable Long staticBound,
      @JsonPropertyDescription("Why there is no static bound; null if there is one.")
          @Nullable String unbounded,
      @JsonPropertyDescription("The stack that it takes at most, in bytes; null without a bound.")
          @Nullable Integer stackBytes,
      @JsonPropertyDescription("The longest call of all runs; null if it was never called.")
          @Nullable Long dynamicMaximum,
      @JsonPropertyDescription("The scenario of that call; null if it was never called.")
          @Nullable String seenIn,
      Bounds.Verdict verdict,
      @JsonPropertyDescription("The way that takes as long as the static bound.")
          List<Step> path) {}

  /** A straight-line piece of a path. */
  public record Step(
      @JsonPropertyDescription("Its first instruction.") JsonReport.Place at,
      int instructions,
      @JsonPropertyDescription("Its last instruction.") String last,
      @JsonPropertyDescription("Of one time.") long cycles,
      @JsonPropertyDescription("How often it is taken.") long count) {}

  /** A function with a number of bytes; cycles of a call. */
  public record ByBytes(
      String function,
      @JsonPropertyDescription("The budget of a step, the new size of a resize.") long bytes,
      @JsonPropertyDescription("The most cycles allowed; null without a target.")
          @Nullable Long target,
      @JsonPropertyDescription("The cycles aimed at; null without a target.")
          @Nullable Long stretch,
      @Nullable Long staticBound,
      @JsonPropertyDescription("Of the calls with so many bytes or fewer; null without any.")
          @Nullable Long dynamicMaximum,
      Bounds.Verdict verdict) {}

  /** The longest stretch with interrupts masked. */
  public record Masked(
      @JsonPropertyDescription("In which function; empty if none masks interrupts.")
          String function,
      @JsonPropertyDescription("The most cycles allowed; null without a target.")
          @Nullable Long target,
      @JsonPropertyDescription("The cycles aimed at; null without a target.")
          @Nullable Long stretch,
      @Nullable Long staticBound,
      @JsonPropertyDescription("Why there is no static bound; null if there is one.")
          @Nullable String unbounded,
      @JsonPropertyDescription("The longest stretch of all runs; null if none masked interrupts.")
          @Nullable Long dynamicMaximum,
      Bounds.Verdict verdict) {}

  /** What was seen of a loop, at the entry that came closest to its bound. */
  public record Loop(
      @JsonPropertyDescription("Where it is entered.") JsonReport.Place at,
      @JsonPropertyDescription(
              "The source file in which its bound stands; null if the image does not name it.")
          @Nullable String file,
      @JsonPropertyDescription("The line of its bound in the source.") int line,
      @JsonPropertyDescription("The runs that the bound allows.") long bound,
      @JsonPropertyDescription("The runs.") long seen) {}

  static JsonBounds of(Bounds bounds, String producer) {
    Bounds.Broken broken = bounds.broken();
    return new JsonBounds(
        FORMAT,
        VERSION,
        producer,
        bounds.exitStatus(),
        new Image(bounds.image(), bounds.sha256()),
        bounds.cycleModel(),
        bounds.budget(),
        bounds.seed(),
        bounds.effort(),
        bounds.scenarios(),
        bounds.functions().stream().map(JsonBounds::function).toList(),
        bounds.byBytes().stream().map(JsonBounds::byBytes).toList(),
        masked(bounds.masked()),
        bounds.loops().stream().map(JsonBounds::loop).toList(),
        broken == null ? null : new Broken(broken.scenario(), JsonReports.ending(broken.ending())));
  }

  private static Function function(Bounds.Function function) {
    FunctionBound bound = function.bound();
    Bounds.Seen seen = function.seen();
    return new Function(
        function.name(),
        function.must(),
        function.stretch(),
        bound == null ? null : bound.cycles(),
        function.unbounded(),
        bound == null ? null : bound.stackBytes(),
        seen == null ? null : seen.cycles(),
        seen == null ? null : seen.where(),
        function.verdict(),
        bound == null ? List.of() : bound.path().stream().map(JsonBounds::step).toList());
  }

  private static ByBytes byBytes(Bounds.ByBytes entry) {
    Bounds.Seen seen = entry.seen();
    return new ByBytes(
        entry.function(),
        entry.bytes(),
        entry.must(),
        entry.stretch(),
        entry.bound(),
        seen == null ? null : seen.cycles(),
        entry.verdict());
  }

  private static Step step(FunctionBound.Step step) {
    return new Step(
        JsonReports.place(step.at()),
        step.instructions(),
        step.last(),
        step.cycles(),
        step.count());
  }

  private static Masked masked(Bounds.Masked masked) {
    var bound = masked.bound();
    Bounds.Seen seen = masked.seen();
    return new Masked(
        masked.function(),
        masked.must(),
        masked.stretch(),
        bound == null ? null : bound.cycles(),
        masked.unbounded(),
        seen == null ? null : seen.cycles(),
        masked.verdict());
  }

  private static Loop loop(LoopBoundChecker.Seen seen) {
    return new Loop(
        JsonReports.place(seen.header()),
        seen.bound().file().isEmpty() ? null : seen.bound().file(),
        seen.bound().line(),
        seen.most(),
        seen.runs());
  }
}
