package io.defragsim.scenario;

import io.defragsim.emulator.InterruptSource;
import io.defragsim.emulator.McuConfig;
import io.defragsim.workload.Workload;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Turns the located tree of a file into a scenario. */
final class ScenarioBinder {
  private static final List<String> POLICIES = List.of("on-failure", "every", "idle", "never");
  private static final int DEFAULT_BUDGET = 64;
  private static final int LARGEST_BUDGET = 1 << 20;
  private static final int LARGEST_POOL = 1 << 30;
  private static final int MOST_HANDLES = 65_535;
  private static final int SMALLEST_STACK = 64;
  private static final long HANDLE_BYTES = 4;
  private static final long SMALLEST_HEAP = 32;
  private static final long DEFAULT_SEED = 1;

  private final Problems problems;
  private final Map<String, FigureUnit> figures;
  private final String defaultName;
  private final Path folder;
  private final @Nullable Path file;

  /**
   * @param defaultName what a scenario is called that gives no name
   * @param folder what paths in the scenario are relative to
   * @param file what limits say they stand in, null for none
   */
  ScenarioBinder(
      Problems problems,
      Map<String, FigureUnit> figures,
      String defaultName,
      Path folder,
      @Nullable Path file) {
    this.problems = problems;
    this.figures = figures;
    this.defaultName = defaultName;
    this.folder = folder;
    this.file = file;
  }

  /** The scenario; null with problems. */
  @Nullable Scenario bind(Json json) {
    Fields fields = Fields.of(json, "an object: { \"mcu\": ..., \"workload\": ... }", problems);
    if (fields == null) {
      return null;
    }
    fields.optional("$schema");
    String name = fields.text("name");
    if (name != null && name.isBlank()) {
      fields.problem("name", "empty: leave it out to use the file's name");
    }
    String description = description(fields);
    Json mcuJson = fields.required("mcu", "a profile's name, like \"stm32f030f4\"");
    McuConfig mcu = mcuJson == null ? null : new McuBinder(problems).bind(mcuJson);
    OptionalLong clockHz = mcu == null ? OptionalLong.empty() : OptionalLong.of(mcu.clockHz());
    ImageReference image = image(fields);
    Scenario.Pool pool = pool(fields);
    checkHandles(fields, image, pool);
    Long stack = stack(fields);
    checkFit(fields, mcu, pool, stack);
    DefragPolicy defrag = defrag(fields, pool);
    Long callBudget = fields.quantity("callBudget", Quantity.Kind.DURATION, 1, 1L << 48, clockHz);
    Json interruptsJson = fields.optional("interrupts");
    List<InterruptSource> interrupts =
        interruptsJson == null
            ? List.of()
            : new InterruptBinder(problems, mcu).bind(interruptsJson);
    Long seed =
        fields.quantity("seed", Quantity.Kind.COUNT, 0, Long.MAX_VALUE - 1, OptionalLong.empty());
    Json workloadJson = fields.required("workload", "an array of phases");
    Workload workload =
        workloadJson == null
            ? null
            : new WorkloadBinder(problems, clockHz, seed == null ? DEFAULT_SEED : seed)
                .bind(workloadJson);
    List<Limit> limits =
        new LimitBinder(problems, figures, clockHz, file).bind(fields.optional("limits"));
    fields.done();
    if (problems.count() > 0 || mcu == null || pool == null || workload == null) {
      return null;
    }
    return new Scenario(
        name == null ? defaultName : name,
        description,
        mcu,
        image == null ? new ImageReference.Shipped("defrag") : image,
        pool,
        stack == null ? Scenario.DEFAULT_STACK_BYTES : Math.toIntExact(stack),
        defrag == null ? new DefragPolicy.OnFailure(DEFAULT_BUDGET) : defrag,
        callBudget == null ? Scenario.DEFAULT_CALL_BUDGET : callBudget,
        interrupts,
        workload,
        limits);
  }

  /** A string, or several that are its lines. */
  private String description(Fields fields) {
    Json json = fields.optional("description");
    if (!(json instanceof Json.Array array)) {
      String text = json == null ? null : fields.text("description");
      return text == null ? "" : text;
    }
    List<String> lines = new ArrayList<>();
    for (Json element : array.elements()) {
      if (element instanceof Json.Text text) {
        lines.add(text.value().strip());
      } else {
        problems.add(element.at(), element.kind() + " where a string is expected");
      }
    }
    return String.join(" ", lines);
  }

  private @Nullable ImageReference image(Fields fields) {
    String name = fields.text("image");
    if (name == null) {
      return null;
    }
    if (ShippedImages.names().contains(name)) {
      return new ImageReference.Shipped(name);
    }
    if (!name.contains("/") && !name.contains("\\") && !name.endsWith(".elf")) {
      fields.problem(
          "image",
          "\""
              + name
              + "\" is no image"
              + Nearest.hint(name, ShippedImages.names())
              + "; a file of yours is written with a path, like \"./"
              + name
              + ".elf\"");
      return null;
    }
    try {
      Path file = folder.resolve(name).normalize();
      if (Files.isRegularFile(file)) {
        return new ImageReference.Elf(file);
      }
      fields.problem(
          "image",
          Files.isDirectory(file)
              ? "\"" + name + "\" is a directory, not an ELF file"
              : "there is no file \"" + name + "\" beside the scenario");
    } catch (InvalidPathException e) {
      fields.problem("image", "\"" + name + "\" is no path: " + e.getReason());
    }
    return null;
  }

