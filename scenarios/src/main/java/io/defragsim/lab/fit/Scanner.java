package io.defragsim.lab.fit;

import io.defragsim.lab.result.Attempt;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Tries pools of growing size until as many in a row as were asked for have served. The first that
 * served is the smallest; the first of the row is the one from which on all of them did, as far as
 * was tried. For one scan.
 */
final class Scanner {
  /** Pools tried at once; what comes after the end of a scan is thrown away. */
  private static final int BATCH = 8;

  private final long handles;
  private final long from;
  private final int step;
  private final int upTo;
  private final int beyond;
  private final IntFunction<Attempt> pools;
  private final IntPredicate acceptsLarger;
  private final LongConsumer progress;

  private long to;
  private @Nullable Integer smallest;
  private @Nullable Integer rowFrom;
  private int refusedAbove;
  private Attempt.@Nullable Served served;
  private Scan.@Nullable Refusal largestRefused;
  private Attempt.@Nullable Broken broken;
  private boolean accepted;

  /**
   * @param from the first pool tried
   * @param step from one pool to the next
   * @param upTo no larger pool is tried
   * @param beyond from the first to the last of the row
   * @param pools what becomes of a pool; called by several threads at once
   * @param acceptsLarger whether the image accepts some pool larger than the first, which it
   *     refused
   * @param progress told the size of the pool that is tried next
   */
  Scanner(
      long handles,
      long from,
      int step,
      int upTo,
      int beyond,
      IntFunction<Attempt> pools,
      IntPredicate acceptsLarger,
      LongConsumer progress) {
    this.handles = handles;
    this.from = from;
    this.step = step;
    this.upTo = upTo;
    this.beyond = beyond;
    this.pools = pools;
    this.acceptsLarger = acceptsLarger;
    this.progress = progress;
    this.to = from - step;
  }

  Scan scan() {
    for (long first = from; first <= upTo; first += (long) BATCH * step) {
      progress.accept(first);
      int start = (int) first;
      int count = (int) Math.min(BATCH, (upTo - first) / step + 1);
      // Each pool is a machine of its own, so that the order in which they run shows nowhere.
      List<Attempt> attempts =
          IntStream.range(0, count)
              .parallel()
              .mapToObj(i -> pools.apply(start + i * step))
              .toList();
      for (int i = 0; i < count; i++) {
        Scan.End end = note(start + i * step, attempts.get(i));
        if (end != null) {
          return ended(end);
        }
      }
    }
    return ended(Scan.End.UP_TO);
  }

  /** Takes the next pool into account; gives the end if that is one. */
  private Scan.@Nullable End note(int pool, Attempt attempt) {
    boolean refused = attempt instanceof Attempt.PoolRefused;
    if (refused && accepted) {
      return Scan.End.LARGEST_POOL;
    }
    accepted |= !refused;
    to = pool;
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

  private Scan ended(Scan.End end) {
    return new Scan(
        handles,
        from,
        step,
        to,
        end,
        smallest,
        end == Scan.End.SERVED ? rowFrom : null,
        refusedAbove,
        served,
        largestRefused,
        broken);
  }
}
