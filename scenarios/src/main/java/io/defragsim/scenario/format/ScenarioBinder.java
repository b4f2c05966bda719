package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.file.FileName;
import io.defragsim.emulator.file.FileNameException;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.file.UnreadableFileException;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import io.defragsim.workload.Workload;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Turns the located tree of a file into a scenario. */
final class ScenarioBinder {
  private static final List<String> POLICIES = List.of("on-failure", "every", "idle", "never");
  private static final String WHEN =
      "on-failure: steps only after a request failed because memory is fragmented, until it is"
          + " served; every: one step after every so many operations; idle: steps between phases and"
          + " in waits; never: only those of step operations";
  private static final int DEFAULT_BUDGET = 64;
  private static final int LARGEST_BUDGET = 1 << 20;
  private static final int LARGEST_POOL = 1 << 30;
  private static final int SMALLEST_POOL = 16;
  private static final int MOST_HANDLES = 65_535;
  private static final long MOST_HANDLERS = 1_000_000_000_000L;
  private static final int SMALLEST_STACK = 64;
  private static final long HANDLE_BYTES = 4;
  private static final long SMALLEST_HEAP = 32;
  private static final long DEFAULT_SEED = 1;

  private static final String DEFRAG_LIKE =
      "a policy like {\"when\": \"on-failure\", \"budget\": 64}";

  private static final Shape POOL =
      Shape.of("pool", "{\"size\": \"2 KiB\", \"handles\": 32}", "The memory that is managed.")
          .must(
              "size",
              Form.size(SMALLEST_POOL, LARGEST_POOL).multipleOf(8),
              "a size, like \"2 KiB\"",
              "managed memory, a multiple of 8; the handle table is taken out of it")
          .must(
              "handles",
              Form.count(1, MOST_HANDLES),
              "how many blocks can be alive at once, like 32",
              "how many blocks can be alive at once; each takes 4 bytes of the pool in the shipped"
                  + " images");

  private static final Shape DEFRAG =
      Shape.of("defrag", DEFRAG_LIKE, "When compaction runs, and in what steps.")
          .must("when", new Form.Word(POLICIES), "one of: " + String.join(", ", POLICIES), WHEN)
          .may(
              "operations",
              Form.count(1, WorkloadBinder.MOST_OPERATIONS),
              "with \"every\": how many operations from one step to the next")
          .may(
              "budget",
              Form.size(1, LARGEST_BUDGET),
              DEFAULT_BUDGET,
              "the most bytes that one step moves")
          .may(
              "ready",
              Form.size(1, LARGEST_POOL),
              "with \"idle\" and \"every\": steps that no failed request waits for keep one hole for"
                  + " so many bytes ready")
          .rule(new Shape.Rule.Needs("when", "every", "operations"))
          .rule(new Shape.Rule.Only("operations", "when", List.of("every")))
          .rule(new Shape.Rule.Only("ready", "when", List.of("every", "idle")));

