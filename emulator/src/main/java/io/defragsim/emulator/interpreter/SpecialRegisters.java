package io.defragsim.emulator.interpreter;

import io.defragsim.emulator.isa.SpecialRegister;
import io.defragsim.emulator.system.CoreState;

/** MRS and MSR on a core without the unprivileged extension (B4.2.2, B4.2.3). */
final class SpecialRegisters {
  private final CoreState core;

  SpecialRegisters(CoreState core) {
    this.core = core;
  }

  /** What MRS reads. The bits of EPSR, T among them, read as 0. */
  int read(int sysm) {
    return switch (named(sysm)) {
      case APSR, EAPSR -> core.flags();
      case IAPSR, XPSR -> core.flags() | core.ipsr();
      case IPSR, IEPSR -> core.ipsr();
      case EPSR -> 0;
      case MSP -> core.msp();
      case PSP -> core.psp();
      case PRIMASK -> core.primask() ? 1 : 0;
      case CONTROL -> core.control();
    };
  }

  /** What MSR writes. IPSR and EPSR ignore it; so does CONTROL.SPSEL in Handler mode, and nPRIV. */
  void write(int sysm, int value) {
    switch (named(sysm)) {
      case APSR, IAPSR, EAPSR, XPSR -> core.setFlags(value);
      case IPSR, EPSR, IEPSR -> {}
      case MSP -> core.setMsp(value);
      case PSP -> core.setPsp(value);
      case PRIMASK -> core.setPrimask((value & 1) != 0);
      case CONTROL -> {
        if (!core.handlerMode()) {
          core.setProcessStack((value & 2) != 0);
        }
      }
    }
  }

  private static SpecialRegister named(int sysm) {
    SpecialRegister register = SpecialRegister.ofSysm(sysm);
    if (register == null) {
      throw new IllegalArgumentException("special register " + sysm + " is reserved");
    }
    return register;
  }
}
