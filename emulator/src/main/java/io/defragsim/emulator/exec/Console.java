package io.defragsim.emulator.exec;

/** Where a program's output goes that it writes by semihosting, and where its input comes from. */
public interface Console {

  /** Drops everything, and has no input. */
  Console NONE = (bytes, error) -> {};

  /**
   * Takes output in the order in which the program writes it.
   *
   * @param bytes not to be changed
   * @param error whether the program wrote it to its standard error
   */
  void write(byte[] bytes, boolean error);

  /** Takes the next byte of input, 0 to 255; -1 at its end. Waits until there is one. */
  default int read() {
    return -1;
  }
}
