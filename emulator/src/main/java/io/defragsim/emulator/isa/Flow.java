package io.defragsim.emulator.isa;

/** Where control goes after an instruction. */
public enum Flow {
  /** To the instruction behind it. */
  NEXT(false),
  /** To {@link Instruction#target} if the condition holds, else to the instruction behind it. */
  CONDITIONAL_BRANCH(true),
  /** To {@link Instruction#target}. */
  BRANCH(true),
  /** To {@link Instruction#target}, with a return address in LR. */
  CALL(true),
  /** To an address from a register or from the stack. */
  COMPUTED_BRANCH(true),
  /** To an address from a register, with a return address in LR. */
  COMPUTED_CALL(true),
  /** Into an exception handler or the debugger: SVC and BKPT. */
  EXCEPTION(false),
  /** To the instruction behind it, perhaps after a sleep: WFE and WFI. */
  SLEEP(false);

  private final boolean branch;

  Flow(boolean branch) {
    this.branch = branch;
  }

  /** Whether the instruction writes PC itself, so that it ends a straight-line block. */
  public boolean isBranch() {
    return branch;
  }
}
