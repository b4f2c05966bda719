package io.defragsim.emulator.system;

/**
 * What the core's loads, stores and fetches reach: memory and peripherals, without the system
 * control space.
 *
 * <p>Addresses are 0 to 0xFFFFFFFF and multiples of the access's size: the core checks that before
 * it comes here. Values are little-endian.
 */
public interface Memory {

  /**
   * Reads data.
   *
   * @param bytes 1, 2 or 4
   * @return the value, zero-extended
   * @throws AccessFault if nothing can be read there
   */
  int read(long address, int bytes) throws AccessFault;

  /**
   * Writes the low bytes of {@code value}.
   *
   * @param bytes 1, 2 or 4
   * @throws AccessFault if nothing can be written there; then nothing was
   */
  void write(long address, int bytes, int value) throws AccessFault;

  /**
   * Reads a halfword of code, zero-extended.
   *
   * @throws AccessFault if no code can be fetched there
   */
  int fetch(long address) throws AccessFault;

  /** Whether code there is read with the wait states of flash: all but code in SRAM. */
  boolean waits(long address);
}
