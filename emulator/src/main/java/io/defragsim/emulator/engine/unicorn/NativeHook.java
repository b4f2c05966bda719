package io.defragsim.emulator.engine.unicorn;

import java.nio.ByteBuffer;
import java.nio.LongBuffer;

/** What {@code counter.c} exports. Only {@link NativeLibrary} makes it callable. */
final class NativeHook {

  /** The layout of shared memory that this code knows. */
  static final int LAYOUT = 2;

  private NativeHook() {}

  /** The layout of shared memory that the library knows. */
  static native int layout();

  /**
   * A counter that handles known blocks itself and calls {@code java.block(int, int)} for others.
   *
   * @param unicorn the class with the field {@code eng}, of which an instance is open
   * @param run a {@link RunState}; must live as long as the counter
   * @param costs those of {@link FlashCosts}; must live as long as the counter
   * @param flashAlias the second address of flash
   * @return a handle, or 0 if the engine's library is not as expected
   */
  static native long open(
      NativeBlockCounter java,
      Class<?> unicorn,
      ByteBuffer run,
      LongBuffer costs,
      int flashBytes,
      int flashAlias);

  /** Adds the counter to an engine, for blocks that start in a range, both ends included. */
  static native boolean add(long counter, Object unicorn, long from, long to);

  /** Frees a counter. The engines it was added to must be closed before. */
  static native void close(long counter);
}