  private Scenario.@Nullable Pool pool(Fields parent) {
    Json json = parent.required("pool", "{\"size\": \"2 KiB\", \"handles\": 32}");
    if (json == null) {
      return null;
    }
    Fields fields = Fields.of(json, "{\"size\": \"2 KiB\", \"handles\": 32}", problems);
    if (fields == null) {
      return null;
    }
    if (!fields.has("size")) {
      fields.required("size", "a size, like \"2 KiB\"");
    }
    if (!fields.has("handles")) {
      fields.required("handles", "how many blocks can be alive at once, like 32");
    }
    Long size = fields.size("size", 16, LARGEST_POOL);
    Integer handles = fields.count("handles", 1, MOST_HANDLES);
    fields.done();
    if (size != null && size % 8 != 0) {
      fields.problem("size", notMultipleOf8(size));
      return null;
    }
    return size == null || handles == null
        ? null
        : new Scenario.Pool(Math.toIntExact(size), handles);
  }

  /** The shipped images take 4 bytes of the pool for each handle; others may do as they like. */
  private static void checkHandles(
      Fields fields, @Nullable ImageReference image, Scenario.@Nullable Pool pool) {
    if (pool == null || image instanceof ImageReference.Elf) {
      return;
    }
    long table = HANDLE_BYTES * pool.handles();
    if (table + SMALLEST_HEAP > pool.bytes()) {
      fields.problem(
          "pool",
          pool.handles()
              + " handles take "
              + table
              + " bytes of the pool, "
              + HANDLE_BYTES
              + " each, and leave less than "
              + SMALLEST_HEAP
              + " of its "
              + pool.bytes()
              + " for blocks");
    }
  }

  private @Nullable Long stack(Fields fields) {
    Long stack = fields.size("stack", SMALLEST_STACK, LARGEST_POOL);
    if (stack != null && stack % 8 != 0) {
      fields.problem("stack", notMultipleOf8(stack));
      return null;
    }
    return stack;
  }

  private static String notMultipleOf8(long bytes) {
    return bytes
        + " bytes are not a multiple of 8; nearest: "
        + bytes / 8 * 8
        + " and "
        + (bytes / 8 * 8 + 8);
  }

  private void checkFit(
      Fields fields,
      @Nullable McuConfig mcu,
      Scenario.@Nullable Pool pool,
      @Nullable Long stackBytes) {
    if (mcu == null || pool == null) {
      return;
    }
    long stack = stackBytes == null ? Scenario.DEFAULT_STACK_BYTES : stackBytes;
    if (pool.bytes() + stack > mcu.sramBytes()) {
      fields.problem(
          "pool",
          "does not fit: pool "
              + pool.bytes()
              + " + stack "
              + stack
              + " = "
              + (pool.bytes() + stack)
              + " bytes, but the SRAM of "
              + mcu.name()
              + " is "
              + mcu.sramBytes()
              + " bytes, and the image's data comes on top");
    }
  }

  private @Nullable DefragPolicy defrag(Fields parent, Scenario.@Nullable Pool pool) {
    Json json = parent.optional("defrag");
    if (json == null) {
      return null;
    }
    if (json instanceof Json.Text text) {
      if (text.value().equals("every")) {
        problems.add(
            json.at(), "\"every\" needs its number: {\"when\": \"every\", \"operations\": 16}");
        return null;
      }
      return policy(text.value(), text.at(), 1, DEFAULT_BUDGET, 0);
    }
    Fields fields =
        Fields.of(json, "a policy like {\"when\": \"on-failure\", \"budget\": 64}", problems);
    if (fields == null) {
      return null;
    }
    int before = problems.count();
    if (!fields.has("when")) {
      fields.required("when", "one of: " + String.join(", ", POLICIES));
    }
    String when = fields.text("when");
    Integer operations = null;
    if ("every".equals(when)) {
      fields.required("operations", "how many operations from one step to the next");
    }
    if (when == null || when.equals("every")) {
      operations = fields.count("operations", 1, WorkloadBinder.MOST_OPERATIONS);
    } else if (fields.has("operations")) {
      fields.optional("operations");
      fields.problem("operations", "goes with \"when\": \"every\" only");
    }
    Long budget = fields.size("budget", 1, LARGEST_BUDGET);
    Long ready = fields.size("ready", 1, pool == null ? LARGEST_POOL : pool.bytes());
    if (ready != null && ("on-failure".equals(when) || "never".equals(when))) {
      fields.problem(
          "ready", "goes with \"when\": \"idle\" or \"every\", whose steps no request waits for");
    }
    fields.done();
    DefragPolicy policy =
        when == null
            ? null
            : policy(
                when,
                fields.at("when"),
                operations == null ? 1 : operations,
                budget == null ? DEFAULT_BUDGET : Math.toIntExact(budget),
                ready == null ? 0 : Math.toIntExact(ready));
    return problems.count() > before ? null : policy;
  }

  private @Nullable DefragPolicy policy(
      String when, Json.Location at, int operations, int budget, int ready) {
    return switch (when) {
      case "on-failure" -> new DefragPolicy.OnFailure(budget);
      case "every" -> new DefragPolicy.Every(operations, budget, ready);
      case "idle" -> new DefragPolicy.Idle(budget, ready);
      case "never" -> new DefragPolicy.Never(budget);
      default -> {
        problems.add(at, "\"" + when + "\" is no policy" + Nearest.hint(when, POLICIES));
        yield null;
      }
    };
  }
}
