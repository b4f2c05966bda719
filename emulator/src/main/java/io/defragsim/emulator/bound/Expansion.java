package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Code.Exit;
import io.defragsim.emulator.bound.Code.Piece;
import io.defragsim.emulator.bound.Loops.Loop;
import io.defragsim.emulator.image.FirmwareImage;
import io.defragsim.emulator.image.LoopBound;
import io.defragsim.emulator.model.Location;
import io.defragsim.emulator.timing.CycleModel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A function and all that it calls as one graph, with a copy of each function for each place that
 * calls it. Its only cycles are the functions' own loops.
 */
final class Expansion {
  /** More than any function for which a bound makes sense. */
  private static final int MOST_NODES = 20_000;

  /** A function with what is known of it alone. */
  private record Function(Code code, Loops loops, StackFrame frame) {}

  /**
   * A function in the place where it was called.
   *
   * @param caller null of the outermost one
   * @param site where the caller calls it, null of the outermost one
   * @param back where it returns to
   * @param base bytes on the stack at its entry
   */
  record Context(
      Function function, @Nullable Context caller, @Nullable Node site, Node back, int base) {}

  /** A way from one piece to another. The cycles are those of the piece that it leaves. */
  record Edge(Node from, Node to, int cycles) {}

  /** A piece of code in a context. */
  static final class Node {
    private final @Nullable Context context;
    private final @Nullable Piece piece;
    final List<Edge> out = new ArrayList<>();

    private Node(@Nullable Context context, @Nullable Piece piece) {
      this.context = context;
      this.piece = piece;
    }

    Piece piece() {
      return Objects.requireNonNull(piece, "the end has no code");
    }

    private void to(Node node, int extra) {
      out.add(new Edge(this, node, piece().cost().cycles() + extra));
    }
  }

  /** The bound at the start of a piece. */
  record Bounded(Context context, Loop loop, LoopBound bound) {

    /** Whether a node belongs to the loop: a piece of it, or a function called from one. */
    @SuppressWarnings("ReferenceEquality") // a context is itself alone
    boolean surrounds(Node node) {
      Context at = node.context;
      Node within = node;
      while (at != null && at != context) {
        within = Objects.requireNonNullElse(at.site(), node);
        at = at.caller();
      }
      return at != null && loop.body.contains(within.piece());
    }
  }

  private final FirmwareImage image;
  private final CycleModel model;
  private final Map<Long, Function> functions = new HashMap<>();
  private final Map<Node, Bounded> bounds = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Node end = new Node(null, null);
  private final Node start;
  private int deepest;

  /** A call that is to be put in: its node, the site and what it continues with. */
  private record Call(Context caller, Node site, long target, int extra, Node back, int base) {}

  private final Deque<Call> open = new ArrayDeque<>();

  Expansion(FirmwareImage image, CycleModel model, long entry) throws UnboundedException {
    this.image = image;
    this.model = model;
    start = place(new Context(function(entry), null, null, end, 0));
    while (!open.isEmpty()) {
      Call call = open.remove();
      for (Context at = call.caller(); at != null; at = at.caller()) {
        if (at.function().code().entry() == call.target()) {
          throw new UnboundedException(
              location(call.site()), "a recursion: it calls " + name(call.target()) + " again");
        }
      }
      Function callee = function(call.target());
      Context context = new Context(callee, call.caller(), call.site(), call.back(), call.base());
      call.site().to(place(context), call.extra());
    }
  }

  Node start() {
    return start;
  }

  /** Where the function has returned; it has no piece. */
  Node end() {
    return end;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Bytes on the stack at the deepest. */
  int deepest() {
    return deepest;
  }

  @Nullable Bounded bound(Node node) {
    return bounds.get(node);
  }

  /** The last instruction of a node. */
  Location location(Node node) {
    return image.locate(node.piece().cost().address(node.piece().cost().count() - 1));
  }

  Location startOf(Node node) {
    return image.locate(node.piece().start());
  }

  private String name(long address) {
    String name = image.locate(address).function();
    return name == null ? image.locate(address).toString() : name;
  }

  private Function function(long entry) throws UnboundedException {
    Function known = functions.get(entry);
    if (known == null) {
      Code code = Code.of(image, model, entry);
      known = new Function(code, Loops.of(code, image.loopBounds()), StackFrame.of(code));
      functions.put(entry, known);
    }
    return known;
  }

  /** Makes the nodes of a function in a context. */
  private Node place(Context context) throws UnboundedException {
    Function function = context.function();
    deepest = Math.max(deepest, context.base() + function.frame().deepest());
    Map<Piece, Node> placed = new LinkedHashMap<>();
    for (Piece piece : function.code().pieces()) {
      placed.put(piece, new Node(context, piece));
    }
    nodes.addAll(placed.values());
    if (nodes.size() > MOST_NODES) {
      throw new UnboundedException(
          image.locate(start == null ? function.code().entry() : start.piece().start()),
          "too many calls of calls to follow");
    }
    for (Loop loop : function.loops().all()) {
      loop.bounds.forEach(
          (piece, bound) -> bounds.put(get(placed, piece), new Bounded(context, loop, bound)));
    }
    for (Node node : placed.values()) {
      connect(node, context, placed);
    }
    return get(placed, function.code().first());
  }

  private void connect(Node node, Context context, Map<Piece, Node> placed) {
    Code code = context.function().code();
    for (Exit exit : node.piece().exits()) {
      switch (exit.way()) {
        case GO -> node.to(get(placed, code.piece(exit.target())), exit.extra());
        case RETURN -> node.to(context.back(), isOdd(context.back()) ? exit.extra() : 0);
        case CALL -> {
          Node back = get(placed, code.piece(node.piece().cost().end()));
          int depth = context.function().frame().depthAfter(node.piece());
          open.add(
              new Call(context, node, exit.target(), exit.extra(), back, context.base() + depth));
        }
        case TAIL_CALL ->
            open.add(
                new Call(
                    context, node, exit.target(), exit.extra(), context.back(), context.base()));
      }
    }
  }

  /** Whether the address has bit 1 set; the outermost caller's has not. */
  private boolean isOdd(Node node) {
    return node != end && (node.piece().start() & 2) != 0;
  }

  private static Node get(Map<Piece, Node> placed, Piece piece) {
    return Objects.requireNonNull(placed.get(piece));
  }
}
