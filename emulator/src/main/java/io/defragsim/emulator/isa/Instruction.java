package io.defragsim.emulator.isa;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An encoding that ARMv6-M executes, taken apart. Immutable; {@link Armv6m#decode} makes them.
 *
 * <p>Register numbers are 0 to 15 with SP = 13, LR = 14, PC = 15; they include registers that the
 * form implies (SP of PUSH is {@link #rn}), and are -1 where the form has no such operand.
 */
public final class Instruction implements Decoded {
  private static final Condition[] CONDITIONS = Condition.values();

  private final Form form;
  private final int encoding;
  private final int immediate;
  private final short registerList;
  private final byte rd;
  private final byte rn;
  private final byte rm;
  private final byte rt;

  Instruction(Form form, int encoding) {
    Pattern pattern = form.pattern();
    this.form = form;
    this.encoding = encoding;
    immediate = pattern.immediate(encoding);
    registerList = (short) pattern.registerList(encoding);
    rd = (byte) pattern.rd(encoding);
    rn = (byte) pattern.rn(encoding);
    rm = (byte) pattern.rm(encoding);
    rt = (byte) pattern.rt(encoding);
  }

  public Form form() {
    return form;
  }

  @Override
  public int encoding() {
    return encoding;
  }

  @Override
  public int bytes() {
    return form.bytes();
  }

  /** The destination. Of an instruction that changes a register in place, also {@link #rn}. */
  public int rd() {
    return rd;
  }

  /** The first operand, or the base of a load or store. */
  public int rn() {
    return rn;
  }

  /** The second operand, the offset of a load or store, or the target of BX and BLX. */
  public int rm() {
    return rm;
  }

  /** The register that a load or store transfers. */
  public int rt() {
    return rt;
  }

  /**
   * The immediate as the operation uses it: offsets in bytes, 32 where LSR and ASR encode it as 0,
   * branch offsets signed and relative to the address of the instruction plus 4. Of CPS, 1 for
   * disable. Of a barrier, the option. 0 where the form has none.
   */
  public int immediate() {
    return immediate;
  }

  /** Bit r is set if register r is transferred; 0 where the form has no list. */
  public int registerList() {
    return registerList & 0xFFFF;
  }

  /** How many registers the list has. */
  public int registerCount() {
    return Integer.bitCount(registerList());
  }

  /** The condition of {@link Form#B_CONDITIONAL}, null of all others. */
  public @Nullable Condition condition() {
    int code = form.pattern().condition(encoding);
    return code < 0 ? null : CONDITIONS[code];
  }

  /** The SYSm field of MRS and MSR, -1 of all others. */
  public int sysm() {
    return form.pattern().sysm(encoding);
  }

  /** Whether LDM or STM writes the base back: LDM does not where the base is in the list. */
  public boolean writesBack() {
    return form == Form.STM || (form == Form.LDM && !listHasBase());
  }

  private boolean listHasBase() {
    return (registerList & (1 << rn)) != 0;
  }

  /**
   * Where B, a conditional B or BL at {@code address} goes, 0 to 0xFFFFFFFF.
   *
   * @throws IllegalStateException if the target is not part of the encoding
   */
  public long target(long address) {
    return switch (form.flow()) {
      case BRANCH, CONDITIONAL_BRANCH, CALL -> (address + 4 + immediate) & 0xFFFF_FFFFL;
      default -> throw new IllegalStateException("no target in the encoding: " + this);
    };
  }

  /** Assembly with the target of a branch as an address, for the instruction at {@code address}. */
  public String toString(long address) {
    return Disassembly.of(
        this,
        switch (form.flow()) {
          case BRANCH, CONDITIONAL_BRANCH, CALL ->
              String.format(Locale.ROOT, "0x%08x", target(address));
          default -> "";
        });
  }

  /** Assembly in the unified syntax, the target of a branch relative to it ({@code .+8}). */
  @Override
  public String toString() {
    int distance = immediate + 4;
    return Disassembly.of(this, distance < 0 ? "." + distance : ".+" + distance);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Instruction that && form == that.form && encoding == that.encoding;
  }

  @Override
  public int hashCode() {
    return encoding;
  }
}
