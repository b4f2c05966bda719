package io.defragsim.lab.guarantee.check;

import java.util.function.LongConsumer;

/**
 * How much may be played, in calls of the image rather than in time: so what is found is the same
 * on every machine.
 */
final class Work {
  /** As many pieces of a walk take as long as a call. */
  private static final int PIECES = 4;

  private final long most;
  private final LongConsumer progress;
  private long calls;
  private long percent = -1;

  /**
   * @param progress told of each percent
   */
  Work(long most, LongConsumer progress) {
    this.most = most;
    this.progress = progress;
  }

  /** A call was played. */
  void called() {
    calls++;
    tell(Math.min(99, 100 * calls / most));
  }

  /** The heap was walked, of so many blocks and holes. */
  void looked(int pieces) {
    calls += pieces / PIECES;
  }

  /** All is done. */
  void over() {
    tell(100);
  }

  private void tell(long now) {
    if (now > percent) {
      percent = now;
      progress.accept(now);
    }
  }

  long most() {
    return most;
  }

  long calls() {
    return calls;
  }
}
