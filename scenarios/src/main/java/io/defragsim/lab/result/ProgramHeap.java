package io.defragsim.lab.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the heap of a program that ran, besides what a run on a pool has. Sites come
 * with the most bytes first.
 *
 * @param name for people and for the names of files, for example {@code malloc}
 * @param title what it is, for example {@code malloc of the C library}
 * @param functions by whose calls it was seen, those that the program has
 * @param extent how it is known where the heap is, for people
 * @param claimedBytes the most memory that it had, its own records included
 * @param atPeak the sites of the blocks that were alive when the most bytes were
 * @param churn the sites of all requests that were served
 * @param refused those of the requests that were not
 * @param leaks those of the blocks that are alive at the end
 * @param findings what cannot be right, in order
 * @param threads how many stacks called it, handlers of exceptions included
 * @param callsEstimated whether the cycles of some call rest on an estimate
 * @param clockEstimated whether those from reset do
 */
public record ProgramHeap(
    String name,
    String title,
    List<String> functions,
    String extent,
    long claimedBytes,
    List<SiteUse> atPeak,
    List<SiteUse> churn,
    List<SiteUse> refused,
    List<SiteUse> leaks,
    Events<Finding> findings,
    int threads,
    boolean callsEstimated,
    boolean clockEstimated) {

  /**
   * Where a program asks for a block: the first caller that is no part of the heap, and what called
   * that.
   *
   * @param stack innermost first; empty where it is not known
   */
  public record Site(List<Frame> stack) {
    private static final int FEW_CALLERS = 3;

    /**
     * A function on a stack.
     *
     * @param function its name, its address where it has none
     * @param place {@code FILE:LINE}; empty where it is not known
     */
    public record Frame(String function, String place) {

      /** For example {@code parse_value (cJSON.c:123)}. */
      @Override
      public String toString() {
        return place.isEmpty() ? function : function + " (" + place + ")";
      }
    }

    public Site {
      stack = List.copyOf(stack);
    }

    /** The function; {@code ?} where it is not known. */
    public String function() {
      return stack.isEmpty() ? "?" : stack.get(0).function();
    }

    /** {@code FILE:LINE}; empty where it is not known. */
    public String place() {
      return stack.isEmpty() ? "" : stack.get(0).place();
    }

    /** What called it, innermost first. */
    public List<Frame> callers() {
      return stack.isEmpty() ? stack : stack.subList(1, stack.size());
    }

    /**
     * The callers that tell who it is: up to the first whose line is known, because further in a
     * library is at work; of a stack without lines the first few.
     */
    public List<Frame> nearest() {
      List<Frame> callers = callers();
      for (int i = 0; i < callers.size(); i++) {
        if (!callers.get(i).place().isEmpty()) {
          return callers.subList(0, i + 1);
        }
      }
      return callers.subList(0, Math.min(callers.size(), FEW_CALLERS));
    }

    /** For example {@code parse_value (cJSON.c:123)}. */
    @Override
    public String toString() {
      return stack.isEmpty() ? "?" : stack.get(0).toString();
    }
  }

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

  /**
   * What was asked for at one site.
   *
   * @param site with the callers of the most bytes
   * @param blocks how many
   * @param bytes requested for them in all
   * @param callers the same by who called it, those with the most bytes first; at least one
   */
  public record SiteUse(Site site, long blocks, long bytes, List<CallerUse> callers) {
    public SiteUse {
      callers = List.copyOf(callers);
    }
  }

  /**
   * What was asked for at one site on behalf of one caller.
   *
   * @param site with all callers, of the most bytes
   * @param blocks how many
   * @param bytes requested for them in all
   */
  public record CallerUse(Site site, long blocks, long bytes) {}

  public ProgramHeap {
    functions = List.copyOf(functions);
    atPeak = List.copyOf(atPeak);
    churn = List.copyOf(churn);
    refused = List.copyOf(refused);
    leaks = List.copyOf(leaks);
  }

  /** How many blocks are alive at the end. */
  public long leakedBlocks() {
    return blocks(leaks);
  }

  /** The bytes of those. */
  public long leakedBytes() {
    return bytes(leaks);
  }

  /** All blocks of some sites. */
  public static long blocks(List<SiteUse> uses) {
    return uses.stream().mapToLong(SiteUse::blocks).sum();
  }

  /** All bytes of some sites. */
  public static long bytes(List<SiteUse> uses) {
    return uses.stream().mapToLong(SiteUse::bytes).sum();
  }
}
