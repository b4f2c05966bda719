package io.defragsim.scenario.format;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.file.InputKind;
import io.defragsim.emulator.system.InterruptSource;
import io.defragsim.scenario.DefragPolicy;
import io.defragsim.scenario.FigureUnit;
import io.defragsim.scenario.Granule;
import io.defragsim.scenario.ImageReference;
import io.defragsim.scenario.Limit;
import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Scenario;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.image.ShippedImages;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import io.defragsim.workload.Workload;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns the located tree of a file into a scenario. */
final class ScenarioBinder {
  static final String LIMITS = "limits";
  static final int LARGEST_POOL = 1 << 30;
  private static final int SMALLEST_POOL = 16;
  private static final long MOST_HANDLERS = 1_000_000_000_000L;
  private static final int SMALLEST_STACK = 64;
  private static final long HANDLE_BYTES = 4;
  private static final long SMALLEST_HEAP = 32;

  static final Key<String> NAME =
      Key.may(
          "name",
          Types.name("empty: leave it out to use the file's name"),
          "what reports call the scenario; the file's name if left out");
  static final Key<String> DESCRIPTION =
      Key.may(
          "description",
          Types.description(),
          "what it teaches; a string, or an array of strings that are joined");
  static final Key<McuConfig> MCU =
      Key.must(
          "mcu",
          McuBinder.TYPE,
          "a profile's name, like \"stm32f030f4\"",
          "the part: a profile's name, a profile with changes, or all by fields");
  static final Key<ImageReference> IMAGE =
      Key.may(
          "image",
          new Type.Own<>(
              List.of(
                  Types.word("image", ShippedImages.names(), name -> name),
                  Types.text(ImageReference.PATH, "")),
              ScenarioBinder::image),
          "defrag",
          "the allocator: a shipped image's name, or a path to an ELF relative to the scenario");
  static final Key<Integer> SIZE =
      Key.must(
          "size",
          Types.size(SMALLEST_POOL, LARGEST_POOL).multipleOf(Granule.BYTES),
          "a size, like \"2 KiB\"",
          "managed memory, a multiple of 8; the handle table is taken out of it");
  static final Key<Integer> HANDLES =
      Key.must(
          "handles",
          Types.count(1, Scenario.Pool.MOST_HANDLES),
          "how many blocks can be alive at once, like 32",
          "how many blocks can be alive at once; each takes 4 bytes of the pool in the shipped"
              + " images");
  private static final String POOL_LIKE = "{\"size\": \"2 KiB\", \"handles\": 32}";
  static final Key<Scenario.Pool> POOL =
      Key.must(
          "pool",
          Type.Struct.of(
              "pool", POOL_LIKE, "The memory that is managed.", SIZE, HANDLES, Scenario.Pool::new),
          POOL_LIKE,
          "managed memory, and how many blocks can be alive in it");
  static final Key<Integer> STACK =
      Key.may(
          "stack",
          Types.size(SMALLEST_STACK, LARGEST_POOL).multipleOf(Granule.BYTES),
          Scenario.DEFAULT_STACK_BYTES,
          "the stack reserve at the top of SRAM, a multiple of 8");
  static final Key<DefragPolicy> DEFRAG =
      Key.may(
          "defrag", DefragBinder.TYPE, "on-failure", "when compaction runs; " + DefragBinder.WORDS);
  static final Key<Long> CALL_BUDGET =
      Key.may(
          "callBudget",
          Types.duration(1, WorkloadBinder.LONGEST),
          Scenario.DEFAULT_CALL_BUDGET,
          "the longest that one call of the image may take, reset included");
  private static final Key<Long> HANDLER_BUDGET =
      Key.may(
          "handlerBudget",
          Types.count(1, MOST_HANDLERS),
          Scenario.DEFAULT_HANDLER_BUDGET,
          "the most interrupt handlers that a run may take");
  private static final Key<List<InterruptSource>> INTERRUPTS =
      Key.may(
          "interrupts",
          InterruptBinder.TYPE,
          "periodic interrupts from outside; the first is IRQ 0");
  static final int USUAL_SEED = 1;
  static final Key<Long> SEED =
      Key.may("seed", Types.count(0, Long.MAX_VALUE - 1), USUAL_SEED, "where random numbers start");
  static final Key<Workload> WORKLOAD =
      Key.must("workload", WorkloadBinder.TYPE, "an array of phases", "phases and repetitions");

  private ScenarioBinder() {}

