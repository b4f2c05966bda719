package io.defragsim.emulator;

/**
 * All state of an {@link Mcu} at one instant between runs: SRAM, every core and special register,
 * the cycle counter and the stack mark. Opaque; valid only for the Mcu that took it.
 */
public final class Snapshot {
  Snapshot() {}
}
