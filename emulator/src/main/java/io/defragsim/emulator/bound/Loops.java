package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Code.Piece;
import io.defragsim.emulator.image.LoopBound;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The natural loops of a function, by dominators: a loop is the pieces from which a branch back to
 * its header can be reached without passing the header. Loops with one header are one.
 */
final class Loops {

  /** A loop: entered at its header only. */
  static final class Loop {
    final Piece header;
    final Set<Piece> body = new HashSet<>();

    /** The pieces at whose start there is a bound of this loop, and no smaller one. */
    final Map<Piece, LoopBound> bounds = new LinkedHashMap<>();

    private Loop(Piece header) {
      this.header = header;
      body.add(header);
    }
  }

  private final Code code;
  private final Map<Piece, Loop> byHeader = new LinkedHashMap<>();

  private Loops(Code code) {
    this.code = code;
  }

  /** Finds the loops of a function and what is said of them. */
  static Loops of(Code code, Collection<LoopBound> bounds) throws UnboundedException {
    Loops loops = new Loops(code);
    loops.find();
    loops.annotate(bounds);
    return loops;
  }

  Collection<Loop> all() {
    return byHeader.values();
  }

  /** The smallest loop around a piece. */
  @Nullable Loop innermost(Piece piece) {
    Loop best = null;
    for (Loop loop : byHeader.values()) {
      if (loop.body.contains(piece) && (best == null || loop.body.size() < best.body.size())) {
        best = loop;
      }
    }
    return best;
  }

  private void find() throws UnboundedException {
    List<Piece> order = reversePostorder();
    Map<Piece, Integer> number = new HashMap<>();
    Map<Piece, List<Piece>> before = new HashMap<>();
    for (Piece piece : order) {
      number.put(piece, number.size());
      for (Piece next : code.next(piece)) {
        before.computeIfAbsent(next, p -> new ArrayList<>()).add(piece);
      }
    }
    int[] dominator = dominators(order, number, before);
    for (Piece piece : order) {
      for (Piece next : code.next(piece)) {
        int target = get(number, next);
        if (target > get(number, piece)) {
          continue;
        }
        if (!dominates(dominator, target, get(number, piece))) {
          throw new UnboundedException(
              code.locate(next.start()), "a loop that can be entered at more than one place");
        }
        grow(byHeader.computeIfAbsent(next, Loop::new), piece, before);
      }
    }
  }

  private static void grow(Loop loop, Piece latch, Map<Piece, List<Piece>> before) {
    Deque<Piece> open = new ArrayDeque<>(List.of(latch));
    while (!open.isEmpty()) {
      Piece piece = open.remove();
      if (loop.body.add(piece)) {
        open.addAll(before.getOrDefault(piece, List.of()));
      }
    }
  }

  private List<Piece> reversePostorder() {
    ArrayDeque<Piece> order = new ArrayDeque<>();
    Set<Piece> seen = new HashSet<>(List.of(code.first()));
    Deque<Piece> path = new ArrayDeque<>(List.of(code.first()));
    Deque<Iterator<Piece>> left = new ArrayDeque<>(List.of(code.next(code.first()).iterator()));
    while (!path.isEmpty()) {
      Iterator<Piece> next = left.getLast();
      if (next.hasNext()) {
        Piece piece = next.next();
        if (seen.add(piece)) {
          path.addLast(piece);
          left.addLast(code.next(piece).iterator());
        }
      } else {
        order.addFirst(path.removeLast());
        left.removeLast();
      }
    }
    return List.copyOf(order);
  }

  /** The immediate dominators by number in the order (Cooper, Harvey and Kennedy's algorithm). */
  private static int[] dominators(
      List<Piece> order, Map<Piece, Integer> number, Map<Piece, List<Piece>> before) {
    int[] dominator = new int[order.size()];
    java.util.Arrays.fill(dominator, 1, dominator.length, -1);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int i = 1; i < dominator.length; i++) {
        int common = -1;
        for (Piece piece : before.getOrDefault(order.get(i), List.of())) {
          int at = get(number, piece);
          if (dominator[at] >= 0) {
            common = common < 0 ? at : common(dominator, common, at);
          }
        }
        if (common != dominator[i]) {
          dominator[i] = common;
          changed = true;
        }
      }
    }
    return dominator;
  }

  private static int common(int[] dominator, int first, int second) {
    int a = first;
    int b = second;
    while (a != b) {
      if (a > b) {
        a = dominator[a];
      } else {
        b = dominator[b];
      }
    }
    return a;
  }

  private static boolean dominates(int[] dominator, int above, int below) {
    int at = below;
    while (at > above) {
      at = dominator[at];
    }
    return at == above;
  }

  private static int get(Map<Piece, Integer> number, Piece piece) {
    Integer at = number.get(piece);
    if (at == null) {
      throw new IllegalStateException("a piece that is not reached: " + piece);
    }
    return at;
  }

  private void annotate(Collection<LoopBound> bounds) throws UnboundedException {
    Map<Long, Set<LoopBound>> byAddress = new TreeMap<>();
    for (LoopBound bound : bounds) {
      byAddress.computeIfAbsent(bound.address(), a -> new LinkedHashSet<>()).add(bound);
    }
    for (Piece piece : code.pieces()) {
      for (LoopBound bound : byAddress.getOrDefault(piece.start(), Set.of())) {
        Loop loop = innermost(piece);
        if (loop == null) {
          continue; // unrolled or peeled: code that runs once
        }
        LoopBound other = loop.bounds.values().stream().findFirst().orElse(bound);
        if (!other.isOfOnePlaceWith(bound)) {
          throw new UnboundedException(
              code.locate(loop.header.start()),
              String.format(
                  Locale.ROOT,
                  "the bounds at %s and %s are in one loop of the machine code, and may be of"
                      + " different loops in the source",
                  other.place(),
                  bound.place()));
        }
        loop.bounds.put(piece, bound);
      }
    }
  }
}