  /**
   * How a scenario is written.
   *
   * @param figures every figure that a limit may name, with its unit
   * @param descriptions of the figures by their names, as far as there are some
   * @param defaultName what a scenario is called that gives no name
   */
  static Type.Struct<Scenario> type(
      Map<String, FigureUnit> figures, Map<String, String> descriptions, String defaultName) {
    Key<List<Limit>> limits =
        Key.may(
            LIMITS,
            LimitBinder.type(figures, descriptions),
            "what the result must hold: figures and their bounds");
    return new Type.Struct<>(
        "scenario",
        "an object: { \"mcu\": ..., \"workload\": ... }",
        "A part, an allocator image, a pool, what a program asks for, and what the result must"
            + " hold.",
        List.of(
            Types.SCHEMA,
            NAME,
            DESCRIPTION,
            MCU,
            IMAGE,
            POOL,
            STACK,
            DEFRAG,
            CALL_BUDGET,
            HANDLER_BUDGET,
            INTERRUPTS,
            SEED,
            WORKLOAD,
            limits),
        fields -> bind(fields, limits, defaultName));
  }

  private static @Nullable Scenario bind(
      Fields fields, Key<List<Limit>> limitsKey, String defaultName) {
    McuConfig mcu = fields.get(MCU);
    Scenario.Pool pool = fields.get(POOL);
    ScenarioReading.of(fields.in())
        .dependOn(mcu, pool == null ? LARGEST_POOL : pool.bytes(), fields.orStandard(SEED));
    fields.get(Types.SCHEMA);
    String name = fields.get(NAME);
    String description = fields.get(DESCRIPTION);
    ImageReference image = fields.orStandard(IMAGE);
    checkHandles(fields, image, pool);
    int stack = fields.orStandard(STACK);
    checkFit(fields, mcu, pool, stack);
    DefragPolicy defrag = fields.orStandard(DEFRAG);
    long callBudget = fields.orStandard(CALL_BUDGET);
    long handlerBudget = fields.orStandard(HANDLER_BUDGET);
    List<InterruptSource> interrupts = fields.get(INTERRUPTS);
    Workload workload = fields.get(WORKLOAD);
    List<Limit> limits = fields.get(limitsKey);
    return mcu == null || pool == null || workload == null
        ? null
        : new Scenario(
            name == null ? defaultName : name,
            description == null ? "" : description,
            mcu,
            image,
            pool,
            stack,
            defrag,
            callBudget,
            handlerBudget,
            interrupts == null ? List.of() : interrupts,
            workload,
            limits == null ? List.of() : limits);
  }

  private static ImageReference image(Json json, Reading in) {
    String name = Types.text().of(json, in);
    if (ShippedImages.names().contains(name)) {
      return new ImageReference.Shipped(name);
    }
    if (!ImageReference.isPath(name)) {
      throw new Unreadable(
          "\"%s\" is no image%s; a file of yours is written with a path, like \"./%s.elf\"",
          name, Nearest.hint(name, ShippedImages.names()), name);
    }
    return ScenarioReading.of(in)
        .file(
            name,
            file -> {
              InputKind.IMAGE.check(file);
              return new ImageReference.Elf(file);
            });
  }

  /** The shipped images take 4 bytes of the pool for each handle; others may do as they like. */
  private static void checkHandles(
      Fields fields, ImageReference image, Scenario.@Nullable Pool pool) {
    if (pool == null || image instanceof ImageReference.Elf) {
      return;
    }
    long table = HANDLE_BYTES * pool.handles();
    if (table + SMALLEST_HEAP > pool.bytes()) {
      fields.problem(
          POOL,
          "%d handles take %d bytes of the pool, %d each, and leave less than %d of its %d for"
              + " blocks",
          pool.handles(),
          table,
          HANDLE_BYTES,
          SMALLEST_HEAP,
          pool.bytes());
    }
  }

  private static void checkFit(
      Fields fields, @Nullable McuConfig mcu, Scenario.@Nullable Pool pool, int stack) {
    if (mcu == null || pool == null || pool.bytes() + stack <= mcu.sramBytes()) {
      return;
    }
    int left = mcu.sramBytes() - stack;
    fields.problem(
        POOL,
        "does not fit: pool %d + stack %d = %d bytes, but the SRAM of %s is %d bytes, and the"
            + " image's data comes on top; %s",
        pool.bytes(),
        stack,
        pool.bytes() + stack,
        mcu.name(),
        mcu.sramBytes(),
        left < SMALLEST_POOL
            ? "a smaller stack or a part with more SRAM is needed"
            : "expected a pool of at most " + Granule.down(left) + " less that data");
  }
}
