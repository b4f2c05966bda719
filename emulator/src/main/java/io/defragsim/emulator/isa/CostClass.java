package io.defragsim.emulator.isa;

/**
 * Instructions that take the same number of cycles by the same rule. A {@link Form} names its
 * class; what a class costs is the business of {@link io.defragsim.emulator.timing.CycleModel}.
 */
public enum CostClass {
  /** Arithmetic, logic, shifts, extends, moves and compares; also ADR and ADD or SUB with SP. */
  DATA_PROCESSING,
  /** MULS. */
  MULTIPLY,
  /** MOV or ADD with PC as the destination. */
  PC_WRITE,
  /** One register from memory. */
  LOAD,
  /** One register to memory. */
  STORE,
  /** LDM, and POP without PC. */
  LOAD_MULTIPLE,
  /** STM and PUSH. */
  STORE_MULTIPLE,
  /** POP with PC in the list. */
  POP_PC,
  /** B with a condition. */
  BRANCH_CONDITIONAL,
  /** B without a condition. */
  BRANCH,
  /** BL. */
  BRANCH_LINK,
  /** BX and BLX. */
  BRANCH_EXCHANGE,
  /** MRS and MSR. */
  SPECIAL_REGISTER,
  /** DMB, DSB and ISB. */
  BARRIER,
  /** CPSIE and CPSID. */
  PRIMASK_CHANGE,
  /** NOP, YIELD, SEV and the hints that are not allocated. */
  HINT,
  /** WFE and WFI. */
  WAIT,
  /** SVC. */
  SUPERVISOR_CALL,
  /** BKPT. */
  BREAKPOINT
}
