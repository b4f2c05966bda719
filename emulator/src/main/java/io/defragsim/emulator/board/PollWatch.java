package io.defragsim.emulator.board;

import java.util.HashMap;
import java.util.Map;

/** Sees that a program reads one register again and again at one place. */
final class PollWatch {
  /** More places than any loop has. */
  private static final int MOST_PLACES = 256;

  /** Longer than a loop that only polls takes for a round, in cycles awake. */
  private static final int LONGEST_ROUND = 500;

  private final Map<Place, Reads> places = new HashMap<>();
  private long waitedUntil;

  private record Place(long register, int pc) {}

  private static final class Reads {
    private int count;
    private int value;
    private long cycle;
    private long asleep;
  }

  /** A store to a peripheral: whatever is read from now on is new. */
  void clear() {
    places.clear();
  }

  /**
   * A load.
   *
   * @param pc of the instruction that loads
   * @param now its cycle
   * @param asleep cycles that the core has slept so far
   * @param ledger is told how long the program waited
   * @return how often the register has been read there, with this value, no store between, and
   *     little else
   */
  int read(long register, int pc, int value, long now, long asleep, Ledger ledger) {
    if (places.size() >= MOST_PLACES) {
      places.clear();
    }
    Reads reads = places.computeIfAbsent(new Place(register, pc), place -> new Reads());
    long awake = now - reads.cycle - (asleep - reads.asleep);
    if (reads.count > 0 && reads.value == value && awake <= LONGEST_ROUND) {
      long from = Math.max(reads.cycle, waitedUntil);
      ledger.waited(register & ~3L, Math.max(0, now - from - (asleep - reads.asleep)));
      waitedUntil = now;
      reads.count++;
    } else {
      reads.count = 1;
    }
    reads.value = value;
    reads.cycle = now;
    reads.asleep = asleep;
    return reads.count;
  }
}
