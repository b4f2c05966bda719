package io.defragsim.emulator.system;

/** Where requests from outside come from. */
interface OutsideRequests {

  /** When the next request is due, on the clock of {@link CoreSystem#now}; MAX_VALUE for never. */
  long nextCycle();

  /** Takes the next request, and returns its exception. */
  int take();
}
