package io.defragsim.emulator.model;

import java.util.Set;

/**
 * What a function of a program answers that was only looked up, and what the answer rests on: as
 * long as nobody writes to the words that it read, the same call answers the same.
 *
 * @param value R0 at the return
 * @param words the addresses of all words of SRAM that it read
 */
public record Lookup(int value, Set<Long> words) {
  public Lookup {
    words = Set.copyOf(words);
  }
}
