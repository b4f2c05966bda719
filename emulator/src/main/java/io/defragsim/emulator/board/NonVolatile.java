package io.defragsim.emulator.board;

/** Memory that keeps what is programmed: flash, and what a part has beside it. */
public interface NonVolatile {

  /** Whether a word there can be programmed. */
  boolean has(long address);

  /**
   * Programs a word: bits can go from 1 to 0 only.
   *
   * @param address a multiple of 4 for which {@link #has} holds
   */
  void program(long address, int word);

  /**
   * Erases: all bits are 1.
   *
   * @param address a multiple of 4 for which {@link #has} holds, as for all of {@code bytes}
   * @param bytes a multiple of 4
   */
  void erase(long address, int bytes);

  /** Has {@code writer} asked what a store of the program's to such memory does. */
  void onStore(Writer writer);

  /** What a store of the program's does. */
  interface Writer {
    /** Stores, or answers false: then the store faults. */
    boolean store(long address, int bytes, int value);
  }
}
