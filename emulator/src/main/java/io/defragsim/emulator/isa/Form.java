package io.defragsim.emulator.isa;

import static io.defragsim.emulator.isa.CostClass.*;

/**
 * The instruction forms of ARMv6-M, one row each: the manual's section, mnemonic, operands in
 * assembly, encoding diagram, cost. The decoder, the disassembler and the cycle counts are derived
 * from this table.
 *
 * <p>Where two diagrams match, the upper row wins; the manual says "SEE" there. Some of the
 * manual's encodings are two rows here because they cost or flow differently with PC as the
 * destination. The grammar of the diagrams is that of {@code Pattern}.
 *
 * <p>Decisions where the manual leaves a question:
 *
 * <ul>
 *   <li>Hints that are not allocated run as NOP, as A5.2.5 says; they are {@link #HINT_UNALLOCATED}
 *       so that a reader of a disassembly can see them.
 *   <li>STM with its base in the list, but not the lowest there, stores an UNKNOWN value for the
 *       base (A6.7.58). The instruction itself is defined, so it decodes.
 *   <li>DMB, DSB and ISB with a reserved option run as SY, as A6.7.21, A6.7.22 and A6.7.24 say.
 *   <li>BX PC is refused: in Thumb state it could only fault, since PC reads as even (A6.7.15).
 *   <li>MOV PC, PC and ADD PC, SP, PC are odd but no section refuses them; they decode.
 *   <li>Should-be bits count after the allocation of the encoding (A5.1): an encoding that no
 *       diagram's fixed bits match is undefined, whatever its other bits are.
 * </ul>
 */
@SuppressWarnings("ImmutableEnumChecker") // Pattern is deeply immutable; rules have no state
public enum Form {
  // Shift by immediate, add, subtract, move, compare: A5.2.1.
  MOVS_REGISTER("A6.7.40 T2", "movs", "%d, %m", "00000 00000 mmm ddd", DATA),
  LSLS_IMMEDIATE("A6.7.35", "lsls", "%d, %m, #%i", "00000 iiiii mmm ddd", DATA),
  LSRS_IMMEDIATE("A6.7.37", "lsrs", "%d, %m, #%i", "00001 iiiii mmm ddd / i:0=32", DATA),
  ASRS_IMMEDIATE("A6.7.8", "asrs", "%d, %m, #%i", "00010 iiiii mmm ddd / i:0=32", DATA),
  ADDS_REGISTER("A6.7.3 T1", "adds", "%d, %n, %m", "0001100 mmm nnn ddd", DATA),
  SUBS_REGISTER("A6.7.66", "subs", "%d, %n, %m", "0001101 mmm nnn ddd", DATA),
  ADDS_IMMEDIATE3("A6.7.2 T1", "adds", "%d, %n, #%i", "0001110 iii nnn ddd", DATA),
  SUBS_IMMEDIATE3("A6.7.65 T1", "subs", "%d, %n, #%i", "0001111 iii nnn ddd", DATA),
  MOVS_IMMEDIATE("A6.7.39", "movs", "%d, #%i", "00100 ddd iiiiiiii", DATA),
  CMP_IMMEDIATE("A6.7.17", "cmp", "%n, #%i", "00101 nnn iiiiiiii", DATA),
  ADDS_IMMEDIATE8("A6.7.2 T2", "adds", "%d, #%i", "00110 DDD iiiiiiii", DATA),
  SUBS_IMMEDIATE8("A6.7.65 T2", "subs", "%d, #%i", "00111 DDD iiiiiiii", DATA),

