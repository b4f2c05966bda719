package io.defragsim.lab.guarantee;

import io.defragsim.lab.words.Numbers;
import java.util.ArrayList;
import java.util.List;

/**
 * What a program promises of its heap. All in bytes of payload but for the blocks.
 *
 * @param alive the most bytes alive at once, the block that is asked for included
 * @param blocks the most blocks alive at once, that one included
 * @param smallest the smallest request
 * @param largest the largest request
 * @param locked the most blocks that are locked or pinned at once; a lock that a handler takes and
 *     gives back before it returns does not count
 * @param grows whether a resize may make a block larger
 */
public record ProgramContract(
    long alive, int blocks, int smallest, int largest, int locked, boolean grows) {

  /** The same with another number of locked blocks. */
  public ProgramContract withLocked(int count) {
    return new ProgramContract(alive, blocks, smallest, largest, count, grows);
  }

  /** The same where a resize may make a block larger. */
  public ProgramContract withGrowth() {
    return new ProgramContract(alive, blocks, smallest, largest, locked, true);
  }

  /**
   * What is alive for an allocator to which a block that grows is two, the old one and the new one;
   * the same if none does.
   */
  ProgramContract withOldAndNew() {
    return grows
        ? new ProgramContract(alive + largest, blocks + 1, smallest, largest, locked, false)
        : this;
  }

  /**
   * Everything in which it contradicts itself, each a sentence; empty if no program is ruled out.
   */
  public List<String> contradictions() {
    List<String> found = new ArrayList<>();
    if (smallest < 1) {
      found.add("the smallest request is " + bytes(smallest) + "; a block has at least 1 byte");
    }
    if (largest < smallest) {
      found.add(
          "the largest request, " + bytes(largest) + ", is below the smallest, " + bytes(smallest));
    }
    if (largest > alive) {
      found.add(
          "the largest request, "
              + bytes(largest)
              + ", is above the bytes alive at once, "
              + bytes(alive));
    }
    if (blocks < 1) {
      found.add("there are " + Numbers.count(blocks, "block") + " at once; expected at least 1");
    }
    if (locked < 0) {
      found.add("there are " + locked + " locked blocks; expected at least 0");
    }
    if (locked > blocks) {
      found.add(
          Numbers.count(locked, "block")
              + " locked at once are more than the "
              + Numbers.plain(blocks)
              + " that are alive at once");
    }
    return found;
  }

  private static String bytes(long count) {
    return Numbers.count(count, "byte");
  }
}
