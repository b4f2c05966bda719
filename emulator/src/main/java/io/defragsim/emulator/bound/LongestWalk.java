package io.defragsim.emulator.bound;

import io.defragsim.emulator.bound.Expansion.Bounded;
import io.defragsim.emulator.bound.Expansion.Edge;
import io.defragsim.emulator.bound.Expansion.Node;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The longest walks in a graph with cycles, each bounded by places in it that a walk passes only so
 * often.
 *
 * <p>A walk enters one strongly connected component after the other and never comes back to one, so
 * components are taken in their order. In a component with a cycle, the places with the loop's
 * bound are taken out. A walk through it is then: a walk without them up to the first place; from
 * place to place, at most as often as the bound allows; a walk without them from the last place on.
 * What is left without the places is a smaller graph of the same kind: inner loops are bounded by
 * their own places, and a cycle that has none is refused.
 *
 * <p>That is sound, since a walk that stays in the component is within one entry of the loop that
 * the bound is about. So the component has to be part of that loop.
 */
final class LongestWalk {
  /** Several copies of one place are followed run by run up to so many runs. */
  private static final long MOST_RUNS_OF_COPIES = 10_000;

  private final Expansion graph;
  private final long budget;
  private final Set<Node> stops;

  /**
   * A search.
   *
   * @param budget in bytes, for the bounds that depend on one; -1 if there is none
   * @param stops nodes at which walks end
   */
  LongestWalk(Expansion graph, long budget, Set<Node> stops) {
    this.graph = graph;
    this.budget = budget;
    this.stops = stops;
  }

  /**
   * The longest walk to each node that can be reached, the cycles of that node not included.
   *
   * @param starts where to begin, each with the walk up to there
   * @param within the nodes that a walk may use
   */
  Map<Node, Walk> from(Map<Node, Walk> starts, Set<Node> within) throws UnboundedException {
    Map<Node, Walk> arrived = new HashMap<>(starts);
    Map<Node, Walk> longest = new LinkedHashMap<>();
    for (List<Node> component : components(starts.keySet(), within)) {
      Map<Node, Walk> here = new LinkedHashMap<>();
      if (component.size() == 1 && edges(component.get(0), within, component.get(0)).isEmpty()) {
        Node node = component.get(0);
        Walk walk = arrived.get(node);
        if (walk != null) {
          here.put(node, walk);
        }
      } else {
        Set<Node> loop = new LinkedHashSet<>(component);
        for (Node entry : component) {
          Walk before = arrived.get(entry);
          if (before != null) {
            around(loop, entry)
                .forEach((node, walk) -> here.merge(node, before.then(walk, 1), Walk::longer));
          }
        }
      }
      longest.putAll(here);
      here.forEach(
          (node, walk) -> {
            for (Edge edge : edges(node)) {
              if (within.contains(edge.to()) && !component.contains(edge.to())) {
                arrived.merge(edge.to(), walk.then(edge), Walk::longer);
              }
            }
          });
    }
    return longest;
  }

  /** The longest walks inside a component with a cycle, from the entry on. */
  private Map<Node, Walk> around(Set<Node> loop, Node entry) throws UnboundedException {
    Set<Node> places = places(loop, entry);
    long runs = runs(places);
    Set<Node> rest = new LinkedHashSet<>(loop);
    rest.removeAll(places);

    Map<Node, Walk> longest = new LinkedHashMap<>();
    Map<Node, Walk> first = new LinkedHashMap<>();
    if (places.contains(entry)) {
      first.put(entry, Walk.EMPTY);
    } else {
      longest.putAll(from(Map.of(entry, Walk.EMPTY), rest));
      first.putAll(arrivals(longest, places));
    }
    if (runs == 0) {
      return longest;
    }
    Map<Node, Map<Node, Walk>> onward = new LinkedHashMap<>();
    Map<Node, Map<Node, Walk>> again = new LinkedHashMap<>();
    for (Node place : places) {
      Map<Node, Walk> leaving = new LinkedHashMap<>();
      Map<Node, Walk> back = new LinkedHashMap<>();
      for (Edge edge : edges(place)) {
        Map<Node, Walk> to =
            rest.contains(edge.to()) ? leaving : places.contains(edge.to()) ? back : null;
        if (to != null) {
          to.merge(edge.to(), Walk.EMPTY.then(edge), Walk::longer);
        }
      }
      Map<Node, Walk> walks = from(leaving, rest);
      arrivals(walks, places).forEach((node, walk) -> back.merge(node, walk, Walk::longer));
      onward.put(place, walks);
      again.put(place, back);
    }
    Map<Node, Walk> atPlaces =
        places.size() == 1 ? alone(first, again, runs) : together(first, again, runs, entry);
    atPlaces.forEach(
        (place, walk) -> {
          longest.merge(place, walk, Walk::longer);
          onward
              .getOrDefault(place, Map.of())
              .forEach((node, more) -> longest.merge(node, walk.then(more, 1), Walk::longer));
        });
    return longest;
  }

  /** One place: the longest way around, each time but the first. */
  private static Map<Node, Walk> alone(
      Map<Node, Walk> first, Map<Node, Map<Node, Walk>> again, long runs) {
    Map<Node, Walk> walks = new LinkedHashMap<>();
    first.forEach(
        (place, walk) -> {
          Walk around = again.getOrDefault(place, Map.of()).get(place);
          walks.put(place, around == null ? walk : walk.then(around, runs - 1));
        });
    return walks;
  }

