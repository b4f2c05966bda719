package io.defragsim.report.html;

import io.defragsim.emulator.exec.Profile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A function in a calling context.
 *
 * @param own cycles of its own instructions there
 * @param children what it calls, the most cycles first
 */
record FlameTree(String name, long own, List<FlameTree> children) {
  /** Time that passes asleep is no function's. */
  static final String ASLEEP = "(asleep)";

  /** What has a smaller share of all than one in so many cannot be seen. */
  private static final long LEAST_SHARE = 5000;

  FlameTree {
    children = List.copyOf(children);
  }

  /** The cycles awake of {@code profile}, without what is too small to see. */
  static FlameTree of(Profile profile) {
    Node root = new Node();
    for (Profile.Stack stack : profile.stacks()) {
      if (stack.frames().contains(ASLEEP)) {
        continue;
      }
      Node node = root;
      node.inclusive += stack.cycles();
      for (String frame : stack.frames()) {
        node = node.children.computeIfAbsent(frame, name -> new Node());
        node.inclusive += stack.cycles();
      }
      node.own += stack.cycles();
    }
    return root.tree("all", root.inclusive / LEAST_SHARE);
  }

  long inclusive() {
    return own + children.stream().mapToLong(FlameTree::inclusive).sum();
  }

  private static final class Node {
    private final Map<String, Node> children = new TreeMap<>();
    private long own;
    private long inclusive;

    /** What is left out counts as the caller's own, so that sums stay what they are. */
    private FlameTree tree(String name, long least) {
      List<FlameTree> kept = new ArrayList<>();
      long rest = own;
      for (Map.Entry<String, Node> child : children.entrySet()) {
        if (child.getValue().inclusive >= least) {
          kept.add(child.getValue().tree(child.getKey(), least));
        } else {
          rest += child.getValue().inclusive;
        }
      }
      kept.sort(Comparator.comparingLong((FlameTree tree) -> -tree.inclusive()));
      return new FlameTree(name, rest, kept);
    }
  }
}
