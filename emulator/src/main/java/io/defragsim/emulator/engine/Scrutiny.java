package io.defragsim.emulator.engine;

/**
 * What an engine with {@link Accounting#INSTRUCTIONS} looks at in a run, beyond counting.
 *
 * @param registersFrom from this many cycles on it keeps the registers before each instruction, so
 *     that a fault can show them; Long.MAX_VALUE for never
 * @param watchedWord the address of a word whose change is a stack overflow, or -1
 * @param expected what the word must hold
 */
public record Scrutiny(long registersFrom, long watchedWord, int expected) {

  /** Nothing. */
  public static final Scrutiny NONE = new Scrutiny(Long.MAX_VALUE, -1, 0);

  /** Keeps registers, watches no word. */
  public static Scrutiny registersFrom(long cycles) {
    return new Scrutiny(cycles, -1, 0);
  }

  boolean watches() {
    return watchedWord >= 0;
  }
}
