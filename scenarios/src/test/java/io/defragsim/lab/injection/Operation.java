package io.defragsim.lab.injection;

/**
 * A call that is interrupted.
 *
 * @param variable the program's variable that holds the handle: which block, or where a new one
 *     goes
 * @param bytes the size asked for, or a step's budget; else 0
 */
record Operation(Kind kind, int variable, int bytes) {
  /** The functions of the contract that a program calls. */
  enum Kind {
    ALLOC("image_alloc"),
    ALLOC_PINNED("image_alloc_pinned"),
    RESIZE("image_resize"),
    FREE("image_free"),
    LOCK("image_lock"),
    UNLOCK("image_unlock"),
    STEP("image_step");

    final String symbol;

    Kind(String symbol) {
      this.symbol = symbol;
    }

    boolean allocates() {
      return this == ALLOC || this == ALLOC_PINNED;
    }
  }

  private String name() {
    return String.valueOf((char) ('a' + variable));
  }

  @Override
  public String toString() {
    return switch (kind) {
      case ALLOC -> name() + "=alloc(" + bytes + ")";
      case ALLOC_PINNED -> name() + "=alloc_pinned(" + bytes + ")";
      case RESIZE -> "resize(" + name() + "," + bytes + ")";
      case FREE -> "free(" + name() + ")";
      case LOCK -> "lock(" + name() + ")";
      case UNLOCK -> "unlock(" + name() + ")";
      case STEP -> "step(" + bytes + ")";
    };
  }
}
