package io.defragsim.emulator.board;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

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
  private final Map<String, Guess> guesses = new LinkedHashMap<>();
  private long moments;
  private final Map<Long, Long> waitedAt = new LinkedHashMap<>();
  private LongFunction<String> names = Long::toString;
  private long waiting;
  private long exceptions;
  private boolean begun;
  private long met;
  private long stepBegan;
  private long metBefore;

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

    private Latency(String basis) {
      this.basis = basis;
    }

    void began(long cycles) {
      begun = true;
      count++;
      least = Math.min(least, cycles);
      most = Math.max(most, cycles);
    }
  }

  Latency latency(String basis) {
    return latencies.computeIfAbsent(basis, Latency::new);
  }

  /** A rule has changed something, after its time. */
  void used(Rule rule) {
    rules.add(rule.toString());
  }

  /** A rule has changed something at once, by what the program did: that is a claim as well. */
  void usedAtOnce(Rule rule) {
    used(rule);
    guess(rule.toString());
  }

  void usedModel(String name) {
    models.add(name);
  }

  /** The program has loaded what nobody knows. */
  void readUnwritten(String register) {
    unwritten.add(register);
    guess(register + " only remembers, and was read before a store");
  }

  private void guess(String what) {
    if (guesses.size() < MOST_KEPT || guesses.containsKey(what)) {
      Guess guess = guesses.computeIfAbsent(what, name -> new Guess());
      guess.before = guess.last;
      guess.last = ++moments;
    }
    begun = true;
  }

  /** From now on the clock rests on something that has no alarm of its own. */
  void rest(String basis) {
    latency(basis).began(0);
  }

  /**
   * The program has met time: it slept, was interrupted, or loaded what depends on when it does. If
   * the clock is an estimate by now, so is what comes of that.
   */
  public void meetTime() {
    if (begun || exceptions > 0) {
      met = ++moments;
    }
  }

  void remembered(String register) {
    remembered.add(register);
  }

  /**
   * The program has polled.
   *
   * @param word the address of the register
   */
  void waited(long word, long cycles) {
    waiting += cycles;
    if (waitedAt.size() < MOST_KEPT || waitedAt.containsKey(word)) {
      waitedAt.merge(word, cycles, Long::sum);
    }
  }

  /** Says what registers are called, by their addresses. */
  void nameBy(LongFunction<String> naming) {
    names = naming;
  }

  /** The register that was polled longest, with its cycles; null if none was. */
  public @Nullable Use polledMost() {
    return waitedAt.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(most -> new Use(names.apply(most.getKey()), most.getValue()))
        .orElse(null);
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
    return moments;
  }

  /** Whether anything that the program met was an estimate. */
  public boolean isEstimate() {
    return !since(0).isEmpty();
  }

  /** An instruction is about to begin, or what comes before it. */
  public void beginStep() {
    stepBegan = moments;
    metBefore = met;
  }

  /** The moment at which the last step began. */
  public long markOfStep() {
    return stepBegan;
  }

  /**
   * What the cycles since a moment rest on, for people; nothing if they are exact as far as it goes
   * for this ledger. Guesses count where they are made. Besides they, latencies, and what
   * exceptions took shift the clock for good: they count from then on wherever the program meets
   * time.
   */
  public List<String> since(long mark) {
    return between(mark, moments, met);
  }

  /** The same up to the beginning of the last step. */
  public List<String> sinceUpToStep(long mark) {
    return between(mark, stepBegan, metBefore);
  }

  private List<String> between(long mark, long end, long lastMet) {
    List<String> bases = new ArrayList<>();
    if (lastMet > mark) {
      for (Latency latency : latencies.values()) {
        if (latency.count > 0) {
          bases.add(latency.basis);
        }
      }
      if (exceptions > 0) {
        bases.add("returns from exceptions");
      }
    }
    guesses.forEach(
        (what, guess) -> {
          long when = guess.last <= end ? guess.last : guess.before;
          if (when > (lastMet > mark ? 0 : mark) && !bases.contains(what)) {
            bases.add(what);
          }
        });
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

  /** When something was guessed: the last time, and the time before. */
  private static final class Guess {
    private long before;
    private long last;
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
