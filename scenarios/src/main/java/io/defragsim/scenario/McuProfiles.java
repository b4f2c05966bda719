package io.defragsim.scenario;

import static io.defragsim.scenario.Quantity.KIB;

import io.defragsim.emulator.McuConfig;
import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.system.MemoryMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The MCUs that scenarios name. Figures are from the vendors' data sheets and reference manuals:
 *
 * <ul>
 *   <li>{@code cortex-m0}: no part on the market; generous memories, so that only the allocator
 *       limits a workload.
 *   <li>{@code cortex-m0plus}: the same with a Cortex-M0+, whose instructions take other cycles.
 *   <li>{@code stm32f030f4}: STM32F030F4 data sheet (16 KiB flash, 4 KiB SRAM, 48 MHz); reference
 *       manual RM0360, flash access control register: no wait state up to 24 MHz, one above.
 *   <li>{@code stm32f042k6}: STM32F042x4/x6 data sheet (32 KiB flash, 6 KiB SRAM, 48 MHz);
 *       reference manual RM0091: no wait state up to 24 MHz, one above.
 *   <li>{@code nrf51822}: nRF51822 product specification, variant QFAA (256 KiB flash, 16 KiB SRAM;
 *       QFAB has 128 KiB of flash, QFAC 32 KiB of SRAM), 16 MHz, flash without wait states at that
 *       clock.
 *   <li>{@code lpc1114}: LPC111x data sheet, LPC1114/302 (32 KiB flash, 8 KiB SRAM at 0x10000000,
 *       50 MHz); user manual UM10398, FLASHCFG: one clock a flash access up to 20 MHz, two up to
 *       40, three up to 50. Modelled at 48 MHz, which its PLL makes of the 12 MHz internal
 *       oscillator.
 * </ul>
 *
 * <p>All are counted without wait states, whatever their clock needs; a scenario can say {@code
 * "waitStates": "auto"} for an estimate with them.
 *
 * <p>The multiplier takes one cycle in all of them: NXP states the fast option for its parts but
 * for the Cortex-M0 of LPC43xx and the Cortex-M0+ of LPC5410x; ST's programming manual PM0215 lists
 * MULS with one cycle; for the nRF51822 one cycle is assumed, as its documents at hand do not
 * contradict it. A scenario can say {@code "multiplier": 32}.
 */
public final class McuProfiles {
  private static final long MHZ = 1_000_000;
  private static final long SRAM = 0x2000_0000L;

  private static final Set<String> FLASH_AT_ZERO = Set.of("nrf51822", "lpc1114");

  private McuProfiles() {}

  /** All profiles by name, in the order in which they are listed. */
  public static Map<String, McuConfig> all() {
    Map<String, McuConfig> all = new LinkedHashMap<>();
    put(all, new McuConfig("cortex-m0", 48 * MHZ, 48 * MHZ, 1, 256 * KIB, SRAM, 64 * KIB));
    put(
        all,
        new McuConfig(
            "cortex-m0plus",
            CoreKind.CORTEX_M0PLUS,
            48 * MHZ,
            48 * MHZ,
            0,
            1,
            256 * KIB,
            SRAM,
            64 * KIB));
    put(all, new McuConfig("stm32f030f4", 48 * MHZ, 24 * MHZ, 1, 16 * KIB, SRAM, 4 * KIB));
    put(all, new McuConfig("stm32f042k6", 48 * MHZ, 24 * MHZ, 1, 32 * KIB, SRAM, 6 * KIB));
    put(all, new McuConfig("nrf51822", 16 * MHZ, 16 * MHZ, 1, 256 * KIB, SRAM, 16 * KIB));
    put(all, new McuConfig("lpc1114", 48 * MHZ, 20 * MHZ, 1, 32 * KIB, 0x1000_0000L, 8 * KIB));
    return all;
  }

  private static void put(Map<String, McuConfig> all, McuConfig profile) {
    all.put(profile.name(), profile);
  }

  /**
   * Where a part has its flash: ST's at 0x08000000, which they show at 0 as well, Nordic's and
   * NXP's at 0; the two that are but a core are as ST's. Scenarios do not ask, since an allocator
   * image may be linked for either on every part.
   */
  public static long flashBase(McuConfig profile) {
    return FLASH_AT_ZERO.contains(profile.name()) ? MemoryMap.FLASH_LOW : MemoryMap.FLASH_HIGH;
  }

  /** The names of all profiles. */
  public static Set<String> names() {
    return all().keySet();
  }
}
