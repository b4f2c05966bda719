package io.defragsim.lab.summary;

import io.defragsim.words.Printable;
import io.defragsim.workload.trace.TraceLine;
import io.defragsim.workload.trace.TraceProblemException;
import io.defragsim.workload.trace.TraceReader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** The heap of a recording while its trace is read, with what each pass over it makes of that. */
abstract class RecordedHeap {
  /** The most characters of the name of a kind or of a phase. */
  private static final int LONGEST_NAME = 120;

  /** The least of the classes of sizes by which blocks without a site are told apart. */
  private static final int SMALLEST_CLASS = 16;

  private static final int LARGEST_CLASS = 4096;

  /** A block alive. */
  static final class Life {
    /** What it belongs to: its site, or the class of its size. */
    final String key;

    /** The operations before its allocation. */
    final long born;

    /** Where its locks, its growths and its end are counted. */
    final Segment segment;

    /** Its locks, the latest one first. */
    final Deque<Hold> holds = new ArrayDeque<>();

    long bytes;

    private Life(String key, long born, Segment segment, long bytes) {
      this.key = key;
      this.born = born;
      this.segment = segment;
      this.bytes = bytes;
    }
  }

  /** A lock: when it was taken, and where it is counted. */
  record Hold(long taken, Segment.Kind kind) {}

  final Measured.Meter meter = new Measured.Meter();
  private final boolean bySite;
  private final Map<Integer, Life> alive = new HashMap<>();
  private long refused;

  /**
   * @param bySite whether blocks belong to their sites where they have one, else to classes of
   *     their sizes
   */
  RecordedHeap(boolean bySite) {
    this.bySite = bySite;
  }

  /** Where blocks are counted that are allocated now. */
  abstract Segment segment();

  abstract void allocated(Life life);

  /** The block has its new size already. */
  abstract void resized(Life life, long before);

  abstract void freed(Life life);

  abstract void locked(Life life);

  abstract void unlocked(Life life);

  abstract void waited(long cycles);

  abstract void phase(String name);

  /** An operation is over, and counted. */
  abstract void operation();

  /** Requests that the program was refused. */
  final long refused() {
    return refused;
  }

  /** What is alive at the end. */
  final Iterable<Life> alive() {
    return alive.values();
  }

  /** Reads the whole trace. */
  final void read(TraceReader trace) throws TraceProblemException {
    for (TraceLine line = trace.next(); line != null; line = trace.next()) {
      long before = meter.operations();
      follow(line, trace);
      if (meter.operations() > before) {
        operation();
      }
    }
  }

  private void follow(TraceLine line, TraceReader trace) {
    if (line instanceof TraceLine.Allocated a) {
      Life life =
          new Life(key(a.stack(), a.bytes(), trace), meter.operations(), segment(), a.bytes());
      alive.put(a.id(), life);
      meter.allocated(a.bytes());
      allocated(life);
      meter.operation();
    } else if (line instanceof TraceLine.Resized r) {
      Life life = life(r.id());
      long before = life.bytes;
      life.bytes = r.bytes();
      meter.resized(before, r.bytes());
      resized(life, before);
      meter.operation();
    } else if (line instanceof TraceLine.Freed f) {
      Life life = life(f.id());
      alive.remove(f.id());
      meter.freed(life.bytes);
      freed(life);
      meter.operation();
    } else if (line instanceof TraceLine.Locked l) {
      Life life = life(l.id());
      locked(life);
      meter.operation();
    } else if (line instanceof TraceLine.Unlocked u) {
      Life life = life(u.id());
      unlocked(life);
      meter.operation();
    } else if (line instanceof TraceLine.Waited w) {
      waited(w.cycles());
    } else if (line instanceof TraceLine.Phase p) {
      phase(name(p.name()));
    } else if (line instanceof TraceLine.Refused) {
      refused++;
    }
  }

  private Life life(int id) {
    return Objects.requireNonNull(alive.get(id), "the reader checks that it is alive");
  }

  /** A name that a scenario may have, of one from a trace. */
  static String name(String given) {
    String name = Printable.of(given);
    return name.codePointCount(0, name.length()) <= LONGEST_NAME
        ? name
        : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME));
  }

  private String key(int stack, long bytes, TraceReader trace) {
    if (bySite && stack != TraceLine.NO_STACK) {
      return name(trace.frame(stack).function());
    }
    for (int most = SMALLEST_CLASS; most <= LARGEST_CLASS; most *= 4) {
      if (bytes <= most) {
        return "up to " + most + " B";
      }
    }
    return "above " + LARGEST_CLASS + " B";
  }
}