  // Data processing: A5.2.2.
  ANDS("A6.7.7", "ands", "%d, %m", "010000 0000 mmm DDD", DATA),
  EORS("A6.7.23", "eors", "%d, %m", "010000 0001 mmm DDD", DATA),
  LSLS_REGISTER("A6.7.36", "lsls", "%d, %m", "010000 0010 mmm DDD", DATA),
  LSRS_REGISTER("A6.7.38", "lsrs", "%d, %m", "010000 0011 mmm DDD", DATA),
  ASRS_REGISTER("A6.7.9", "asrs", "%d, %m", "010000 0100 mmm DDD", DATA),
  ADCS("A6.7.1", "adcs", "%d, %m", "010000 0101 mmm DDD", DATA),
  SBCS("A6.7.56", "sbcs", "%d, %m", "010000 0110 mmm DDD", DATA),
  RORS("A6.7.54", "rors", "%d, %m", "010000 0111 mmm DDD", DATA),
  TST("A6.7.71", "tst", "%n, %m", "010000 1000 mmm nnn", DATA),
  RSBS("A6.7.55", "rsbs", "%d, %n, #0", "010000 1001 nnn ddd", DATA),
  CMP_REGISTER("A6.7.18 T1", "cmp", "%n, %m", "010000 1010 mmm nnn", DATA),
  CMN("A6.7.16", "cmn", "%n, %m", "010000 1011 mmm nnn", DATA),
  ORRS("A6.7.48", "orrs", "%d, %m", "010000 1100 mmm DDD", DATA),
  MULS("A6.7.44", "muls", "%d, %n, %m", "010000 1101 nnn MMM", MULTIPLY),
  BICS("A6.7.11", "bics", "%d, %m", "010000 1110 mmm DDD", DATA),
  MVNS("A6.7.45", "mvns", "%d, %m", "010000 1111 mmm ddd", DATA),

  // Special data and branch and exchange: A5.2.3.
  ADD_SP_TO_PC("A6.7.5 T1", "add", "pc, sp", "01000100 1 1101 111 / d=15 n=13 m=15", PC_WRITE),
  ADD_SP_REGISTER("A6.7.5 T1", "add", "%d, sp", "01000100 M 1101 MMM / n=13", DATA),
  ADD_REGISTER_TO_SP("A6.7.5 T2", "add", "sp, %m", "01000100 1 mmmm 101 / D=13", DATA),
  ADD_TO_PC(
      "A6.7.3 T2", "add", "pc, %m", "01000100 1 mmmm 111 / D=15", PC_WRITE, OperandRule::rmNotPc),
  ADD_REGISTER_HIGH("A6.7.3 T2", "add", "%d, %m", "01000100 D mmmm DDD", DATA),
  CMP_REGISTER_HIGH(
      "A6.7.18 T2", "cmp", "%n, %m", "01000101 n mmmm nnn", DATA, OperandRule::compareHigh),
  MOV_TO_PC("A6.7.40 T1", "mov", "pc, %m", "01000110 1 mmmm 111 / d=15", PC_WRITE),
  MOV_REGISTER_HIGH("A6.7.40 T1", "mov", "%d, %m", "01000110 d mmmm ddd", DATA),
  BX("A6.7.15", "bx", "%m", "010001110 mmmm (0)(0)(0)", BRANCH_EXCHANGE, OperandRule::rmNotPc),
  BLX(
      "A6.7.14",
      "blx",
      "%m",
      "010001111 mmmm (0)(0)(0)",
      BRANCH_LINK_EXCHANGE,
      OperandRule::rmNotPc),

