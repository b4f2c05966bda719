package io.defragsim.workload;

import java.util.Locale;

/** The kinds of operation that a workload is made of. */
public enum OperationKind {
  ALLOC,
  FREE,
  LOCK,
  UNLOCK,
  /**
   * New content for a block, which is locked for it: a lock and an unlock that count as such. The
   * host writes, so that the writing has no cycles.
   */
  WRITE,
  /** A new block, the content copied, the old block freed: several calls in one operation. */
  GROW,
  /** A new size, by {@code image_resize} where the image has it, else as a grow. */
  RESIZE,
  /** Steps that the workload asks for; each is a pause. */
  STEP,
  /** Emulated time passes; with idle steps inside, if the policy says so. */
  WAIT;

  /** Whether it is a request for bytes of payload: an alloc, a grow, a resize. */
  public boolean asksForMemory() {
    return switch (this) {
      case ALLOC, GROW, RESIZE -> true;
      case FREE, LOCK, UNLOCK, WRITE, STEP, WAIT -> false;
    };
  }

  /** Whether its cycles are those of all its calls together; of others, each call's own. */
  public boolean countsAsAWhole() {
    return switch (this) {
      case GROW, RESIZE -> true;
      case ALLOC, FREE, LOCK, UNLOCK, WRITE, STEP, WAIT -> false;
    };
  }

  /** The word that JSON, reports and figure names use, for example {@code alloc}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
