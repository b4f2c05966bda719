package io.defragsim.lab.injection;

/**
 * What an interrupt handler does. Each leaves every lock count as it found it.
 *
 * @param variable the block, of {@link Kind#ONE}; else 0
 */
record Handler(Kind kind, int variable) {
  /** The handlers. Those of one call after another stand for all shorter ones (see Injector). */
  enum Kind {
    /** Asks where one block is, locks it, reads it, unlocks it. */
    ONE("lock, read, unlock one"),
    /** Locks all blocks, each twice, reads them, unlocks them in reverse. */
    TWICE("lock all twice, read, unlock all"),
    /** Locks each block in turn, reads it, writes it anew, unlocks it. */
    WRITING("lock, write, unlock each"),
    /** Locks and unlocks what it should not: stale and invalid handles, blocks it did not lock. */
    STRAY("stale handles, unlock without lock");

    final String words;

    Kind(String words) {
      this.words = words;
    }
  }
}
