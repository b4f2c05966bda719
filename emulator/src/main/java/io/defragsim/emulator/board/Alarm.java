package io.defragsim.emulator.board;

/** Something of a peripheral that happens at a cycle, or does not. */
public interface Alarm {

  /** Has it go off so many cycles from now, at least 1, and at no other time. */
  void after(long cycles);

  /** Has it not go off. */
  void stop();

  /** Whether it will go off. */
  boolean isRunning();

  /** The cycle at which it goes off; Long.MAX_VALUE if it does not. */
  long at();
}
