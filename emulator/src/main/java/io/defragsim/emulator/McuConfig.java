package io.defragsim.emulator;

import io.defragsim.emulator.model.CoreKind;
import io.defragsim.emulator.timing.CycleModel;
import io.defragsim.emulator.timing.FlashWaits;
import java.util.Locale;

/**
 * The modelled part.
 *
 * @param name what reports call it, for example {@code stm32f030f4}
 * @param core which core, and so which cycles
 * @param clockHz the core clock in Hz; cycles become time by it and by nothing else
 * @param zeroWaitHz the highest clock in Hz at which flash needs no wait state; counts without wait
 *     states are exact up to it and above it they are what the part would take if flash kept up
 * @param waitStates how many wait states of flash are counted: 0 for exact counts; with any, cycles
 *     are an estimate ({@link FlashWaits})
 * @param multiplierCycles what MULS costs: 1 (fast multiplier) or 32 (small multiplier)
 * @param flashBytes flash in bytes, visible at 0x00000000 and at 0x08000000
 * @param sramBase the first address of SRAM
 * @param sramBytes SRAM in bytes, a multiple of 1024
 */
public record McuConfig(
    String name,
    CoreKind core,
    long clockHz,
    long zeroWaitHz,
    int waitStates,
    int multiplierCycles,
    int flashBytes,
    long sramBase,
    int sramBytes) {

  public McuConfig {
    if (clockHz <= 0) {
      throw new IllegalArgumentException("clock must be above 0 Hz: " + clockHz);
    }
    if (multiplierCycles != 1 && multiplierCycles != 32) {
      throw new IllegalArgumentException("a multiplier takes 1 or 32 cycles: " + multiplierCycles);
    }
    if (waitStates < 0 || waitStates > FlashWaits.MOST) {
      throw new IllegalArgumentException(
          "flash has 0 to " + FlashWaits.MOST + " wait states: " + waitStates);
    }
    if (flashBytes <= 0 || flashBytes % 1024 != 0 || sramBytes <= 0 || sramBytes % 1024 != 0) {
      throw new IllegalArgumentException("flash and SRAM are multiples of 1 KiB above 0");
    }
  }

  /** A part with a Cortex-M0, counted without wait states. */
  public McuConfig(
      String name,
      long clockHz,
      long zeroWaitHz,
      int multiplierCycles,
      int flashBytes,
      long sramBase,
      int sramBytes) {
    this(
        name,
        CoreKind.CORTEX_M0,
        clockHz,
        zeroWaitHz,
        0,
        multiplierCycles,
        flashBytes,
        sramBase,
        sramBytes);
  }

  /** The same part, counted with so many wait states of flash. */
  public McuConfig withWaitStates(int other) {
    return new McuConfig(
        name, core, clockHz, zeroWaitHz, other, multiplierCycles, flashBytes, sramBase, sramBytes);
  }

  /** The same part with other memories, in bytes. */
  public McuConfig withMemory(int flash, int sram) {
    return new McuConfig(
        name, core, clockHz, zeroWaitHz, waitStates, multiplierCycles, flash, sramBase, sram);
  }

  /** The same part with the core, the multiplier and the wait states of {@code other}. */
  public McuConfig withCyclesOf(McuConfig other) {
    return new McuConfig(
        name,
        other.core,
        clockHz,
        zeroWaitHz,
        other.waitStates,
        other.multiplierCycles,
        flashBytes,
        sramBase,
        sramBytes);
  }

  /** What its instructions take. */
  public CycleModel timing() {
    return core.timing(multiplierCycles).withWaitStates(waitStates);
  }

  /** What its cycles are counted by, for people. */
  public String cycleModel() {
    return String.format(
        Locale.ROOT,
        "%s, multiply in %d cycle%s%s",
        core.title(),
        multiplierCycles,
        multiplierCycles == 1 ? "" : "s",
        isEstimate() ? "; " + estimate() : ", zero wait states");
  }

  /** Whether its cycles are an estimate, and whatever prints them has to say so. */
  public boolean isEstimate() {
    return waitStates > 0;
  }

  /** In what its cycles are an estimate, for people; empty where they are not. */
  public String estimate() {
    return isEstimate()
        ? String.format(
            Locale.ROOT,
            "estimate: %d wait state%s, prefetch on",
            waitStates,
            waitStates == 1 ? "" : "s")
        : "";
  }

  /** The first address above SRAM: where the host points SP. */
  public long sramEnd() {
    return sramBase + sramBytes;
  }

  /** Whether the part at this clock runs without flash wait states. */
  public boolean zeroWaitStates() {
    return neededWaitStates() == 0;
  }

  /** The wait states that flash needs at this clock: a read takes it the same time at any clock. */
  public long neededWaitStates() {
    return (clockHz - 1) / zeroWaitHz;
  }
}
