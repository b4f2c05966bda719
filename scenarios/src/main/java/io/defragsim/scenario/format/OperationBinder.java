package io.defragsim.scenario.format;

import static io.defragsim.workload.OperationKind.ALLOC;

import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
import io.defragsim.scenario.schema.Fields;
import io.defragsim.scenario.schema.Key;
import io.defragsim.scenario.schema.Reading;
import io.defragsim.scenario.schema.Type;
import io.defragsim.scenario.schema.Types;
import io.defragsim.workload.Operation;
import io.defragsim.workload.OperationKind;
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
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;

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
      Types.oneOrMore(
          new Type.Own<>(
              List.of(new Type.Reference<>("block", () -> BlockNames.TYPE)),
              OperationBinder::blocks),
          "names of blocks");

  static final Key<List<Long>> BYTES =
      Key.must(
          "bytes",
          Types.oneOrMore(Types.size(0, LARGEST_BLOCK), "sizes"),
          "a size, like 64 or \"1 KiB\"",
          "requested payload; several sizes in an array are taken in turn");
  static final Key<Boolean> PINNED =
      Key.may("pinned", new Type.Flag(), false, "whether the block must never move");
  private static final Key<List<Statement>> REPEATED =
      Key.must("operations", TYPE, "the operations to repeat", "the operations to repeat");

  private static final Key<Integer> TIMES =
      word("repeat", Types.count(1, MOST_REPETITIONS), "operations that run several times");

  /** Each operation by the key that says which it is. */
  private static final Type.Union<List<Statement>> VERBS = verbs();

  private static Type.Union<List<Statement>> verbs() {
    Map<String, Type.Struct<List<Statement>>> verbs = new LinkedHashMap<>();
    for (OperationKind kind : OperationKind.values()) {
      verbs.put(kind.key(), verb(kind));
    }
    verbs.put(TIMES.name(), repeat());
    return new Type.Union<>("operation", LIKE, verbs);
  }

  private static Type.Struct<List<Statement>> verb(OperationKind kind) {
    return switch (kind) {
      case ALLOC -> onBlocks(kind, "a new block", Operation.Alloc::new);
      case FREE -> onBlocks(kind, "frees an unlocked block", (b, n, p) -> new Operation.Free(b));
      case LOCK ->
          onBlocks(kind, "locks a block; locks are counted", (b, n, p) -> new Operation.Lock(b));
      case UNLOCK ->
          onBlocks(kind, "takes one lock off a block", (b, n, p) -> new Operation.Unlock(b));
      case WRITE ->
          onBlocks(
              kind,
              "new content for the whole block, verified from now on",
              (b, n, p) -> new Operation.Write(b));
      case GROW ->
          onBlocks(
              kind,
              "a block of the new size takes the old one's place and content",
              (b, n, p) -> new Operation.Grow(b, n));
      case RESIZE ->
          onBlocks(
              kind,
              "the block gets a new size, in place where that is possible",
              (b, n, p) -> new Operation.Resize(b, n));
      case STEP ->
          onNone(
              kind,
              Types.count(1, MOST_STEPS),
              "up to so many steps of compaction",
              Operation.Step::new);
      case WAIT ->
          onNone(
              kind,
              Types.duration(1, WorkloadBinder.LONGEST),
              "the program sleeps; idle steps run in it",
              Operation.Wait::new);
    };
  }

  private static Type.Struct<List<Statement>> repeat() {
    return verb(
        List.of(TIMES, REPEATED),
        fields -> {
          Integer times = fields.get(TIMES);
          List<Statement> body = fields.get(REPEATED);
          return times == null || body == null || body.isEmpty()
              ? List.of()
              : List.of(new Loop(times, body));
        });
  }

  /** Makes an operation of what is said of it: no bytes and not pinned where it says nothing. */
  private interface OnBlock {
    Operation of(int block, long bytes, boolean pinned);
  }

  private static <T> Key<T> word(String word, Type<T> type, String description) {
    return Key.must(word, type, "the name of a block", description);
  }

  /** An operation, or several at once, by its keys, the first of which says which it is. */
  private static Type.Struct<List<Statement>> verb(
      List<Key<?>> keys, Function<Fields, List<Statement>> bind) {
    Key<?> word = keys.get(0);
    return new Type.Struct<>("operation." + word.name(), LIKE, word.description(), keys, bind);
  }

  private static <T> Type.Struct<List<Statement>> onNone(
      OperationKind kind, Type<T> type, String description, Function<T, Operation> make) {
    Key<T> word = word(kind.key(), type, description);
    return verb(
        List.of(word),
        fields -> {
          T value = fields.get(word);
          return value == null ? List.of() : written(fields, 1, i -> make.apply(value));
        });
  }

  private static Type.Struct<List<Statement>> onBlocks(
      OperationKind kind, String description, OnBlock make) {
    Key<List<int[]>> word = word(kind.key(), BLOCKS, description);
    List<Key<?>> keys = new ArrayList<>(List.of(word));
    if (kind.asksForMemory()) {
      keys.add(BYTES);
    }
    if (kind == ALLOC) {
      keys.add(PINNED);
    }
    return verb(
        keys,
        fields -> {
          List<int[]> parts = fields.get(word);
          List<Long> sizes = kind.asksForMemory() ? fields.get(BYTES) : List.of(0L);
          boolean pinned = kind == ALLOC && fields.orStandard(PINNED);
          if (parts == null || sizes == null || sizes.isEmpty()) {
            return List.of();
          }
          int[] blocks = parts.stream().flatMapToInt(Arrays::stream).toArray();
          return written(
              fields, blocks.length, i -> make.of(blocks[i], sizes.get(i % sizes.size()), pinned));
        });
  }

  /** So many operations that an object of the file stands for. */
  private static List<Statement> written(Fields fields, int count, IntFunction<Operation> make) {
    return ScenarioReading.of(fields.in()).operations.add(fields, count, make);
  }

  private static int[] blocks(Json json, Reading in) {
    if (!(json instanceof Json.Text notation)) {
      throw new Unreadable("%s where the name of a block is expected", json.kind());
    }
    return ScenarioReading.of(in).operations.names.expand(notation.value());
  }

  private static Type<List<Statement>> list() {
    Type.Sequence<List<Statement>> lists =
        new Type.Sequence<>(
            new Type.Own<>(List.of(VERBS), OperationBinder::operation), "an array of operations");
    return new Type.Own<>(
        List.of(lists), (json, in) -> lists.of(json, in).stream().flatMap(List::stream).toList());
  }

  private static List<Statement> operation(Json json, Reading in) {
    int before = in.problems().count();
    List<Statement> statements = VERBS.part(json, in);
    if (in.problems().count() > before) {
      ScenarioReading.of(in).operations.distrust(((Json.Obj) json).members());
    }
    return statements == null ? List.of() : statements;
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

  private void distrust(List<Json.Member> members) {
    members.forEach(member -> distrust(member.value()));
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

  private List<Statement> add(Fields fields, int count, IntFunction<Operation> make) {
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
