package io.defragsim.emulator.model;

/** What the core is doing at an instant. */
public sealed interface Activity {

  /**
   * It executes the program.
   *
   * @param at the instruction that is under way, also if it is given up; right after a run, the
   *     last one of it
   */
  record Program(Location at) implements Activity {}

  /**
   * It enters, handles or leaves an interrupt.
   *
   * @param irq its number, from 0
   */
  record Handler(int irq) implements Activity {}

  /** It sleeps. */
  record Asleep() implements Activity {}
}
