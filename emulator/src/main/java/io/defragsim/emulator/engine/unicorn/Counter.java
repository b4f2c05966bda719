package io.defragsim.emulator.engine.unicorn;

import io.defragsim.emulator.engine.Stop;
import org.jspecify.annotations.Nullable;

/** What counts the cycles of a run, from events of the engine. */
interface Counter {

  /** Before a run. */
  void begin(long entry, long cycleBudget);

  /**
   * After a run: why this counter ended it, or null if it ended for another reason.
   *
   * @throws RuntimeException what went wrong in an event, if anything did
   */
  @Nullable Stop ended();

  /** All cycles, after a run that ended behind the last announced instruction. */
  long total();

  boolean eventRegister();

  void setEventRegister(boolean event);

  /** After the last run, and after the engine that announced to it is closed. */
  default void close() {}
}
