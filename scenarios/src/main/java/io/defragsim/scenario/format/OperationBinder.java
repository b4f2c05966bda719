package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.json.Problems;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Reads lists of explicit operations. */
final class OperationBinder {
  /** How many operations a file may write out, ranges counted in full. */
  static final int MOST_WRITTEN = 1_000_000;

  static final int MOST_REPETITIONS = 10_000_000;
  private static final long LARGEST_BLOCK = 0xFFFF_FFFFL;
  private static final int MOST_STEPS = 1_000_000;
  private static final String LIKE = "an operation like {\"free\": \"config\"}";

  /** Each operation by the key that says which it is. */
  private static final Map<String, Shape> VERBS = verbs();

  /** How a list of operations is written. */
  static final Form FORM = new Form.Reference("operations", OperationBinder::form);

  private static Form form() {
    List<Form> operations = new ArrayList<>();
    VERBS.values().forEach(shape -> operations.add(new Form.Struct(shape)));
    return new Form.Sequence(new Form.Either(operations), 1, Integer.MAX_VALUE);
  }

  private static Map<String, Shape> verbs() {
    Form blocks = Form.oneOrMore(new Form.Reference("block", () -> BlockNames.FORM));
    Form sizes = Form.oneOrMore(Form.size(0, LARGEST_BLOCK));
    Map<String, Shape> verbs = new LinkedHashMap<>();
    verb(verbs, "alloc", blocks, "a new block");
    verb(verbs, "free", blocks, "frees an unlocked block");
    verb(verbs, "lock", blocks, "locks a block; locks are counted");
    verb(verbs, "unlock", blocks, "takes one lock off a block");
    verb(verbs, "write", blocks, "new content for the whole block, verified from now on");
    verb(verbs, "grow", blocks, "a block of the new size takes the old one's place and content");
    verb(verbs, "resize", blocks, "the block gets a new size, in place where that is possible");
    for (String sized : List.of("alloc", "grow", "resize")) {
      verbs.computeIfPresent(
          sized,
          (verb, shape) ->
              shape.must(
                  "bytes",
                  sizes,
                  "a size, like 64 or \"1 KiB\"",
                  "requested payload; several sizes in an array are taken in turn"));
    }
    verbs.computeIfPresent(
        "alloc",
        (verb, shape) ->
            shape.may("pinned", new Form.Flag(), false, "whether the block must never move"));
    verb(verbs, "step", Form.count(1, MOST_STEPS), "up to so many steps of compaction");
    verb(
        verbs,
        "wait",
        Form.duration(1, WorkloadBinder.LONGEST),
        "the program sleeps; idle steps run in it");
    verb(verbs, "repeat", Form.count(1, MOST_REPETITIONS), "operations that run several times");
    verbs.computeIfPresent(
        "repeat",
        (verb, shape) ->
            shape.must(
                "operations",
                new Form.Reference("operations", OperationBinder::form),
                "the operations to repeat",
                "the operations to repeat"));
    return verbs;
  }

  private static void verb(Map<String, Shape> verbs, String verb, Form form, String description) {
    verbs.put(
        verb,
        Shape.of("operation." + verb, LIKE, description)
            .must(verb, form, "the name of a block", description));
  }

  private final Problems problems;
  private final OptionalLong clockHz;
  private final BlockNames names = new BlockNames();
  private final IdentityHashMap<Operation, Json.Location> places = new IdentityHashMap<>();
  private final Set<Integer> uncertain = new HashSet<>();
  private int written;

  OperationBinder(Problems problems, OptionalLong clockHz) {
    this.problems = problems;
    this.clockHz = clockHz;
  }

  BlockNames names() {
    return names;
  }

  /** Where the operation is written. */
  Json.Location place(Operation operation) {
    return places.getOrDefault(operation, Json.Location.START);
  }

  /** Blocks that broken operations name: nothing can be said about their lives. */
  Set<Integer> uncertain() {
    return uncertain;
  }

  List<Statement> statements(Json json) {
    List<Statement> statements = new ArrayList<>();
    List<Json> elements = Fields.elements(json, "an array of operations", problems);
    if (elements != null) {
      for (Json element : elements) {
        bind(element, statements);
      }
    }
    return statements;
  }

  private void bind(Json element, List<Statement> into) {
    if (!(element instanceof Json.Obj object)) {
      problems.add(element.at(), element.kind() + " where " + LIKE + " is expected");
      return;
    }
    List<Json.Member> members = object.members();
    List<String> verbs = members.stream().map(Json.Member::key).filter(VERBS::containsKey).toList();
    int before = problems.count();
    if (verbs.isEmpty()) {
      noVerb(element.at(), members);
    } else if (verbs.size() > 1) {
      problems.add(
          element.at(),
          "one operation at a time, but this is "
              + String.join(" and ", verbs)
              + ": write { ... }, { ... }");
    } else {
      String verb = verbs.get(0);
      Fields fields = new Fields(object, shape(verb), problems);
      operation(verb, fields, into);
      fields.done();
    }
    if (problems.count() > before) {
      distrust(members);
    }
  }

  private static Shape shape(String verb) {
    return Objects.requireNonNull(VERBS.get(verb), verb);
  }

