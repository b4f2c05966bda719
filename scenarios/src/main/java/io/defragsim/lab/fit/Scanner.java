package io.defragsim.lab.fit;

import io.defragsim.lab.result.Attempt;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tries pools of growing size until as many in a row as were asked for have served. The first that
 * served is the smallest; the first of the row is the one from which on all of them did, as far as
 * was tried. For one scan.
 *
 * <p>It goes in strides first, up to a pool that serves, and then step by step from the last pool
 * below that did not. A row as long as a stride is never missed so, since a stride ends in it. What
 * can be missed is a pool that serves by luck, far below.
 */
final class Scanner {
  private final long handles;
  private final long from;
  private final int stride;
  private final int step;
  private final int upTo;
  private final int beyond;
  private final IntFunction<Attempt> pools;
  private final IntPredicate acceptsLarger;
  private final Consumer<Scan.SoFar> progress;

  private final TreeSet<Integer> tried = new TreeSet<>();
  private long everyFrom;
  private long to;
  private Scan.@Nullable End end;

  /** The pool at which the strides ended, and what became of it. */
  private @Nullable Integer bracket;

  private @Nullable Attempt inBracket;

  private @Nullable Integer smallest;
  private @Nullable Integer rowFrom;
  private int refusedAbove;
  private Attempt.@Nullable Served served;
  private Scan.@Nullable Refusal largestRefused;
  private Attempt.@Nullable Broken broken;
  private boolean accepted;

  /**
   * @param from the first pool tried
   * @param stride from one pool to the next at first, a multiple of {@code step}
   * @param step from one pool to the next
   * @param upTo no larger pool is tried
   * @param beyond from the first to the last of the row
   * @param pools what becomes of a pool; called by several threads at once
   * @param acceptsLarger whether the image accepts some pool larger than the first, which it
   *     refused
   * @param progress told what is known, by the thread that scans
   */
  Scanner(
      long handles,
      long from,
      int stride,
      int step,
      int upTo,
      int beyond,
      IntFunction<Attempt> pools,
      IntPredicate acceptsLarger,
      Consumer<Scan.SoFar> progress) {
    this.handles = handles;
    this.from = from;
    this.stride = stride;
    this.step = step;
    this.upTo = upTo;
    this.beyond = beyond;
    this.pools = pools;
    this.acceptsLarger = acceptsLarger;
    this.progress = progress;
    this.everyFrom = from;
    this.to = from - step;
  }

  Scan scan() {
    if (stride > step) {
      walk(from, stride, this::stride);
      if (!accepted && bracket == null) {
        everyFrom = from; // the strides may have passed over all that the image accepts
      }
    }
    if (end == null) {
      walk(everyFrom, step, this::note);
    }
    return new Scan(
        handles,
        from,
        stride,
        everyFrom,
        step,
        to,
        tried.size(),
        end == null ? Scan.End.UP_TO : end,
        smallest,
        end == Scan.End.SERVED ? rowFrom : null,
        refusedAbove,
        served,
        largestRefused,
        broken);
  }

  @FunctionalInterface
  private interface Note {
    /** Takes the next pool into account; gives whether the walk goes on. */
    boolean goesOn(int pool, Attempt attempt);
  }

  /**
   * Tries pools that are so far apart, some at once. Each is a machine of its own, so that neither
   * the order in which they run nor their number shows anywhere: what comes after the end of a walk
   * is thrown away.
   */
  private void walk(long first, int distance, Note note) {
    int atOnce = Runtime.getRuntime().availableProcessors();
    for (long next = first; next <= upTo; next += (long) atOnce * distance) {
      progress.accept(soFar(next));
      int start = (int) next;
      int count = (int) Math.min(atOnce, (upTo - next) / distance + 1);
      List<Attempt> attempts =
          IntStream.range(0, count)
              .parallel()
              .mapToObj(i -> attempt(start + i * distance))
              .toList();
      for (int i = 0; i < count; i++) {
        if (!note.goesOn(start + i * distance, attempts.get(i))) {
          return;
        }
      }
    }
  }

  private Attempt attempt(int pool) {
    return inBracket != null && bracket != null && bracket == pool ? inBracket : pools.apply(pool);
  }

  private Scan.SoFar soFar(long trying) {
    Integer known = inBracket instanceof Attempt.Served ? bracket : null;
    Integer below = largestRefused == null ? null : (Integer) largestRefused.pool();
    return smallest == null
        ? new Scan.SoFar(handles, trying, below, known, false)
        : new Scan.SoFar(handles, trying, null, smallest, true);
  }

  /** What does not serve is noted; all else ends the strides, and is looked at step by step. */
  private boolean stride(int pool, Attempt attempt) {
    boolean refused = attempt instanceof Attempt.PoolRefused;
    if (attempt instanceof Attempt.Refused || (refused && !accepted)) {
      everyFrom = (long) pool + step;
      return note(pool, attempt);
    }
    bracket = pool;
    inBracket = attempt;
    if (!refused) {
      tried.add(pool);
    }
    return false;
  }

  private boolean note(int pool, Attempt attempt) {
    end = endAt(pool, attempt);
    return end == null;
  }

  /** Takes the next pool into account; gives the end if that is one. */
  private Scan.@Nullable End endAt(int pool, Attempt attempt) {
    boolean refused = attempt instanceof Attempt.PoolRefused;
    if (refused && accepted) {
      return Scan.End.LARGEST_POOL;
    }
    accepted |= !refused;
    to = pool;
    tried.add(pool);
    if (attempt instanceof Attempt.Broken what) {
      broken = what;
      return Scan.End.BROKEN;
    }
    if (attempt instanceof Attempt.Served how) {
      if (smallest == null) {
        smallest = pool;
        served = how;
      }
      if (rowFrom == null) {
        rowFrom = pool;
      }
      return pool - rowFrom >= beyond ? Scan.End.SERVED : null;
    }
    rowFrom = null;
    largestRefused = new Scan.Refusal(pool, attempt);
    if (smallest != null) {
      refusedAbove++;
    }
    return refused && pool == from && !acceptsLarger.test(pool) ? Scan.End.LARGEST_POOL : null;
  }
}
