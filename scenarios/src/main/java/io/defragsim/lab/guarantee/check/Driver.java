package io.defragsim.lab.guarantee.check;

/** A program that makes waits long. */
interface Driver {
  FoundWait.Kind kind();

  String name();

  /** What it does, in a sentence. */
  String what();

  /**
   * Plays.
   *
   * @param heap empty
   * @param found told of each wait
   * @throws PromiseException if the contract leaves no more room for it
   */
  void play(PromisedHeap heap, Longest found);
}