  // Load and store single: A5.2, A5.2.4.
  LDR_LITERAL("A6.7.27", "ldr", "%t, [pc, #%i]", "01001 ttt iiiiiiii / n=15 i*4", LOAD),
  STR_REGISTER("A6.7.60", "str", "%t, [%n, %m]", "0101 000 mmm nnn ttt", STORE),
  STRH_REGISTER("A6.7.64", "strh", "%t, [%n, %m]", "0101 001 mmm nnn ttt", STORE),
  STRB_REGISTER("A6.7.62", "strb", "%t, [%n, %m]", "0101 010 mmm nnn ttt", STORE),
  LDRSB_REGISTER("A6.7.33", "ldrsb", "%t, [%n, %m]", "0101 011 mmm nnn ttt", LOAD),
  LDR_REGISTER("A6.7.28", "ldr", "%t, [%n, %m]", "0101 100 mmm nnn ttt", LOAD),
  LDRH_REGISTER("A6.7.32", "ldrh", "%t, [%n, %m]", "0101 101 mmm nnn ttt", LOAD),
  LDRB_REGISTER("A6.7.30", "ldrb", "%t, [%n, %m]", "0101 110 mmm nnn ttt", LOAD),
  LDRSH_REGISTER("A6.7.34", "ldrsh", "%t, [%n, %m]", "0101 111 mmm nnn ttt", LOAD),
  STR_IMMEDIATE("A6.7.59 T1", "str", "%t, [%n, #%i]", "01100 iiiii nnn ttt / i*4", STORE),
  LDR_IMMEDIATE("A6.7.26 T1", "ldr", "%t, [%n, #%i]", "01101 iiiii nnn ttt / i*4", LOAD),
  STRB_IMMEDIATE("A6.7.61", "strb", "%t, [%n, #%i]", "01110 iiiii nnn ttt", STORE),
  LDRB_IMMEDIATE("A6.7.29", "ldrb", "%t, [%n, #%i]", "01111 iiiii nnn ttt", LOAD),
  STRH_IMMEDIATE("A6.7.63", "strh", "%t, [%n, #%i]", "10000 iiiii nnn ttt / i*2", STORE),
  LDRH_IMMEDIATE("A6.7.31", "ldrh", "%t, [%n, #%i]", "10001 iiiii nnn ttt / i*2", LOAD),
  STR_SP("A6.7.59 T2", "str", "%t, [sp, #%i]", "10010 ttt iiiiiiii / n=13 i*4", STORE),
  LDR_SP("A6.7.26 T2", "ldr", "%t, [sp, #%i]", "10011 ttt iiiiiiii / n=13 i*4", LOAD),

  // Addresses from PC and SP: A5.2.
  ADR("A6.7.6", "add", "%d, pc, #%i", "10100 ddd iiiiiiii / n=15 i*4", DATA),
  ADD_SP_IMMEDIATE("A6.7.4 T1", "add", "%d, sp, #%i", "10101 ddd iiiiiiii / n=13 i*4", DATA),

  // Miscellaneous: A5.2.5.
  ADD_TO_SP_IMMEDIATE("A6.7.4 T2", "add", "sp, #%i", "1011 00000 iiiiiii / D=13 i*4", DATA),
  SUB_FROM_SP_IMMEDIATE("A6.7.67", "sub", "sp, #%i", "1011 00001 iiiiiii / D=13 i*4", DATA),
  SXTH("A6.7.70", "sxth", "%d, %m", "1011 001000 mmm ddd", DATA),
  SXTB("A6.7.69", "sxtb", "%d, %m", "1011 001001 mmm ddd", DATA),
  UXTH("A6.7.74", "uxth", "%d, %m", "1011 001010 mmm ddd", DATA),
  UXTB("A6.7.73", "uxtb", "%d, %m", "1011 001011 mmm ddd", DATA),
  PUSH(
      "A6.7.50",
      "push",
      "%l",
      "1011 010 L rrrrrrrr / n=13",
      STORE_MULTIPLE,
      OperandRule::listNotEmpty),
  CPS("B4.2.1", "cps", "%e", "1011 0110011 i (0)(0)(1)(0)", PRIMASK_CHANGE),
  REV("A6.7.51", "rev", "%d, %m", "1011 101000 mmm ddd", DATA),
  REV16("A6.7.52", "rev16", "%d, %m", "1011 101001 mmm ddd", DATA),
  REVSH("A6.7.53", "revsh", "%d, %m", "1011 101011 mmm ddd", DATA),
  POP(
      "A6.7.49",
      "pop",
      "%l",
      "1011 110 0 rrrrrrrr / n=13",
      LOAD_MULTIPLE,
      OperandRule::listNotEmpty),
  POP_PC("A6.7.49", "pop", "%l", "1011 110 1 rrrrrrrr / n=13 P=1", LOAD_MULTIPLE_PC),
  BKPT("A6.7.12", "bkpt", "#%i", "1011 1110 iiiiiiii", BREAKPOINT),
  NOP("A6.7.47", "nop", "", "1011 1111 0000 0000", HINT),
  YIELD("A6.7.77", "yield", "", "1011 1111 0001 0000", HINT),
  WFE("A6.7.75", "wfe", "", "1011 1111 0010 0000", WAIT),
  WFI("A6.7.76", "wfi", "", "1011 1111 0011 0000", WAIT),
  SEV("A6.7.57", "sev", "", "1011 1111 0100 0000", HINT),
  HINT_UNALLOCATED("A5.2.5", "nop", "{%i}", "1011 1111 iiii 0000", HINT),

