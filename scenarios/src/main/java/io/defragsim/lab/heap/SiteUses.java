package io.defragsim.lab.heap;

import io.defragsim.lab.result.ProgramHeap.CallerUse;
import io.defragsim.lab.result.ProgramHeap.Site;
import io.defragsim.lab.result.ProgramHeap.SiteUse;
import java.util.ArrayList;
import java.util.Collection;
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

  /**
   * By function and line, and by who called that, the most bytes first; without those of which
   * nothing is left.
   */
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
    Map<Site, Map<List<Site.Frame>, CallerUse>> sites = new LinkedHashMap<>();
    for (int stack : order) {
      Site whole = stacks.site(stack);
      Site top = new Site(whole.stack().subList(0, Math.min(1, whole.stack().size())));
      Use use = use(stack);
      sites
          .computeIfAbsent(top, site -> new LinkedHashMap<>())
          .merge(
              whole.nearest(),
              new CallerUse(whole, use.blocks, use.bytes),
              (a, b) -> new CallerUse(a.site(), a.blocks() + b.blocks(), a.bytes() + b.bytes()));
    }
    return sites.values().stream()
        .map(callers -> use(callers.values()))
        .sorted(
            Comparator.comparingLong((SiteUse use) -> -use.bytes())
                .thenComparing(use -> use.site().toString()))
        .toList();
  }

  private static SiteUse use(Collection<CallerUse> uses) {
    List<CallerUse> callers = new ArrayList<>(uses);
    callers.sort(Comparator.comparingLong(use -> -use.bytes()));
    return new SiteUse(
        callers.get(0).site(),
        callers.stream().mapToLong(CallerUse::blocks).sum(),
        callers.stream().mapToLong(CallerUse::bytes).sum(),
        callers);
  }

  private Use use(int stack) {
    Use use = byStack.get(stack);
    if (use == null) {
      throw new IllegalStateException("no such stack: " + stack);
    }
    return use;
  }
}
