package io.defragsim.lab.heap;

import io.defragsim.lab.result.ProgramHeap.Site;
import io.defragsim.lab.result.ProgramHeap.SiteUse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Counts blocks and bytes by the stack at which they were asked for. Mutable. */
final class SiteUses {
  private final Map<Integer, Use> byStack = new HashMap<>();

  private static final class Use {
    long blocks;
    long bytes;
  }

  void add(int stack, long blocks, long bytes) {
    Use use = byStack.computeIfAbsent(stack, number -> new Use());
    use.blocks += blocks;
    use.bytes += bytes;
  }

  /** The same at this moment. */
  SiteUses copy() {
    SiteUses copy = new SiteUses();
    byStack.forEach((stack, use) -> copy.add(stack, use.blocks, use.bytes));
    return copy;
  }

  /** By function and line, the most bytes first; without those of which nothing is left. */
  List<SiteUse> bySite(Stacks stacks) {
    List<Integer> order = new ArrayList<>();
    byStack.forEach(
        (stack, use) -> {
          if (use.blocks > 0) {
            order.add(stack);
          }
        });
    order.sort(
        Comparator.<Integer>comparingLong(stack -> -use(stack).bytes)
            .thenComparing(Comparator.naturalOrder()));
    Map<Site, SiteUse> sites = new LinkedHashMap<>();
    for (int stack : order) {
      Site whole = stacks.site(stack);
      Site top = new Site(whole.stack().subList(0, Math.min(1, whole.stack().size())));
      Use use = use(stack);
      sites.merge(
          top,
          new SiteUse(whole, use.blocks, use.bytes),
          (a, b) -> new SiteUse(a.site(), a.blocks() + b.blocks(), a.bytes() + b.bytes()));
    }
    return sites.values().stream()
        .sorted(
            Comparator.comparingLong((SiteUse use) -> -use.bytes())
                .thenComparing(use -> use.site().toString()))
        .toList();
  }

  private Use use(int stack) {
    Use use = byStack.get(stack);
    if (use == null) {
      throw new IllegalStateException("no such stack: " + stack);
    }
    return use;
  }
}
