package io.defragsim.emulator.exec;

/** Where a program's output goes that it writes by semihosting. */
public interface Console {

  /** Drops everything. */
  Console NONE = (bytes, error) -> {};

  /**
   * Takes output in the order in which the program writes it.
   *
   * @param bytes not to be changed
   * @param error whether the program wrote it to its standard error
   */
  void write(byte[] bytes, boolean error);
}
