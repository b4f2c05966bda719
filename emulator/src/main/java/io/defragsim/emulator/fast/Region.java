package io.defragsim.emulator.fast;

/** Translated code of a block and of those that follow it. */
interface Region {

  /** Runs from its block's start on, as far as it can, and leaves all in {@code state}. */
  void run(FastState state);
}
