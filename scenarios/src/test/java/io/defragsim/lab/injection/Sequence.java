package io.defragsim.lab.injection;

import io.defragsim.lab.injection.Operation.Kind;

/** One operation after the other on blocks called a, b, c, ..., each of them interrupted. */
final class Sequence {
  private static final int MORE = 1;

  private final Campaign campaign;
  private Heap heap;

  Sequence(Campaign campaign) {
    this.campaign = campaign;
    heap = campaign.empty();
  }

  Sequence alloc(char block, int bytes) {
    return then(new Operation(Kind.ALLOC, block - 'a', bytes));
  }

  /** One after the other, all of the same size. */
  Sequence allocAll(String blocks, int bytes) {
    blocks.chars().forEach(block -> alloc((char) block, bytes));
    return this;
  }

  Sequence free(char... blocks) {
    for (char block : blocks) {
      then(new Operation(Kind.FREE, block - 'a', 0));
    }
    return this;
  }

  Sequence lock(char... blocks) {
    for (char block : blocks) {
      then(new Operation(Kind.LOCK, block - 'a', 0));
    }
    return this;
  }

  Sequence unlock(char... blocks) {
    for (char block : blocks) {
      then(new Operation(Kind.UNLOCK, block - 'a', 0));
    }
    return this;
  }

  /**
   * Steps until there is no more to do; between any two of them whatever else could be called is
   * interrupted too.
   */
  Sequence compact(int budget) {
    Operation step = new Operation(Kind.STEP, 0, budget);
    int answer;
    do {
      campaign.inject(heap);
      answer = interruptAndCarryOut(step);
    } while (answer == MORE);
    return this;
  }

  private Sequence then(Operation operation) {
    interruptAndCarryOut(operation);
    return this;
  }

  private int interruptAndCarryOut(Operation operation) {
    campaign.inject(heap, operation);
    Reference reference = campaign.carryOut(heap, operation);
    heap = reference.after();
    return reference.result();
  }
}
