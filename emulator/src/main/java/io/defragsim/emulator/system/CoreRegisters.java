package io.defragsim.emulator.system;

import java.util.Locale;

/**
 * Registers of Arm cores that programs reach for and that are not modelled, or not there: what they
 * are called and what to do instead. For people only.
 */
final class CoreRegisters {
  private static final long CONTROL_SPACE = SystemControlSpace.START;

  private CoreRegisters() {}

  /** What is known of a stretch of addresses, both ends included. */
  private record Known(long first, long last, String name, String advice) {}

  private static final String NOT_ON_M0 = "a Cortex-M0 does not have it";
  private static final String FROM_M3 = "it comes with the Cortex-M3";

  private static final Known[] KNOWN = {
    new Known(0xE000_0000L, 0xE000_0FFFL, "the ITM", FROM_M3 + "; print by semihosting"),
    new Known(0xE000_1004L, 0xE000_1007L, "DWT.CYCCNT", NOT_ON_M0 + "; count cycles with SysTick"),
    new Known(0xE000_1000L, 0xE000_1FFFL, "the DWT", "it is for a debugger, and is not modelled"),
    new Known(
        0xE000_2000L, 0xE000_2FFFL, "the FPB or BPU", "it is for a debugger, and is not modelled"),
    new Known(CONTROL_SPACE + 0x104, CONTROL_SPACE + 0x17F, "NVIC_ISER1 and above", ""),
    new Known(CONTROL_SPACE + 0x184, CONTROL_SPACE + 0x1FF, "NVIC_ICER1 and above", ""),
    new Known(CONTROL_SPACE + 0x204, CONTROL_SPACE + 0x27F, "NVIC_ISPR1 and above", ""),
    new Known(CONTROL_SPACE + 0x284, CONTROL_SPACE + 0x2FF, "NVIC_ICPR1 and above", ""),
    new Known(CONTROL_SPACE + 0x420, CONTROL_SPACE + 0x7EF, "NVIC_IPR8 and above", ""),
    new Known(CONTROL_SPACE + 0xD08, CONTROL_SPACE + 0xD0B, "VTOR", ""),
    new Known(CONTROL_SPACE + 0xD18, CONTROL_SPACE + 0xD1B, "SHPR1", ""),
    new Known(CONTROL_SPACE + 0xD28, CONTROL_SPACE + 0xD2B, "CFSR", ""),
    new Known(CONTROL_SPACE + 0xD2C, CONTROL_SPACE + 0xD2F, "HFSR", ""),
    new Known(CONTROL_SPACE + 0xD34, CONTROL_SPACE + 0xD37, "MMFAR", ""),
    new Known(CONTROL_SPACE + 0xD38, CONTROL_SPACE + 0xD3B, "BFAR", ""),
    new Known(CONTROL_SPACE + 0xD88, CONTROL_SPACE + 0xD8B, "CPACR", ""),
    new Known(CONTROL_SPACE + 0xD90, CONTROL_SPACE + 0xDBF, "the MPU", ""),
    new Known(CONTROL_SPACE + 0xDFC, CONTROL_SPACE + 0xDFF, "DEMCR", ""),
    new Known(CONTROL_SPACE + 0xF34, CONTROL_SPACE + 0xF3F, "the FPU", ""),
    new Known(0xE004_0000L, 0xE004_0FFFL, "the TPIU", FROM_M3 + "; print by semihosting"),
    new Known(0xE00F_F000L, 0xE00F_FFFFL, "the ROM table", "it is for a debugger"),
  };

  /** What a register is called that no modelled core has, or not each; empty for any other. */
  static String name(long address) {
    for (Known known : KNOWN) {
      if (address >= known.first && address <= known.last) {
        return known.name;
      }
    }
    return "";
  }

  /** For people, an address of the core's own outside the system control space. */
  static String describe(long address) {
    for (Known known : KNOWN) {
      if (address >= known.first && address <= known.last && !known.advice.isEmpty()) {
        return String.format(Locale.ROOT, "0x%08x (%s): %s", address, known.name, known.advice);
      }
    }
    return String.format(
        Locale.ROOT, "0x%08x, a register of the core's that is not modelled", address);
  }
}
