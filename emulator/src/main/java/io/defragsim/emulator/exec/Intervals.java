package io.defragsim.emulator.exec;

import io.defragsim.emulator.board.Ledger;
import io.defragsim.emulator.interpreter.StepListener;
import io.defragsim.emulator.interpreter.StepResult;
import io.defragsim.emulator.isa.Instruction;
import io.defragsim.emulator.system.CoreState;
import io.defragsim.emulator.system.MemoryMap;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Measures from the moment at which one instruction is about to execute to that at which another
 * is. An interval opens at the first {@code from} while none is open; later ones do not restart it.
 * Where both are one place, the end of an interval is the beginning of the next.
 *
 * <p>An instruction is about to execute when the core begins it, not while an exception or sleep
 * comes before it. So what interrupts between the two counts, and so does what interrupts right
 * before the second.
 */
public final class Intervals {
  /** How many intervals are kept one by one. */
  public static final int MOST_KEPT = 1000;

  private static final long CLOSED = -1;

  private final MemoryMap map;
  private final int from;
  private final int to;

  private @Nullable Ledger ledger;
  private final Set<String> rests = new LinkedHashSet<>();

  private long begun = CLOSED;
  private long marked;
  private long waitingBefore;
  private long slept;
  private long sleptBefore;
  private long estimates; // returns, tail-chains and late arrivals so far
  private long estimatesBefore;
  private boolean exact = true;
  private long count;
  private long total;
  private long waiting;
  private long asleep;
  private @Nullable Interval shortest;
  private @Nullable Interval longest;
  private boolean fromReached;
  private boolean toReached;
  private final List<Interval> first = new ArrayList<>();

  /**
   * @param from an address in flash, in either view, or SRAM; with or without the Thumb bit
   * @param to the same
   */
  public Intervals(Program program, long from, long to) {
    map = program.map();
    this.from = map.canonical((int) from & ~1);
    this.to = map.canonical((int) to & ~1);
  }

  /**
   * One interval.
   *
   * @param begin the cycle at which it began
   * @param waiting how many of its cycles the program polled registers of its board
   * @param asleep how many of its cycles the core slept
   */
  public record Interval(long begin, long cycles, long waiting, long asleep) {}

  /** How many there were. */
  public long count() {
    return count;
  }

  /**
   * Whether no exception returned, followed another, or took its place within any of them, and
   * nothing else that is an estimate came in.
   */
  public boolean isExact() {
    return exact && rests.isEmpty();
  }

  /** What else came in that is an estimate, for people, as {@link Ledger#since} gives it. */
  public List<String> rests() {
    return List.copyOf(rests);
  }

  /** Says what the run rests on. */
  void restOn(Ledger on) {
    ledger = on;
  }

  /** Cycles of all. */
  public long total() {
    return total;
  }

  /** Of all their cycles those in which the program polled registers of its board. */
  public long waiting() {
    return waiting;
  }

  /** Of all their cycles those in which the core slept. */
  public long asleep() {
    return asleep;
  }

  /** The first of the shortest, null if there is none. */
  public @Nullable Interval shortest() {
    return shortest;
  }

  /** The first of the longest, null if there is none. */
  public @Nullable Interval longest() {
    return longest;
  }

  /** The first {@value #MOST_KEPT}, in order. */
  public List<Interval> first() {
    return List.copyOf(first);
  }

  /** The cycle at which an interval began that has not ended, null if none is open. */
  public @Nullable Long open() {
    return begun == CLOSED ? null : begun;
  }

  /** Whether the place at which intervals begin was ever reached. */
  public boolean fromReached() {
    return fromReached;
  }

  /** Whether the place at which intervals end was ever reached, with one open or not. */
  public boolean toReached() {
    return toReached;
  }

  StepListener listener() {
    return new StepListener() {
      @Override
      public void stepped(int pc, long cycle, StepResult result, CoreState after) {
        Intervals.this.stepped(pc, cycle, result);
      }

      @Override
      public boolean stopsAt(int address, Instruction instruction) {
        int place = map.canonical(address);
        return place == from || place == to;
      }
    };
  }

  private void stepped(int pc, long cycle, StepResult result) {
    if (result instanceof StepResult.Returned) {
      estimates++;
      return;
    }
    if (result instanceof StepResult.Slept) {
      slept += result.cycles();
    } else if (result instanceof StepResult.Entered entered) {
      if (entered.cause() != null && !entered.tailChained()) {
        reached(pc, cycle); // the instruction that faulted
      }
      estimates += entered.isEstimate() ? 1 : 0;
    } else if (begins(result)) {
      reached(pc, cycle);
    }
  }

  /** The instruction at {@code pc} is about to execute. */
  private void reached(int pc, long cycle) {
    int place = map.canonical(pc);
    if (place == to) {
      toReached = true;
      if (begun != CLOSED) {
        close(
            new Interval(begun, cycle - begun, waitedSoFar() - waitingBefore, slept - sleptBefore));
      }
    }
    if (place == from) {
      fromReached = true;
      if (begun == CLOSED) {
        begun = cycle;
        estimatesBefore = estimates;
        sleptBefore = slept;
        waitingBefore = waitedSoFar();
        marked = ledger == null ? 0 : ledger.markOfStep();
      }
    }
  }

  private long waitedSoFar() {
    return ledger == null ? 0 : ledger.waiting();
  }

  private static boolean begins(StepResult result) {
    return result instanceof StepResult.Retired
        || result instanceof StepResult.Abandoned
        || result instanceof StepResult.Breakpoint
        || result instanceof StepResult.Faulted
        || result instanceof StepResult.LockedUp;
  }

  private void close(Interval interval) {
    begun = CLOSED;
    exact &= estimates == estimatesBefore;
    if (ledger != null) {
      rests.addAll(ledger.sinceUpToStep(marked));
    }
    count++;
    total += interval.cycles;
    waiting += interval.waiting;
    asleep += interval.asleep;
    if (shortest == null || interval.cycles < shortest.cycles) {
      shortest = interval;
    }
    if (longest == null || interval.cycles > longest.cycles) {
      longest = interval;
    }
    if (first.size() < MOST_KEPT) {
      first.add(interval);
    }
  }
}
