package io.defragsim.emulator.exec;

/** Where a program's output goes, and where the input comes from that it reads by semihosting. */
public interface Console {

  /** Drops everything, and has no input. */
  Console NONE = (bytes, error) -> {};

  /**
   * Takes what the program writes by semihosting, in its order.
   *
   * @param bytes not to be changed
   * @param error whether the program wrote it to its standard error
   */
  void write(byte[] bytes, boolean error);

  /** Takes the next byte of input, 0 to 255; -1 at its end. Waits until there is one. */
  default int read() {
    return -1;
  }

  /** Takes a byte that the program sent on the serial line of its board, 0 to 255. */
  default void sent(int value) {}
}
