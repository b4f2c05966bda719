package io.defragsim.scenario.format;

import io.defragsim.scenario.Nearest;
import io.defragsim.scenario.Unreadable;
import io.defragsim.scenario.json.Json;
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
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Reads lists of explicit operations. */
final class OperationBinder {
  /** How many operations a file may write out, ranges counted in full. */
  static final int MOST_WRITTEN = 1_000_000;

  static final int MOST_REPETITIONS = 10_000_000;
  private static final long LARGEST_BLOCK = 0xFFFF_FFFFL;
  private static final int MOST_STEPS = 1_000_000;
  private static final String LIKE = "an operation like {\"free\": \"config\"}";

  /** How a list of operations is written. A file may have a million: each is bound in its turn. */
  static final Type<List<Json>> TYPE = new Type.Reference<>("operations", OperationBinder::type);

  /** Blocks by their names, and by ranges of names. */
  private static final Type<List<Json.Text>> BLOCKS =
      Type.oneOrMore(
          new Type.Own<>(
              List.of(new Type.Reference<>("block", () -> BlockNames.TYPE)),
              OperationBinder::notation),
          "names of blocks");

  private static final Key<List<Long>> BYTES =
      Key.must(
          "bytes",
          Type.oneOrMore(Type.size(0, LARGEST_BLOCK), "sizes"),
          "a size, like 64 or \"1 KiB\"",
          "requested payload; several sizes in an array are taken in turn");
  private static final Key<Boolean> PINNED =
      Key.may("pinned", new Type.Flag(), false, "whether the block must never move");
  private static final Key<List<Json>> REPEATED =
      Key.must("operations", TYPE, "the operations to repeat", "the operations to repeat");

  /** Each operation by the key that says which it is. */
  private static final Map<String, Verb> VERBS = new LinkedHashMap<>();

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
        (binder, times, fields, into) -> {
          List<Statement> body = binder.statements(fields.get(REPEATED));
          if (times != null && !body.isEmpty()) {
            into.add(new Loop(times, body));
          }
        });
  }

  /** An operation: its keys, the first of which says which it is, and what it becomes. */
  private record Verb(Type.Struct<?> struct, Meaning meaning) {}

  private interface Meaning {
    void add(OperationBinder binder, Fields fields, List<Statement> into);
  }

  /** The same, given the value of the first key. */
  private interface MeaningOf<T> {
    void add(OperationBinder binder, @Nullable T value, Fields fields, List<Statement> into);
  }

  /** The operation on the {@code i}-th block that is named. */
  private interface OnBlock {
    Operation of(int block, int i);
  }

  /** An operation on a block that says a size. */
  private interface Sized {
    Operation of(int block, long bytes);
  }

  private static <T> void verb(
      String name, Type<T> type, String description, List<Key<?>> more, MeaningOf<T> meaning) {
    Key<T> key = Key.must(name, type, "the name of a block", description);
    List<Key<?>> keys = new ArrayList<>(List.of(key));
    keys.addAll(more);
    VERBS.put(
        name,
        new Verb(
            new Type.Struct<>("operation." + name, LIKE, description, keys, fields -> null),
            (binder, fields, into) -> meaning.add(binder, fields.get(key), fields, into)));
  }

  private static <T> void one(
      String name, Type<T> type, String description, Function<T, Operation> make) {
    verb(
        name,
        type,
        description,
        List.of(),
        (binder, value, fields, into) -> {
          if (value != null) {
            binder.add(make.apply(value), fields, into);
          }
        });
  }

  private static void each(String name, String description, IntFunction<Operation> make) {
    blocks(name, description, List.of(), fields -> (block, i) -> make.apply(block));
  }

  /**
   * @param make gives null with a problem
   */
  private static void blocks(
      String name, String description, List<Key<?>> more, Type.Struct.Bind<OnBlock> make) {
    verb(
        name,
        BLOCKS,
        description,
        more,
        (binder, notations, fields, into) -> {
          int[] blocks = binder.blocks(notations);
          OnBlock operation = make.of(fields);
          for (int i = 0; operation != null && i < blocks.length; i++) {
            if (!binder.add(operation.of(blocks[i], i), fields, into)) {
              return;
            }
          }
        });
  }

  private static @Nullable OnBlock sized(Fields fields, Sized make) {
    List<Long> sizes = fields.get(BYTES);
    return sizes == null ? null : (block, i) -> make.of(block, sizes.get(i % sizes.size()));
  }

  private static Type<List<Json>> type() {
    Type<?>[] operations = VERBS.values().stream().map(Verb::struct).toArray(Type<?>[]::new);
    return new Type.Sequence<>(Type.unread(operations), "an array of operations");
  }

  private static Json.@Nullable Text notation(Json json, Reading in) {
    if (json instanceof Json.Text text) {
      return text;
    }
    in.problem(json, json.kind() + " where the name of a block is expected");
    return null;
  }

  private final Reading in;
  private final BlockNames names = new BlockNames();
  private final IdentityHashMap<Operation, Json.Location> places = new IdentityHashMap<>();
  private final Set<Integer> uncertain = new HashSet<>();
  private int written;

  OperationBinder(Reading in) {
    this.in = in;
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

  /** What the elements of a list become; nothing for null. */
  List<Statement> statements(@Nullable List<Json> elements) {
    List<Statement> statements = new ArrayList<>();
    if (elements != null) {
      elements.forEach(element -> bind(element, statements));
    }
    return statements;
  }

  private void bind(Json element, List<Statement> into) {
    if (!(element instanceof Json.Obj object)) {
      in.problem(element, element.kind() + " where " + LIKE + " is expected");
      return;
    }
    List<Json.Member> members = object.members();
    List<String> verbs = members.stream().map(Json.Member::key).filter(VERBS::containsKey).toList();
    int before = in.problems().count();
    if (verbs.isEmpty()) {
      noVerb(object);
    } else if (verbs.size() > 1) {
      in.problem(
          element,
          "one operation at a time, but this is "
              + String.join(" and ", verbs)
              + ": write { ... }, { ... }");
    } else {
      Verb verb = Objects.requireNonNull(VERBS.get(verbs.get(0)));
      verb.meaning().add(this, new Fields(object, verb.struct(), in), into);
    }
    if (in.problems().count() > before) {
      members.forEach(member -> distrust(member.value()));
    }
  }

  private void noVerb(Json.Obj object) {
    for (Json.Member member : object.members()) {
      if (Nearest.of(member.key(), VERBS.keySet()).isPresent()) {
        in.problems()
            .add(
                member.keyAt(),
                "\""
                    + member.key()
                    + "\" is no operation"
                    + Nearest.hint(member.key(), VERBS.keySet()));
        return;
      }
    }
    in.problem(object, "no operation: expected one of: " + String.join(", ", VERBS.keySet()));
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

  /** All blocks that are named, in their order. */
  private int[] blocks(@Nullable List<Json.Text> notations) {
    return notations == null ? new int[0] : notations.stream().flatMapToInt(this::expand).toArray();
  }

  private IntStream expand(Json.Text notation) {
    try {
      return IntStream.of(names.expand(notation.value()));
    } catch (Unreadable e) {
      in.problem(notation, e.problem());
      return IntStream.empty();
    }
  }

  private boolean add(Operation operation, Fields fields, List<Statement> into) {
    written++;
    if (written > MOST_WRITTEN) {
      if (written == MOST_WRITTEN + 1) {
        fields.problem(
            "more than " + MOST_WRITTEN + " operations written out: repeat some, or generate them");
      }
      return false;
    }
    places.put(operation, fields.object().at());
    into.add(new Single(operation));
    return true;
  }
}
