package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.KeyRule;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import io.defragsim.workload.Workload.Content;
import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Recorded;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import io.defragsim.workload.trace.TraceFile;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads {@code workload}. */
final class WorkloadBinder {
  /** How many operations its traces may have together, repetitions counted in full. */
  private static final int MOST_RECORDED = 1_000_000_000;

  /** The longest wait, and the longest time of anything else that is given. */
  static final long LONGEST = 1L << 48;

  /** The longest that all waits may take together: a run's clock has room for more. */
  private static final long LONGEST_IN_ALL = 1L << 60;

  private static final String LIKE = "a phase like {\"phase\": \"boot\", \"operations\": [...]}";

  private static final Type<List<Part>> PARTS =
      new Type.Reference<>("workload", WorkloadBinder::parts);

  /** How a workload is written. */
  static final Type<Workload> TYPE = new Type.Own<>(List.of(PARTS), WorkloadBinder::workload);

  static final Key<String> NAME =
      Key.must("phase", Types.name("a phase needs a name"), "its name", "the phase's name");
  static final Key<List<Statement>> OPERATIONS =
      Key.may("operations", OperationBinder.TYPE, "explicit operations");
  static final Key<Generator> GENERATE =
      Key.may("generate", GeneratorBinder.TYPE, "how operations are drawn");
  private static final Type.Text TRACE_PATH =
      Types.text("\\S", "empty: expected the path of a trace, like \"app.trace\"");
  private static final Key<TraceFile> TRACE =
      Key.may(
          "trace",
          new Type.Own<>(List.of(TRACE_PATH), WorkloadBinder::trace),
          "a recording of a program's heap: the path of a trace, gzip or not, relative to the"
              + " scenario");
  static final Key<Boolean> DRAIN =
      Key.may(
          "drain",
          new Type.Flag(),
          false,
          "at the end of the phase every block alive, of whatever phase, is unlocked and freed");
  private static final Type.Struct<Part> PHASE =
      new Type.Struct<>(
          "phase",
          LIKE,
          "A phase, of explicit operations, of generated ones, or of recorded ones.",
          List.of(NAME, OPERATIONS, GENERATE, TRACE, DRAIN),
          List.of(
              new KeyRule.One(
                  List.of(OPERATIONS, GENERATE, TRACE),
                  "a phase that does nothing: expected \"operations\", \"generate\" or \"trace\"",
                  " in one phase: make a phase of each")),
          WorkloadBinder::phase);

  private static final Key<Integer> TIMES =
      Key.must(
          "repeat",
          Types.count(1, OperationBinder.MOST_REPETITIONS),
          "how often",
          "how often; a generated phase goes on with new random numbers");
  private static final Key<List<Part>> PHASES =
      Key.must("phases", PARTS, "the phases to repeat", "the phases to repeat");
  private static final Type.Struct<Part> REPETITION =
      new Type.Struct<>(
          "repetition",
          LIKE,
          "Phases that run several times.",
          List.of(TIMES, PHASES),
          WorkloadBinder::repetition);

  private WorkloadBinder() {}

  private static Type<List<Part>> parts() {
    return new Type.Sequence<>(
        new Type.Own<>(List.of(PHASE, REPETITION), WorkloadBinder::part),
        "an array of phases: [{\"phase\": \"boot\", ...}]");
  }

  /** The workload, as far as it can be read. */
  private static Workload workload(Json json, Reading in) {
    List<Part> read = PARTS.of(json, in);
    List<Part> parts = read == null ? List.of() : read;
    long count = sum(parts, new Sum(Generator::operations, operation -> 1, trace -> 0));
    long recorded = sum(parts, new Sum(generator -> 0, operation -> 0, TraceFile::operations));
    long waits =
        sum(parts, new Sum(WorkloadBinder::waited, WorkloadBinder::waited, TraceFile::waited));
    if (waits > LONGEST_IN_ALL) {
      in.problems()
          .add(
              json.at(),
              "the waits, repetitions counted, take more than "
                  + LONGEST_IN_ALL
                  + " cycles together");
    }
    if (count > Workload.MOST_OPERATIONS) {
      throw new Unreadable(
          "%s operations, repetitions counted: at most %d",
          count == Long.MAX_VALUE ? "too many" : count, Workload.MOST_OPERATIONS);
    }
    if (recorded > MOST_RECORDED) {
      throw new Unreadable(
          "%s operations of traces, repetitions counted: at most %d",
          recorded == Long.MAX_VALUE ? "too many" : recorded, MOST_RECORDED);
    }
    new BlockLives(ScenarioReading.of(in).operations, in.problems()).check(parts);
    return new Workload(parts, ScenarioReading.of(in).operations.names().names());
  }

