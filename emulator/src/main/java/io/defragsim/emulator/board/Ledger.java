package io.defragsim.emulator.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run rested on: which latencies were in it, which rules and models were used, which
 * registers only remembered, and how long the program waited.
 */
public final class Ledger {
  /** Of each kind so many are kept one by one. */
  public static final int MOST_KEPT = 64;

  private final Map<String, Latency> latencies = new LinkedHashMap<>();
  private final Tally rules = new Tally();
  private final Tally models = new Tally();
  private final Tally unwritten = new Tally();
  private final Tally remembered = new Tally();
  private long ends;
  private long waiting;
  private long exceptions;

  /**
   * Something that was used.
   *
   * @param name for people
   * @param count how often
   */
  public record Use(String name, long count) {}

  /**
   * Uses of a kind.
   *
   * @param first those that came first, at most {@value #MOST_KEPT}
   * @param more how many different ones came later
   */
  public record Uses(List<Use> first, long more) {
    public Uses {
      first = List.copyOf(first);
    }

    public boolean isEmpty() {
      return first.isEmpty();
    }
  }

  /**
   * A latency that was in a run.
   *
   * @param basis where its time comes from
   * @param count how often it began
   * @param least cycles, of the shortest
   * @param most cycles, of the longest
   */
  public record Rested(String basis, long count, long least, long most) {}

  /** A latency by its basis. */
  final class Latency {
    private final String basis;
    private long count;
    private long least = Long.MAX_VALUE;
    private long most;
    private int running;
    private long lastEnd;

    private Latency(String basis) {
      this.basis = basis;
    }

    void began(long cycles) {
      count++;
      running++;
      least = Math.min(least, cycles);
      most = Math.max(most, cycles);
    }

    void ended() {
      running--;
      lastEnd = ++ends;
    }
  }

  Latency latency(String basis) {
    return latencies.computeIfAbsent(basis, Latency::new);
  }

  void used(Rule rule) {
    rules.add(rule.toString());
    latency(rule.toString()).lastEnd = ++ends; // it takes no time here, which is a claim as well
  }

  void usedModel(String name) {
    models.add(name);
  }

  void readUnwritten(String register) {
    unwritten.add(register);
  }

  void remembered(String register) {
    remembered.add(register);
  }

  void waited(long cycles) {
    waiting += cycles;
  }

  /**
   * An exception has returned, followed another, or taken its place: cycles that nobody publishes.
   */
  public void countException() {
    exceptions++;
  }

  /** How often that was so. */
  public long exceptions() {
    return exceptions;
  }

  /** A moment, for {@link #since}. */
  public long mark() {
    return ends;
  }

  /** Whether anything was in the run that nobody can know to the cycle. */
  public boolean isEstimate() {
    return ends > 0 || latencies.values().stream().anyMatch(latency -> latency.running > 0);
  }

  /**
   * What ran at some time since a moment that nobody can know to the cycle: the bases of latencies,
   * and rules that changed something, in the order of their first time.
   */
  public List<String> since(long mark) {
    List<String> bases = new ArrayList<>();
    for (Latency latency : latencies.values()) {
      if (latency.running > 0 || latency.lastEnd > mark) {
        bases.add(latency.basis);
      }
    }
    return bases;
  }

  /** All latencies that began, in the order of their first. */
  public List<Rested> latencies() {
    return latencies.values().stream()
        .filter(latency -> latency.count > 0)
        .map(l -> new Rested(l.basis, l.count, l.least, l.most))
        .toList();
  }

  /** Rules, by what they changed. */
  public Uses rules() {
    return rules.uses();
  }

  /** Loads and stores of models. */
  public Uses models() {
    return models.uses();
  }

  /** Loads of registers that no model or rule knows, before a store to them. */
  public Uses unwritten() {
    return unwritten.uses();
  }

  /** Stores to registers that no model or rule knows. */
  public Uses remembered() {
    return remembered.uses();
  }

  /**
   * Cycles between a load of a register and the next of it at the same place with the same value,
   * with no store to a peripheral between: what the program polled. Without those asleep.
   */
  public long waiting() {
    return waiting;
  }

  /** How often which was used. */
  private static final class Tally {
    private final Map<String, long[]> counts = new LinkedHashMap<>();
    private long more;

    void add(String name) {
      long[] count = counts.get(name);
      if (count != null) {
        count[0]++;
      } else if (counts.size() < MOST_KEPT) {
        counts.put(name, new long[] {1});
      } else {
        more++;
      }
    }

    Uses uses() {
      return new Uses(
          counts.entrySet().stream().map(e -> new Use(e.getKey(), e.getValue()[0])).toList(), more);
    }
  }
}
