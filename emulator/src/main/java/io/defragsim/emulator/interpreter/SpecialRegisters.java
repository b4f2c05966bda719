package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.CoreState;

/** MRS and MSR (B4.2.2, B4.2.3). */
final class SpecialRegisters {
  private final CoreState core;
  private final boolean hasUnprivileged;

  SpecialRegisters(CoreState core, CoreKind kind) {
    this.core = core;
    hasUnprivileged = kind.hasUnprivileged();
  }

  /**
   * What MRS reads. The bits of EPSR, T among them, read as 0; so do, unprivileged, the stack
   * pointers and PRIMASK.
   */
  int read(int sysm) {
    return switch (named(sysm)) {
      case APSR, EAPSR -> core.flags();
      case IAPSR, XPSR -> core.flags() | core.ipsr();
      case IPSR, IEPSR -> core.ipsr();
      case EPSR -> 0;
      case MSP -> core.privileged() ? core.msp() : 0;
      case PSP -> core.privileged() ? core.psp() : 0;
      case PRIMASK -> core.privileged() && core.primask() ? 1 : 0;
      case CONTROL -> core.control();
    };
  }

  /**
   * What MSR writes. IPSR and EPSR ignore it; so does CONTROL.SPSEL in Handler mode, nPRIV on a
   * core that lacks it, and unprivileged all but the flags.
   */
  void write(int sysm, int value) {
    SpecialRegister register = named(sysm);
    if (!core.privileged() && !isFlags(register)) {
      return;
    }
    switch (register) {
      case APSR, IAPSR, EAPSR, XPSR -> core.setFlags(value);
      case IPSR, EPSR, IEPSR -> {}
      case MSP -> core.setMsp(value);
      case PSP -> core.setPsp(value);
      case PRIMASK -> core.setPrimask((value & 1) != 0);
      case CONTROL -> {
        if (!core.handlerMode()) {
          core.setProcessStack((value & 2) != 0);
        }
        core.setUnprivileged(hasUnprivileged && (value & 1) != 0);
      }
    }
  }

  private static boolean isFlags(SpecialRegister register) {
    return switch (register) {
      case APSR, IAPSR, EAPSR, XPSR -> true;
      default -> false;
    };
  }

  private static SpecialRegister named(int sysm) {
    SpecialRegister register = SpecialRegister.ofSysm(sysm);
    if (register == null) {
      throw new IllegalArgumentException("special register " + sysm + " is reserved");
    }
    return register;
  }
}
