package io.defragsim.emulator;

import io.defragsim.emulator.image.FirmwareImage;

/**
 * One Cortex-M0 with an image in its flash.
 *
 * <p>An Mcu belongs to one thread. Runs are deterministic: the same calls on the same image give
 * the same cycles, registers and memory on every machine. Cycle counts follow the table of {@link
 * io.defragsim.emulator.timing.CycleModel} at zero wait states. Unaligned data accesses are not
 * checked yet: the engine performs them where a Cortex-M0 would fault.
 *
 * <p>Between runs the host may read any mapped memory and write SRAM; neither costs cycles.
 */
@SuppressWarnings("DoNotCallSuggester") // not built yet
public final class Mcu implements AutoCloseable {

  private Mcu() {}

  /**
   * Loads {@code image} and maps flash and exactly the SRAM of {@code config}; SRAM that no segment
   * fills starts as 0xA5. The core does not run yet.
   *
   * @throws io.defragsim.emulator.image.ImageRejectedException if a segment does not fit flash or
   *     SRAM, with the sum in the message
   */
  public static Mcu create(McuConfig config, FirmwareImage image) {
    throw new UnsupportedOperationException();
  }

  public McuConfig config() {
    throw new UnsupportedOperationException();
  }

  public FirmwareImage image() {
    throw new UnsupportedOperationException();
  }

  /**
   * Resets the core with SP at the top of SRAM and runs from the reset vector until the program
   * parks on a BKPT. Later calls run with SP as it is then.
   */
  public Outcome reset(long cycleBudget) {
    throw new UnsupportedOperationException();
  }

  /**
   * Reserves {@code bytes} at the top of SRAM for the stack: the lowest word is a canary and the
   * rest is painted, so that {@link #deepestStackBytes} and stack overflow can be told.
   */
  public void reserveStack(int bytes) {
    throw new UnsupportedOperationException();
  }

  /**
   * Calls a function by the AAPCS and runs until it is back. The cycles are those from its first
   * instruction until control is back at the host's address; the caller's BL is not in them. Ends
   * in a fault if R4 to R11 or SP come back changed or the canary is gone.
   *
   * @param function the address of the function, with or without the Thumb bit; {@link
   *     FirmwareImage#function} gives it
   * @param cycleBudget the most cycles the call may take
   * @param arguments up to 4 words for R0 to R3
   */
  public Outcome call(long function, long cycleBudget, int... arguments) {
    throw new UnsupportedOperationException();
  }

  /** Cycles since reset, over all runs and {@link #idle}. */
  public long cycles() {
    throw new UnsupportedOperationException();
  }

  /** Lets emulated time pass with the core asleep. */
  public void idle(long cycles) {
    throw new UnsupportedOperationException();
  }

  /** Reads {@code length} bytes; the whole range must be mapped. */
  public byte[] read(long address, int length) {
    throw new UnsupportedOperationException();
  }

  /** Reads a little-endian word. */
  public int readWord(long address) {
    throw new UnsupportedOperationException();
  }

  /** Writes to SRAM. Flash is refused with an IllegalArgumentException. */
  public void write(long address, byte[] bytes) {
    throw new UnsupportedOperationException();
  }

  /** The deepest stack in bytes seen since {@link #reserveStack}, from the paint. */
  public int deepestStackBytes() {
    throw new UnsupportedOperationException();
  }

  /** The state now, to come back to. */
  public Snapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  /**
   * Back to {@code snapshot}, cycles included. Correct also after the image executed code from
   * SRAM, at the price of a fresh engine.
   */
  public void restore(Snapshot snapshot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
