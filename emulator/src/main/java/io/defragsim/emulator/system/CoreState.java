package io.defragsim.emulator.system;

import io.defragsim.emulator.model.Registers;
import java.util.ArrayList;
import java.util.List;

/**
 * The registers of an ARMv6-M core as the architecture defines them (ARM DDI 0419C, B1.4). Only a
 * core with the unprivileged extension ever has CONTROL.nPRIV set; who writes it sees to that.
 *
 * <p>The core is in Handler mode exactly while IPSR is not 0. PC here is the address of the next
 * instruction; the pipeline's plus 4 is the business of who executes.
 */
public final class CoreState {
  /** The number of the stack pointer. */
  public static final int SP = 13;

  /** The number of the link register. */
  public static final int LR = 14;

  /** The T bit in xPSR. */
  public static final int THUMB = 1 << 24;

  private static final int FLAGS = 0xF000_0000;
  private static final int IPSR = 0x3F;

  private final int[] general = new int[13];
  private int msp;
  private int psp;
  private int lr;
  private int pc;
  private int flags;
  private int ipsr;
  private boolean thumb;
  private boolean primask;
  private boolean processStack;
  private boolean unprivileged;

  /** The state out of reset, where the manual leaves it UNKNOWN: 0. LR is all ones. */
  public void reset(int stackPointer, int resetVector) {
    java.util.Arrays.fill(general, 0);
    setMsp(stackPointer);
    psp = 0;
    lr = 0xFFFF_FFFF;
    pc = resetVector & ~1;
    flags = 0;
    ipsr = 0;
    thumb = (resetVector & 1) != 0;
    primask = false;
    processStack = false;
    unprivileged = false;
  }

  /** Makes this state equal to {@code other}. */
  public void set(CoreState other) {
    System.arraycopy(other.general, 0, general, 0, general.length);
    msp = other.msp;
    psp = other.psp;
    lr = other.lr;
    pc = other.pc;
    flags = other.flags;
    ipsr = other.ipsr;
    thumb = other.thumb;
    primask = other.primask;
    processStack = other.processStack;
    unprivileged = other.unprivileged;
  }

  /**
   * R0 to R12, the current SP, or LR.
   *
   * @param number 0 to 14
   */
  public int register(int number) {
    return switch (number) {
      case SP -> sp();
      case LR -> lr;
      default -> general[number];
    };
  }

  /**
   * Sets R0 to R12, the current SP (whose low two bits stay 0), or LR.
   *
   * @param number 0 to 14
   */
  public void setRegister(int number, int value) {
    switch (number) {
      case SP -> setSp(value);
      case LR -> lr = value;
      default -> general[number] = value;
    }
  }

  /** Reads R0 to R12, the current SP, and LR into an array of 15. */
  public void getRegisters(int[] into) {
    System.arraycopy(general, 0, into, 0, general.length);
    into[SP] = sp();
    into[LR] = lr;
  }

  /** Sets all of them, as {@link #setRegister} does. */
  public void setRegisters(int[] from) {
    System.arraycopy(from, 0, general, 0, general.length);
    setSp(from[SP]);
    lr = from[LR];
  }

  /** The current stack pointer: PSP in Thread mode with CONTROL.SPSEL set, else MSP. */
  public int sp() {
    return usesProcessStack() ? psp : msp;
  }

  /** Sets the current stack pointer; its low two bits stay 0. */
  public void setSp(int value) {
    if (usesProcessStack()) {
      setPsp(value);
    } else {
      setMsp(value);
    }
  }

  public int msp() {
    return msp;
  }

  /** Sets the main stack pointer; its low two bits stay 0. */
  public void setMsp(int value) {
    msp = value & ~3;
  }

  public int psp() {
    return psp;
  }

  /** Sets the process stack pointer; its low two bits stay 0. */
  public void setPsp(int value) {
    psp = value & ~3;
  }

  public int lr() {
    return lr;
  }

  public void setLr(int value) {
    lr = value;
  }

  /** The address of the next instruction. */
  public int pc() {
    return pc;
  }

  /** Sets the address of the next instruction; bit 0 stays 0. */
  public void setPc(int value) {
    pc = value & ~1;
  }

  /** N, Z, C, V in bits 31 to 28, the other bits 0. */
  public int flags() {
    return flags;
  }

  /** Sets N, Z, C, V from bits 31 to 28. */
  public void setFlags(int apsr) {
    flags = apsr & FLAGS;
  }

  /** The number of the exception being handled, 0 in Thread mode. */
  public int ipsr() {
    return ipsr;
  }

  public void setIpsr(int exception) {
    ipsr = exception & IPSR;
  }

  /** Whether an exception is being handled. */
  public boolean handlerMode() {
    return ipsr != 0;
  }

  /** EPSR.T. An instruction that runs with it clear faults. */
  public boolean thumb() {
    return thumb;
  }

  public void setThumb(boolean bit) {
    thumb = bit;
  }

  public boolean primask() {
    return primask;
  }

  public void setPrimask(boolean bit) {
    primask = bit;
  }

  /** CONTROL: SPSEL, bit 1, and nPRIV, bit 0. */
  public int control() {
    return (processStack ? 2 : 0) | (unprivileged ? 1 : 0);
  }

  /** Sets CONTROL.nPRIV. Whether the core has it is for the caller to check. */
  public void setUnprivileged(boolean npriv) {
    unprivileged = npriv;
  }

  /** Whether what runs now is privileged: all handlers, and Thread mode unless nPRIV is set. */
  public boolean privileged() {
    return ipsr != 0 || !unprivileged;
  }

  /** Sets CONTROL.SPSEL. Whether the mode allows that is for the caller to check. */
  public void setProcessStack(boolean spsel) {
    processStack = spsel;
  }

  /** Whether {@link #sp} is PSP. */
  public boolean usesProcessStack() {
    return processStack && ipsr == 0;
  }

  /** xPSR as an exception stacks it: flags, T and the exception number. */
  public int xpsr() {
    return flags | (thumb ? THUMB : 0) | ipsr;
  }

  /** Sets flags, T and the exception number from a stacked xPSR. */
  public void setXpsr(int value) {
    setFlags(value);
    setIpsr(value);
    thumb = (value & THUMB) != 0;
  }

  /** A copy for people and reports. */
  public Registers registers() {
    List<Integer> values = new ArrayList<>(general.length);
    for (int value : general) {
      values.add(value);
    }
    return new Registers(values, sp(), lr, pc, xpsr());
  }
}
