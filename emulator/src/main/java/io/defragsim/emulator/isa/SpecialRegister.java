package io.defragsim.emulator.isa;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The special registers that MRS and MSR name in their SYSm field (B4.1, table B4-1). */
public enum SpecialRegister {
  APSR(0),
  IAPSR(1),
  EAPSR(2),
  XPSR(3),
  IPSR(5),
  EPSR(6),
  IEPSR(7),
  MSP(8),
  PSP(9),
  PRIMASK(16),
  CONTROL(20);

  private final int sysm;

  SpecialRegister(int sysm) {
    this.sysm = sysm;
  }

  /** The value of the SYSm field. */
  public int sysm() {
    return sysm;
  }

  /** The register with this SYSm, null if the value is reserved. */
  public static @Nullable SpecialRegister ofSysm(int sysm) {
    for (SpecialRegister register : values()) {
      if (register.sysm == sysm) {
        return register;
      }
    }
    return null;
  }

  /** The name in assembly, for example {@code primask}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
