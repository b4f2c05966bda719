package io.defragsim.report.film;

import io.defragsim.lab.result.HeapImage;
import io.defragsim.lab.result.HeapImage.PlacedBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The heap after something has happened: an operation, or within or after one a step of compaction
 * or a refusal that compaction follows.
 *
 * @param index among all moments of the run, from 0
 * @param operation under way or done last, -1 before the first
 * @param phase of the workload, empty before the first
 * @param words the operation
 * @param event what has happened just now, for people
 * @param kind of what has happened
 * @param cycle emulated cycles from reset
 * @param estimated whether those are an estimate: with wait states, or from the first handler on
 *     that began right behind another; what comes later nobody knows yet
 * @param counts of all that has happened up to now
 * @param image null at the end of a run that never had a pool
 * @param changed the blocks that are new, elsewhere or written to a new size since the moment
 *     before
 */
public record Moment(
    long index,
    long operation,
    String phase,
    String words,
    String event,
    Kind kind,
    long cycle,
    boolean estimated,
    Counts counts,
    @Nullable HeapImage image,
    List<PlacedBlock> changed) {

  /** What a moment is about. */
  public enum Kind {
    ORDINARY,
    /** A step of compaction. */
    PAUSE,
    /** A request is refused: it waits for compaction, or has failed. */
    REFUSAL,
    /** The run is over. */
    END;

    /** Whether one wants to jump there. */
    public boolean isStop() {
      return this != ORDINARY;
    }
  }

  /**
   * How often up to now.
   *
   * @param refused operations refused in the end
   * @param waited requests that were served after compaction
   * @param steps of compaction
   * @param bytesMoved by them
   */
  public record Counts(long refused, long waited, long steps, long bytesMoved) {
    static final Counts NONE = new Counts(0, 0, 0, 0);
  }

  public Moment {
    changed = List.copyOf(changed);
  }

  /** Those that live. */
  public List<PlacedBlock> blocks() {
    return image == null ? List.of() : image.blocks();
  }

  /** Requested bytes of all live blocks. */
  public long liveBytes() {
    return blocks().stream().mapToLong(PlacedBlock::bytes).sum();
  }
}