  private static @Nullable Part part(Json json, Reading in) {
    if (!(json instanceof Json.Obj object)) {
      throw new Unreadable("%s where %s is expected", json.kind(), LIKE);
    }
    List<String> keys = object.members().stream().map(Json.Member::key).toList();
    if (keys.contains(NAME.name())) {
      return PHASE.part(json, in);
    }
    if (keys.contains(TIMES.name())) {
      return REPETITION.part(json, in);
    }
    List<String> kinds = List.of(NAME.name(), TIMES.name());
    for (Json.Member member : object.members()) {
      if (Nearest.of(member.key(), kinds).isPresent()) {
        in.problems()
            .add(
                member.keyAt(),
                "\"" + member.key() + "\" is no key here" + Nearest.hint(member.key(), kinds));
        return null;
      }
    }
    throw new Unreadable("neither a \"phase\" nor a \"repeat\": expected " + LIKE);
  }

  private static @Nullable Part repetition(Fields fields) {
    Integer times = fields.get(TIMES);
    List<Part> parts = fields.get(PHASES);
    return times == null || parts == null || parts.isEmpty() ? null : new Repeat(times, parts);
  }

  private static @Nullable Part phase(Fields fields) {
    String name = fields.get(NAME);
    Generator generator = fields.get(GENERATE);
    List<Statement> explicit = fields.get(OPERATIONS);
    TraceFile trace = fields.get(TRACE);
    boolean drain = fields.orStandard(DRAIN);
    Content content =
        explicit != null ? new Explicit(explicit) : trace != null ? new Recorded(trace) : generator;
    return content == null ? null : new Phase(name == null ? "" : name, content, drain);
  }

  /** Reads the trace through: what is wrong with it is wrong with the scenario. */
  private static TraceFile trace(Json json, Reading in) {
    return ScenarioReading.of(in)
        .file(
            TRACE_PATH.of(json, in),
            file ->
                TraceFile.check(file, problem -> in.problems().add(json.at(), problem::format)));
  }

  private static long waited(Generator generator) {
    Generator.Waits waits = generator.waits();
    return waits == null ? 0 : times(generator.operations() / waits.every(), waits.cycles());
  }

  private static long waited(Operation operation) {
    return operation.kind() == OperationKind.WAIT ? operation.amount() : 0;
  }

  /** How much of something the phases of each kind have. */
  private record Sum(
      ToLongFunction<Generator> ofGenerator,
      ToLongFunction<Operation> ofOne,
      ToLongFunction<TraceFile> ofTrace) {

    private long of(Content content) {
      if (content instanceof Generator generator) {
        return ofGenerator.applyAsLong(generator);
      }
      if (content instanceof Recorded recorded) {
        return ofTrace.applyAsLong(recorded.file());
      }
      return sumOf(((Explicit) content).statements(), ofOne);
    }
  }

  /** What all phases have together, repetitions counted; Long.MAX_VALUE for more than that. */
  private static long sum(List<Part> parts, Sum what) {
    long sum = 0;
    for (Part part : parts) {
      long one =
          part instanceof Repeat repeat
              ? times(repeat.times(), sum(repeat.parts(), what))
              : what.of(((Phase) part).content());
      sum = plus(sum, one);
    }
    return sum;
  }

  private static long sumOf(List<Statement> statements, ToLongFunction<Operation> ofOne) {
    long sum = 0;
    for (Statement statement : statements) {
      long one =
          statement instanceof Loop loop
              ? times(loop.times(), sumOf(loop.statements(), ofOne))
              : ofOne.applyAsLong(((Single) statement).operation());
      sum = plus(sum, one);
    }
    return sum;
  }

  private static long plus(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }

  private static long times(long a, long b) {
    return b != 0 && a > Long.MAX_VALUE / b ? Long.MAX_VALUE : a * b;
  }
}
