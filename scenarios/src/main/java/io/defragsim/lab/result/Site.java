package io.defragsim.lab.result;

import java.util.List;

/**
 * Where a program asks for a block: the first caller that is no part of the heap, and what called
 * that.
 *
 * @param stack innermost first; empty where it is not known
 */
public record Site(List<Frame> stack) {

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

  /** For example {@code parse_value (cJSON.c:123)}. */
  @Override
  public String toString() {
    return stack.isEmpty() ? "?" : stack.get(0).toString();
  }
}
