package io.defragsim.lab.result;

import io.defragsim.emulator.bound.FunctionBound;
import io.defragsim.emulator.bound.LoopBoundChecker;
import io.defragsim.emulator.bound.MaskedBound;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The worst cases of an image: what they are to be, what they cannot exceed, and the longest that
 * was seen. Of an allocator all timed functions are in it; else those that somebody named, and
 * nothing ran.
 *
 * @param image its name
 * @param sha256 of the ELF file, lower-case hex
 * @param cycleModel what cycles were counted by, for people
 * @param budget of steps, and the most bytes of a resize that counts among functions, in bytes
 * @param seed of the search
 * @param effort how many sequences the search tried for each function
 * @param scenarios how many shipped scenarios were run
 * @param functions those of the contract that the image has, or those that somebody named
 * @param byBytes the functions whose worst case grows with a number of bytes, for other numbers
 * @param masked the longest stretch with interrupts masked
 * @param loops what was seen of the loops that have bounds
 * @param found the worst cases that the search found, one a function at most
 * @param broken how the image broke its contract in one of the runs; null if it did not
 */
public record Bounds(
    String image,
    String sha256,
    String cycleModel,
    int budget,
    long seed,
    int effort,
    int scenarios,
    List<Function> functions,
    List<ByBytes> byBytes,
    Masked masked,
    List<LoopBoundChecker.Seen> loops,
    List<WorstCase> found,
    @Nullable Broken broken) {

  public Bounds {
    functions = List.copyOf(functions);
    byBytes = List.copyOf(byBytes);
    loops = List.copyOf(loops);
    found = List.copyOf(found);
  }

  /** What the numbers say of a function. */
  public enum Verdict {
    /** The static bound is within the target, if there is one, and nothing seen exceeds it. */
    HOLDS("holds"),
    /** There is no static bound; nothing seen exceeds the target. */
    NOT_PROVEN("not proven"),
    /** There is neither a static bound nor a target. */
    NO_BOUND("no bound"),
    /** The static bound, or what was seen, exceeds the target. */
    ABOVE_TARGET("above target"),
    /** What was seen exceeds the static bound, which is therefore wrong. */
    ABOVE_BOUND("ABOVE BOUND");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }

    /** Whether it makes the command fail. */
    public boolean fails() {
      return this == ABOVE_TARGET || this == ABOVE_BOUND;
    }

    static Verdict of(@Nullable Long must, @Nullable Long bound, @Nullable Seen seen) {
      long longest = seen == null ? 0 : seen.cycles();
      if (bound != null && longest > bound) {
        return ABOVE_BOUND;
      }
      long most = Math.max(bound == null ? 0 : bound, longest);
      if (must != null && most > must) {
        return ABOVE_TARGET;
      }
      return bound != null ? HOLDS : must != null ? NOT_PROVEN : NO_BOUND;
    }
  }

  /**
   * The longest call, or stretch in one, that was seen.
   *
   * @param where the scenario, a shipped one or one that the search found
   */
  public record Seen(long cycles, String where) {}

  /**
   * A function.
   *
   * @param must the target in cycles; null without one
   * @param stretch what is aimed at; null without a target
   * @param bound the static bound; null if there is none
   * @param unbounded why there is no static bound; null if there is one
   * @param seen null if it was never called
   */
  public record Function(
      String name,
      @Nullable Long must,
      @Nullable Long stretch,
      @Nullable FunctionBound bound,
      @Nullable String unbounded,
      @Nullable Seen seen) {

    public Verdict verdict() {
      return Verdict.of(must, bound == null ? null : bound.cycles(), seen);
    }
  }

  /**
   * A function with a number of bytes: the budget of a step, the new size of a resize.
   *
   * @param must the target in cycles; null without one
   * @param stretch what is aimed at; null without a target
   * @param bound null if there is no static bound
   * @param seen the longest of the calls with so many bytes or fewer; null without any
   */
  public record ByBytes(
      String function,
      long bytes,
      @Nullable Long must,
      @Nullable Long stretch,
      @Nullable Long bound,
      @Nullable Seen seen) {
    public Verdict verdict() {
      return Verdict.of(must, bound, seen);
    }
  }

  /**
   * The longest stretch with interrupts masked in any of the functions.
   *
   * @param must the target in cycles; null without one
   * @param stretch what is aimed at; null without a target
   * @param function in which it is; empty if none masks interrupts
   * @param bound null if there is none
   * @param unbounded why there is no bound; null if there is one
   * @param seen the longest stretch of all calls of them; null if none masked interrupts
   */
  public record Masked(
      @Nullable Long must,
      @Nullable Long stretch,
      String function,
      @Nullable MaskedBound bound,
      @Nullable String unbounded,
      @Nullable Seen seen) {
    public Verdict verdict() {
      return Verdict.of(must, bound == null ? null : bound.cycles(), seen);
    }
  }

  /** A run in which the image broke. */
  public record Broken(String scenario, RunEnding ending) {}

  /** Whether anything of it is held against a target. */
  public boolean haveTargets() {
    return functions.stream().anyMatch(function -> function.must() != null);
  }

  /** The loops that ran more often than their bounds say: the static bounds are worth nothing. */
  public List<LoopBoundChecker.Seen> exceededLoops() {
    return loops.stream().filter(LoopBoundChecker.Seen::exceeded).toList();
  }

  /**
   * The code of the {@link ExitStatus} that it means: that of the run that broke off or, without
   * one, {@link ExitStatus#LIMIT} where something is above its target or bound.
   */
  public int exitStatus() {
    if (broken != null) {
      return broken.ending().exitStatus().code();
    }
    boolean fails =
        functions.stream().anyMatch(function -> function.verdict().fails())
            || byBytes.stream().anyMatch(entry -> entry.verdict().fails())
            || masked.verdict().fails()
            || !exceededLoops().isEmpty();
    return (fails ? ExitStatus.LIMIT : ExitStatus.OK).code();
  }
}
