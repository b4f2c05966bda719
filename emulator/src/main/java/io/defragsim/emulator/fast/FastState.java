package io.defragsim.emulator.fast;

import io.defragsim.emulator.system.CoreState;

/** Registers while plain instructions run, with flags as {@link LazyFlags} has them. */
final class FastState {
  private static final int N = 1 << 31;
  private static final int Z = 1 << 30;
  private static final int C = 1 << 29;
  private static final int V = 1 << 28;

  final int[] sram;
  final int[] flash;

  /** R0 to R12, the current SP, LR. */
  final int[] r = new int[15];

  /** N and Z are those of this number. */
  int result;

  /** C, or {@link LazyFlags#OF_OPERATION}. */
  int carry;

  /** What V is of: the sign of {@link #first} if it is {@link LazyFlags#KNOWN}. */
  int operation;

  int first;
  int second;

  /** That of no word. */
  static final int NO_GUARD = Integer.MIN_VALUE;

  /** The index of a word of SRAM that nothing here stores to. */
  int guard = NO_GUARD;

  int primask;

  /** Whether nothing is pending that is enabled, so that PRIMASK may change. */
  boolean quiet;

  boolean privileged;

  int pc;

  // How instructions end.

  /** By no call and no computed branch. */
  static final int NEXT = 0;

  static final int CALL = 1;
  static final int COMPUTED_CALL = 2;
  static final int COMPUTED_BRANCH = 3;

  /** Before one that is left to the interpreter. */
  static final int LEFT = 4;

  /** How those that ran last ended: one of the above. */
  int flow;

  /** Cycles that instructions may still take. */
  int left;

  long instructions;

  /** Around memories that are used as they are, in words. */
  FastState(int[] sram, int[] flash) {
    this.sram = sram;
    this.flash = flash;
  }

  /** The first operand of an operation, 0 if it has none. */
  int first(Op op) {
    return op.rn() < 0 ? 0 : r[op.rn()];
  }

  /** The second. */
  int second(Op op) {
    return op.rm() < 0 ? op.immediate() : r[op.rm()];
  }

  /** Whether {@code core} can be taken over: not if N and Z are both set. */
  static boolean fits(CoreState core) {
    return core.thumb() && (core.flags() & (N | Z)) != (N | Z);
  }

  void load(CoreState core) {
    core.getRegisters(r);
    int flags = core.flags();
    result = (flags & Z) != 0 ? 0 : (flags & N) | 1;
    carry = flags >>> 29 & 1;
    operation = LazyFlags.KNOWN;
    first = flags << 3;
    primask = core.primask() ? 1 : 0;
    privileged = core.privileged();
    pc = core.pc();
  }

  void store(CoreState core) {
    core.setRegisters(r);
    core.setFlags(
        (result & N)
            | (result == 0 ? Z : 0)
            | (LazyFlags.carry(carry, operation, first, second) != 0 ? C : 0)
            | (LazyFlags.overflow(operation, first, second) < 0 ? V : 0));
    core.setPrimask(primask != 0);
    core.setPc(pc);
  }
}