  private final Problems problems;
  private final Shape shape;
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
    this.shape = shape(LimitBinder.form(figures, Map.of()));
    this.figures = figures;
    this.defaultName = defaultName;
    this.folder = folder;
    this.file = file;
  }

  /**
   * How a scenario is written.
   *
   * @param limits how its limits are
   */
  static Shape shape(Form limits) {
    return Shape.of(
            "scenario",
            "an object: { \"mcu\": ..., \"workload\": ... }",
            "A part, an allocator image, a pool, what a program asks for, and what the result must"
                + " hold.")
        .may(
            "$schema",
            new Form.Text(null),
            "where this schema is, for editors: its path relative to the file")
        .may("name", Form.name(), "what reports call the scenario; the file's name if left out")
        .may(
            "description",
            Form.either(
                new Form.Text(null), new Form.Sequence(new Form.Text(null), 0, Integer.MAX_VALUE)),
            "what it teaches; a string, or an array of strings that are joined")
        .must(
            "mcu",
            McuBinder.form(),
            "a profile's name, like \"stm32f030f4\"",
            "the part: a profile's name, a profile with changes, or all by fields")
        .may(
            "image",
            Form.either(new Form.Word(ShippedImages.names()), new Form.Text(ImageReference.PATH)),
            "defrag",
            "the allocator: a shipped image's name, or a path to an ELF relative to the scenario")
        .must(
            "pool",
            new Form.Struct(POOL),
            POOL.expected(),
            "managed memory, and how many blocks can be alive in it")
        .may(
            "stack",
            Form.size(SMALLEST_STACK, LARGEST_POOL).multipleOf(8),
            Scenario.DEFAULT_STACK_BYTES,
            "the stack reserve at the top of SRAM, a multiple of 8")
        .may(
            "defrag",
            Form.either(
                new Form.Word(POLICIES.stream().filter(word -> !word.equals("every")).toList()),
                new Form.Struct(DEFRAG)),
            "on-failure",
            "when compaction runs; " + WHEN)
        .may(
            "callBudget",
            Form.duration(1, WorkloadBinder.LONGEST),
            Scenario.DEFAULT_CALL_BUDGET,
            "the longest that one call of the image may take, reset included")
        .may(
            "handlerBudget",
            Form.count(1, MOST_HANDLERS),
            Scenario.DEFAULT_HANDLER_BUDGET,
            "the most interrupt handlers that a run may take")
        .may(
            "interrupts",
            InterruptBinder.FORM,
            "periodic interrupts from outside; the first is IRQ 0")
        .may("seed", Form.count(0, Long.MAX_VALUE - 1), DEFAULT_SEED, "where random numbers start")
        .must("workload", WorkloadBinder.FORM, "an array of phases", "phases and repetitions")
        .may("limits", limits, "what the result must hold: figures and their bounds");
  }

  /** The scenario; null with problems. */
  @Nullable Scenario bind(Json json) {
    Fields fields = Fields.of(json, shape, problems);
    if (fields == null) {
      return null;
    }
    fields.text("$schema");
    String name = fields.text("name");
    if (name != null && name.isBlank()) {
      fields.problem("name", "empty: leave it out to use the file's name");
    }
    String description = description(fields);
    Json mcuJson = fields.value("mcu");
    McuConfig mcu = mcuJson == null ? null : new McuBinder(problems).bind(mcuJson);
    OptionalLong clockHz = mcu == null ? OptionalLong.empty() : OptionalLong.of(mcu.clockHz());
    ImageReference image = image(fields);
    Scenario.Pool pool = pool(fields);
    checkHandles(fields, image, pool);
    Long stack = stack(fields);
    checkFit(fields, mcu, pool, stack);
    DefragPolicy defrag = defrag(fields, pool);
    Long callBudget = fields.quantity("callBudget", clockHz);
    Long handlerBudget = fields.quantity("handlerBudget");
    Json interruptsJson = fields.value("interrupts");
    List<InterruptSource> interrupts =
        interruptsJson == null
            ? List.of()
            : new InterruptBinder(problems, mcu).bind(interruptsJson);
    Long seed = fields.quantity("seed");
    Json workloadJson = fields.value("workload");
    Workload workload =
        workloadJson == null
            ? null
            : new WorkloadBinder(problems, clockHz, seed == null ? DEFAULT_SEED : seed)
                .bind(workloadJson);
    List<Limit> limits =
        new LimitBinder(problems, figures, clockHz, file).bind(fields.value("limits"));
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
        handlerBudget == null ? Scenario.DEFAULT_HANDLER_BUDGET : handlerBudget,
        interrupts,
        workload,
        limits);
  }

  /** A string, or several that are its lines. */
  private String description(Fields fields) {
    Json json = fields.value("description");
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
    if (!ImageReference.isPath(name)) {
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
      Path file = folder.resolve(FileName.path(name)).normalize();
      InputKind.IMAGE.check(file);
      return new ImageReference.Elf(file);
    } catch (UnreadableFileException e) {
      fields.problem(
          "image",
          e.absent()
              ? "there is no file \"" + name + "\" beside the scenario"
              : "\"" + name + "\" " + e.getMessage());
    } catch (FileNameException e) {
      fields.problem("image", String.valueOf(e.getMessage()));
    }
    return null;
  }

  private Scenario.@Nullable Pool pool(Fields parent) {
    Fields fields = parent.object("pool");
    if (fields == null) {
      return null;
    }
    Long size = fields.quantity("size");
    Integer handles = fields.count("handles");
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
    Long stack = fields.quantity("stack");
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
              + " bytes, and the image's data comes on top; "
              + (stack + SMALLEST_POOL > mcu.sramBytes()
                  ? "a smaller stack or a part with more SRAM is needed"
                  : "expected a pool of at most "
                      + (mcu.sramBytes() - stack) / 8 * 8
                      + " less that data"));
    }
  }

  private @Nullable DefragPolicy defrag(Fields parent, Scenario.@Nullable Pool pool) {
    Json json = parent.value("defrag");
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
    Fields fields = Fields.of(json, DEFRAG, problems);
    if (fields == null) {
      return null;
    }
    int before = problems.count();
    String when = fields.text("when");
    Integer operations = null;
    if ("every".equals(when) && !fields.has("operations")) {
      fields.missing("operations", "how many operations from one step to the next");
    }
    if (when == null || when.equals("every")) {
      operations = fields.count("operations");
    } else if (fields.has("operations")) {
      fields.problem("operations", "goes with \"when\": \"every\" only");
    }
    Long budget = fields.quantity("budget");
    Long ready = ready(fields, pool);
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

  /** The hole to be kept ready is at most the pool. */
  private @Nullable Long ready(Fields fields, Scenario.@Nullable Pool pool) {
    Json json = fields.value("ready");
    return json == null
        ? null
        : Fields.quantity(
            json,
            Form.size(1, pool == null ? LARGEST_POOL : pool.bytes()),
            OptionalLong.empty(),
            problems);
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
