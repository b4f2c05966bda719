package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.workload.Operation;
import io.defragsim.workload.Workload.Loop;
import io.defragsim.workload.Workload.Single;
import io.defragsim.workload.Workload.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
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

  /** How a list of operations is written. */
  static final Type<List<Statement>> TYPE =
      new Type.Reference<>("operations", OperationBinder::list);

  /** Blocks by their names, and by ranges of names. */
  private static final Type<List<int[]>> BLOCKS =
      Type.oneOrMore(
          new Type.Own<>(
              List.of(new Type.Reference<>("block", () -> BlockNames.TYPE)),
              OperationBinder::blocks),
          "names of blocks");

  private static final Key<List<Long>> BYTES =
      Key.must(
          "bytes",
          Type.oneOrMore(Type.size(0, LARGEST_BLOCK), "sizes"),
          "a size, like 64 or \"1 KiB\"",
          "requested payload; several sizes in an array are taken in turn");
  private static final Key<Boolean> PINNED =
      Key.may("pinned", new Type.Flag(), false, "whether the block must never move");
  private static final Key<List<Statement>> REPEATED =
      Key.must("operations", TYPE, "the operations to repeat", "the operations to repeat");

  /** Each operation by the key that says which it is. */
  private static final Map<String, Type.Struct<List<Statement>>> VERBS = new LinkedHashMap<>();

  static {
    blocks(
        "alloc",
        "a new block",
        List.of(BYTES, PINNED),
        fields -> {
          boolean pinned = fields.orStandard(PINNED);
          return sized(fields, (block, bytes) -> new Operation.Alloc(block, bytes, pinned));
        });
    each("free", "frees an unlocked block", Operation.Free::new);
    each("lock", "locks a block; locks are counted", Operation.Lock::new);
    each("unlock", "takes one lock off a block", Operation.Unlock::new);
    each("write", "new content for the whole block, verified from now on", Operation.Write::new);
    blocks(
        "grow",
        "a block of the new size takes the old one's place and content",
        List.of(BYTES),
        fields -> sized(fields, Operation.Grow::new));
    blocks(
        "resize",
        "the block gets a new size, in place where that is possible",
        List.of(BYTES),
        fields -> sized(fields, Operation.Resize::new));
    one(
        "step",
        Type.count(1, MOST_STEPS),
        "up to so many steps of compaction",
        Operation.Step::new);
    one(
        "wait",
        Type.duration(1, WorkloadBinder.LONGEST),
        "the program sleeps; idle steps run in it",
        Operation.Wait::new);
    verb(
        "repeat",
        Type.count(1, MOST_REPETITIONS),
        "operations that run several times",
        List.of(REPEATED),
        (times, fields) -> {
          List<Statement> body = fields.get(REPEATED);
          return times == null || body == null || body.isEmpty()
              ? List.of()
              : List.of(new Loop(times, body));
        });
  }

  /** The operation on the {@code i}-th block that is named. */
  private interface OnBlock {
    Operation of(int block, int i);
  }

  /** An operation on a block that says a size. */
  private interface Sized {
    Operation of(int block, long bytes);
  }

  /** What an operation becomes, as far as it can be read. */
  private interface Making<T> {
    List<Statement> of(@Nullable T value, Fields fields);
  }

  /**
   * @param type of the key that is called as the operation
   */
  private static <T> void verb(
      String name, Type<T> type, String description, List<Key<?>> more, Making<T> making) {
    Key<T> key = Key.must(name, type, "the name of a block", description);
    List<Key<?>> keys = new ArrayList<>(List.of(key));
    keys.addAll(more);
    VERBS.put(
        name,
        new Type.Struct<>(
            "operation." + name,
            LIKE,
            description,
            keys,
            fields -> making.of(fields.get(key), fields)));
  }

  private static <T> void one(
      String name, Type<T> type, String description, Function<T, Operation> make) {
    verb(
        name,
        type,
        description,
        List.of(),
        (value, fields) -> value == null ? List.of() : written(1, i -> make.apply(value), fields));
  }

  private static void each(String name, String description, IntFunction<Operation> make) {
    blocks(name, description, List.of(), fields -> (block, i) -> make.apply(block));
  }

  private static void blocks(
      String name, String description, List<Key<?>> more, Function<Fields, OnBlock> make) {
    verb(
        name,
        BLOCKS,
        description,
        more,
        (parts, fields) -> {
          OnBlock operation = make.apply(fields);
          if (parts == null || operation == null) {
            return List.of();
          }
          int[] blocks = parts.stream().flatMapToInt(Arrays::stream).toArray();
          return written(blocks.length, i -> operation.of(blocks[i], i), fields);
        });
  }

  private static @Nullable OnBlock sized(Fields fields, Sized make) {
    List<Long> sizes = fields.get(BYTES);
    return sizes == null || sizes.isEmpty()
        ? null
        : (block, i) -> make.of(block, sizes.get(i % sizes.size()));
  }

  private static List<Statement> written(int count, IntFunction<Operation> make, Fields fields) {
    return fields.in().operations.add(count, make, fields);
  }

  private static int[] blocks(Json json, Reading in) {
    if (!(json instanceof Json.Text notation)) {
      throw new Unreadable("%s where the name of a block is expected", json.kind());
    }
    return in.operations.names.expand(notation.value());
  }

  private static Type<List<Statement>> list() {
    Type.Sequence<List<Statement>> lists =
        new Type.Sequence<>(
            new Type.Own<>(List.copyOf(VERBS.values()), OperationBinder::operation),
            "an array of operations");
    return new Type.Own<>(
        List.of(lists), (json, in) -> lists.of(json, in).stream().flatMap(List::stream).toList());
  }

  private static List<Statement> operation(Json json, Reading in) {
    if (!(json instanceof Json.Obj object)) {
      throw new Unreadable("%s where %s is expected", json.kind(), LIKE);
    }
    int before = in.problems.count();
    List<String> verbs =
        object.members().stream().map(Json.Member::key).filter(VERBS::containsKey).toList();
    List<Statement> statements = null;
    if (verbs.isEmpty()) {
      noVerb(object, in);
    } else if (verbs.size() > 1) {
      in.problems.add(
          json.at(),
          "one operation at a time, but this is "
              + String.join(" and ", verbs)
              + ": write { ... }, { ... }");
    } else {
      statements = Objects.requireNonNull(VERBS.get(verbs.get(0))).part(json, in);
    }
    if (in.problems.count() > before) {
      object.members().forEach(member -> in.operations.distrust(member.value()));
    }
    return statements == null ? List.of() : statements;
  }

  private static void noVerb(Json.Obj object, Reading in) {
    for (Json.Member member : object.members()) {
      if (Nearest.of(member.key(), VERBS.keySet()).isPresent()) {
        in.problems.add(
            member.keyAt(),
            "\""
                + member.key()
                + "\" is no operation"
                + Nearest.hint(member.key(), VERBS.keySet()));
        return;
      }
    }
    in.problems.add(
        object.at(), "no operation: expected one of: " + String.join(", ", VERBS.keySet()));
  }

  private final BlockNames names = new BlockNames();
  private final IdentityHashMap<Operation, Json.Location> places = new IdentityHashMap<>();
  private final Set<Integer> uncertain = new HashSet<>();
  private int written;

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

  private void distrust(Json value) {
    if (value instanceof Json.Array several) {
      several.elements().forEach(this::distrust);
    } else if (value instanceof Json.Text text) {
      for (int block : names.expandOrNone(text.value())) {
        uncertain.add(block);
      }
    }
  }

  /** Operations that the object stands for. */
  private List<Statement> add(int count, IntFunction<Operation> make, Fields fields) {
    List<Statement> statements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      if (++written > MOST_WRITTEN) {
        if (written == MOST_WRITTEN + 1) {
          fields.problem(
              null,
              "more than %d operations written out: repeat some, or generate them",
              MOST_WRITTEN);
        }
        return statements;
      }
      Operation operation = make.apply(i);
      places.put(operation, fields.object().at());
      statements.add(new Single(operation));
    }
    return statements;
  }
}