  // Load and store multiple: A5.2.
  STM("A6.7.58", "stm", "%n!, %l", "11000 nnn rrrrrrrr", STORE_MULTIPLE, OperandRule::listNotEmpty),
  LDM("A6.7.25", "ldm", "%n%w, %l", "11001 nnn rrrrrrrr", LOAD_MULTIPLE, OperandRule::listNotEmpty),

  // Branches and supervisor call: A5.2.6. Condition 1110 is UDF (A6.7.72).
  SVC("A6.7.68", "svc", "#%i", "1101 1111 iiiiiiii", SUPERVISOR_CALL),
  B_CONDITIONAL(
      "A6.7.10 T1", "b", "%b", "1101 cccc iiiiiiii / c!=14 i:signed*2", BRANCH_CONDITIONAL),
  B("A6.7.10 T2", "b", "%b", "11100 iiiiiiiiiii / i:signed*2", BRANCH),

  // The 32-bit instructions: A5.3.1.
  BL("A6.7.13", "bl", "%b", "11110 s iiiiiiiiii 11 j 1 k iiiiiiiiiii", BRANCH_LINK),
  MSR(
      "B4.2.3",
      "msr",
      "%y, %n",
      "11110 011100 (0) nnnn 10 (0) 0 (1)(0)(0)(0) yyyyyyyy",
      SPECIAL,
      OperandRule::writeSpecial),
  DSB(
      "A6.7.22",
      "dsb",
      "%o",
      "11110 0111011 (1)(1)(1)(1) 10 (0) 0 (1)(1)(1)(1) 0100 iiii",
      BARRIER),
  DMB(
      "A6.7.21",
      "dmb",
      "%o",
      "11110 0111011 (1)(1)(1)(1) 10 (0) 0 (1)(1)(1)(1) 0101 iiii",
      BARRIER),
  ISB(
      "A6.7.24",
      "isb",
      "%o",
      "11110 0111011 (1)(1)(1)(1) 10 (0) 0 (1)(1)(1)(1) 0110 iiii",
      BARRIER),
  MRS(
      "B4.2.2",
      "mrs",
      "%d, %y",
      "11110 011111 (0) (1)(1)(1)(1) 10 (0) 0 dddd yyyyyyyy",
      SPECIAL,
      OperandRule::readSpecial);

  private final String section;
  private final String mnemonic;
  private final String operands;
  private final Pattern pattern;
  private final CostClass cost;
  private final OperandRule rule;

  Form(String section, String mnemonic, String operands, String pattern, CostClass cost) {
    this(section, mnemonic, operands, pattern, cost, OperandRule::none);
  }

  Form(
      String section,
      String mnemonic,
      String operands,
      String pattern,
      CostClass cost,
      OperandRule rule) {
    this.section = section;
    this.mnemonic = mnemonic;
    this.operands = operands;
    this.pattern = new Pattern(pattern);
    this.cost = cost;
    this.rule = rule;
  }

  /** The section of the architecture manual, with the encoding where it has several. */
  public String section() {
    return section;
  }

  /** The mnemonic in assembly, without the condition of a branch. */
  public String mnemonic() {
    return mnemonic;
  }

  /** 2 or 4. */
  public int bytes() {
    return pattern.bytes();
  }

  public CostClass cost() {
    return cost;
  }

  public Flow flow() {
    return cost.flow();
  }

  String operands() {
    return operands;
  }

  Pattern pattern() {
    return pattern;
  }

  OperandRule rule() {
    return rule;
  }
}
