package io.defragsim.lab.result;

import org.jspecify.annotations.Nullable;

/**
 * Something that a program does to its heap, or the heap to the program, that cannot be right.
 *
 * @param function of the heap, in whose call it was seen
 * @param address of the block that it is about; 0 for none
 * @param bytes of that block; 0 where they are not known
 * @param cycle from reset
 * @param site what made that call
 * @param other where else to look: of a double free the first free, of an overlap where the block
 *     that lives there was asked for; null for nowhere
 */
public record Finding(
    Kind kind,
    String function,
    long address,
    long bytes,
    long cycle,
    Site site,
    @Nullable Site other) {

  /** What it is. */
  public enum Kind {
    DOUBLE_FREE("a block was freed twice"),
    NEVER_ALLOCATED("what was never allocated was freed"),
    RESIZE_OF_DEAD("a block was resized that is not alive"),
    OVERLAP("the heap gave out memory of a block that is alive"),
    UNALIGNED("the heap gave out a block that is not aligned"),
    NO_MEMORY("the heap gave out an address at which no memory is"),
    NEVER_RETURNED("a call of the heap never returned"),
    STOPPED("the program stopped inside a call of the heap"),
    STUCK("the program did not come out of a call of the heap");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** A clause for people. */
    public String words() {
      return words;
    }
  }
}
