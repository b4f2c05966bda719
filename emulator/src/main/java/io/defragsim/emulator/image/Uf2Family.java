package io.defragsim.emulator.image;

import io.defragsim.emulator.model.CoreKind;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A family of parts that a UF2 file can be for, by its number in {@code uf2families.json}. */
public enum Uf2Family {
  RP2040(0xE48B_FF56, CoreKind.CORTEX_M0PLUS),
  SAMD21(0x68ED_2B88, CoreKind.CORTEX_M0PLUS),
  SAML21(0x1851_780A, CoreKind.CORTEX_M0PLUS),
  STM32F0(0x6478_24B6, CoreKind.CORTEX_M0),
  STM32G0(0x300F_5633, CoreKind.CORTEX_M0PLUS),
  STM32L0(0x202E_3A91, CoreKind.CORTEX_M0PLUS),
  KL32L2(0x7F83_E793, CoreKind.CORTEX_M0PLUS),
  // Others that are often met.
  RP2350(0xE48B_FF59, null),
  RP2350_RISCV(0xE48B_FF5A, null),
  RP2350_NONSECURE(0xE48B_FF5B, null),
  RP2XXX_ABSOLUTE(0xE48B_FF57, null),
  RP2XXX_DATA(0xE48B_FF58, null),
  NRF52(0x1B57_745F, null),
  NRF52833(0x621E_937A, null),
  NRF52840(0xADA5_2840, null),
  SAMD51(0x5511_4460, null),
  STM32F1(0x5EE2_1072, null),
  STM32F4(0x5775_5A57, null),
  ESP32S2(0xBFDD_4EEE, null),
  ESP32S3(0xC47E_5767, null);

  private final int number;
  private final @Nullable CoreKind core;

  Uf2Family(int number, @Nullable CoreKind core) {
    this.number = number;
    this.core = core;
  }

  static Optional<Uf2Family> of(int number) {
    return Stream.of(values()).filter(family -> family.number == number).findFirst();
  }

  /** Its core; empty if that is neither a Cortex-M0 nor an M0+, or it is no family of parts. */
  public Optional<CoreKind> core() {
    return Optional.ofNullable(core);
  }

  /** Whether a part of that name is one of it, as {@code stm32f030f4} is an STM32F0. */
  public boolean has(String part) {
    return part.toUpperCase(Locale.ROOT).startsWith(name());
  }

  /** What people call it. */
  public String title() {
    return name().replace('_', ' ');
  }
}
