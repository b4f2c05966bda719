package io.defragsim.emulator.board;

/** A device on an I2C bus, by whole bytes. */
public interface I2cDevice {

  /** Goes to the state out of power-on. */
  void reset();

  /** A transfer begins: a start, or a repeated one, with the device's address. */
  void start(boolean read);

  /**
   * A byte comes to the device, 0 to 255.
   *
   * @return whether the device acknowledges it
   */
  boolean write(int value);

  /** The next byte that the device gives, 0 to 255. */
  int read();
}
