package io.defragsim.workload.trace;

/**
 * A line of a trace that says something. A block has an id while it is alive; it may come back
 * after its free. A stack is the number of its innermost {@link Frame}, the site; {@link #NO_STACK}
 * for none.
 */
public sealed interface TraceLine {

  /** The stack of a line that names none. */
  int NO_STACK = 0;

  /**
   * {@code a ID BYTES [align=N] [@N]}: a block was allocated.
   *
   * @param id from 0
   * @param bytes that were requested, 0 to 0xFFFFFFFF
   * @param align a power of two, 8 where the line says nothing
   */
  record Allocated(int id, long bytes, int align, int stack) implements TraceLine {}

  /** {@code r ID BYTES [@N]}: a block got a new size. */
  record Resized(int id, long bytes, int stack) implements TraceLine {}

  /** {@code f ID}. */
  record Freed(int id) implements TraceLine {}

  /** {@code x BYTES [@N]}: a request that the program was refused. */
  record Refused(long bytes, int stack) implements TraceLine {}

  /** {@code l ID}. */
  record Locked(int id) implements TraceLine {}

  /** {@code u ID}. */
  record Unlocked(int id) implements TraceLine {}

  /**
   * {@code w CYCLES}: time passed.
   *
   * @param cycles above 0
   */
  record Waited(long cycles) implements TraceLine {}

  /** {@code p NAME}: a phase begins. */
  record Phase(String name) implements TraceLine {}

  /**
   * {@code s N PARENT<tab>FUNCTION<tab>FILE:LINE}: a frame of stacks.
   *
   * @param number from 1, said once
   * @param parent the frame that called it, said before; 0 for none
   * @param function its name, which may hold blanks
   * @param place {@code FILE:LINE}; empty where it is not known
   */
  record Frame(int number, int parent, String function, String place) implements TraceLine {}
}
