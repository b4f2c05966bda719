package io.defragsim.emulator.isa;

/**
 * Instructions that take the same number of cycles by the same rule, and leave control in the same
 * way. A {@link Form} names its class; what a class costs is the business of {@link
 * io.defragsim.emulator.timing.CycleModel}.
 */
public enum CostClass {
  /** Arithmetic, logic, shifts, extends, moves and compares; also ADR and ADD or SUB with SP. */
  DATA(Flow.NEXT),
  /** MULS. */
  MULTIPLY(Flow.NEXT),
  /** MOV or ADD with PC as the destination. */
  PC_WRITE(Flow.COMPUTED_BRANCH),
  /** One register from memory. */
  LOAD(Flow.NEXT),
  /** One register to memory. */
  STORE(Flow.NEXT),
  /** LDM, and POP without PC. */
  LOAD_MULTIPLE(Flow.NEXT),
  /** STM and PUSH. */
  STORE_MULTIPLE(Flow.NEXT),
  /** POP with PC in the list. */
  LOAD_MULTIPLE_PC(Flow.COMPUTED_BRANCH),
  /** B with a condition. */
  BRANCH_CONDITIONAL(Flow.CONDITIONAL_BRANCH),
  /** B without a condition. */
  BRANCH(Flow.BRANCH),
  /** BL. */
  BRANCH_LINK(Flow.CALL),
  /** BX. */
  BRANCH_EXCHANGE(Flow.COMPUTED_BRANCH),
  /** BLX. */
  BRANCH_LINK_EXCHANGE(Flow.COMPUTED_CALL),
  /** MRS and MSR. */
  SPECIAL(Flow.NEXT),
  /** DMB, DSB and ISB. */
  BARRIER(Flow.NEXT),
  /** CPSIE and CPSID. */
  PRIMASK_CHANGE(Flow.NEXT),
  /** NOP, YIELD, SEV and the hints that are not allocated. */
  HINT(Flow.NEXT),
  /** WFE and WFI. */
  WAIT(Flow.SLEEP),
  /** SVC. */
  SUPERVISOR_CALL(Flow.EXCEPTION),
  /** BKPT. */
  BREAKPOINT(Flow.EXCEPTION);

  private final Flow flow;

  CostClass(Flow flow) {
    this.flow = flow;
  }

  /** Where control goes after such an instruction. */
  public Flow flow() {
    return flow;
  }
}
