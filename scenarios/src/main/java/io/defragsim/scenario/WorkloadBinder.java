package io.defragsim.scenario;

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
import java.util.OptionalLong;
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

  private static final List<String> KINDS = List.of("phase", "repeat");
  private static final String LIKE = "a phase like {\"phase\": \"boot\", \"operations\": [...]}";

  private static final Shape PHASE =
      Shape.of("phase", LIKE, "A phase, of explicit operations or of generated ones.")
          .must("phase", Form.name(), "its name", "the phase's name")
          .may("operations", OperationBinder.FORM, "explicit operations")
          .may("generate", new Form.Struct(GeneratorBinder.SHAPE), "how operations are drawn")
          .may(
              "drain",
              new Form.Flag(),
              false,
              "at the end of the phase every block alive, of whatever phase, is unlocked and freed")
          .rule(new Shape.Rule.One(List.of("operations", "generate")));

  /** How a workload is written. */
  static final Form FORM = new Form.Reference("workload", WorkloadBinder::form);

  private static Form form() {
    return new Form.Sequence(
        Form.either(new Form.Struct(PHASE), new Form.Struct(repetition())), 1, Integer.MAX_VALUE);
  }

  private static Shape repetition() {
    return Shape.of("repetition", LIKE, "Phases that run several times.")
        .must(
            "repeat",
            Form.count(1, OperationBinder.MOST_REPETITIONS),
            "how often",
            "how often; a generated phase goes on with new random numbers")
        .must(
            "phases",
            new Form.Reference("workload", WorkloadBinder::form),
            "the phases to repeat",
            "the phases to repeat");
  }

  private final Problems problems;
  private final OperationBinder operations;
  private final GeneratorBinder generators;

  WorkloadBinder(Problems problems, OptionalLong clockHz, long seed) {
    this.problems = problems;
    operations = new OperationBinder(problems, clockHz);
    generators = new GeneratorBinder(problems, clockHz, seed);
  }

  /** The workload, as far as it could be read. */
  Workload bind(Json json) {
    List<Part> parts = parts(json);
    long count = sum(parts, Generator::operations, operation -> 1);
    long waits = sum(parts, WorkloadBinder::waited, WorkloadBinder::waited);
    if (waits > LONGEST_IN_ALL) {
      problems.add(
          json.at(),
          "the waits, repetitions counted, take more than " + LONGEST_IN_ALL + " cycles together");
    }
    if (count > MOST_OPERATIONS) {
      problems.add(
          json.at(),
          (count == Long.MAX_VALUE ? "too many" : String.valueOf(count))
              + " operations, repetitions counted: at most "
              + MOST_OPERATIONS);
    } else {
      new BlockLives(operations, problems).check(parts);
    }
    return new Workload(parts, operations.names().names());
  }

  private List<Part> parts(Json json) {
    List<Part> parts = new ArrayList<>();
    List<Json> elements =
        Fields.elements(json, "an array of phases: [{\"phase\": \"boot\", ...}]", problems);
    if (elements != null) {
      for (Json element : elements) {
        Part part = part(element);
        if (part != null) {
          parts.add(part);
        }
      }
    }
    return parts;
  }

  private @Nullable Part part(Json json) {
    if (!(json instanceof Json.Obj object)) {
      problems.add(json.at(), json.kind() + " where " + LIKE + " is expected");
      return null;
    }
    List<String> keys = object.members().stream().map(Json.Member::key).toList();
    if (keys.contains("phase")) {
      return phase(new Fields(object, PHASE, problems));
    }
    if (keys.contains("repeat")) {
      return repeat(new Fields(object, repetition(), problems));
    }
    for (Json.Member member : object.members()) {
      if (Nearest.of(member.key(), KINDS).isPresent()) {
        problems.add(
            member.keyAt(),
            "\"" + member.key() + "\" is no key here" + Nearest.hint(member.key(), KINDS));
        return null;
      }
    }
    problems.add(json.at(), "neither a \"phase\" nor a \"repeat\": expected " + LIKE);
    return null;
  }

  private @Nullable Part repeat(Fields fields) {
    Integer times = fields.count("repeat");
    Json phases = fields.value("phases");
    fields.done();
    List<Part> parts = phases == null ? List.of() : parts(phases);
    return times == null || parts.isEmpty() ? null : new Repeat(times, parts);
  }

  private @Nullable Part phase(Fields fields) {
    String name = fields.text("phase");
    if (name != null && name.isBlank()) {
      fields.problem("phase", "a phase needs a name");
    }
    Json explicit = fields.value("operations");
    Json generate = fields.value("generate");
    boolean drain = fields.flag("drain");
    fields.done();
    if ((explicit == null) == (generate == null)) {
      problems.add(
          fields.at(),
          explicit == null
              ? "a phase that does nothing: expected \"operations\" or \"generate\""
              : "\"operations\" and \"generate\" in one phase: make two phases of it");
    }
    Content content = null;
    if (generate != null) {
      Generator generator = generators.bind(generate);
      content = generator;
    }
    if (explicit != null) {
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
