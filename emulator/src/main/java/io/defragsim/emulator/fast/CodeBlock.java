package io.defragsim.emulator.fast;

import io.defragsim.emulator.isa.Condition;
import org.jspecify.annotations.Nullable;

/**
 * Plain instructions that run one after the other, and perhaps a branch behind them. It has none
 * where the instruction at its start is not plain.
 */
final class CodeBlock {
  final int start;
  final Op[] ops;

  /** Where each stands, and where it goes on behind the last. */
  final int[] addresses;

  /** Cycles of all before each, and of all; of a branch, if it is not taken. */
  final int[] cycles;

  /** Cycles more if its conditional branch is taken. */
  final int takenExtra;

  /** The most cycles that it can take. */
  final int most;

  /** Of the conditional branch at its end, null if there is none. */
  final @Nullable Condition condition;

  /** The words that it stands in, if they can change; null in flash. */
  final int @Nullable [] code;

  /**
   * Whether it goes back to its start until something outside of it changes: a second round does
   * what the first did.
   */
  final boolean idle;

  /** How often it began, until it is translated. */
  int entries;

  @Nullable Region region;

  CodeBlock(
      int start,
      Op[] ops,
      int[] addresses,
      int[] cycles,
      int takenExtra,
      int most,
      @Nullable Condition condition,
      int @Nullable [] code) {
    this.start = start;
    this.ops = ops;
    this.addresses = addresses;
    this.cycles = cycles;
    this.takenExtra = takenExtra;
    this.most = most;
    this.condition = condition;
    this.code = code;
    idle = isIdle();
  }

  /** Not if its code can change, nor if it waits, which is skipped round by round. */
  boolean isTranslatable() {
    return count() > 0 && code == null && !idle;
  }

  int count() {
    return ops.length;
  }

  int end() {
    return addresses[ops.length];
  }

  int allCycles() {
    return cycles[ops.length];
  }

  private boolean isIdle() {
    Op last = last();
    if (last == null
        || last.immediate() != start
        || (last.kind() != Op.Kind.BRANCH && last.kind() != Op.Kind.BRANCH_CONDITIONAL)) {
      return false;
    }
    int written = 0;
    int readBefore = 0;
    for (Op op : ops) {
      readBefore |= op.reads() & ~written;
      written |= op.writes();
      if (op.isLasting()) {
        return false;
      }
    }
    return (readBefore & written) == 0;
  }

  @Nullable Op last() {
    return ops.length == 0 ? null : ops[ops.length - 1];
  }
}