  private void noVerb(Json.Location at, List<Json.Member> members) {
    for (Json.Member member : members) {
      if (Nearest.of(member.key(), VERBS.keySet()).isPresent()) {
        problems.add(
            member.keyAt(),
            "\""
                + member.key()
                + "\" is no operation"
                + Nearest.hint(member.key(), VERBS.keySet()));
        return;
      }
    }
    problems.add(at, "no operation: expected one of: " + String.join(", ", VERBS.keySet()));
  }

  private void distrust(List<Json.Member> members) {
    for (Json.Member member : members) {
      if (member.value() instanceof Json.Text text) {
        for (int block : names.expandOrNone(text.value())) {
          uncertain.add(block);
        }
      }
    }
  }

  private void operation(String verb, Fields fields, List<Statement> into) {
    switch (verb) {
      case "alloc" -> {
        boolean pinned = fields.flag("pinned");
        sized(verb, fields, into, (block, bytes) -> new Operation.Alloc(block, bytes, pinned));
      }
      case "grow" -> sized(verb, fields, into, Operation.Grow::new);
      case "resize" -> sized(verb, fields, into, Operation.Resize::new);
      case "free" -> each(verb, fields, into, Operation.Free::new);
      case "lock" -> each(verb, fields, into, Operation.Lock::new);
      case "unlock" -> each(verb, fields, into, Operation.Unlock::new);
      case "write" -> each(verb, fields, into, Operation.Write::new);
      case "step" -> {
        Integer count = fields.count(verb);
        if (count != null) {
          add(new Operation.Step(count), fields.at(), into);
        }
      }
      case "wait" -> {
        Long cycles = fields.quantity(verb, clockHz);
        if (cycles != null) {
          add(new Operation.Wait(cycles), fields.at(), into);
        }
      }
      case "repeat" -> {
        Integer times = fields.count(verb);
        Json body = fields.value("operations");
        if (body != null) {
          List<Statement> statements = statements(body);
          if (times != null && !statements.isEmpty()) {
            into.add(new Loop(times, statements));
          }
        }
      }
      default -> throw new IllegalStateException(verb);
    }
  }

  private void each(String verb, Fields fields, List<Statement> into, IntFunction<Operation> make) {
    for (int block : blocks(verb, fields)) {
      if (!add(make.apply(block), fields.at(), into)) {
        return;
      }
    }
  }

  /** An operation on a block that says a size. */
  @FunctionalInterface
  private interface Sized {
    Operation of(int block, long bytes);
  }

  private void sized(String verb, Fields fields, List<Statement> into, Sized make) {
    int[] blocks = blocks(verb, fields);
    long[] sizes = sizes(fields);
    if (sizes == null) {
      return;
    }
    for (int i = 0; i < blocks.length; i++) {
      Operation operation = make.of(blocks[i], sizes[i % sizes.length]);
      if (!add(operation, fields.at(), into)) {
        return;
      }
    }
  }

  /** One size for all blocks, or several that are taken in turn; null with a problem. */
  private long @Nullable [] sizes(Fields fields) {
    Json json = fields.value("bytes");
    if (json == null) {
      return null;
    }
    List<Json> elements = List.of(json);
    if (json instanceof Json.Array) {
      List<Json> several = Fields.elements(json, "sizes", problems);
      if (several == null) {
        return null;
      }
      elements = several;
    }
    long[] sizes = new long[elements.size()];
    boolean good = true;
    for (int i = 0; i < sizes.length; i++) {
      Long size =
          Fields.quantity(
              elements.get(i), Form.size(0, LARGEST_BLOCK), OptionalLong.empty(), problems);
      good &= size != null;
      sizes[i] = size == null ? 0 : size;
    }
    return good ? sizes : null;
  }

  /** The blocks of an operation: a name, a range, or an array of those. Empty with problems. */
  private int[] blocks(String verb, Fields fields) {
    Json json = fields.value(verb);
    if (json == null) {
      return new int[0];
    }
    List<Json> elements = List.of(json);
    if (json instanceof Json.Array) {
      List<Json> several = Fields.elements(json, "names of blocks", problems);
      if (several == null) {
        return new int[0];
      }
      elements = several;
    }
    List<int[]> parts = new ArrayList<>();
    int total = 0;
    for (Json element : elements) {
      if (!(element instanceof Json.Text text)) {
        problems.add(element.at(), element.kind() + " where the name of a block is expected");
        continue;
      }
      try {
        int[] part = names.expand(text.value());
        parts.add(part);
        total += part.length;
      } catch (Unreadable e) {
        problems.add(element.at(), e.problem());
      }
    }
    int[] blocks = new int[total];
    int at = 0;
    for (int[] part : parts) {
      System.arraycopy(part, 0, blocks, at, part.length);
      at += part.length;
    }
    return blocks;
  }

  private boolean add(Operation operation, Json.Location at, List<Statement> into) {
    written++;
    if (written > MOST_WRITTEN) {
      if (written == MOST_WRITTEN + 1) {
        problems.add(
            at,
            "more than " + MOST_WRITTEN + " operations written out: repeat some, or generate them");
      }
      return false;
    }
    places.put(operation, at);
    into.add(new Single(operation));
    return true;
  }
}
