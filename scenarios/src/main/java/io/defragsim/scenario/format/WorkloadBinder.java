package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.json.Json;
import io.defragsim.workload.Generator;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
import io.defragsim.workload.Workload;
import io.defragsim.workload.Workload.Content;
import io.defragsim.workload.Workload.Explicit;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Part;
import io.defragsim.workload.Workload.Phase;
import io.defragsim.workload.Workload.Repeat;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Reads {@code workload}. */
final class WorkloadBinder {
  /** How many operations a workload may have, repetitions counted in full. */
  static final int MOST_OPERATIONS = 10_000_000;

  /** The longest wait, and the longest time of anything else that is given. */
  static final long LONGEST = 1L << 48;

  /** The longest that all waits may take together: a run's clock has room for more. */
  private static final long LONGEST_IN_ALL = 1L << 60;

  private static final String LIKE = "a phase like {\"phase\": \"boot\", \"operations\": [...]}";

  /** How a workload is written. */
  static final Type<List<Json>> TYPE = new Type.Reference<>("workload", WorkloadBinder::type);

  private static final Key<String> NAME =
      Key.must("phase", Type.name("a phase needs a name"), "its name", "the phase's name");
  private static final Key<List<Json>> OPERATIONS =
      Key.may("operations", OperationBinder.TYPE, "explicit operations");
  private static final Key<Json> GENERATE =
      Key.may(
          "generate",
          Type.unread(GeneratorBinder.type(fields -> null)),
          "how operations are drawn");
  private static final Key<Boolean> DRAIN =
      Key.may(
          "drain",
          new Type.Flag(),
          false,
          "at the end of the phase every block alive, of whatever phase, is unlocked and freed");

  private static final Key<Integer> TIMES =
      Key.must(
          "repeat",
          Type.count(1, OperationBinder.MOST_REPETITIONS),
          "how often",
          "how often; a generated phase goes on with new random numbers");
  private static final Key<List<Json>> PHASES =
      Key.must("phases", TYPE, "the phases to repeat", "the phases to repeat");

  private static final Type.Struct<?> PHASE =
      new Type.Struct<>(
          "phase",
          LIKE,
          "A phase, of explicit operations or of generated ones.",
          List.of(NAME, OPERATIONS, GENERATE, DRAIN),
          List.of(
              new Rule.One(
                  OPERATIONS,
                  GENERATE,
                  "a phase that does nothing: expected \"operations\" or \"generate\"",
                  "\"operations\" and \"generate\" in one phase: make two phases of it")),
          fields -> null);
  private static final Type.Struct<?> REPETITION =
      new Type.Struct<>(
          "repetition",
          LIKE,
          "Phases that run several times.",
          List.of(TIMES, PHASES),
          fields -> null);

  private static Type<List<Json>> type() {
    return new Type.Sequence<>(
        Type.unread(PHASE, REPETITION), "an array of phases: [{\"phase\": \"boot\", ...}]");
  }

  private final Reading in;
  private final OperationBinder operations;
  private final GeneratorBinder generators;

  WorkloadBinder(Reading in, long seed) {
    this.in = in;
    operations = new OperationBinder(in);
    generators = new GeneratorBinder(seed);
  }

  /**
   * The workload, as far as it could be read.
   *
   * @param at where all of it is written
   */
  Workload bind(List<Json> elements, Json.Location at) {
    List<Part> parts = parts(elements);
    long count = sum(parts, Generator::operations, operation -> 1);
    long waits = sum(parts, WorkloadBinder::waited, WorkloadBinder::waited);
    if (waits > LONGEST_IN_ALL) {
      in.problems()
          .add(
              at,
              "the waits, repetitions counted, take more than "
                  + LONGEST_IN_ALL
                  + " cycles together");
    }
    if (count > MOST_OPERATIONS) {
      in.problems()
          .add(
              at,
              (count == Long.MAX_VALUE ? "too many" : String.valueOf(count))
                  + " operations, repetitions counted: at most "
                  + MOST_OPERATIONS);
    } else {
      new BlockLives(operations, in.problems()).check(parts);
    }
    return new Workload(parts, operations.names().names());
  }

  private List<Part> parts(List<Json> elements) {
    List<Part> parts = new ArrayList<>();
    for (Json element : elements) {
      Part part = part(element);
      if (part != null) {
        parts.add(part);
      }
    }
    return parts;
  }

  private @Nullable Part part(Json json) {
    if (!(json instanceof Json.Obj object)) {
      in.problem(json, json.kind() + " where " + LIKE + " is expected");
      return null;
    }
    List<String> keys = object.members().stream().map(Json.Member::key).toList();
    if (keys.contains(NAME.name())) {
      return phase(new Fields(object, PHASE, in));
    }
    if (keys.contains(TIMES.name())) {
      return repeat(new Fields(object, REPETITION, in));
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
    in.problem(json, "neither a \"phase\" nor a \"repeat\": expected " + LIKE);
    return null;
  }

  private @Nullable Part repeat(Fields fields) {
    Integer times = fields.get(TIMES);
    List<Json> phases = fields.get(PHASES);
    List<Part> parts = phases == null ? List.of() : parts(phases);
    return times == null || parts.isEmpty() ? null : new Repeat(times, parts);
  }

  private @Nullable Part phase(Fields fields) {
    String name = fields.get(NAME);
    Json generate = fields.get(GENERATE);
    List<Json> explicit = fields.get(OPERATIONS);
    boolean drain = fields.orStandard(DRAIN);
    Content content = generate == null ? null : generators.bind(generate, in);
    if (fields.has(OPERATIONS)) {
      content = new Explicit(operations.statements(explicit));
    }
    return content == null ? null : new Phase(name == null ? "" : name, content, drain);
  }

  private static long waited(Generator generator) {
    Generator.Waits waits = generator.waits();
    return waits == null ? 0 : times(generator.operations() / waits.every(), waits.cycles());
  }

  private static long waited(Operation operation) {
    return operation.kind() == OperationKind.WAIT ? operation.amount() : 0;
  }

  /** What all phases have together, repetitions counted; Long.MAX_VALUE for more than that. */
  private static long sum(
      List<Part> parts, ToLongFunction<Generator> ofGenerator, ToLongFunction<Operation> ofOne) {
    long sum = 0;
    for (Part part : parts) {
      long one;
      if (part instanceof Repeat repeat) {
        one = times(repeat.times(), sum(repeat.parts(), ofGenerator, ofOne));
      } else if (((Phase) part).content() instanceof Generator generator) {
        one = ofGenerator.applyAsLong(generator);
      } else {
        one = sumOf(((Explicit) ((Phase) part).content()).statements(), ofOne);
      }
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
