package io.defragsim.scenario;

import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
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
  private static final long LONGEST_WAIT = 1L << 48;
  private static final int MOST_STEPS = 1_000_000;
  private static final List<String> VERBS =
      List.of(
          "alloc", "free", "lock", "unlock", "write", "grow", "resize", "step", "wait", "repeat");

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
    return places.getOrDefault(operation, new Json.Location(1, 1, ""));
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
    Fields fields = Fields.of(element, "an operation like {\"free\": \"config\"}", problems);
    if (fields == null) {
      return;
    }
    List<Json.Member> members = ((Json.Obj) element).members();
    List<String> verbs = members.stream().map(Json.Member::key).filter(VERBS::contains).toList();
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
      operation(verbs.get(0), fields, into);
      fields.done();
    }
    if (problems.count() > before) {
      distrust(members);
    }
  }

  private void noVerb(Json.Location at, List<Json.Member> members) {
    for (Json.Member member : members) {
      if (Nearest.of(member.key(), VERBS).isPresent()) {
        problems.add(
            member.keyAt(),
            "\"" + member.key() + "\" is no operation" + Nearest.hint(member.key(), VERBS));
        return;
      }
    }
    problems.add(at, "no operation: expected one of: " + String.join(", ", VERBS));
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
        Integer count = fields.count(verb, 1, MOST_STEPS);
        if (count != null) {
          add(new Operation.Step(count), fields.at(), into);
        }
      }
      case "wait" -> {
        Long cycles = fields.quantity(verb, Quantity.Kind.DURATION, 1, LONGEST_WAIT, clockHz);
        if (cycles != null) {
          add(new Operation.Wait(cycles), fields.at(), into);
        }
      }
      case "repeat" -> {
        Integer times = fields.count(verb, 1, MOST_REPETITIONS);
        Json body = fields.required("operations", "the operations to repeat");
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
    Json json = fields.required("bytes", "a size, like 64 or \"1 KiB\"");
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
              elements.get(i),
              Quantity.Kind.SIZE,
              0,
              LARGEST_BLOCK,
              OptionalLong.empty(),
              problems);
      good &= size != null;
      sizes[i] = size == null ? 0 : size;
    }
    return good ? sizes : null;
  }

  /** The blocks of an operation: a name, a range, or an array of those. Empty with problems. */
  private int[] blocks(String verb, Fields fields) {
    Json json = fields.required(verb, "the name of a block");
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
