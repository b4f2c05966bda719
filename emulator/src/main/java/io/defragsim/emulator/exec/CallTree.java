package io.defragsim.emulator.exec;

import io.defragsim.emulator.calls.FunctionMap.Function;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who called whom, and the cycles spent at each place of that tree. Bounded: a call deeper than
 * {@value #MOST_DEPTH} counts as one from that depth, and when there are {@value #MOST_NODES}
 * nodes, or their paths as text have {@value #MOST_TEXT} characters, new ones stand below one that
 * is called {@value #CUT}.
 */
final class CallTree {
  static final int MOST_DEPTH = 256;
  static final int MOST_NODES = 100_000;
  static final int MOST_TEXT = 16 << 20;
  static final String CUT = "(cut)";

  private final Node root = new Node(null, new Function("", 0), -1);
  private @Nullable Node overflow;
  private int nodes;
  private long text;
  private boolean cut;

  /** A function in the calling context that its ancestors are. */
  final class Node {
    final Function function;
    private final @Nullable Node parent;
    private final int depth;
    private final long pathLength;
    private final Map<Function, Node> children = new LinkedHashMap<>(4);
    private long cycles;
    private long calls;

    private Node(@Nullable Node parent, Function function, int depth) {
      this.parent = parent;
      this.function = function;
      this.depth = depth;
      pathLength = (parent == null ? 0 : parent.pathLength) + function.name().length() + 1;
    }

    /** The node of a function that this one calls. */
    Node child(Function callee) {
      if (depth >= MOST_DEPTH && parent != null) {
        cut = true;
        return parent.child(callee);
      }
      Node known = children.get(callee);
      if (known != null) {
        return known;
      }
      boolean room = nodes < MOST_NODES && text + pathLength + callee.name().length() < MOST_TEXT;
      if (!room && this != overflow) {
        cut = true;
        return overflow().child(callee);
      }
      return newNode(this, callee); // below the overflow there are as many as there are functions
    }

    /** The node of a function that runs in the place of this one. */
    Node instead(Function successor) {
      return parent == null ? this : parent.child(successor);
    }

    void add(long more) {
      cycles += more;
    }

    void called() {
      calls++;
    }
  }

  private Node newNode(Node parent, Function function) {
    Node node = new Node(parent, function, parent.depth + 1);
    parent.children.put(function, node);
    nodes++;
    text += node.pathLength;
    return node;
  }

  private Node overflow() {
    if (overflow == null) {
      overflow = newNode(root, new Function(CUT, 0));
    }
    return overflow;
  }

  /** Notes that something could not be told apart. */
  void cut() {
    cut = true;
  }

  /** Where nothing is called from: its children are the bottom frames. */
  Node root() {
    return root;
  }

  /** The tree as tables. */
  Profile profile() {
    Map<Function, long[]> functions = new HashMap<>(); // calls, exclusive, inclusive
    List<Profile.Stack> stacks = new ArrayList<>();
    long total = 0;
    for (Node child : root.children.values()) {
      total += collect(child, new HashSet<>(), new ArrayList<>(), functions, stacks);
    }
    List<Profile.FunctionProfile> rows = new ArrayList<>();
    functions.forEach(
        (function, sums) ->
            rows.add(
                new Profile.FunctionProfile(
                    function.name(), function.address(), sums[0], sums[1], sums[2])));
    return new Profile(total, rows, stacks, cut);
  }

  private static long collect(
      Node node,
      Set<Function> above,
      List<String> path,
      Map<Function, long[]> functions,
      List<Profile.Stack> stacks) {
    path.add(node.function.name());
    boolean outermost = above.add(node.function);
    if (node.cycles > 0) {
      stacks.add(new Profile.Stack(path, node.cycles));
    }
    long subtree = node.cycles;
    for (Node child : node.children.values()) {
      subtree += collect(child, above, path, functions, stacks);
    }
    long[] sums = functions.computeIfAbsent(node.function, f -> new long[3]);
    sums[0] += node.calls;
    sums[1] += node.cycles;
    if (outermost) {
      sums[2] += subtree;
      above.remove(node.function);
    }
    path.remove(path.size() - 1);
    return subtree;
  }
}
