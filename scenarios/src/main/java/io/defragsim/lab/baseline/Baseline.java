package io.defragsim.lab.baseline;

import io.defragsim.emulator.exec.Profile.FunctionProfile;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.lab.result.ProfiledRun;
import io.defragsim.lab.result.RunResult;
import io.defragsim.lab.result.Subject;
import io.defragsim.scenario.Scenario;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one run of a scenario on an image, or of a program, measured, kept to hold later runs
 * against.
 *
 * @param producer the version of the program that measured it
 * @param scenario the scenario's name, or the program's
 * @param setting what the scenario asked for; null of a program, which asks for what it asks for,
 *     and in a file from before that was kept
 * @param cycleModel what cycles were counted by, for people
 * @param figures every figure of the registry by name; null where the run gave none
 * @param functions where its cycles went, by the function's name
 */
public record Baseline(
    String producer,
    String scenario,
    @Nullable Setting setting,
    Image image,
    String cycleModel,
    SortedMap<String, @Nullable Long> figures,
    SortedMap<String, FunctionCycles> functions) {

  /**
   * The image of an allocator, or of a program.
   *
   * @param sha256 of the ELF file, lower-case hex
   * @param contract the version of the image contract it follows; null of a program
   * @param compiler what the ELF says of it; null if it says nothing
   */
  public record Image(
      String name, String sha256, @Nullable Integer contract, @Nullable String compiler) {}

  /**
   * A function over the run; several of one name together.
   *
   * @param calls how often it was entered
   * @param cycles of its own instructions
   */
  public record FunctionCycles(long calls, long cycles) {
    static final FunctionCycles NONE = new FunctionCycles(0, 0);

    private FunctionCycles plus(FunctionCycles other) {
      return new FunctionCycles(calls + other.calls, cycles + other.cycles);
    }
  }

  public Baseline {
    figures = Collections.unmodifiableSortedMap(new TreeMap<>(figures));
    functions = Collections.unmodifiableSortedMap(new TreeMap<>(functions));
  }

  /** That of a run of {@code scenario} on {@code image} that was completed. */
  public static Baseline of(ProfiledRun run, Scenario scenario, FirmwareImage image) {
    SortedMap<String, FunctionCycles> functions = new TreeMap<>();
    for (FunctionProfile function : run.profile().functions()) {
      functions.merge(
          function.function(),
          new FunctionCycles(function.calls(), function.exclusive()),
          FunctionCycles::plus);
    }
    return of(run.result(), Setting.of(scenario), image.compiler(), functions);
  }

  /** That of a program whose heap was recorded. */
  public static Baseline ofProgram(RunResult run, FirmwareImage image) {
    return of(run, null, image.compiler(), new TreeMap<>());
  }

  /** That of a run without what its functions took. */
  public static Baseline withoutFunctions(RunResult run, Scenario scenario, FirmwareImage image) {
    return of(run, Setting.of(scenario), image.compiler(), new TreeMap<>());
  }

  private static Baseline of(
      RunResult run,
      @Nullable Setting setting,
      @Nullable String compiler,
      SortedMap<String, FunctionCycles> functions) {
    Subject.Image image = run.subject().image();
    Map<String, @Nullable Long> figures = run.figures();
    return new Baseline(
        run.subject().version(),
        run.subject().scenario(),
        setting,
        new Image(image.name(), image.sha256(), image.contract(), compiler),
        run.subject().cycleModel(),
        new TreeMap<>(figures),
        functions);
  }
}
