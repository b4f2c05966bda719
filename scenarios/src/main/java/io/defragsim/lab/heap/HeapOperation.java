package io.defragsim.lab.heap;

import io.defragsim.workload.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * What one call did to a heap.
 *
 * @param block its number in the order of allocation, -1 where no block came of it
 * @param bytes that were requested; of a free those given back
 * @param address of the block afterwards, 0 where it is not known; of a heap that grew its new end;
 *     of a refusal for which there is an error's number, how far that is below 0
 * @param align what was asked for, in bytes; 0 for nothing
 * @param stack where it was asked for, a number of {@link Stacks}
 * @param begin the cycle at which the call was entered
 * @param end the cycle at which its caller went on
 * @param cycles its own
 * @param estimate whether these rest on an estimate
 */
record HeapOperation(
    Kind kind,
    int block,
    long bytes,
    long address,
    long align,
    int stack,
    int thread,
    long begin,
    long end,
    long cycles,
    boolean estimate) {

  /** The block of what is on none. */
  static final int NO_BLOCK = -1;

  /** What it did. */
  enum Kind {
    ALLOCATED(OperationKind.ALLOC),
    REFUSED(OperationKind.ALLOC),
    RESIZED(OperationKind.RESIZE),
    RESIZE_REFUSED(OperationKind.RESIZE),
    FREED(OperationKind.FREE),
    LOCKED(OperationKind.LOCK),
    UNLOCKED(OperationKind.UNLOCK),
    /** The heap got more memory; no operation of the program's. */
    GREW(null);

    private final @Nullable OperationKind operation;

    Kind(@Nullable OperationKind operation) {
      this.operation = operation;
    }

    /** As a scenario would say it, null for none. */
    @Nullable OperationKind operation() {
      return operation;
    }

    boolean isRefusal() {
      return this == REFUSED || this == RESIZE_REFUSED;
    }
  }
}
