package io.defragsim.emulator;

import io.defragsim.emulator.system.InterruptLines;
import org.jspecify.annotations.Nullable;

/**
 * All state of an {@link Mcu} at one instant between runs: SRAM, every core and special register,
 * the cycle counter, the stack mark, and how far interrupts from outside are. Opaque; valid only
 * for the Mcu that took it, as often as wanted.
 *
 * <p>The registers are part of it by way of the calls: a call defines all of them at its entry,
 * from SP at the park and its arguments.
 */
public final class Snapshot {
  final Mcu owner;
  final byte[] sram;
  final boolean eventRegister;
  final long cycles;
  final long callSp;
  final int stackReserve;
  final InterruptLines.@Nullable State interrupts;

  Snapshot(
      Mcu owner,
      byte[] sram,
      boolean eventRegister,
      long cycles,
      long callSp,
      int stackReserve,
      InterruptLines.@Nullable State interrupts) {
    this.owner = owner;
    this.sram = sram;
    this.eventRegister = eventRegister;
    this.cycles = cycles;
    this.callSp = callSp;
    this.stackReserve = stackReserve;
    this.interrupts = interrupts;
  }
}
