package io.defragsim.workload.trace;

/**
 * A line of a trace that says something. A block has an id while it is alive; it may come back
 * after its free. A stack is the number of its innermost {@link Frame}, the site; {@link #NO_STACK}
 * for none.
 */
public sealed interface TraceLine {

  /** Has {@code visitor} do what it does with a line of this sort. */
  void accept(Visitor visitor);

  /** The line as a trace has it, without its end. */
  String text();

  /** What is done with each sort of line; nothing unless it says otherwise. */
  interface Visitor {
    default void allocated(Allocated line) {}

    default void resized(Resized line) {}

    default void freed(Freed line) {}

    default void refused(Refused line) {}

    default void locked(Locked line) {}

    default void unlocked(Unlocked line) {}

    default void waited(Waited line) {}

    default void phase(Phase line) {}

    default void frame(Frame line) {}
  }

  /** The stack of a line that names none. */
  int NO_STACK = 0;

  /**
   * {@code a ID BYTES [align=N] [@N]}: a block was allocated.
   *
   * @param id from 0
   * @param bytes that were requested, 0 to 0xFFFFFFFF
   * @param align a power of two, 8 where the line says nothing
   */
  record Allocated(int id, long bytes, int align, int stack) implements TraceLine {
    /** What is aligned where nothing is said, and in a replay. */
    public static final int USUAL_ALIGN = 8;

    @Override
    public void accept(Visitor visitor) {
      visitor.allocated(this);
    }

    @Override
    public String text() {
      return "a " + id + " " + bytes + (roomToAlign() > 0 ? " align=" + align : "") + at(stack);
    }

    /** How many bytes more hold an aligned address where all blocks are aligned to 8. */
    public int roomToAlign() {
      return Math.max(0, align - USUAL_ALIGN);
    }
  }

  /** {@code r ID BYTES [@N]}: a block got a new size. */
  record Resized(int id, long bytes, int stack) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.resized(this);
    }

    @Override
    public String text() {
      return "r " + id + " " + bytes + at(stack);
    }
  }

  /** {@code f ID}. */
  record Freed(int id) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.freed(this);
    }

    @Override
    public String text() {
      return "f " + id;
    }
  }

  /** {@code x BYTES [@N]}: a request that the program was refused. */
  record Refused(long bytes, int stack) implements TraceLine {
    /** What is more, no pool can serve: 64 MiB. */
    private static final long MOST_REPLAYED = 1L << 26;

    /**
     * Whether a replay asks for it. It does not where no heap could serve it, as {@code
     * malloc(-1)}: that would be refused whatever the allocator.
     */
    public boolean isReplayed() {
      return bytes <= MOST_REPLAYED;
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.refused(this);
    }

    @Override
    public String text() {
      return "x " + bytes + at(stack);
    }
  }

  /** {@code l ID}. */
  record Locked(int id) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.locked(this);
    }

    @Override
    public String text() {
      return "l " + id;
    }
  }

  /** {@code u ID}. */
  record Unlocked(int id) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.unlocked(this);
    }

    @Override
    public String text() {
      return "u " + id;
    }
  }

  /**
   * {@code w CYCLES}: time passed.
   *
   * @param cycles above 0
   */
  record Waited(long cycles) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.waited(this);
    }

    @Override
    public String text() {
      return "w " + cycles;
    }
  }

  /** {@code p NAME}: a phase begins. */
  record Phase(String name) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.phase(this);
    }

    @Override
    public String text() {
      return "p " + name;
    }
  }

  /**
   * {@code s N PARENT<tab>FUNCTION<tab>FILE:LINE}: a frame of stacks.
   *
   * @param number from 1, said once
   * @param parent the frame that called it, said before; 0 for none
   * @param function its name, which may hold blanks
   * @param place {@code FILE:LINE}; empty where it is not known
   */
  record Frame(int number, int parent, String function, String place) implements TraceLine {
    @Override
    public void accept(Visitor visitor) {
      visitor.frame(this);
    }

    @Override
    public String text() {
      return "s " + number + " " + parent + "\t" + function + "\t" + place;
    }
  }

  private static String at(int stack) {
    return stack == NO_STACK ? "" : " @" + stack;
  }
}