  /** Several places: the longest sequence of them, whichever comes after which. */
  private Map<Node, Walk> together(
      Map<Node, Walk> first, Map<Node, Map<Node, Walk>> again, long runs, Node entry)
      throws UnboundedException {
    if (runs > MOST_RUNS_OF_COPIES) {
      throw new UnboundedException(
          graph.startOf(entry), "a loop in several copies that runs " + runs + " times");
    }
    Map<Node, Walk> longest = new LinkedHashMap<>(first);
    Map<Node, Walk> last = first;
    for (long run = 2; run <= runs && !last.isEmpty(); run++) {
      Map<Node, Walk> next = new LinkedHashMap<>();
      last.forEach(
          (place, walk) ->
              again
                  .getOrDefault(place, Map.of())
                  .forEach((to, more) -> next.merge(to, walk.then(more, 1), Walk::longer)));
      next.forEach((place, walk) -> longest.merge(place, walk, Walk::longer));
      last = next;
    }
    return longest;
  }

  private Map<Node, Walk> arrivals(Map<Node, Walk> walks, Set<Node> places) {
    Map<Node, Walk> arrivals = new LinkedHashMap<>();
    walks.forEach(
        (node, walk) -> {
          for (Edge edge : edges(node)) {
            if (places.contains(edge.to())) {
              arrivals.merge(edge.to(), walk.then(edge), Walk::longer);
            }
          }
        });
    return arrivals;
  }

  /** The places with the bound of a loop that the component is part of. */
  private Set<Node> places(Set<Node> component, Node entry) throws UnboundedException {
    Set<Node> places = new LinkedHashSet<>();
    for (Node node : component) {
      Bounded bounded = graph.bound(node);
      if (bounded != null && component.stream().allMatch(bounded::surrounds)) {
        places.add(node);
      }
    }
    if (places.isEmpty()) {
      throw new UnboundedException(
          graph.startOf(entry), "a loop with a way round on which there is no bound of it");
    }
    return places;
  }

  private long runs(Set<Node> places) throws UnboundedException {
    long most = 0;
    for (Node place : places) {
      Bounded bounded = graph.bound(place);
      if (bounded == null) {
        continue;
      }
      if (bounded.bound().bytesPer() != 0 && budget < 0) {
        throw new UnboundedException(
            graph.startOf(place), "a loop whose bound depends on a budget, and there is none");
      }
      most = Math.max(most, bounded.bound().most(Math.max(budget, 0)));
    }
    return most;
  }

  private List<Edge> edges(Node node) {
    return stops.contains(node) ? List.of() : node.out;
  }

  private List<Edge> edges(Node node, Set<Node> within, Node to) {
    return edges(node).stream()
        .filter(edge -> edge.to() == to && within.contains(edge.to()))
        .toList();
  }

  /** The strongly connected components that can be reached, in their order (Tarjan's algorithm). */
  private List<List<Node>> components(Collection<Node> starts, Set<Node> within) {
    return new Components(within).from(starts);
  }

  private final class Components {
    private final Set<Node> within;
    private final Map<Node, Integer> number = new HashMap<>();
    private final Map<Node, Integer> lowest = new HashMap<>();
    private final Deque<Node> stack = new ArrayDeque<>();
    private final Set<Node> onStack = new HashSet<>();
    private final Deque<List<Node>> found = new ArrayDeque<>();

    Components(Set<Node> within) {
      this.within = within;
    }

    /** A node whose edges are being followed. */
    private record Visit(Node node, java.util.Iterator<Edge> left, @Nullable Visit parent) {}

    List<List<Node>> from(Collection<Node> starts) {
      for (Node start : starts) {
        if (within.contains(start) && !number.containsKey(start)) {
          visit(start);
        }
      }
      return List.copyOf(found);
    }

    private void visit(Node start) {
      Visit at = enter(start, null);
      while (at != null) {
        if (at.left().hasNext()) {
          Node next = at.left().next().to();
          if (!within.contains(next)) {
            continue;
          }
          if (!number.containsKey(next)) {
            at = enter(next, at);
          } else if (onStack.contains(next)) {
            lower(at.node(), number.getOrDefault(next, 0));
          }
        } else {
          leave(at.node());
          if (at.parent() != null) {
            lower(at.parent().node(), lowest.getOrDefault(at.node(), 0));
          }
          at = at.parent();
        }
      }
    }

    private Visit enter(Node node, @Nullable Visit parent) {
      number.put(node, number.size());
      lowest.put(node, number.size() - 1);
      stack.push(node);
      onStack.add(node);
      return new Visit(node, edges(node).iterator(), parent);
    }

    private void lower(Node node, int to) {
      lowest.merge(node, to, Math::min);
    }

    private void leave(Node node) {
      if (!Objects.equals(number.get(node), lowest.get(node))) {
        return;
      }
      List<Node> component = new ArrayList<>();
      Node member;
      do {
        member = stack.pop();
        onStack.remove(member);
        component.add(member);
      } while (member != node);
      found.addFirst(component);
    }
  }
}
